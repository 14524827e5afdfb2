-- The tables of the data contract. Ids, timestamps and batches are compared byte by byte, as the CSV files are sorted. A
-- text that is not known is empty; any other value that is not known is null. Booleans are 0 and 1; instants are texts as
-- in the files, in UTC to the microsecond, which SQLite's date functions read.

CREATE TABLE user_data (
    -- A person or bot of the workspace, or one that is only named in it
    id TEXT NOT NULL, -- The user's id
    name TEXT NOT NULL DEFAULT '', -- The login name
    real_name TEXT NOT NULL DEFAULT '', -- The full name
    display_name TEXT NOT NULL DEFAULT '', -- The name shown beside messages, where the user chose one
    email TEXT NOT NULL DEFAULT '', -- The e-mail address, where the token may see it
    tz TEXT NOT NULL DEFAULT '', -- The time zone's name in IANA's database
    tz_offset INTEGER, -- Seconds east of UTC when the batch was taken
    title TEXT NOT NULL DEFAULT '', -- What the user does, in own words
    is_bot INTEGER, -- Whether the user is a bot's
    is_admin INTEGER, -- Whether the user is an administrator
    is_owner INTEGER, -- Whether the user is an owner
    is_guest INTEGER, -- Whether the user is a guest, of one channel or of several
    deleted INTEGER, -- Whether the account is deactivated
    updated INTEGER, -- When the profile changed last, seconds since 1970
    team_id TEXT, -- The user's workspace
    -- Whether a user list held the user; false for one that only messages, reactions, files or memberships name
    known INTEGER NOT NULL,
    first_batch TEXT, -- The first batch that saw the row
    last_batch TEXT, -- The last batch that saw the row
    PRIMARY KEY (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE channel_data (
    -- A conversation: a channel, a private channel, a group message or a direct message
    id TEXT NOT NULL, -- The conversation's id
    name TEXT NOT NULL DEFAULT '', -- Its name; the id where Slack gives none, as for direct messages
    type TEXT NOT NULL DEFAULT '', -- channel, group (private channel), mpim (group message) or im (direct message)
    class TEXT NOT NULL DEFAULT '', -- public where every member of the workspace may read, else confidential
    is_archived INTEGER, -- Whether it is archived
    is_private INTEGER, -- Whether only its members can see it
    is_general INTEGER, -- Whether it is the workspace's general channel
    is_shared INTEGER, -- Whether it is shared with another workspace
    creator TEXT, -- Who made it; not always in user_data
    created INTEGER, -- When it was made, seconds since 1970
    topic TEXT NOT NULL DEFAULT '', -- Its topic
    purpose TEXT NOT NULL DEFAULT '', -- Its purpose
    num_members INTEGER, -- Number of members
    first_batch TEXT, -- The first batch that saw the row
    last_batch TEXT, -- The last batch that saw the row
    PRIMARY KEY (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE message_data (
    -- A message as a reader sees it in the channel: no reply, or a reply that was also sent to the channel
    channel TEXT NOT NULL REFERENCES channel_data, -- The conversation
    type TEXT NOT NULL DEFAULT '', -- Slack's type: message
    subtype TEXT NOT NULL DEFAULT '', -- Slack's subtype, empty for an ordinary message
    ts TEXT NOT NULL, -- The message's timestamp: with the channel, its identity
    thread_ts TEXT, -- The timestamp of the thread's first message, where there is a thread
    time TEXT, -- The instant of ts
    reply_count INTEGER, -- Number of replies, as Slack counts
    reply_users_count INTEGER, -- Number of people who replied, as Slack counts
    latest_reply TEXT, -- The newest reply, as Slack says
    user_id TEXT REFERENCES user_data, -- The author
    bot_id TEXT, -- The bot that posted
    username TEXT NOT NULL DEFAULT '', -- The name that a bot posted under
    edited_ts TEXT, -- When the text was edited last
    text TEXT NOT NULL DEFAULT '', -- The text in Slack's markup
    deleted_batch TEXT, -- The first batch that found the message deleted
    first_batch TEXT, -- The first batch that saw the message
    last_batch TEXT, -- The last batch that saw the message
    PRIMARY KEY (channel, ts)
) STRICT, WITHOUT ROWID;

CREATE TABLE thread_data (
    -- A reply in a thread
    channel TEXT NOT NULL REFERENCES channel_data, -- The conversation
    type TEXT NOT NULL DEFAULT '', -- Slack's type: message
    subtype TEXT NOT NULL DEFAULT '', -- Slack's subtype, empty for an ordinary reply
    ts TEXT NOT NULL, -- The reply's timestamp: with the channel, its identity
    thread_ts TEXT, -- The timestamp of the thread's first message
    time TEXT, -- The instant of ts
    user_id TEXT REFERENCES user_data, -- The author
    bot_id TEXT, -- The bot that posted
    username TEXT NOT NULL DEFAULT '', -- The name that a bot posted under
    edited_ts TEXT, -- When the text was edited last
    text TEXT NOT NULL DEFAULT '', -- The text in Slack's markup
    deleted_batch TEXT, -- The first batch that found the reply deleted
    first_batch TEXT, -- The first batch that saw the reply
    last_batch TEXT, -- The last batch that saw the reply
    PRIMARY KEY (channel, ts)
) STRICT, WITHOUT ROWID;

CREATE TABLE reaction_data (
    -- A user's reaction to a message
    channel TEXT NOT NULL REFERENCES channel_data, -- The message's conversation
    ts TEXT NOT NULL, -- The message
    thread_ts TEXT, -- The message's thread
    user_id TEXT NOT NULL REFERENCES user_data, -- Who reacted
    reaction TEXT NOT NULL, -- The emoji's name, with its skin tone (+1::skin-tone-3)
    first_batch TEXT, -- The first batch that saw the reaction
    last_batch TEXT, -- The last batch that saw the reaction
    PRIMARY KEY (channel, ts, reaction, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE file_data (
    -- A file as it was shared in a conversation
    id TEXT NOT NULL, -- The file's id
    channel TEXT NOT NULL REFERENCES channel_data, -- The conversation
    ts TEXT, -- The first message there that shared it
    name TEXT NOT NULL DEFAULT '', -- The file's name
    title TEXT NOT NULL DEFAULT '', -- Its title
    mimetype TEXT NOT NULL DEFAULT '', -- Its media type
    filetype TEXT NOT NULL DEFAULT '', -- Slack's short type: png, gdoc, ...
    size INTEGER, -- Bytes
    -- hosted, external, snippet, quip, ...; hidden_by_limit or tombstone where it is gone
    mode TEXT NOT NULL DEFAULT '',
    time TEXT, -- When it was made
    user_id TEXT REFERENCES user_data, -- Who shared it
    path TEXT NOT NULL DEFAULT '', -- Where its bytes are, below the data home
    sha256 TEXT NOT NULL DEFAULT '', -- The SHA-256 of its bytes, in hexadecimal
    first_batch TEXT, -- The first batch that saw the row
    last_batch TEXT, -- The last batch that saw the row
    PRIMARY KEY (id, channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE member_data (
    -- A user's membership of a conversation
    channel TEXT NOT NULL REFERENCES channel_data, -- The conversation
    user_id TEXT NOT NULL REFERENCES user_data, -- The member
    first_batch TEXT, -- The first batch that saw the row
    last_batch TEXT, -- The last batch that saw the row
    PRIMARY KEY (channel, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE usergroup_data (
    -- A group of users that can be mentioned as one
    id TEXT NOT NULL, -- The group's id
    handle TEXT NOT NULL DEFAULT '', -- What is typed after @
    name TEXT NOT NULL DEFAULT '', -- The full name
    description TEXT NOT NULL DEFAULT '', -- What the group is for
    is_external INTEGER, -- Whether the group is another workspace's
    user_count INTEGER, -- Number of members
    first_batch TEXT, -- The first batch that saw the row
    last_batch TEXT, -- The last batch that saw the row
    PRIMARY KEY (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE usergroup_member_data (
    -- A user's membership of a user group
    usergroup TEXT NOT NULL REFERENCES usergroup_data, -- The group
    user_id TEXT NOT NULL REFERENCES user_data, -- The member
    first_batch TEXT, -- The first batch that saw the row
    last_batch TEXT, -- The last batch that saw the row
    PRIMARY KEY (usergroup, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE message_revision_data (
    -- A text that a message or reply has had
    channel TEXT NOT NULL REFERENCES channel_data, -- The conversation
    ts TEXT NOT NULL, -- The message
    -- When this text was written, where it came by an edit; empty where there is none, as it is part of the key
    edited_ts TEXT NOT NULL DEFAULT '',
    batch TEXT, -- The first batch that saw this text
    text TEXT NOT NULL DEFAULT '', -- The text
    PRIMARY KEY (channel, ts, edited_ts, text)
) STRICT, WITHOUT ROWID;

CREATE TABLE batch_data (
    -- A batch that the table's folder holds or has merged
    batch TEXT NOT NULL, -- The batch
    source TEXT NOT NULL DEFAULT '', -- Where it came from: api, export or legacy
    status TEXT NOT NULL DEFAULT '', -- How its extraction ended: complete or partial
    team_id TEXT, -- The workspace, where it is known
    team_name TEXT NOT NULL DEFAULT '', -- The workspace's name
    PRIMARY KEY (batch)
) STRICT, WITHOUT ROWID;

CREATE TABLE window_data (
    -- A stretch of time in which a batch saw every message of a channel that there was. A message inside it that
    -- the batch does not hold was deleted by then. Merge needs the windows of all batches to give the same master
    -- in whatever order they come
    channel TEXT NOT NULL REFERENCES channel_data, -- The conversation
    oldest TEXT NOT NULL, -- The first timestamp covered
    latest TEXT NOT NULL, -- The last timestamp covered
    scope TEXT NOT NULL, -- What is covered
    -- The thread whose replies are covered, with scope thread; empty where there is none, as it is part of the key
    thread_ts TEXT NOT NULL DEFAULT '',
    batch TEXT NOT NULL, -- The batch that walked it
    PRIMARY KEY (channel, oldest, latest, scope, thread_ts, batch)
) STRICT, WITHOUT ROWID;

-- The tables of the data contract. Ids, timestamps and batches are text in C collation, so that they sort as
-- the CSV files do. A text that is not known is empty; any other value that is not known is null.

CREATE TABLE user_data (
    id text COLLATE "C" NOT NULL,
    name text NOT NULL DEFAULT '',
    real_name text NOT NULL DEFAULT '',
    display_name text NOT NULL DEFAULT '',
    email text NOT NULL DEFAULT '',
    tz text NOT NULL DEFAULT '',
    tz_offset bigint,
    title text NOT NULL DEFAULT '',
    is_bot boolean,
    is_admin boolean,
    is_owner boolean,
    is_guest boolean,
    deleted boolean,
    updated bigint,
    team_id text COLLATE "C",
    known boolean NOT NULL,
    first_batch text COLLATE "C",
    last_batch text COLLATE "C",
    PRIMARY KEY (id)
);
COMMENT ON TABLE user_data IS 'A person or bot of the workspace, or one that is only named in it';
COMMENT ON COLUMN user_data.id IS 'The user''s id';
COMMENT ON COLUMN user_data.name IS 'The login name';
COMMENT ON COLUMN user_data.real_name IS 'The full name';
COMMENT ON COLUMN user_data.display_name IS 'The name shown beside messages, where the user chose one';
COMMENT ON COLUMN user_data.email IS 'The e-mail address, where the token may see it';
COMMENT ON COLUMN user_data.tz IS 'The time zone''s name in IANA''s database';
COMMENT ON COLUMN user_data.tz_offset IS 'Seconds east of UTC when the batch was taken';
COMMENT ON COLUMN user_data.title IS 'What the user does, in own words';
COMMENT ON COLUMN user_data.is_bot IS 'Whether the user is a bot''s';
COMMENT ON COLUMN user_data.is_admin IS 'Whether the user is an administrator';
COMMENT ON COLUMN user_data.is_owner IS 'Whether the user is an owner';
COMMENT ON COLUMN user_data.is_guest IS 'Whether the user is a guest, of one channel or of several';
COMMENT ON COLUMN user_data.deleted IS 'Whether the account is deactivated';
COMMENT ON COLUMN user_data.updated IS 'When the profile changed last, seconds since 1970';
COMMENT ON COLUMN user_data.team_id IS 'The user''s workspace';
COMMENT ON COLUMN user_data.known IS 'Whether a user list held the user; false for one that only messages, reactions, files or memberships name';
COMMENT ON COLUMN user_data.first_batch IS 'The first batch that saw the row';
COMMENT ON COLUMN user_data.last_batch IS 'The last batch that saw the row';

CREATE TABLE channel_data (
    id text COLLATE "C" NOT NULL,
    name text NOT NULL DEFAULT '',
    type text NOT NULL DEFAULT '',
    class text NOT NULL DEFAULT '',
    is_archived boolean,
    is_private boolean,
    is_general boolean,
    is_shared boolean,
    creator text COLLATE "C",
    created bigint,
    topic text NOT NULL DEFAULT '',
    purpose text NOT NULL DEFAULT '',
    num_members bigint,
    first_batch text COLLATE "C",
    last_batch text COLLATE "C",
    PRIMARY KEY (id)
);
COMMENT ON TABLE channel_data IS 'A conversation: a channel, a private channel, a group message or a direct message';
COMMENT ON COLUMN channel_data.id IS 'The conversation''s id';
COMMENT ON COLUMN channel_data.name IS 'Its name; the id where Slack gives none, as for direct messages';
COMMENT ON COLUMN channel_data.type IS 'channel, group (private channel), mpim (group message) or im (direct message)';
COMMENT ON COLUMN channel_data.class IS 'public where every member of the workspace may read, else confidential';
COMMENT ON COLUMN channel_data.is_archived IS 'Whether it is archived';
COMMENT ON COLUMN channel_data.is_private IS 'Whether only its members can see it';
COMMENT ON COLUMN channel_data.is_general IS 'Whether it is the workspace''s general channel';
COMMENT ON COLUMN channel_data.is_shared IS 'Whether it is shared with another workspace';
COMMENT ON COLUMN channel_data.creator IS 'Who made it; not always in user_data';
COMMENT ON COLUMN channel_data.created IS 'When it was made, seconds since 1970';
COMMENT ON COLUMN channel_data.topic IS 'Its topic';
COMMENT ON COLUMN channel_data.purpose IS 'Its purpose';
COMMENT ON COLUMN channel_data.num_members IS 'Number of members';
COMMENT ON COLUMN channel_data.first_batch IS 'The first batch that saw the row';
COMMENT ON COLUMN channel_data.last_batch IS 'The last batch that saw the row';

CREATE TABLE message_data (
    channel text COLLATE "C" NOT NULL REFERENCES channel_data,
    type text NOT NULL DEFAULT '',
    subtype text NOT NULL DEFAULT '',
    ts text COLLATE "C" NOT NULL,
    thread_ts text COLLATE "C",
    time timestamptz,
    reply_count bigint,
    reply_users_count bigint,
    latest_reply text COLLATE "C",
    user_id text COLLATE "C" REFERENCES user_data,
    bot_id text COLLATE "C",
    username text NOT NULL DEFAULT '',
    edited_ts text COLLATE "C",
    text text NOT NULL DEFAULT '',
    deleted_batch text COLLATE "C",
    first_batch text COLLATE "C",
    last_batch text COLLATE "C",
    PRIMARY KEY (channel, ts)
);
COMMENT ON TABLE message_data IS 'A message as a reader sees it in the channel: no reply, or a reply that was also sent to the channel';
COMMENT ON COLUMN message_data.channel IS 'The conversation';
COMMENT ON COLUMN message_data.type IS 'Slack''s type: message';
COMMENT ON COLUMN message_data.subtype IS 'Slack''s subtype, empty for an ordinary message';
COMMENT ON COLUMN message_data.ts IS 'The message''s timestamp: with the channel, its identity';
COMMENT ON COLUMN message_data.thread_ts IS 'The timestamp of the thread''s first message, where there is a thread';
COMMENT ON COLUMN message_data.time IS 'The instant of ts';
COMMENT ON COLUMN message_data.reply_count IS 'Number of replies, as Slack counts';
COMMENT ON COLUMN message_data.reply_users_count IS 'Number of people who replied, as Slack counts';
COMMENT ON COLUMN message_data.latest_reply IS 'The newest reply, as Slack says';
COMMENT ON COLUMN message_data.user_id IS 'The author';
COMMENT ON COLUMN message_data.bot_id IS 'The bot that posted';
COMMENT ON COLUMN message_data.username IS 'The name that a bot posted under';
COMMENT ON COLUMN message_data.edited_ts IS 'When the text was edited last';
COMMENT ON COLUMN message_data.text IS 'The text in Slack''s markup';
COMMENT ON COLUMN message_data.deleted_batch IS 'The first batch that found the message deleted';
COMMENT ON COLUMN message_data.first_batch IS 'The first batch that saw the message';
COMMENT ON COLUMN message_data.last_batch IS 'The last batch that saw the message';

CREATE TABLE thread_data (
    channel text COLLATE "C" NOT NULL REFERENCES channel_data,
    type text NOT NULL DEFAULT '',
    subtype text NOT NULL DEFAULT '',
    ts text COLLATE "C" NOT NULL,
    thread_ts text COLLATE "C",
    time timestamptz,
    user_id text COLLATE "C" REFERENCES user_data,
    bot_id text COLLATE "C",
    username text NOT NULL DEFAULT '',
    edited_ts text COLLATE "C",
    text text NOT NULL DEFAULT '',
    deleted_batch text COLLATE "C",
    first_batch text COLLATE "C",
    last_batch text COLLATE "C",
    PRIMARY KEY (channel, ts)
);
COMMENT ON TABLE thread_data IS 'A reply in a thread';
COMMENT ON COLUMN thread_data.channel IS 'The conversation';
COMMENT ON COLUMN thread_data.type IS 'Slack''s type: message';
COMMENT ON COLUMN thread_data.subtype IS 'Slack''s subtype, empty for an ordinary reply';
COMMENT ON COLUMN thread_data.ts IS 'The reply''s timestamp: with the channel, its identity';
COMMENT ON COLUMN thread_data.thread_ts IS 'The timestamp of the thread''s first message';
COMMENT ON COLUMN thread_data.time IS 'The instant of ts';
COMMENT ON COLUMN thread_data.user_id IS 'The author';
COMMENT ON COLUMN thread_data.bot_id IS 'The bot that posted';
COMMENT ON COLUMN thread_data.username IS 'The name that a bot posted under';
COMMENT ON COLUMN thread_data.edited_ts IS 'When the text was edited last';
COMMENT ON COLUMN thread_data.text IS 'The text in Slack''s markup';
COMMENT ON COLUMN thread_data.deleted_batch IS 'The first batch that found the reply deleted';
COMMENT ON COLUMN thread_data.first_batch IS 'The first batch that saw the reply';
COMMENT ON COLUMN thread_data.last_batch IS 'The last batch that saw the reply';

CREATE TABLE reaction_data (
    channel text COLLATE "C" NOT NULL REFERENCES channel_data,
    ts text COLLATE "C" NOT NULL,
    thread_ts text COLLATE "C",
    user_id text COLLATE "C" NOT NULL REFERENCES user_data,
    reaction text COLLATE "C" NOT NULL,
    first_batch text COLLATE "C",
    last_batch text COLLATE "C",
    PRIMARY KEY (channel, ts, reaction, user_id)
);
COMMENT ON TABLE reaction_data IS 'A user''s reaction to a message';
COMMENT ON COLUMN reaction_data.channel IS 'The message''s conversation';
COMMENT ON COLUMN reaction_data.ts IS 'The message';
COMMENT ON COLUMN reaction_data.thread_ts IS 'The message''s thread';
COMMENT ON COLUMN reaction_data.user_id IS 'Who reacted';
COMMENT ON COLUMN reaction_data.reaction IS 'The emoji''s name, with its skin tone (+1::skin-tone-3)';
COMMENT ON COLUMN reaction_data.first_batch IS 'The first batch that saw the reaction';
COMMENT ON COLUMN reaction_data.last_batch IS 'The last batch that saw the reaction';

CREATE TABLE file_data (
    id text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL REFERENCES channel_data,
    ts text COLLATE "C",
    name text NOT NULL DEFAULT '',
    title text NOT NULL DEFAULT '',
    mimetype text NOT NULL DEFAULT '',
    filetype text NOT NULL DEFAULT '',
    size bigint,
    mode text NOT NULL DEFAULT '',
    time timestamptz,
    user_id text COLLATE "C" REFERENCES user_data,
    path text NOT NULL DEFAULT '',
    sha256 text NOT NULL DEFAULT '',
    first_batch text COLLATE "C",
    last_batch text COLLATE "C",
    PRIMARY KEY (id, channel)
);
COMMENT ON TABLE file_data IS 'A file as it was shared in a conversation';
COMMENT ON COLUMN file_data.id IS 'The file''s id';
COMMENT ON COLUMN file_data.channel IS 'The conversation';
COMMENT ON COLUMN file_data.ts IS 'The first message there that shared it';
COMMENT ON COLUMN file_data.name IS 'The file''s name';
COMMENT ON COLUMN file_data.title IS 'Its title';
COMMENT ON COLUMN file_data.mimetype IS 'Its media type';
COMMENT ON COLUMN file_data.filetype IS 'Slack''s short type: png, gdoc, ';
COMMENT ON COLUMN file_data.size IS 'Bytes';
COMMENT ON COLUMN file_data.mode IS 'hosted, external, snippet, quip, ...; hidden_by_limit or tombstone where it is gone';
COMMENT ON COLUMN file_data.time IS 'When it was made';
COMMENT ON COLUMN file_data.user_id IS 'Who shared it';
COMMENT ON COLUMN file_data.path IS 'Where its bytes are, below the data home';
COMMENT ON COLUMN file_data.sha256 IS 'The SHA-256 of its bytes, in hexadecimal';
COMMENT ON COLUMN file_data.first_batch IS 'The first batch that saw the row';
COMMENT ON COLUMN file_data.last_batch IS 'The last batch that saw the row';

CREATE TABLE member_data (
    channel text COLLATE "C" NOT NULL REFERENCES channel_data,
    user_id text COLLATE "C" NOT NULL REFERENCES user_data,
    first_batch text COLLATE "C",
    last_batch text COLLATE "C",
    PRIMARY KEY (channel, user_id)
);
COMMENT ON TABLE member_data IS 'A user''s membership of a conversation';
COMMENT ON COLUMN member_data.channel IS 'The conversation';
COMMENT ON COLUMN member_data.user_id IS 'The member';
COMMENT ON COLUMN member_data.first_batch IS 'The first batch that saw the row';
COMMENT ON COLUMN member_data.last_batch IS 'The last batch that saw the row';

CREATE TABLE usergroup_data (
    id text COLLATE "C" NOT NULL,
    handle text NOT NULL DEFAULT '',
    name text NOT NULL DEFAULT '',
    description text NOT NULL DEFAULT '',
    is_external boolean,
    user_count bigint,
    first_batch text COLLATE "C",
    last_batch text COLLATE "C",
    PRIMARY KEY (id)
);
COMMENT ON TABLE usergroup_data IS 'A group of users that can be mentioned as one';
COMMENT ON COLUMN usergroup_data.id IS 'The group''s id';
COMMENT ON COLUMN usergroup_data.handle IS 'What is typed after @';
COMMENT ON COLUMN usergroup_data.name IS 'The full name';
COMMENT ON COLUMN usergroup_data.description IS 'What the group is for';
COMMENT ON COLUMN usergroup_data.is_external IS 'Whether the group is another workspace''s';
COMMENT ON COLUMN usergroup_data.user_count IS 'Number of members';
COMMENT ON COLUMN usergroup_data.first_batch IS 'The first batch that saw the row';
COMMENT ON COLUMN usergroup_data.last_batch IS 'The last batch that saw the row';

CREATE TABLE usergroup_member_data (
    usergroup text COLLATE "C" NOT NULL REFERENCES usergroup_data,
    user_id text COLLATE "C" NOT NULL REFERENCES user_data,
    first_batch text COLLATE "C",
    last_batch text COLLATE "C",
    PRIMARY KEY (usergroup, user_id)
);
COMMENT ON TABLE usergroup_member_data IS 'A user''s membership of a user group';
COMMENT ON COLUMN usergroup_member_data.usergroup IS 'The group';
COMMENT ON COLUMN usergroup_member_data.user_id IS 'The member';
COMMENT ON COLUMN usergroup_member_data.first_batch IS 'The first batch that saw the row';
COMMENT ON COLUMN usergroup_member_data.last_batch IS 'The last batch that saw the row';

CREATE TABLE message_revision_data (
    channel text COLLATE "C" NOT NULL REFERENCES channel_data,
    ts text COLLATE "C" NOT NULL,
    edited_ts text COLLATE "C" NOT NULL DEFAULT '',
    batch text COLLATE "C",
    text text NOT NULL DEFAULT '',
    text_md5 text COLLATE "C" GENERATED ALWAYS AS (md5(text)) STORED,
    PRIMARY KEY (channel, ts, edited_ts, text_md5)
);
COMMENT ON TABLE message_revision_data IS 'A text that a message or reply has had';
COMMENT ON COLUMN message_revision_data.channel IS 'The conversation';
COMMENT ON COLUMN message_revision_data.ts IS 'The message';
COMMENT ON COLUMN message_revision_data.edited_ts IS 'When this text was written, where it came by an edit; empty where there is none, as it is part of the key';
COMMENT ON COLUMN message_revision_data.batch IS 'The first batch that saw this text';
COMMENT ON COLUMN message_revision_data.text IS 'The text';
COMMENT ON COLUMN message_revision_data.text_md5 IS 'MD5 of the text, which stands for it in the key: a text may be longer than an index entry';

CREATE TABLE batch_data (
    batch text COLLATE "C" NOT NULL,
    source text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT '',
    team_id text COLLATE "C",
    team_name text NOT NULL DEFAULT '',
    PRIMARY KEY (batch)
);
COMMENT ON TABLE batch_data IS 'A batch that the table''s folder holds or has merged';
COMMENT ON COLUMN batch_data.batch IS 'The batch';
COMMENT ON COLUMN batch_data.source IS 'Where it came from: api, export or legacy';
COMMENT ON COLUMN batch_data.status IS 'How its extraction ended: complete or partial';
COMMENT ON COLUMN batch_data.team_id IS 'The workspace, where it is known';
COMMENT ON COLUMN batch_data.team_name IS 'The workspace''s name';

CREATE TABLE window_data (
    channel text COLLATE "C" NOT NULL,
    oldest text COLLATE "C" NOT NULL,
    latest text COLLATE "C" NOT NULL,
    scope text COLLATE "C" NOT NULL,
    thread_ts text COLLATE "C" NOT NULL DEFAULT '',
    batch text COLLATE "C" NOT NULL,
    PRIMARY KEY (channel, oldest, latest, scope, thread_ts, batch)
);
COMMENT ON TABLE window_data IS 'A stretch of time in which a batch saw every message of a channel that there was.  A message inside it that the batch does not hold was deleted by then. Merge needs the windows of all batches to give the same master in whatever order they come';
COMMENT ON COLUMN window_data.channel IS 'The conversation';
COMMENT ON COLUMN window_data.oldest IS 'The first timestamp covered';
COMMENT ON COLUMN window_data.latest IS 'The last timestamp covered';
COMMENT ON COLUMN window_data.scope IS 'What is covered';
COMMENT ON COLUMN window_data.thread_ts IS 'The thread whose replies are covered, with scope thread; empty where there is none, as it is part of the key';
COMMENT ON COLUMN window_data.batch IS 'The batch that walked it';

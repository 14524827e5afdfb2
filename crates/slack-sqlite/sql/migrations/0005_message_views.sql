-- Views of users, channels and messages: slack-pg's, without what hides private texts there, as whoever may read a file
-- may read all of it. A later migration that changes a column of these tables drops the views that show it, and makes
-- them anew.

-- Threads are put together from their replies.
CREATE INDEX thread_data_thread ON thread_data (channel, thread_ts);
-- Replies that were also sent to the channel are few, and the rest of message_data need not be searched for them.
CREATE INDEX message_data_broadcast ON message_data (channel, thread_ts)
    WHERE thread_ts IS NOT NULL AND thread_ts <> ts;
-- What one person wrote, and a person's first post.
CREATE INDEX message_data_user ON message_data (user_id, time);
CREATE INDEX thread_data_user ON thread_data (user_id, time);
-- What was written in a span of time, and what is newest: rows lie in the order of channels.
CREATE INDEX message_data_time ON message_data (time);
CREATE INDEX thread_data_time ON thread_data (time);

CREATE VIEW v_users AS
-- Users, with a name to show for each
SELECT
    id, -- The user's id
    coalesce(nullif(real_name, ''), nullif(name, ''), id) AS label, -- The full name, else the login name, else the id
    name, -- The login name
    real_name, -- The full name
    display_name, -- The name shown beside messages, where the user chose one
    email, -- The e-mail address
    title, -- What the user does, in own words
    tz, -- The time zone's name in IANA's database
    coalesce(is_bot, 0) OR id = 'USLACKBOT' AS is_bot, -- Whether the user is a bot's, or Slack's own
    is_admin, -- Whether the user is an administrator
    is_owner, -- Whether the user is an owner
    is_guest, -- Whether the user is a guest
    deleted, -- Whether the account is deactivated
    known -- Whether a user list held the user
FROM user_data;

CREATE VIEW v_channels AS
-- Channels and other conversations
SELECT
    c.id, -- The conversation's id
    c.name, -- Its name; the id where Slack gives none
    c.type, -- channel, group (private channel), mpim (group message) or im (direct message)
    c.class, -- public where every member of the workspace may read, else confidential
    c.is_archived, -- Whether it is archived
    c.creator, -- Who made it
    u.label AS creator_name, -- The creator's name
    strftime('%Y-%m-%dT%H:%M:%S.000000Z', c.created, 'unixepoch') AS created, -- When it was made
    c.topic, -- Its topic
    c.purpose, -- Its purpose
    c.num_members -- Number of members
FROM channel_data c
LEFT JOIN v_users u ON u.id = c.creator;

-- A reply that was also sent to the channel stands in both tables.
CREATE VIEW v_messages AS
-- Every message and reply once, with the names of its channel and author
SELECT
    m.channel, -- The conversation
    c.name AS channel_name, -- Its name
    c.class AS channel_class, -- public, or confidential
    m.ts, -- The message's timestamp: with the channel, its identity
    m.time, -- The instant of ts
    m.thread_ts, -- The timestamp of the thread's first message, where there is a thread
    m.thread_ts IS NOT NULL AND m.thread_ts <> m.ts AS is_reply, -- Whether it is a reply in a thread
    m.subtype, -- Slack's subtype, empty for an ordinary message
    m.user_id IS NOT NULL AND m.bot_id IS NULL AND u.is_bot IS NOT TRUE
    -- Whether a person wrote it: not a bot, not the system, no joining or leaving
        AND m.subtype IN ('', 'thread_broadcast', 'file_share', 'me_message') AS is_post,
    m.user_id, -- The author
    -- The author's full name, else login name, else the name that a bot posted under, else the id
    coalesce(u.label, nullif(m.username, ''), m.bot_id) AS author,
    u.name AS user_name, -- The author's login name
    u.real_name, -- The author's full name
    m.text, -- The text in Slack's markup
    m.edited_ts, -- When the text was edited last
    m.deleted_batch, -- The first batch that found the message deleted
    m.last_batch -- The last batch that saw the message
FROM (
    SELECT channel, subtype, ts, thread_ts, time, user_id, bot_id, username, edited_ts, text, deleted_batch, last_batch
    FROM message_data
    UNION ALL
    SELECT channel, subtype, ts, thread_ts, time, user_id, bot_id, username, edited_ts, text, deleted_batch, last_batch
    FROM thread_data t
    WHERE NOT EXISTS (SELECT 1 FROM message_data b WHERE b.channel = t.channel AND b.ts = t.ts)
) m
LEFT JOIN channel_data c ON c.id = m.channel
LEFT JOIN v_users u ON u.id = m.user_id;

CREATE VIEW v_deleted_messages AS
-- Messages and replies that were deleted in Slack
SELECT
    channel, -- The conversation
    channel_name, -- Its name
    ts, -- The message's timestamp
    time, -- The instant of ts
    thread_ts, -- The timestamp of the thread's first message
    is_reply, -- Whether it was a reply in a thread
    user_id, -- The author
    author, -- The author's name
    text, -- The last text that was seen
    last_batch, -- The last batch that saw the message
    deleted_batch -- The first batch that found it deleted
FROM v_messages
WHERE deleted_batch IS NOT NULL;

CREATE VIEW v_revisions AS
-- Changes of texts: what a message or reply said before, and after
SELECT
    r.channel, -- The conversation
    c.name AS channel_name, -- Its name
    r.ts, -- The message's timestamp
    nullif(r.edited_ts, '') AS edited_ts, -- When the later text was written, where Slack says so
    r.batch, -- The first batch that saw the later text
    r.before AS before, -- The text before
    r.text AS after -- The text after
FROM (
    SELECT channel, ts, edited_ts, batch, text, lag(text) OVER (
        PARTITION BY channel, ts ORDER BY CAST(nullif(edited_ts, '') AS REAL) NULLS FIRST, batch NULLS LAST, text
    ) AS before
    FROM message_revision_data
) r
LEFT JOIN channel_data c ON c.id = r.channel
WHERE r.before IS NOT NULL;

-- Messages are looked up in their tables, not in v_messages, which SQLite would put together as a whole first.
CREATE VIEW v_reactions AS
-- Reactions: who reacted to whose message
SELECT
    r.channel, -- The message's conversation
    CASE WHEN m.ts IS NOT NULL OR t.ts IS NOT NULL THEN c.name END AS channel_name, -- Its name
    r.ts, -- The message's timestamp
    iif(m.ts IS NOT NULL, m.time, t.time) AS time, -- The message's time: Slack does not tell the reaction's own
    iif(m.ts IS NOT NULL, m.user_id, t.user_id) AS author_id, -- Who wrote the message
    coalesce(
        a.label,
        nullif(iif(m.ts IS NOT NULL, m.username, t.username), ''),
        iif(m.ts IS NOT NULL, m.bot_id, t.bot_id)
    ) AS author, -- The author's name
    r.user_id, -- Who reacted
    u.label AS user_name, -- That user's name
    r.reaction, -- The emoji's name, with its skin tone
    -- The emoji's name without skin tone
    iif(instr(r.reaction, '::') > 0, substr(r.reaction, 1, instr(r.reaction, '::') - 1), r.reaction) AS emoji
FROM reaction_data r
LEFT JOIN message_data m ON m.channel = r.channel AND m.ts = r.ts
LEFT JOIN thread_data t ON t.channel = r.channel AND t.ts = r.ts
LEFT JOIN channel_data c ON c.id = r.channel
LEFT JOIN v_users a ON a.id = iif(m.ts IS NOT NULL, m.user_id, t.user_id)
LEFT JOIN v_users u ON u.id = r.user_id;

CREATE VIEW v_files AS
-- Files as they were shared in conversations
SELECT
    f.id, -- The file's id
    f.channel, -- The conversation
    c.name AS channel_name, -- Its name
    f.ts, -- The first message there that shared it
    f.name, -- The file's name
    f.title, -- Its title
    f.mimetype, -- Its media type
    f.filetype, -- Slack's short type
    f.size, -- Bytes
    f.mode, -- hosted, external, snippet, ...; hidden_by_limit or tombstone where it is gone
    f.time, -- When it was made
    f.user_id, -- Who shared it
    u.label AS user_name, -- That user's name
    f.sha256 <> '' AS is_kept -- Whether its bytes were downloaded
FROM file_data f
LEFT JOIN channel_data c ON c.id = f.channel
LEFT JOIN v_users u ON u.id = f.user_id;

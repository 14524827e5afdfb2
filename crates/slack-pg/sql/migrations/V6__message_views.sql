-- Views of users, channels and messages. A view acts with its owner's rights: whoever may read the view need not be
-- allowed to read the tables. So what is private, texts of channels that are not public and e-mail addresses, is shown
-- only to those who may read message_data.text or user_data.email themselves.
--
-- A later migration that changes a column of these tables drops the views that show it, and makes them anew.

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

CREATE VIEW v_reader AS
SELECT
    has_column_privilege('message_data'::regclass, 'text', 'SELECT') AS private_texts,
    has_column_privilege('user_data'::regclass, 'email', 'SELECT') AS emails;
COMMENT ON VIEW v_reader IS 'What the other views show to the one who asks';
COMMENT ON COLUMN v_reader.private_texts IS 'Whether texts of channels that are not public are shown: to those who may read message_data.text';
COMMENT ON COLUMN v_reader.emails IS 'Whether e-mail addresses are shown: to those who may read user_data.email';

CREATE VIEW v_users AS
SELECT
    id,
    coalesce(nullif(real_name, ''), nullif(name, ''), id) AS label,
    name,
    real_name,
    display_name,
    CASE WHEN (SELECT emails FROM v_reader) THEN email END AS email,
    title,
    tz,
    coalesce(is_bot, false) OR id = 'USLACKBOT' AS is_bot,
    is_admin,
    is_owner,
    is_guest,
    deleted,
    known
FROM user_data;
COMMENT ON VIEW v_users IS 'Users, with a name to show for each';
COMMENT ON COLUMN v_users.id IS 'The user''s id';
COMMENT ON COLUMN v_users.label IS 'The full name, else the login name, else the id';
COMMENT ON COLUMN v_users.name IS 'The login name';
COMMENT ON COLUMN v_users.real_name IS 'The full name';
COMMENT ON COLUMN v_users.display_name IS 'The name shown beside messages, where the user chose one';
COMMENT ON COLUMN v_users.email IS 'The e-mail address; null for readers who may not see it';
COMMENT ON COLUMN v_users.title IS 'What the user does, in own words';
COMMENT ON COLUMN v_users.tz IS 'The time zone''s name in IANA''s database';
COMMENT ON COLUMN v_users.is_bot IS 'Whether the user is a bot''s, or Slack''s own';
COMMENT ON COLUMN v_users.is_admin IS 'Whether the user is an administrator';
COMMENT ON COLUMN v_users.is_owner IS 'Whether the user is an owner';
COMMENT ON COLUMN v_users.is_guest IS 'Whether the user is a guest';
COMMENT ON COLUMN v_users.deleted IS 'Whether the account is deactivated';
COMMENT ON COLUMN v_users.known IS 'Whether a user list held the user';

CREATE VIEW v_channels AS
SELECT
    c.id,
    c.name,
    c.type,
    c.class,
    c.is_archived,
    c.creator,
    u.label AS creator_name,
    to_timestamp(c.created) AS created,
    CASE WHEN c.class = 'public' OR (SELECT private_texts FROM v_reader) THEN c.topic END AS topic,
    CASE WHEN c.class = 'public' OR (SELECT private_texts FROM v_reader) THEN c.purpose END AS purpose,
    c.num_members
FROM channel_data c
LEFT JOIN v_users u ON u.id = c.creator;
COMMENT ON VIEW v_channels IS 'Channels and other conversations';
COMMENT ON COLUMN v_channels.id IS 'The conversation''s id';
COMMENT ON COLUMN v_channels.name IS 'Its name; the id where Slack gives none';
COMMENT ON COLUMN v_channels.type IS 'channel, group (private channel), mpim (group message) or im (direct message)';
COMMENT ON COLUMN v_channels.class IS 'public where every member of the workspace may read, else confidential';
COMMENT ON COLUMN v_channels.is_archived IS 'Whether it is archived';
COMMENT ON COLUMN v_channels.creator IS 'Who made it';
COMMENT ON COLUMN v_channels.creator_name IS 'The creator''s name';
COMMENT ON COLUMN v_channels.created IS 'When it was made';
COMMENT ON COLUMN v_channels.topic IS 'Its topic; null where it is not public, for readers who may not see private texts';
COMMENT ON COLUMN v_channels.purpose IS 'Its purpose; null where it is not public, for readers who may not see private texts';
COMMENT ON COLUMN v_channels.num_members IS 'Number of members';

-- A reply that was also sent to the channel stands in both tables.
CREATE VIEW v_messages AS
SELECT
    m.channel,
    c.name AS channel_name,
    c.class AS channel_class,
    m.ts,
    m.time,
    m.thread_ts,
    m.thread_ts IS NOT NULL AND m.thread_ts <> m.ts AS is_reply,
    m.subtype,
    m.user_id IS NOT NULL AND m.bot_id IS NULL AND u.is_bot IS NOT TRUE
        AND m.subtype IN ('', 'thread_broadcast', 'file_share', 'me_message') AS is_post,
    m.user_id,
    coalesce(u.label, nullif(m.username, ''), m.bot_id) AS author,
    u.name AS user_name,
    u.real_name,
    CASE WHEN c.class = 'public' OR (SELECT private_texts FROM v_reader) THEN m.text END AS text,
    m.edited_ts,
    m.deleted_batch,
    m.last_batch
FROM (
    SELECT channel, subtype, ts, thread_ts, time, user_id, bot_id, username, edited_ts, text, deleted_batch, last_batch
    FROM message_data
    UNION ALL
    SELECT channel, subtype, ts, thread_ts, time, user_id, bot_id, username, edited_ts, text, deleted_batch, last_batch
    FROM thread_data t
    WHERE NOT EXISTS (SELECT FROM message_data b WHERE b.channel = t.channel AND b.ts = t.ts)
) m
LEFT JOIN channel_data c ON c.id = m.channel
LEFT JOIN v_users u ON u.id = m.user_id;
COMMENT ON VIEW v_messages IS 'Every message and reply once, with the names of its channel and author';
COMMENT ON COLUMN v_messages.channel IS 'The conversation';
COMMENT ON COLUMN v_messages.channel_name IS 'Its name';
COMMENT ON COLUMN v_messages.channel_class IS 'public, or confidential';
COMMENT ON COLUMN v_messages.ts IS 'The message''s timestamp: with the channel, its identity';
COMMENT ON COLUMN v_messages.time IS 'The instant of ts';
COMMENT ON COLUMN v_messages.thread_ts IS 'The timestamp of the thread''s first message, where there is a thread';
COMMENT ON COLUMN v_messages.is_reply IS 'Whether it is a reply in a thread';
COMMENT ON COLUMN v_messages.subtype IS 'Slack''s subtype, empty for an ordinary message';
COMMENT ON COLUMN v_messages.is_post IS 'Whether a person wrote it: not a bot, not the system, no joining or leaving';
COMMENT ON COLUMN v_messages.user_id IS 'The author';
COMMENT ON COLUMN v_messages.author IS 'The author''s full name, else login name, else the name that a bot posted under, else the id';
COMMENT ON COLUMN v_messages.user_name IS 'The author''s login name';
COMMENT ON COLUMN v_messages.real_name IS 'The author''s full name';
COMMENT ON COLUMN v_messages.text IS 'The text in Slack''s markup; null where the channel is not public, for readers who may not see private texts';
COMMENT ON COLUMN v_messages.edited_ts IS 'When the text was edited last';
COMMENT ON COLUMN v_messages.deleted_batch IS 'The first batch that found the message deleted';
COMMENT ON COLUMN v_messages.last_batch IS 'The last batch that saw the message';

CREATE VIEW v_deleted_messages AS
SELECT channel, channel_name, ts, time, thread_ts, is_reply, user_id, author, text, last_batch, deleted_batch
FROM v_messages
WHERE deleted_batch IS NOT NULL;
COMMENT ON VIEW v_deleted_messages IS 'Messages and replies that were deleted in Slack';
COMMENT ON COLUMN v_deleted_messages.channel IS 'The conversation';
COMMENT ON COLUMN v_deleted_messages.channel_name IS 'Its name';
COMMENT ON COLUMN v_deleted_messages.ts IS 'The message''s timestamp';
COMMENT ON COLUMN v_deleted_messages.time IS 'The instant of ts';
COMMENT ON COLUMN v_deleted_messages.thread_ts IS 'The timestamp of the thread''s first message';
COMMENT ON COLUMN v_deleted_messages.is_reply IS 'Whether it was a reply in a thread';
COMMENT ON COLUMN v_deleted_messages.user_id IS 'The author';
COMMENT ON COLUMN v_deleted_messages.author IS 'The author''s name';
COMMENT ON COLUMN v_deleted_messages.text IS 'The last text that was seen; null where the channel is not public, for readers who may not see private texts';
COMMENT ON COLUMN v_deleted_messages.last_batch IS 'The last batch that saw the message';
COMMENT ON COLUMN v_deleted_messages.deleted_batch IS 'The first batch that found it deleted';

CREATE VIEW v_revisions AS
SELECT
    r.channel,
    c.name AS channel_name,
    r.ts,
    nullif(r.edited_ts, '') AS edited_ts,
    r.batch,
    CASE WHEN c.class = 'public' OR (SELECT private_texts FROM v_reader) THEN r.before END AS before,
    CASE WHEN c.class = 'public' OR (SELECT private_texts FROM v_reader) THEN r.text END AS after
FROM (
    SELECT channel, ts, edited_ts, batch, text, lag(text) OVER (
        PARTITION BY channel, ts ORDER BY nullif(edited_ts, '')::numeric NULLS FIRST, batch, text_md5
    ) AS before
    FROM message_revision_data
) r
LEFT JOIN channel_data c ON c.id = r.channel
WHERE r.before IS NOT NULL;
COMMENT ON VIEW v_revisions IS 'Changes of texts: what a message or reply said before, and after';
COMMENT ON COLUMN v_revisions.channel IS 'The conversation';
COMMENT ON COLUMN v_revisions.channel_name IS 'Its name';
COMMENT ON COLUMN v_revisions.ts IS 'The message''s timestamp';
COMMENT ON COLUMN v_revisions.edited_ts IS 'When the later text was written, where Slack says so';
COMMENT ON COLUMN v_revisions.batch IS 'The first batch that saw the later text';
COMMENT ON COLUMN v_revisions.before IS 'The text before; null where the channel is not public, for readers who may not see private texts';
COMMENT ON COLUMN v_revisions.after IS 'The text after; null where the channel is not public, for readers who may not see private texts';

CREATE VIEW v_reactions AS
SELECT
    r.channel,
    m.channel_name,
    r.ts,
    m.time,
    m.user_id AS author_id,
    m.author,
    r.user_id,
    u.label AS user_name,
    r.reaction,
    split_part(r.reaction, '::', 1) AS emoji
FROM reaction_data r
LEFT JOIN v_messages m ON m.channel = r.channel AND m.ts = r.ts
LEFT JOIN v_users u ON u.id = r.user_id;
COMMENT ON VIEW v_reactions IS 'Reactions: who reacted to whose message';
COMMENT ON COLUMN v_reactions.channel IS 'The message''s conversation';
COMMENT ON COLUMN v_reactions.channel_name IS 'Its name';
COMMENT ON COLUMN v_reactions.ts IS 'The message''s timestamp';
COMMENT ON COLUMN v_reactions.time IS 'The message''s time: Slack does not tell the reaction''s own';
COMMENT ON COLUMN v_reactions.author_id IS 'Who wrote the message';
COMMENT ON COLUMN v_reactions.author IS 'The author''s name';
COMMENT ON COLUMN v_reactions.user_id IS 'Who reacted';
COMMENT ON COLUMN v_reactions.user_name IS 'That user''s name';
COMMENT ON COLUMN v_reactions.reaction IS 'The emoji''s name, with its skin tone';
COMMENT ON COLUMN v_reactions.emoji IS 'The emoji''s name without skin tone';

CREATE VIEW v_files AS
SELECT
    f.id,
    f.channel,
    c.name AS channel_name,
    f.ts,
    CASE WHEN c.class = 'public' OR (SELECT private_texts FROM v_reader) THEN f.name END AS name,
    CASE WHEN c.class = 'public' OR (SELECT private_texts FROM v_reader) THEN f.title END AS title,
    f.mimetype,
    f.filetype,
    f.size,
    f.mode,
    f.time,
    f.user_id,
    u.label AS user_name,
    f.sha256 <> '' AS is_kept
FROM file_data f
LEFT JOIN channel_data c ON c.id = f.channel
LEFT JOIN v_users u ON u.id = f.user_id;
COMMENT ON VIEW v_files IS 'Files as they were shared in conversations';
COMMENT ON COLUMN v_files.id IS 'The file''s id';
COMMENT ON COLUMN v_files.channel IS 'The conversation';
COMMENT ON COLUMN v_files.channel_name IS 'Its name';
COMMENT ON COLUMN v_files.ts IS 'The first message there that shared it';
COMMENT ON COLUMN v_files.name IS 'The file''s name; null where the channel is not public, for readers who may not see private texts';
COMMENT ON COLUMN v_files.title IS 'Its title; null where the channel is not public, for readers who may not see private texts';
COMMENT ON COLUMN v_files.mimetype IS 'Its media type';
COMMENT ON COLUMN v_files.filetype IS 'Slack''s short type';
COMMENT ON COLUMN v_files.size IS 'Bytes';
COMMENT ON COLUMN v_files.mode IS 'hosted, external, snippet, ...; hidden_by_limit or tombstone where it is gone';
COMMENT ON COLUMN v_files.time IS 'When it was made';
COMMENT ON COLUMN v_files.user_id IS 'Who shared it';
COMMENT ON COLUMN v_files.user_name IS 'That user''s name';
COMMENT ON COLUMN v_files.is_kept IS 'Whether its bytes were downloaded';

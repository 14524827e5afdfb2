-- An index of the words in messages and replies. It holds no texts: FTS5 reads them through search_source. Triggers keep
-- it up to date, whoever changes a text. A reply that was also sent to the channel is found once, by the text of
-- message_data, as in v_messages.

CREATE TABLE search_document (
    -- The number by which the index knows a message or reply
    id INTEGER NOT NULL PRIMARY KEY, -- The number
    channel TEXT NOT NULL, -- The conversation
    ts TEXT NOT NULL, -- The message
    UNIQUE (channel, ts)
) STRICT;

CREATE VIEW search_source AS
-- What search_messages shows for a number
SELECT
    d.id,
    d.channel,
    c.name AS channel_name,
    d.ts,
    coalesce(m.time, t.time) AS time,
    coalesce(u.label, nullif(coalesce(m.username, t.username), ''), m.bot_id, t.bot_id) AS author,
    coalesce(m.text, t.text) AS text
FROM search_document d
LEFT JOIN message_data m ON m.channel = d.channel AND m.ts = d.ts
LEFT JOIN thread_data t ON t.channel = d.channel AND t.ts = d.ts
LEFT JOIN channel_data c ON c.id = d.channel
LEFT JOIN v_users u ON u.id = coalesce(m.user_id, t.user_id);

CREATE VIRTUAL TABLE search_messages USING fts5(
    channel UNINDEXED,
    channel_name UNINDEXED,
    ts UNINDEXED,
    time UNINDEXED,
    author UNINDEXED,
    text,
    content = 'search_source',
    content_rowid = 'id',
    tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TRIGGER search_message_data_insert AFTER INSERT ON message_data
BEGIN
    -- The text of the same reply makes way.
    INSERT INTO search_messages (search_messages, rowid, text)
    SELECT 'delete', d.id, t.text FROM search_document d JOIN thread_data t ON t.channel = d.channel AND t.ts = d.ts
    WHERE d.channel = new.channel AND d.ts = new.ts;
    INSERT INTO search_document (channel, ts) SELECT new.channel, new.ts
    WHERE NOT EXISTS (SELECT 1 FROM search_document d WHERE d.channel = new.channel AND d.ts = new.ts);
    INSERT INTO search_messages (rowid, text)
    SELECT d.id, new.text FROM search_document d WHERE d.channel = new.channel AND d.ts = new.ts;
END;

CREATE TRIGGER search_message_data_delete AFTER DELETE ON message_data
BEGIN
    INSERT INTO search_messages (search_messages, rowid, text)
    SELECT 'delete', d.id, old.text FROM search_document d WHERE d.channel = old.channel AND d.ts = old.ts;
    -- The text of the same reply comes back.
    INSERT INTO search_messages (rowid, text)
    SELECT d.id, t.text FROM search_document d JOIN thread_data t ON t.channel = d.channel AND t.ts = d.ts
    WHERE d.channel = old.channel AND d.ts = old.ts;
    DELETE FROM search_document
    WHERE channel = old.channel AND ts = old.ts
        AND NOT EXISTS (SELECT 1 FROM thread_data t WHERE t.channel = old.channel AND t.ts = old.ts);
END;

CREATE TRIGGER search_message_data_text AFTER UPDATE OF text ON message_data
WHEN old.channel = new.channel AND old.ts = new.ts AND old.text <> new.text
BEGIN
    INSERT INTO search_messages (search_messages, rowid, text)
    SELECT 'delete', d.id, old.text FROM search_document d WHERE d.channel = old.channel AND d.ts = old.ts;
    INSERT INTO search_messages (rowid, text)
    SELECT d.id, new.text FROM search_document d WHERE d.channel = new.channel AND d.ts = new.ts;
END;

CREATE TRIGGER search_message_data_key BEFORE UPDATE OF channel, ts ON message_data
WHEN old.channel <> new.channel OR old.ts <> new.ts
BEGIN
    SELECT raise(ABORT, 'the key of a message that is indexed for search cannot be changed: delete it and insert it anew');
END;

CREATE TRIGGER search_thread_data_insert AFTER INSERT ON thread_data
WHEN NOT EXISTS (SELECT 1 FROM message_data m WHERE m.channel = new.channel AND m.ts = new.ts)
BEGIN
    INSERT INTO search_document (channel, ts) SELECT new.channel, new.ts
    WHERE NOT EXISTS (SELECT 1 FROM search_document d WHERE d.channel = new.channel AND d.ts = new.ts);
    INSERT INTO search_messages (rowid, text)
    SELECT d.id, new.text FROM search_document d WHERE d.channel = new.channel AND d.ts = new.ts;
END;

CREATE TRIGGER search_thread_data_delete AFTER DELETE ON thread_data
WHEN NOT EXISTS (SELECT 1 FROM message_data m WHERE m.channel = old.channel AND m.ts = old.ts)
BEGIN
    INSERT INTO search_messages (search_messages, rowid, text)
    SELECT 'delete', d.id, old.text FROM search_document d WHERE d.channel = old.channel AND d.ts = old.ts;
    DELETE FROM search_document WHERE channel = old.channel AND ts = old.ts;
END;

CREATE TRIGGER search_thread_data_text AFTER UPDATE OF text ON thread_data
WHEN old.channel = new.channel AND old.ts = new.ts AND old.text <> new.text
    AND NOT EXISTS (SELECT 1 FROM message_data m WHERE m.channel = new.channel AND m.ts = new.ts)
BEGIN
    INSERT INTO search_messages (search_messages, rowid, text)
    SELECT 'delete', d.id, old.text FROM search_document d WHERE d.channel = old.channel AND d.ts = old.ts;
    INSERT INTO search_messages (rowid, text)
    SELECT d.id, new.text FROM search_document d WHERE d.channel = new.channel AND d.ts = new.ts;
END;

CREATE TRIGGER search_thread_data_key BEFORE UPDATE OF channel, ts ON thread_data
WHEN old.channel <> new.channel OR old.ts <> new.ts
BEGIN
    SELECT raise(ABORT, 'the key of a reply that is indexed for search cannot be changed: delete it and insert it anew');
END;

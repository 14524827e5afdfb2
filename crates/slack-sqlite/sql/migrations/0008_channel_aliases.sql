-- Folders of exports that no list names, and the channels that they were found to be.

CREATE TABLE channel_alias_data (
    -- A folder of an export that no list names, and the channel that it was found to be. No other table names the alias
    alias TEXT NOT NULL, -- The id made of the folder's name
    channel TEXT NOT NULL REFERENCES channel_data, -- The channel, under whose id the folder's rows stand
    reason TEXT NOT NULL DEFAULT '', -- What tells: messages that both hold, or the operator
    first_batch TEXT, -- The first batch that had the folder
    last_batch TEXT, -- The last batch that had the folder
    PRIMARY KEY (alias, channel)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER forget_channel_alias_data_insert AFTER INSERT ON channel_alias_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'channel_alias_data'; END;
CREATE TRIGGER forget_channel_alias_data_update AFTER UPDATE ON channel_alias_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'channel_alias_data'; END;
CREATE TRIGGER forget_channel_alias_data_delete AFTER DELETE ON channel_alias_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'channel_alias_data'; END;

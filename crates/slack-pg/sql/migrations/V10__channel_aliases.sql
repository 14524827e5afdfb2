-- Folders of exports that no list names, and the channels that they were found to be.

CREATE TABLE channel_alias_data (
    alias text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL REFERENCES channel_data,
    reason text NOT NULL DEFAULT '',
    first_batch text COLLATE "C",
    last_batch text COLLATE "C",
    PRIMARY KEY (alias, channel)
);
COMMENT ON TABLE channel_alias_data IS 'A folder of an export that no list names, and the channel that it was found to be. No other table names the alias';
COMMENT ON COLUMN channel_alias_data.alias IS 'The id made of the folder''s name';
COMMENT ON COLUMN channel_alias_data.channel IS 'The channel, under whose id the folder''s rows stand';
COMMENT ON COLUMN channel_alias_data.reason IS 'What tells: messages that both hold, or the operator';
COMMENT ON COLUMN channel_alias_data.first_batch IS 'The first batch that had the folder';
COMMENT ON COLUMN channel_alias_data.last_batch IS 'The last batch that had the folder';

CREATE TRIGGER forget_load AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON channel_alias_data
    FOR EACH STATEMENT EXECUTE FUNCTION forget_load();

-- What a load remembers, so that the next one need not compare what has not changed.

CREATE TABLE load_block (
    table_name text COLLATE "C" NOT NULL,
    block bigint NOT NULL,
    first_key text[] NOT NULL,
    rows bigint NOT NULL,
    digest bytea NOT NULL,
    PRIMARY KEY (table_name, block)
);
COMMENT ON TABLE load_block IS 'The blocks of rows in which each table was loaded last: a block whose digest is the same is not looked at again';
COMMENT ON COLUMN load_block.table_name IS 'The table';
COMMENT ON COLUMN load_block.block IS 'The block''s number in the order of the key';
COMMENT ON COLUMN load_block.first_key IS 'The key of its first row, one text for each of the key''s columns';
COMMENT ON COLUMN load_block.rows IS 'Number of rows';
COMMENT ON COLUMN load_block.digest IS 'Digest of the rows as they were loaded';

CREATE TABLE load_state (
    table_name text COLLATE "C" NOT NULL,
    layout text NOT NULL,
    rows bigint NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (table_name)
);
COMMENT ON TABLE load_state IS 'What each table was loaded from';
COMMENT ON COLUMN load_state.table_name IS 'The table';
COMMENT ON COLUMN load_state.layout IS 'The columns that were loaded and how rows were cut into blocks: blocks of another layout do not compare';
COMMENT ON COLUMN load_state.rows IS 'Number of rows';
COMMENT ON COLUMN load_state.loaded_at IS 'When the load began';

-- Whatever changes a table, other than a load that says so, makes the loader forget what it knows of that table. The
-- function acts as its owner, since whoever may change a table need not be allowed to write load_block.
CREATE FUNCTION forget_load() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF current_setting('slack_analytics.loading', true) = 'on' THEN
        RETURN NULL;
    END IF;
    EXECUTE format('DELETE FROM %I.load_block WHERE table_name = $1', TG_TABLE_SCHEMA) USING TG_TABLE_NAME::text;
    EXECUTE format('DELETE FROM %I.load_state WHERE table_name = $1', TG_TABLE_SCHEMA) USING TG_TABLE_NAME::text;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION forget_load() IS 'Makes the loader forget what it knows of the table that changes';
-- On a table of another schema it would act on that schema's load_block, with the owner's rights.
REVOKE ALL ON FUNCTION forget_load() FROM PUBLIC;

DO $$
DECLARE
    data_table name;
BEGIN
    FOR data_table IN
        SELECT tablename FROM pg_tables
        WHERE schemaname = current_schema() AND tablename NOT IN ('schema_version', 'load_block', 'load_state')
        ORDER BY tablename
    LOOP
        EXECUTE format(
            'CREATE TRIGGER forget_load AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I '
            'FOR EACH STATEMENT EXECUTE FUNCTION forget_load()',
            data_table
        );
    END LOOP;
END
$$;

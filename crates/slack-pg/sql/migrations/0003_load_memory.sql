-- What the tables were loaded with, so that a load need not send what is there already.

CREATE TABLE load_block (
    table_name text COLLATE "C" NOT NULL,
    digest bytea NOT NULL,
    first_key text[] COLLATE "C" NOT NULL,
    last_key text[] COLLATE "C" NOT NULL,
    rows bigint NOT NULL,
    PRIMARY KEY (table_name, digest)
);
COMMENT ON TABLE load_block IS 'Blocks of rows that the load put into a table as its file has them. Whoever else changes a table empties its part of this one';
COMMENT ON COLUMN load_block.table_name IS 'The table';
COMMENT ON COLUMN load_block.digest IS 'Digest of the block''s lines in the file';
COMMENT ON COLUMN load_block.first_key IS 'The first row''s key';
COMMENT ON COLUMN load_block.last_key IS 'The last row''s key';
COMMENT ON COLUMN load_block.rows IS 'Number of rows';

-- Runs as the owner, so that whoever may change a table makes it forgotten, whatever else is denied to them.
CREATE FUNCTION forget_load() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF current_setting('slack_analytics.loading', true) IS DISTINCT FROM 'on' THEN
        EXECUTE format('DELETE FROM %I.load_block WHERE table_name = $1', TG_TABLE_SCHEMA) USING TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION forget_load() IS 'Forgets what a table was loaded with, since it is changed by someone else';

DO $$
DECLARE
    data_table name;
BEGIN
    FOR data_table IN
        SELECT relname FROM pg_class
        WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND relkind = 'r'
            AND relname NOT IN ('schema_version', 'load_block')
    LOOP
        EXECUTE format(
            'CREATE TRIGGER forget_load AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I
             FOR EACH STATEMENT EXECUTE FUNCTION forget_load()',
            data_table
        );
    END LOOP;
END
$$;

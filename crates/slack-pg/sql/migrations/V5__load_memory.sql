-- What a load remembers, so that the next one need not compare what has not changed.

CREATE TABLE load_block (
    table_name text COLLATE "C" NOT NULL,
    digest bytea NOT NULL,
    first_key text[] COLLATE "C" NOT NULL,
    last_key text[] COLLATE "C" NOT NULL,
    rows bigint NOT NULL,
    PRIMARY KEY (table_name, digest)
);
COMMENT ON TABLE load_block IS 'The blocks of rows with which each table was loaded: a block whose digest is here is not looked at again';
COMMENT ON COLUMN load_block.table_name IS 'The table';
COMMENT ON COLUMN load_block.digest IS 'Digest of the block''s lines in the file';
COMMENT ON COLUMN load_block.first_key IS 'The key of its first row, one text for each of the key''s columns';
COMMENT ON COLUMN load_block.last_key IS 'The key of its last row';
COMMENT ON COLUMN load_block.rows IS 'Number of rows';

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
        WHERE schemaname = current_schema() AND tablename NOT IN ('schema_version', 'load_block')
            -- What others keep in the schema is not loaded.
            AND pg_has_role(tableowner, 'USAGE')
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

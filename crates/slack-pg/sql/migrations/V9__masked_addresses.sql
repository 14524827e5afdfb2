-- Readers get no e-mail addresses in texts, names and titles either: those who may not read user_data.email see [e-mail] in
-- their place.

CREATE FUNCTION without_addresses(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT regexp_replace(value, '[^\s<>()\[\]{}|,;:"@]+(@|%40)[[:alnum:]-]+(\.[[:alnum:]-]+)+', '[e-mail]', 'g') $$;
COMMENT ON FUNCTION without_addresses(text) IS 'A text with [e-mail] in the place of each e-mail address';

-- Each view gives what it gave, with people's own words masked. The views that read v_users and v_messages have them from there.
DO $$
DECLARE
    masked record;
    shown text;
BEGIN
    FOR masked IN
        SELECT * FROM (VALUES
            ('v_users', ARRAY['label', 'name', 'real_name', 'display_name', 'title']),
            ('v_channels', ARRAY['name', 'topic', 'purpose']),
            ('v_messages', ARRAY['channel_name', 'author', 'text']),
            ('v_revisions', ARRAY['channel_name', 'before', 'after']),
            ('v_files', ARRAY['channel_name', 'name', 'title']),
            ('v_threads', ARRAY['channel_name']),
            ('v_response_times', ARRAY['channel_name']),
            ('v_response_by_channel', ARRAY['channel_name']),
            ('v_channel_activity', ARRAY['channel_name']),
            ('v_references', ARRAY['channel_name', 'tag', 'label']),
            ('v_edges', ARRAY['source_label', 'target_label', 'channel_name'])
        ) AS of (view_name, names)
    LOOP
        SELECT string_agg(
            CASE WHEN attname = ANY (masked.names)
                THEN format('CASE WHEN (SELECT emails FROM v_reader) THEN %1$I ELSE without_addresses(%1$I) END AS %1$I', attname)
                ELSE quote_ident(attname)
            END, ', ' ORDER BY attnum)
        INTO shown
        FROM pg_attribute
        WHERE attrelid = masked.view_name::regclass AND attnum > 0 AND NOT attisdropped;
        EXECUTE format(
            'CREATE OR REPLACE VIEW %I AS SELECT %s FROM (%s) AS shown',
            masked.view_name, shown, rtrim(pg_get_viewdef(masked.view_name::regclass), '; ')
        );
    END LOOP;
END
$$;

COMMENT ON VIEW v_reader IS 'What the other views show to the one who asks';
COMMENT ON COLUMN v_reader.emails IS 'Whether e-mail addresses are shown, those in texts and names too: to those who may read user_data.email';

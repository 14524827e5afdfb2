use postgres::GenericClient;
use postgres::error::SqlState;

use crate::error::{Error, Result};
use crate::identifier::{check_schema_name, quote};
use crate::migrate::in_schema;

/// What [`index_texts`] made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextIndex {
    /// Whether parts of words can be found by an index too (`text ILIKE '%part%'`): the extension pg_trgm is in the
    /// database, or could be created.
    pub trigrams: bool,
}

/// Words as they are written, in small letters: one language's stems would be wrong for the others. The server indexes no
/// more than a megabyte of words, so a text counts up to its 200,000th character.
const WORDS: &str = "
CREATE INDEX IF NOT EXISTS message_data_words ON message_data USING gin (to_tsvector('simple', left(text, 200000)));
CREATE INDEX IF NOT EXISTS thread_data_words ON thread_data USING gin (to_tsvector('simple', left(text, 200000)));
";

/// A function's columns, and a query for them with a condition at the end left open.
const COLUMNS: &str = "channel text, channel_name text, ts text, \"time\" timestamptz, thread_ts text, \
                       is_reply boolean, user_id text, author text, text text";
const NAMES: &str = "channel, channel_name, ts, \"time\", thread_ts, is_reply, user_id, author, text";
const HITS: &str = "
    SELECT m.channel, c.name, m.ts, m.time, m.thread_ts, m.thread_ts IS NOT NULL AND m.thread_ts <> m.ts,
        m.user_id, coalesce(u.label, nullif(m.username, ''), m.bot_id), m.text
    FROM (
        SELECT channel, ts, time, thread_ts, user_id, bot_id, username, text FROM message_data
        WHERE to_tsvector('simple', left(text, 200000)) @@ websearch_to_tsquery('simple', query)
        UNION ALL
        SELECT channel, ts, time, thread_ts, user_id, bot_id, username, text FROM thread_data t
        WHERE to_tsvector('simple', left(text, 200000)) @@ websearch_to_tsquery('simple', query)
            AND NOT EXISTS (SELECT FROM message_data b WHERE b.channel = t.channel AND b.ts = t.ts)
    ) m
    LEFT JOIN channel_data c ON c.id = m.channel
    LEFT JOIN v_users u ON u.id = m.user_id";

/// Who may call the functions: by default everyone might, and one of them acts with its owner's rights.
const FUNCTIONS: [&str; 2] = ["search_messages", "search_public_messages"];

/// Indexes the texts of messages and replies, and makes the SQL function `search_messages(query)`.
///
/// The function takes what people type into a search engine (`"these words" or those -not`), and gives rows like
/// those of `v_messages`, the newest first. Those who may not read `message_data.text` find texts of public channels
/// only. Calling this again changes nothing; an index costs time in each later load.
pub fn index_texts(client: &mut impl GenericClient, schema: &str) -> Result<TextIndex> {
    check_schema_name(schema)?;
    let failed = || Error::statement(format!("index the texts of schema {schema}"));
    let mut transaction = client.transaction().map_err(failed())?;
    let trigrams = trigram_operators(&mut transaction)?;
    in_schema(&mut transaction, schema, |client| {
        client.batch_execute(WORDS).map_err(failed())?;
        if let Some(operators) = &trigrams {
            for table in ["message_data", "thread_data"] {
                let index = format!(
                    "CREATE INDEX IF NOT EXISTS {table}_trigrams ON {table} USING gin (text {operators})"
                );
                client.batch_execute(&index).map_err(failed())?;
            }
        }
        client.batch_execute(&functions(schema)).map_err(failed())
    })?;
    for reader in readers(&mut transaction, schema)? {
        grant(&mut transaction, schema, &reader)?;
    }
    transaction.commit().map_err(failed())?;
    Ok(TextIndex { trigrams: trigrams.is_some() })
}

/// Whether [`index_texts`] indexed the schema's texts.
pub fn has_text_index(client: &mut impl GenericClient, schema: &str) -> Result<bool> {
    let query = "SELECT count(*) = 2 FROM pg_indexes
                 WHERE schemaname = $1 AND indexname IN ('message_data_words', 'thread_data_words')";
    let row = client.query_one(query, &[&schema]).map_err(Error::statement("read the catalog"))?;
    Ok(row.get(0))
}

/// Lets a role call the functions, where they are.
pub(crate) fn grant(client: &mut impl GenericClient, schema: &str, role: &str) -> Result<()> {
    let failed = || Error::statement(format!("let role {role} search schema {schema}"));
    let there = "SELECT EXISTS (SELECT FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                 WHERE n.nspname = $1 AND p.proname = $2)";
    for function in FUNCTIONS {
        if client.query_one(there, &[&schema, &function]).map_err(failed())?.get(0) {
            let (schema, role) = (quote(schema), quote(role));
            let grant = format!("GRANT EXECUTE ON FUNCTION {schema}.{function}(text) TO {role}");
            client.batch_execute(&grant).map_err(failed())?;
        }
    }
    Ok(())
}

/// The roles that were let into the schema before the functions were there.
fn readers(client: &mut impl GenericClient, schema: &str) -> Result<Vec<String>> {
    let query =
        "SELECT DISTINCT r.rolname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 CROSS JOIN aclexplode(c.relacl) acl JOIN pg_roles r ON r.oid = acl.grantee
                 WHERE n.nspname = $1 AND c.relname = 'v_messages' AND acl.privilege_type = 'SELECT'
                    AND r.oid <> c.relowner";
    let rows = client.query(query, &[&schema]).map_err(Error::statement("read the catalog"))?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// The operator class of pg_trgm, made where that is allowed; `None` where the database cannot have it.
fn trigram_operators(client: &mut impl GenericClient) -> Result<Option<String>> {
    let failed = || Error::statement("create extension pg_trgm");
    let mut attempt = client.transaction().map_err(failed())?;
    match attempt.batch_execute("CREATE EXTENSION IF NOT EXISTS pg_trgm") {
        Ok(()) => attempt.commit().map_err(failed())?,
        // Not allowed, no schema to create it in, or not installed on the server.
        Err(error)
            if [
                SqlState::INSUFFICIENT_PRIVILEGE,
                SqlState::INVALID_SCHEMA_NAME,
                SqlState::UNDEFINED_FILE,
                SqlState::FEATURE_NOT_SUPPORTED,
            ]
            .iter()
            .any(|code| error.code() == Some(code)) =>
        {
            attempt.rollback().map_err(failed())?;
        }
        Err(error) => return Err(failed()(error)),
    }
    let query = "SELECT n.nspname::text FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
                 WHERE e.extname = 'pg_trgm'";
    let found = client.query_opt(query, &[]).map_err(failed())?;
    Ok(found.map(|row| format!("{}.gin_trgm_ops", quote(row.get::<_, String>(0)))))
}

/// The functions' text. What only some may read must not be searched for the others, since what is found tells what is
/// written; and a condition on a view would not reach the index. So one function acts as its owner and knows public
/// channels only, without the e-mail addresses in them, and the other acts as its caller, and asks the tables themselves where the caller may.
fn functions(schema: &str) -> String {
    let path = format!("SET search_path = pg_catalog, {}, pg_temp", quote(schema));
    format!(
        "CREATE OR REPLACE FUNCTION search_public_messages(query text) RETURNS TABLE ({COLUMNS})
         LANGUAGE plpgsql STABLE SECURITY DEFINER {path} AS $$
         #variable_conflict use_column
         BEGIN
             RETURN QUERY SELECT channel, without_addresses(channel_name), ts, \"time\", thread_ts, is_reply, user_id,
                 without_addresses(author), without_addresses(text)
             FROM ({HITS} WHERE c.class = 'public') AS hit ({NAMES})
             WHERE to_tsvector('simple', left(without_addresses(text), 200000)) @@ websearch_to_tsquery('simple', query)
             ORDER BY \"time\" DESC, channel;
         END
         $$;
         CREATE OR REPLACE FUNCTION search_messages(query text) RETURNS TABLE ({COLUMNS})
         LANGUAGE plpgsql STABLE {path} AS $$
         #variable_conflict use_column
         BEGIN
             IF (SELECT private_texts FROM v_reader) THEN
                 RETURN QUERY {HITS} ORDER BY m.time DESC, m.channel;
             ELSE
                 RETURN QUERY SELECT * FROM search_public_messages(query);
             END IF;
         END
         $$;
         COMMENT ON FUNCTION search_public_messages(text) IS
             'Messages and replies of public channels that hold the words, the newest first';
         COMMENT ON FUNCTION search_messages(text) IS
             'Messages and replies that hold the words, of the channels whose texts the caller may read, the newest first';
         REVOKE ALL ON FUNCTION search_public_messages(text), search_messages(text) FROM PUBLIC;"
    )
}

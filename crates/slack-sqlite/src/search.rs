use rusqlite::{Connection, TransactionBehavior};

use crate::error::{Error, Result, path_of};
use crate::file::Settings;
use crate::migrate::{Migration, version};

/// The index's tables and triggers.
const SEARCH: &str = include_str!("../sql/search.sql");

/// Every message and reply, as the index numbers them, and then their words.
const FILL: &str = "
DELETE FROM search_document;
INSERT INTO search_document (channel, ts)
SELECT channel, ts FROM message_data UNION SELECT channel, ts FROM thread_data;
INSERT INTO search_messages (search_messages) VALUES ('rebuild');
";

/// Makes an index of the words in messages and replies, for
/// `SELECT * FROM search_messages WHERE search_messages MATCH 'word'`; returns the number of texts in it.
///
/// Words are compared without their accents and whether they are capitals; `MATCH` takes FTS5's queries
/// (`"two words"`, `one OR other`, `begin*`). Whoever changes a text changes the index, each [`load`](crate::load())
/// too, but for `REPLACE`, whose deletions SQLite does not tell of. Where the index is there, it is made anew.
///
/// # Errors
///
/// [`Error::NoTable`] where nothing was loaded into the file yet, and where it cannot be written to.
pub fn index_texts(connection: &mut Connection) -> Result<u64> {
    if version(connection)? < Migration::ALL.last().map_or(0, |newest| newest.version) {
        return Err(Error::NoTable { path: path_of(connection), table: "v_users" });
    }
    let settings = Settings::set(connection)?;
    let indexed = index_in_transaction(connection);
    settings.restore(connection);
    indexed
}

fn index_in_transaction(connection: &mut Connection) -> Result<u64> {
    let path = path_of(connection);
    let failed = |source| Error::classified(path.clone(), "index the texts".into(), source);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    if !is_there(&transaction).map_err(failed)? {
        transaction.execute_batch(SEARCH).map_err(failed)?;
    }
    transaction.execute_batch(FILL).map_err(failed)?;
    let count = "SELECT count(*) FROM search_document";
    let count: i64 = transaction.query_row(count, [], |row| row.get(0)).map_err(failed)?;
    transaction.commit().map_err(failed)?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// Makes the index anew, where there is one, so that it holds no word of texts that were deleted. FTS5 only notes that a text
/// was deleted: its words, and their places in it, stay until that part of the index is merged with others.
pub(crate) fn forget_words(connection: &Connection) -> Result<()> {
    let failed = || Error::statement(connection, "take words out of the index");
    if is_there(connection).map_err(failed())? {
        let rebuild = "INSERT INTO search_messages (search_messages) VALUES ('rebuild')";
        connection.execute_batch(rebuild).map_err(failed())?;
    }
    Ok(())
}

fn is_there(connection: &Connection) -> rusqlite::Result<bool> {
    let query = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'search_messages')";
    connection.query_row(query, [], |row| row.get(0))
}

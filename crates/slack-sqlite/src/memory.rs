//! What the database remembers of the rows that it was loaded with: a digest for each block of them.
//!
//! A block whose digest is known needs not be compared. Whoever else changes a table makes the database forget what it
//! knew of it (triggers see to that), so that memory and table never differ.

use std::collections::HashMap;

use rusqlite::{Connection, params_from_iter};
use slack_model::Digest;

use crate::convert::Value;
use crate::error::{Error, Result};

/// A block of rows that the database was not known to hold.
#[derive(Debug, Clone)]
pub(crate) struct NewBlock {
    pub(crate) digest: Digest,
    pub(crate) last_key: Vec<String>,
    pub(crate) rows: u64,
}

/// The blocks of a table that are known, and the key of the last row of each.
pub(crate) type Known = HashMap<Digest, Vec<String>>;

/// Says to the triggers that this is the load itself.
pub(crate) fn begin(connection: &Connection) -> Result<()> {
    run(connection, "INSERT OR IGNORE INTO load_now (loading) VALUES (1)")
}

/// Lets the triggers act again.
pub(crate) fn end(connection: &Connection) -> Result<()> {
    run(connection, "DELETE FROM load_now")
}

/// Forgets everything.
pub(crate) fn forget_everything(connection: &Connection) -> Result<()> {
    run(connection, "DELETE FROM load_block")
}

fn run(connection: &Connection, statement: &str) -> Result<()> {
    connection.execute(statement, []).map(drop).map_err(failed(connection))
}

fn failed(connection: &Connection) -> impl FnOnce(rusqlite::Error) -> Error + '_ {
    Error::statement(connection, "read or write what was loaded before")
}

/// What is known of a table.
pub(crate) fn recall(connection: &Connection, table: &str) -> Result<Known> {
    let query = "SELECT digest, part.value FROM load_block, json_each(last_key) AS part
                 WHERE table_name = ?1 ORDER BY digest, part.id";
    let mut statement = connection.prepare(query).map_err(failed(connection))?;
    let mut rows = statement.query([table]).map_err(failed(connection))?;
    let mut known = Known::new();
    while let Some(row) = rows.next().map_err(failed(connection))? {
        let digest: Vec<u8> = row.get(0).map_err(failed(connection))?;
        let part: String = row.get(1).map_err(failed(connection))?;
        if let Some(digest) = Digest::from_bytes(&digest) {
            known.entry(digest).or_default().push(part);
        }
    }
    Ok(known)
}

/// Forgets everything of a table.
pub(crate) fn forget_all(connection: &Connection, table: &str) -> Result<()> {
    let statement = "DELETE FROM load_block WHERE table_name = ?1";
    connection.execute(statement, [table]).map(drop).map_err(failed(connection))
}

/// Forgets blocks of a table.
pub(crate) fn forget<'d>(
    connection: &Connection,
    table: &str,
    gone: impl IntoIterator<Item = &'d Digest>,
) -> Result<()> {
    let statement = "DELETE FROM load_block WHERE table_name = ?1 AND digest = ?2";
    let mut statement = connection.prepare(statement).map_err(failed(connection))?;
    for digest in gone {
        statement.execute((table, digest.as_bytes())).map_err(failed(connection))?;
    }
    Ok(())
}

/// Remembers blocks of a table.
pub(crate) fn remember(connection: &Connection, table: &str, blocks: &[NewBlock]) -> Result<()> {
    let Some(first) = blocks.first() else { return Ok(()) };
    let parts: Vec<_> = (4..4 + first.last_key.len()).map(|number| format!("?{number}")).collect();
    let statement = format!(
        "INSERT OR REPLACE INTO load_block (table_name, digest, rows, last_key)
         VALUES (?1, ?2, ?3, json_array({}))",
        parts.join(", ")
    );
    let mut statement = connection.prepare(&statement).map_err(failed(connection))?;
    for block in blocks {
        let text = |text: &str| rusqlite::types::Value::from(text.to_owned());
        let rows = i64::try_from(block.rows).unwrap_or(i64::MAX);
        let values = [text(table), block.digest.as_bytes().to_vec().into(), rows.into()];
        let values = values.into_iter().chain(block.last_key.iter().map(|part| text(part)));
        statement.execute(params_from_iter(values)).map_err(failed(connection))?;
    }
    Ok(())
}

/// A key's values as texts.
pub(crate) fn texts(key: &[Value<'_>]) -> Vec<String> {
    let text = |value: &Value<'_>| match value {
        Value::Null => String::new(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text.clone().into_owned(),
    };
    key.iter().map(text).collect()
}

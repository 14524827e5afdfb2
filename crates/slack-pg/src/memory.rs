//! What the database remembers of the rows that it was loaded with: a digest for each block of them.
//!
//! A block whose digest is known needs not be sent. Whoever else changes a table makes the database forget what it
//! knew of it (a trigger sees to that), so that memory and table never differ.

use std::collections::HashMap;

use postgres::GenericClient;
use postgres::binary_copy::BinaryCopyInWriter;
use postgres::types::Type;
use slack_model::Digest;

use crate::error::{Error, Result};
use crate::identifier::quote;

/// The table's name, as errors give it.
const TABLE: &str = "load_block";

/// A block of rows that the database holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownBlock {
    pub(crate) digest: Digest,
    pub(crate) first_key: Vec<String>,
    pub(crate) last_key: Vec<String>,
    pub(crate) rows: u64,
}

/// The blocks of a table, each with its last row's key.
pub(crate) type Known = HashMap<Digest, Vec<String>>;

/// The blocks of each table.
pub(crate) type Memory = HashMap<String, Known>;

/// Says to the triggers that this is the load itself; returns what [`end`] sets back.
pub(crate) fn begin(client: &mut impl GenericClient) -> Result<String> {
    let statement = "SELECT coalesce(current_setting('slack_analytics.loading', true), '')";
    let before = client.query_one(statement, &[]).map_err(Error::statement("begin to load"))?.get(0);
    set(client, "on")?;
    Ok(before)
}

/// Has the triggers watch again: an embedder's transaction may go on.
pub(crate) fn end(client: &mut impl GenericClient, before: &str) -> Result<()> {
    set(client, before)
}

fn set(client: &mut impl GenericClient, value: &str) -> Result<()> {
    let statement = "SELECT set_config('slack_analytics.loading', $1, true)";
    client.execute(statement, &[&value]).map(drop).map_err(Error::statement("begin to load"))
}

pub(crate) fn recall(client: &mut impl GenericClient, schema: &str) -> Result<Memory> {
    let query = format!("SELECT table_name, digest, last_key FROM {}.{TABLE}", quote(schema));
    let mut memory = Memory::new();
    for row in client.query(&query, &[]).map_err(Error::table(TABLE))? {
        let (table, digest): (String, &[u8]) = (row.get(0), row.get(1));
        if let Some(digest) = Digest::from_bytes(digest) {
            memory.entry(table).or_default().insert(digest, row.get(2));
        }
    }
    Ok(memory)
}

/// Forgets everything.
pub(crate) fn forget_everything(client: &mut impl GenericClient, schema: &str) -> Result<()> {
    let statement = format!("DELETE FROM {}.{TABLE}", quote(schema));
    client.execute(&statement, &[]).map(drop).map_err(Error::table(TABLE))
}

/// Forgets everything of a table.
pub(crate) fn forget_all(client: &mut impl GenericClient, schema: &str, table: &str) -> Result<()> {
    let statement = format!("DELETE FROM {}.{TABLE} WHERE table_name = $1", quote(schema));
    client.execute(&statement, &[&table]).map(drop).map_err(Error::table(TABLE))
}

/// Forgets blocks of a table.
pub(crate) fn forget(
    client: &mut impl GenericClient,
    schema: &str,
    table: &str,
    gone: &[Digest],
) -> Result<()> {
    let statement =
        format!("DELETE FROM {}.{TABLE} WHERE table_name = $1 AND digest = ANY ($2)", quote(schema));
    let gone: Vec<&[u8]> = gone.iter().map(Digest::as_bytes).collect();
    client.execute(&statement, &[&table, &gone]).map(drop).map_err(Error::table(TABLE))
}

/// Remembers blocks of a table.
pub(crate) fn remember(
    client: &mut impl GenericClient,
    schema: &str,
    table: &str,
    blocks: &[KnownBlock],
) -> Result<()> {
    let failed = || Error::table(TABLE);
    let copy = format!(
        "COPY {}.{TABLE} (table_name, digest, first_key, last_key, rows) FROM STDIN BINARY",
        quote(schema)
    );
    let output = client.copy_in(&copy).map_err(failed())?;
    let types = [Type::TEXT, Type::BYTEA, Type::TEXT_ARRAY, Type::TEXT_ARRAY, Type::INT8];
    let mut writer = BinaryCopyInWriter::new(output, &types);
    for block in blocks {
        let rows = i64::try_from(block.rows).unwrap_or(i64::MAX);
        writer
            .write(&[&table, &block.digest.as_bytes(), &block.first_key, &block.last_key, &rows])
            .map_err(failed())?;
    }
    writer.finish().map(drop).map_err(failed())
}

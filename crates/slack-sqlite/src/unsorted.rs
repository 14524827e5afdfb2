//! Rows merged into a table where the file does not have them in the order of its key, each once: a file that was made
//! elsewhere. The last row of a key counts. They arrive in a temporary table first, which costs what it may.

use rusqlite::Connection;
use slack_model::Block;
use slack_store::Keeping;

use crate::convert::Source;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::merge::{Merged, execute};
use crate::prepare::TableInput;
use crate::statements::{list, on_conflict, quote};

/// The table in which rows arrive.
const ARRIVED: &str = "temp.load_arrived";

/// Merges a file's rows into a table, whatever their order.
pub(crate) fn merge_unsorted(
    connection: &Connection,
    job: &Job<'_>,
    input: TableInput<'_>,
) -> Result<Merged> {
    let failed = || Error::table(connection, job.table.name);
    let names: Vec<_> = input.columns.iter().map(|(column, _)| column.name.as_str()).collect();
    let (table, all, key) = (quote(job.table.name), list(&names), list(&job.table.key));
    let create = format!("CREATE TEMPORARY TABLE load_arrived AS SELECT {all} FROM {table} LIMIT 0");
    connection.execute_batch(&create).map_err(failed())?;
    let columns = input.columns.clone();
    let mut merged = receive(connection, job, &columns, input)?;
    let index = format!("CREATE INDEX temp.load_arrived_key ON load_arrived ({key})");
    connection.execute_batch(&index).map_err(failed())?;
    if job.of.keeping == Keeping::Replace {
        let same_key = job.table.key.iter().map(quote).map(|key| format!("arrived.{key} = {table}.{key}"));
        let delete = format!(
            "DELETE FROM {table} WHERE NOT EXISTS (SELECT 1 FROM {ARRIVED} AS arrived WHERE {})",
            same_key.collect::<Vec<_>>().join(" AND ")
        );
        merged.deleted = connection.execute(&delete, []).map_err(failed())? as u64;
    }
    let merge = format!(
        "INSERT INTO {table} ({all}) SELECT {all} FROM {ARRIVED}
         WHERE rowid IN (SELECT max(rowid) FROM {ARRIVED} GROUP BY {key}) ORDER BY {key} {}",
        on_conflict(&job.table, &names)
    );
    merged.written = connection.execute(&merge, []).map_err(failed())? as u64;
    connection.execute_batch(&format!("DROP TABLE {ARRIVED}")).map_err(failed())?;
    Ok(merged)
}

/// Puts the rows into the temporary table.
fn receive(
    connection: &Connection,
    job: &Job<'_>,
    columns: &[Source<'_>],
    mut input: TableInput<'_>,
) -> Result<Merged> {
    let unreadable = |source| Error::Read { table: job.table.name, source };
    let parameters: Vec<_> = (1..=columns.len()).map(|number| format!("?{number}")).collect();
    let mut insert = connection
        .prepare(&format!("INSERT INTO {ARRIVED} VALUES ({})", parameters.join(", ")))
        .map_err(Error::table(connection, job.table.name))?;
    let (mut merged, mut block) = (Merged::default(), Block::default());
    while input.read(&mut block)? {
        let mut records = block.records();
        loop {
            let byte = block.range().start + records.byte();
            let Some(record) = records.read().map_err(unreadable)? else { break };
            let Some(row) = merged.convert(&record, byte, columns) else { continue };
            execute(&mut insert, row.iter()).map_err(Error::table(connection, job.table.name))?;
        }
    }
    Ok(merged)
}

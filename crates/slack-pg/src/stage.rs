use std::io::Write;
use std::sync::mpsc::Receiver;

use postgres::GenericClient;

use crate::catalog::TargetTable;
use crate::encode::{HEADER, TRAILER};
use crate::error::{Error, Result};
use crate::identifier::quote_list;

/// Makes a table's staging table: temporary, hence in no log of the server's, and without any constraint.
pub(crate) fn stage(client: &mut impl GenericClient, table: &TargetTable) -> Result<()> {
    let names = quote_list(table.columns.iter().map(|column| column.name.as_str()));
    let statement = format!(
        "CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {names} FROM {} WITH NO DATA",
        table.staging(),
        table.qualified(),
    );
    client.batch_execute(&statement).map_err(Error::table(table.name))
}

/// Removes the staging table, so that an embedder's transaction can load once more.
pub(crate) fn unstage(client: &mut impl GenericClient, table: &TargetTable) -> Result<()> {
    client.batch_execute(&format!("DROP TABLE {}", table.staging())).map_err(Error::table(table.name))
}

/// Tells the server's planner what arrived.
pub(crate) fn analyze(client: &mut impl GenericClient, table: &str) -> Result<()> {
    client.batch_execute(&format!("ANALYZE {table}")).map_err(Error::statement(format!("analyze {table}")))
}

/// How rows are copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Copy {
    Plain,
    /// As rows that every transaction sees, which need not be looked at again by a vacuum. Only into a table that was
    /// emptied in this transaction.
    Frozen,
}

/// Copies encoded rows into a table, given by its name in SQL, until there are no more.
pub(crate) fn copy(
    client: &mut impl GenericClient,
    table: &TargetTable,
    into: &str,
    columns: &[&str],
    how: Copy,
    first: &[u8],
    pieces: &Receiver<Vec<u8>>,
) -> Result<()> {
    let failed = || Error::table(table.name);
    let names = quote_list(columns.iter().copied());
    let frozen = if how == Copy::Frozen { ", FREEZE" } else { "" };
    let statement = format!("COPY {into} ({names}) FROM STDIN (FORMAT binary{frozen})");
    let mut output = client.copy_in(&statement).map_err(failed())?;
    let mut send = || {
        output.write_all(HEADER)?;
        output.write_all(first)?;
        for piece in pieces {
            output.write_all(&piece)?;
        }
        output.write_all(TRAILER)
    };
    let sent = send();
    // A broken stream only says that it is closed: the server's reason comes at the end.
    output.finish().map_err(failed())?;
    sent.map_err(|source| Error::Stream { table: table.name, source })
}

use std::collections::BTreeSet;

use postgres::GenericClient;
use slack_model::rows::{Batch, TABLES};
use slack_model::{RawReader, Table, TableSource};

use crate::error::{Error, Result};
use crate::identifier::quote;
use crate::load::METRIC_TABLES;

/// Two workspaces in one schema would make nonsense of every number.
pub(crate) fn check_team(
    client: &mut impl GenericClient,
    schema: &str,
    master: &dyn TableSource,
) -> Result<()> {
    let failed = |source| Error::Read { table: Batch::SCHEMA.name, source };
    let mut arriving = BTreeSet::new();
    if let (Some(mut batches), Some(team)) =
        (RawReader::open(master, &Batch::SCHEMA).map_err(failed)?, Batch::SCHEMA.position("team_id"))
    {
        while let Some(batch) = batches.read().map_err(failed)? {
            arriving.insert(String::from_utf8_lossy(&batch.field(team)).into_owned());
        }
    }
    arriving.remove("");
    let statement = format!("SELECT DISTINCT team_id FROM {}.batch_data WHERE team_id <> ''", quote(schema));
    let rows = client.query(&statement, &[]).map_err(Error::table(Batch::SCHEMA.name))?;
    let there: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
    match (arriving.first(), there.first()) {
        (Some(master), Some(found)) if arriving.is_disjoint(&there) => {
            Err(Error::OtherTeam { schema: schema.into(), master: master.clone(), found: found.clone() })
        }
        _ => Ok(()),
    }
}

/// Keeps other writers out of the tables until the transaction ends: what they commit meanwhile would be neither in what the
/// database remembers nor in what this load sees. Readers go on.
pub(crate) fn lock_tables(client: &mut impl GenericClient, schema: &str, metrics: bool) -> Result<()> {
    let names =
        TABLES.iter().map(|table| table.name).chain(METRIC_TABLES.iter().copied().filter(|_| metrics));
    let names: Vec<_> = names.map(|name| format!("{}.{}", quote(schema), quote(name))).collect();
    let statement = format!("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE", names.join(", "));
    client.batch_execute(&statement).map_err(Error::statement(format!("lock the tables of schema {schema}")))
}

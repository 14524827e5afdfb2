use std::collections::BTreeSet;

use postgres::GenericClient;
use slack_model::Table;
use slack_model::rows::Batch;
use slack_store::Input;

use crate::error::{Error, Result};
use crate::identifier::quote;

/// Two workspaces in one schema would make nonsense of every number.
pub(crate) fn check_team(client: &mut impl GenericClient, schema: &str, input: &Input<'_>) -> Result<()> {
    let statement = format!("SELECT DISTINCT team_id FROM {}.batch_data WHERE team_id <> ''", quote(schema));
    let rows = client.query(&statement, &[]).map_err(Error::table(Batch::SCHEMA.name))?;
    let there: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
    let other = input.other_team(&there);
    match other.map_err(|source| Error::Read { table: Batch::SCHEMA.name, source })? {
        Some((master, found)) => Err(Error::OtherTeam { schema: schema.into(), master, found }),
        None => Ok(()),
    }
}

/// Keeps other writers out of the tables until the transaction ends: what they commit meanwhile would be neither in what the
/// database remembers nor in what this load sees. Readers go on.
pub(crate) fn lock_tables(client: &mut impl GenericClient, schema: &str, input: &Input<'_>) -> Result<()> {
    let names = input.jobs().map(|job| job.schema.name);
    let names: Vec<_> = names.map(|name| format!("{}.{}", quote(schema), quote(name))).collect();
    let statement = format!("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE", names.join(", "));
    client.batch_execute(&statement).map_err(Error::statement(format!("lock the tables of schema {schema}")))
}

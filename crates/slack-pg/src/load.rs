use std::collections::BTreeSet;

use postgres::GenericClient;
use slack_model::rows::{Batch, TABLES};
use slack_model::{Progress, Schema, Table, TableReader, TableSource};

use crate::catalog::TargetTable;
use crate::error::{Error, Result};
use crate::identifier::quote;
use crate::merge::{delete_vanished, upsert};
use crate::migrate::{Migration, migrate};
use crate::stage::{stage, unstage};

/// How to load.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadOptions {
    /// The database schema that holds the tables; `slack` by default.
    pub schema: String,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self { schema: "slack".into() }
    }
}

/// What a load did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadSummary {
    /// The steps that the schema needed first.
    pub migrations: Vec<Migration>,
    /// Each table that was loaded, in that order.
    pub tables: Vec<TableLoad>,
}

/// What a load did to a table.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableLoad {
    /// The table.
    pub table: &'static str,
    /// Rows of the input.
    pub rows: u64,
    /// Rows of the database that were new or changed.
    pub written: u64,
    /// Rows of a metric table that were there and are in the input no more.
    pub deleted: u64,
    /// NUL characters left out, which PostgreSQL's texts cannot hold.
    pub nul_characters: u64,
    /// Columns of the input that the database has no place for.
    pub unknown_columns: Vec<String>,
}

/// The metric tables that the database has a place for.
pub const METRIC_TABLES: &[&str] = &[
    "conversation_data",
    "tag_data",
    "useractive_data",
    "aggr_by_channel",
    "aggr_by_channel_user",
    "number_channel_user",
    "max_by_channel_user",
    "aggr_by_thread",
    "aggr_by_thread_user",
    "cube_by_month",
    "response_data",
    "response_by_channel",
    "activity_by_day",
    "activity_by_hour",
    "retention_by_cohort",
    "health_by_channel",
    "emoji_data",
    "node_data",
    "edge_data",
    "node_measures",
    "network_data",
    "graph_measures",
    "graph_measures_by_month",
    "community_data",
    "community_by_month",
    "newcomer_data",
    "edge_by_month",
];

/// Loads a master's tables, and its metrics where they are given, in one transaction.
///
/// The schema is made or brought up to date first. A row of the master is inserted, or replaces the one of
/// its key; none is deleted. A metric table becomes what its file says; one without a file becomes empty.
/// Loading the same again touches no row. A second load into the same schema meanwhile fails with
/// [`Error::Busy`].
pub fn load(
    client: &mut impl GenericClient,
    master: &dyn TableSource,
    metrics: Option<&dyn TableSource>,
    options: &LoadOptions,
    progress: &dyn Progress,
) -> Result<LoadSummary> {
    let schema = options.schema.as_str();
    let mut transaction = client.transaction().map_err(Error::statement("begin a transaction"))?;
    let mut summary = LoadSummary { migrations: migrate(&mut transaction, schema)?, tables: Vec::new() };
    check_team(&mut transaction, schema, master)?;
    // The contract's order serves the foreign keys: users and channels come before what names them.
    for table in TABLES {
        summary.tables.push(load_table(&mut transaction, schema, table, master, Rows::Merge, progress)?);
    }
    if let Some(metrics) = metrics {
        for name in METRIC_TABLES {
            // A source looks at the name alone; the columns are matched by the header.
            let table = Schema { name, columns: &[], key: &[] };
            let loaded = load_table(&mut transaction, schema, &table, metrics, Rows::Replace, progress)?;
            summary.tables.push(loaded);
        }
    }
    transaction.commit().map_err(Error::statement("commit the load"))?;
    Ok(summary)
}

/// Two workspaces in one schema would make nonsense of every number.
fn check_team(client: &mut impl GenericClient, schema: &str, master: &dyn TableSource) -> Result<()> {
    let failed = |source| Error::Read { table: Batch::SCHEMA.name, source };
    let batches = TableReader::open(master, &Batch::SCHEMA).map_err(failed)?;
    let batches = batches.map(|reader| reader.rows::<Batch>().collect::<Result<Vec<_>, _>>());
    let batches = batches.transpose().map_err(failed)?.unwrap_or_default();
    let arriving: BTreeSet<String> =
        batches.into_iter().filter_map(|batch| batch.team_id).map(|team| team.to_string()).collect();
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

/// What becomes of rows that the input lacks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rows {
    /// They stay.
    Merge,
    /// They are deleted.
    Replace,
}

fn load_table(
    client: &mut impl GenericClient,
    schema: &str,
    table: &Schema,
    source: &dyn TableSource,
    rows: Rows,
    progress: &dyn Progress,
) -> Result<TableLoad> {
    let input = source.open(table).map_err(|source| Error::Read { table: table.name, source })?;
    let target = TargetTable::read(client, schema, table.name)?;
    let staged = stage(client, &target, input, progress)?;
    let deleted = if rows == Rows::Replace { delete_vanished(client, &target)? } else { 0 };
    let written = upsert(client, &target, &staged.columns)?;
    unstage(client, &target)?;
    Ok(TableLoad {
        table: table.name,
        rows: staged.rows,
        written,
        deleted,
        nul_characters: staged.nul_characters,
        unknown_columns: staged.unknown_columns,
    })
}

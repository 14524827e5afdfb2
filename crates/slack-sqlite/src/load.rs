use std::collections::{BTreeSet, HashSet};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{Scope, ScopedJoinHandle};

use rusqlite::{Connection, TransactionBehavior};
use slack_model::rows::{Batch, Channel, ChannelAlias, TABLES};
use slack_model::{ChannelId, Progress, RawReader, Schema, Table, TableSource, Withheld, folders_left};

use crate::bulk::strip;
use crate::catalog::TargetTable;
use crate::convert::{Refusal, Source};
use crate::error::{Error, Result, path_of};
use crate::file::Settings;
use crate::job::{Job, Rows};
use crate::memory::{self, Known};
use crate::merge::{Merged, Merger, Order};
use crate::migrate::{Migration, migrate, version};
use crate::prepare::Piece;
use crate::statements::{delete_joined as joined_rows, quote};
use crate::unsorted::merge_unsorted;
use crate::withdraw::{Withdrawn, compact, withdraw};

/// How to load.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadOptions {
    /// Whether every row is compared with the file's, even where it is known to be there; false by default.
    pub compare_all: bool,
    /// What the input withholds. Of it, what is in the file as public leaves it: it was loaded before it was private, or by a
    /// version that took it for public. Empty by default.
    pub withheld: Withheld,
}

/// What a load did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadSummary {
    /// The steps that the tables needed first.
    pub migrations: Vec<Migration>,
    /// Each table that was loaded, in that order.
    pub tables: Vec<TableLoad>,
    /// What left the file first.
    pub withdrawn: Withdrawn,
}

/// What a load did to a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableLoad {
    /// The table.
    pub table: &'static str,
    /// Rows of the input.
    pub rows: u64,
    /// Rows that had to be compared, as the database was not known to hold them.
    pub compared: u64,
    /// Rows of the database that were new or changed.
    pub written: u64,
    /// Rows of a metric table that were there and are in the input no more, and rows of folders that are known to be
    /// channels by now.
    pub deleted: u64,
    /// NUL characters left out. SQLite would keep them, but its functions and its shell take them for a text's end.
    pub nul_characters: u64,
    /// Bytes that are no UTF-8, given as U+FFFD.
    pub no_utf8: u64,
    /// Values that are none of their column's type, left empty.
    pub unreadable: u64,
    /// Rows that were not loaded: a value that must be there is none of its column's type, or too long.
    pub refused: u64,
    /// Why, for the first of them: the line of the file, and the column.
    pub refusals: Vec<String>,
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
/// The tables are made or brought up to date first. A row of the master is inserted, or replaces the one of its key; none
/// is deleted but those of [`LoadOptions::withheld`], and those of folders that the master has under their channel's id by
/// now. A metric table becomes what its file says; one without a file becomes empty. Loading the same again
/// compares no row: the database remembers digests of what it was loaded with, and forgets them where anyone else changes
/// a table. Others read the old state until the load is done. The file is left with a rollback journal, SQLite's default,
/// so that it is one file.
///
/// # Errors
///
/// Where the input cannot be read, or the file cannot be written to; then it is as it was. [`Error::Busy`] where another
/// load is under way, after the connection's waiting time. [`Error::NotOverwritten`] where the load is done, and bytes of what
/// was withdrawn may still be in the file.
pub fn load(
    connection: &mut Connection,
    master: &dyn TableSource,
    metrics: Option<&dyn TableSource>,
    options: &LoadOptions,
    progress: &dyn Progress,
) -> Result<LoadSummary> {
    // What is no file of ours is not touched, not even its journal.
    version(connection)?;
    let settings = Settings::set(connection)?;
    let loaded = load_in_transaction(connection, master, metrics, options, progress).and_then(|summary| {
        if summary.withdrawn.rows > 0 {
            compact(connection)?;
        }
        Ok(summary)
    });
    settings.restore(connection);
    loaded
}

fn load_in_transaction(
    connection: &mut Connection,
    master: &dyn TableSource,
    metrics: Option<&dyn TableSource>,
    options: &LoadOptions,
    progress: &dyn Progress,
) -> Result<LoadSummary> {
    let path = path_of(connection);
    let failed = |action: &str| {
        let (path, action) = (path.clone(), action.to_owned());
        |source| Error::classified(path, action, source)
    };
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(failed("begin a transaction"))?;
    let mut summary = LoadSummary { migrations: migrate(&transaction)?, ..LoadSummary::default() };
    check_team(&transaction, master)?;
    memory::begin(&transaction)?;
    if options.compare_all {
        memory::forget_everything(&transaction)?;
    }
    summary.withdrawn = withdraw(&transaction, &options.withheld, metrics.is_some())?;
    // The contract's order serves the foreign keys: users and channels come before what names them.
    let of_master = TABLES.iter().map(|table| {
        // A rebuilt master may have other folders joined.
        let is_of_aliases = table.name == ChannelAlias::SCHEMA.name;
        (table.name, master, if is_of_aliases { Rows::Replace } else { Rows::Merge })
    });
    let of_metrics = metrics
        .into_iter()
        .flat_map(|metrics| METRIC_TABLES.iter().map(move |name| (*name, metrics, Rows::Replace)));
    let mut jobs = Vec::new();
    for (name, source, rows) in of_master.chain(of_metrics) {
        let table = TargetTable::read(&transaction, name)?;
        let is_empty = table.is_empty(&transaction)?;
        jobs.push(Job { table, source, rows, is_empty });
    }
    let stripped = strip(&transaction, jobs.iter().filter(|job| job.is_empty).map(|job| job.table.name))?;
    summary.tables = load_tables(&transaction, &jobs, progress)?;
    stripped.restore(&transaction, progress)?;
    delete_joined(&transaction, master, &mut summary.tables)?;
    memory::end(&transaction)?;
    transaction.commit().map_err(failed("commit the load"))?;
    Ok(summary)
}

/// Deletes what earlier loads brought of folders that the master now has under their channels' ids: it would stand there
/// twice, and under the class that the folder had.
fn delete_joined(connection: &Connection, master: &dyn TableSource, tables: &mut [TableLoad]) -> Result<()> {
    let left = folders_left(master).map_err(|source| Error::Read { table: Channel::SCHEMA.name, source })?;
    let is_id = |folder: &&ChannelId| folder.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric());
    let left: Vec<String> = left.iter().filter(is_id).map(|folder| format!("\"{folder}\"")).collect();
    let left = format!("[{}]", left.join(","));
    let channels = (Channel::SCHEMA.name, "id");
    let is_of_rows = |schema: &&Schema| schema.name != ChannelAlias::SCHEMA.name;
    let of_rows = TABLES.iter().filter(is_of_rows).filter(|schema| schema.position("channel").is_some());
    // The channels last: the others refer to them.
    for (table, column) in of_rows.map(|schema| (schema.name, "channel")).chain([channels]) {
        let deleted = connection.execute(&joined_rows(table, column), [&left]);
        let deleted = deleted.map_err(Error::table(connection, table))? as u64;
        tables.iter_mut().filter(|load| load.table == table).for_each(|load| load.deleted += deleted);
    }
    Ok(())
}

/// A table whose file is being read on another thread.
struct Reading<'s> {
    columns: Vec<Source<'s>>,
    unknown_columns: Vec<String>,
    known: Known,
    pieces: Receiver<Piece>,
    work: ScopedJoinHandle<'s, Result<()>>,
}

/// Blocks of rows that wait to be merged at most.
const PIECES_AHEAD: usize = 4;

/// Loads table after table, while the next one is read.
fn load_tables(connection: &Connection, jobs: &[Job<'_>], progress: &dyn Progress) -> Result<Vec<TableLoad>> {
    std::thread::scope(|scope| {
        let mut loaded = Vec::new();
        let read = |job| read(scope, connection, job, progress);
        let mut next = jobs.first().map(read).transpose()?;
        for (at, job) in jobs.iter().enumerate() {
            let current = next.take().flatten();
            next = jobs.get(at + 1).map(read).transpose()?;
            loaded.push(match current {
                Some(reading) => load_table(connection, job, reading)?,
                None => load_nothing(connection, job)?,
            });
        }
        Ok(loaded)
    })
}

/// Begins to read a table; `None` where there is no file.
fn read<'s>(
    scope: &'s Scope<'s, '_>,
    connection: &Connection,
    job: &'s Job<'_>,
    progress: &'s dyn Progress,
) -> Result<Option<Reading<'s>>> {
    let Some(mut input) = job.open()? else { return Ok(None) };
    let known = memory::recall(connection, job.table.name)?;
    let (send, pieces) = sync_channel(PIECES_AHEAD);
    let columns = input.columns.clone();
    let unknown_columns = std::mem::take(&mut input.unknown_columns);
    let digests: HashSet<_> = known.keys().copied().collect();
    let work = scope.spawn(move || input.run(&digests, &send, progress));
    Ok(Some(Reading { columns, unknown_columns, known, pieces, work }))
}

fn load_table(connection: &Connection, job: &Job<'_>, reading: Reading<'_>) -> Result<TableLoad> {
    let Reading { columns, unknown_columns, known, pieces, work } = reading;
    let table = job.table.name;
    let failed = || Error::table(connection, table);
    connection.execute_batch("SAVEPOINT load_table").map_err(failed())?;
    let merged = merge_sorted(connection, job, &columns, &known, pieces)?;
    let Ok(read) = work.join() else { return Err(Error::Panic { table }) };
    read?;
    let merged = match merged {
        Some(merged) => {
            memory::forget(connection, table, known.keys().filter(|digest| !merged.met.contains(digest)))?;
            memory::remember(connection, table, &merged.new)?;
            merged
        }
        None => {
            connection.execute_batch("ROLLBACK TO load_table").map_err(failed())?;
            // Blocks that are no stretches of keys do not tell where rows vanished, nor which of two rows counts.
            memory::forget_all(connection, table)?;
            let input = job.open()?;
            input.map(|input| merge_unsorted(connection, job, input)).transpose()?.unwrap_or_default()
        }
    };
    connection.execute_batch("RELEASE load_table").map_err(failed())?;
    let refusals = refusals(job, &merged)?;
    Ok(TableLoad {
        table,
        rows: merged.rows,
        compared: merged.compared,
        written: merged.written,
        deleted: merged.deleted,
        nul_characters: merged.changes.nul_characters,
        no_utf8: merged.changes.no_utf8,
        unreadable: merged.changes.unreadable,
        refused: merged.n_refused,
        refusals,
        unknown_columns,
    })
}

/// Merges rows that come in the order of the key; `None` where they do not.
fn merge_sorted<'c>(
    connection: &'c Connection,
    job: &'c Job<'c>,
    columns: &'c [Source<'c>],
    known: &'c Known,
    pieces: Receiver<Piece>,
) -> Result<Option<Merged>> {
    let mut merger = Merger::new(connection, job, columns, known)?;
    for piece in pieces {
        if merger.add(&piece)? == Order::Broken {
            return Ok(None);
        }
    }
    merger.finish().map(Some)
}

/// A table without a file: of a master, nothing is deleted; a metric table becomes empty.
fn load_nothing(connection: &Connection, job: &Job<'_>) -> Result<TableLoad> {
    let table = job.table.name;
    let mut deleted = 0;
    if job.rows == Rows::Replace && !job.is_empty {
        let statement = format!("DELETE FROM {}", quote(table));
        deleted = connection.execute(&statement, []).map_err(Error::table(connection, table))? as u64;
        memory::forget_all(connection, table)?;
    }
    Ok(TableLoad { table, deleted, ..TableLoad::default() })
}

/// The rows that were not loaded, as a person looks for them.
fn refusals(job: &Job<'_>, merged: &Merged) -> Result<Vec<String>> {
    let told = merged.refused.iter().map(|row| {
        let why = match row.refusal {
            Refusal::Unreadable => "is missing or no value of its type",
            Refusal::TooLong => "is too long",
        };
        Ok(format!("{}, line {}: {} {why}", job.file_name(), job.line_at(row.byte)?, row.column))
    });
    told.collect()
}

/// Two workspaces in one file would make nonsense of every number.
fn check_team(connection: &Connection, master: &dyn TableSource) -> Result<()> {
    let unreadable = |source| Error::Read { table: Batch::SCHEMA.name, source };
    let mut arriving = BTreeSet::new();
    if let (Some(mut batches), Some(team)) =
        (RawReader::open(master, &Batch::SCHEMA).map_err(unreadable)?, Batch::SCHEMA.position("team_id"))
    {
        while let Some(batch) = batches.read().map_err(unreadable)? {
            arriving.insert(String::from_utf8_lossy(&batch.field(team)).into_owned());
        }
    }
    arriving.remove("");
    let failed = || Error::table(connection, Batch::SCHEMA.name);
    let mut statement =
        connection.prepare("SELECT DISTINCT team_id FROM batch_data WHERE team_id <> ''").map_err(failed())?;
    let there = statement.query_map([], |row| row.get(0)).and_then(Iterator::collect);
    let there: BTreeSet<String> = there.map_err(failed())?;
    match (arriving.first(), there.first()) {
        (Some(master), Some(found)) if arriving.is_disjoint(&there) => {
            Err(Error::OtherTeam { path: path_of(connection), master: master.clone(), found: found.clone() })
        }
        _ => Ok(()),
    }
}

use std::collections::{BTreeSet, HashSet};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{Scope, ScopedJoinHandle};

use rusqlite::{Connection, TransactionBehavior};
use slack_model::rows::{Batch, Channel, ChannelAlias, TABLES};
use slack_model::{ChannelId, Progress, Schema, Table, TableSource, folders_left};
use slack_store::{Input, Keeping, LoadSummary, Store, TableLoad};

use crate::bulk::strip;
use crate::catalog::TargetTable;
use crate::complete::complete;
use crate::convert::Source;
use crate::error::{Error, Result, path_of};
use crate::file::Settings;
use crate::job::Job;
use crate::memory::{self, Known};
use crate::merge::{Merged, Merger, Order};
use crate::migrate::{migrate, version};
use crate::prepare::Piece;
use crate::statements::{delete_joined as joined_rows, quote};
use crate::unsorted::merge_unsorted;
use crate::withdraw::{compact, withdraw};

/// A file as a [`Store`].
#[derive(Debug)]
#[non_exhaustive]
pub struct Database<'c>(pub &'c mut Connection);

impl<'c> Database<'c> {
    /// The file of a connection.
    pub fn new(connection: &'c mut Connection) -> Self {
        Self(connection)
    }
}

impl Store for Database<'_> {
    type Error = Error;

    fn load(&mut self, input: &Input<'_>, progress: &dyn Progress) -> Result<LoadSummary> {
        load(self.0, input, progress)
    }
}

/// Loads a master's tables, and its metrics where they are given, in one transaction.
///
/// The tables are made or brought up to date first. A row of the master is inserted, or replaces the one of its key; none
/// is deleted but those of [`Input::withheld`], and those of folders that the master has under their channel's id by
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
pub fn load(connection: &mut Connection, input: &Input<'_>, progress: &dyn Progress) -> Result<LoadSummary> {
    // What is no file of ours is not touched, not even its journal.
    version(connection)?;
    let settings = Settings::set(connection)?;
    let loaded = load_in_transaction(connection, input, progress).and_then(|summary| {
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
    input: &Input<'_>,
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
    let mut summary = LoadSummary::default();
    summary.migrations = migrate(&transaction)?.iter().map(|step| step.version).collect();
    let catalogue: Vec<Schema> = input.catalogue().collect();
    complete(&transaction, &catalogue)?;
    check_team(&transaction, input)?;
    memory::begin(&transaction)?;
    if input.compare_all {
        memory::forget_everything(&transaction)?;
    }
    summary.withdrawn = withdraw(&transaction, input)?;
    let mut jobs = Vec::new();
    for of in input.jobs() {
        let table = TargetTable::read(&transaction, &of.schema)?;
        let is_empty = table.is_empty(&transaction)?;
        jobs.push(Job { table, of, is_empty });
    }
    let stripped = strip(&transaction, jobs.iter().filter(|job| job.is_empty).map(|job| job.table.name))?;
    summary.tables = load_tables(&transaction, &jobs, progress)?;
    stripped.restore(&transaction, progress)?;
    delete_joined(&transaction, input.master, &mut summary.tables)?;
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
    let mut load = TableLoad::of(table);
    (load.rows, load.sent) = (merged.rows, merged.compared);
    (load.written, load.deleted) = (merged.written, merged.deleted);
    load.nul_characters = merged.changes.nul_characters;
    load.no_utf8 = merged.changes.no_utf8;
    load.unreadable = merged.changes.unreadable;
    load.refused = merged.n_refused;
    load.refusals = refusals;
    load.unknown_columns = unknown_columns;
    Ok(load)
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
    let mut load = TableLoad::of(table);
    if job.of.keeping == Keeping::Replace && !job.is_empty {
        let statement = format!("DELETE FROM {}", quote(table));
        load.deleted = connection.execute(&statement, []).map_err(Error::table(connection, table))? as u64;
        memory::forget_all(connection, table)?;
    }
    Ok(load)
}

/// The rows that were not loaded, as a person looks for them.
fn refusals(job: &Job<'_>, merged: &Merged) -> Result<Vec<String>> {
    merged.refused.iter().map(|row| row.describe(&job.of).map_err(|source| job.unreadable(source))).collect()
}

/// Two workspaces in one file would make nonsense of every number.
fn check_team(connection: &Connection, input: &Input<'_>) -> Result<()> {
    let failed = || Error::table(connection, Batch::SCHEMA.name);
    let mut statement =
        connection.prepare("SELECT DISTINCT team_id FROM batch_data WHERE team_id <> ''").map_err(failed())?;
    let there = statement.query_map([], |row| row.get(0)).and_then(Iterator::collect);
    let there: BTreeSet<String> = there.map_err(failed())?;
    let other = input.other_team(&there);
    match other.map_err(|source| Error::Read { table: Batch::SCHEMA.name, source })? {
        Some((master, found)) => Err(Error::OtherTeam { path: path_of(connection), master, found }),
        None => Ok(()),
    }
}

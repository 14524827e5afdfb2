use std::sync::LazyLock;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{Scope, ScopedJoinHandle};

use postgres::{GenericClient, Transaction};
use slack_model::rows::{Channel, ChannelAlias, TABLES};
use slack_model::{ChannelId, Digest, Progress, Schema, Table, TableSource, folders_left};
use slack_store::{Input, Keeping, LoadSummary, Store, TableLoad};

use crate::bulk::strip;
use crate::catalog::TargetTable;
use crate::complete::complete;
use crate::error::{Error, Result};
use crate::guard::{check_team, lock_tables};
use crate::memory::{self, Known, Memory};
use crate::merge::{delete_all, delete_duplicates, delete_joined, delete_vanished, upsert};
use crate::migrate::migrate;
use crate::prepare::{Prepared, TableInput};
use crate::stage::{Copy, analyze, copy, stage, unstage};
use crate::withdraw::withdraw;

/// How to load.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadOptions {
    /// The database schema that holds the tables; `slack` by default.
    pub schema: String,
    /// Length of a table's file, in bytes, from which on an empty table is filled before its keys and indexes are built;
    /// 4 MiB by default.
    pub bulk_from: u64,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self { schema: "slack".into(), bulk_from: 4 << 20 }
    }
}

/// A database as a [`Store`].
#[derive(Debug)]
#[non_exhaustive]
pub struct Database<'c, C> {
    /// The connection, or a transaction.
    pub client: &'c mut C,
    /// How to load.
    pub options: LoadOptions,
}

impl<'c, C> Database<'c, C> {
    /// A database that is loaded so.
    pub fn new(client: &'c mut C, options: LoadOptions) -> Self {
        Self { client, options }
    }
}

impl<C: GenericClient> Store for Database<'_, C> {
    type Error = Error;

    fn load(&mut self, input: &Input<'_>, progress: &dyn Progress) -> Result<LoadSummary> {
        load(self.client, input, &self.options, progress)
    }
}

/// Loads a master's tables, and its metrics where they are given, in one transaction.
///
/// The schema is made or brought up to date first. A row of the master is inserted, or replaces the one of
/// its key; none is deleted but those of [`Input::withheld`], and those of folders that the master has under their
/// channel's id by now. A metric table becomes what its file says; one without a file becomes empty.
/// Loading the same again touches no row, and sends none: the database remembers digests of what it was loaded
/// with, and forgets them where anyone else changes a table. A second load into the same schema meanwhile fails
/// with [`Error::Busy`].
///
/// # Errors
///
/// Where the input cannot be read, or the server does not take it; then the database is as it was.
pub fn load(
    client: &mut impl GenericClient,
    input: &Input<'_>,
    options: &LoadOptions,
    progress: &dyn Progress,
) -> Result<LoadSummary> {
    let schema = options.schema.as_str();
    let mut transaction = client.transaction().map_err(Error::statement("begin a transaction"))?;
    let steps = migrate(&mut transaction, schema)?;
    let mut summary = LoadSummary::default();
    summary.migrations = steps.iter().map(|step| step.version).collect();
    let catalogue: Vec<Schema> = input.catalogue().collect();
    complete(&mut transaction, schema, &catalogue)?;
    check_team(&mut transaction, schema, input)?;
    let before = memory::begin(&mut transaction)?;
    lock_tables(&mut transaction, schema, input)?;
    if input.compare_all {
        memory::forget_everything(&mut transaction, schema)?;
    }
    summary.withdrawn = withdraw(&mut transaction, schema, input)?;
    let memory = memory::recall(&mut transaction, schema)?;
    let mut jobs = Vec::new();
    for job in input.jobs() {
        let table = TargetTable::read(&mut transaction, schema, job.schema.name)?;
        let failed = |source| Error::Read { table: job.schema.name, source };
        let length = job.source.length(&job.schema).map_err(failed)?;
        let is_bulk = length.is_some_and(|length| length >= options.bulk_from)
            && table.may_be_stripped
            && table.is_empty(&mut transaction)?;
        jobs.push(Job { table, of: job, is_bulk });
    }
    let bulk: Vec<_> = jobs.iter().filter(|job| job.is_bulk).map(|job| &job.table).collect();
    let stripped = strip(&mut transaction, &bulk)?;
    let mut refused = Vec::new();
    let loaded = load_tables(&mut transaction, &jobs, &memory, &mut refused, progress);
    summary.tables = loaded.map_err(|error| error.with_refusals(&refused))?;
    stripped.restore(&mut transaction, progress).map_err(|error| error.with_refusals(&refused))?;
    take_out_joined(&mut transaction, schema, input.master, &mut summary.tables)?;
    for job in jobs.iter().filter(|job| job.is_bulk) {
        analyze(&mut transaction, &job.table.qualified())?;
    }
    memory::end(&mut transaction, &before)?;
    transaction.commit().map_err(Error::statement("commit the load"))?;
    Ok(summary)
}

/// Deletes what earlier loads brought of folders that the master now has under their channels' ids: it would stand there
/// twice, and under the class that the folder had.
fn take_out_joined(
    client: &mut impl GenericClient,
    schema: &str,
    master: &dyn TableSource,
    tables: &mut [TableLoad],
) -> Result<()> {
    // A folder's name may be that of another export's folder too, which is no channel that is known.
    let left = folders_left(master).map_err(|source| Error::Read { table: Channel::SCHEMA.name, source })?;
    let left: Vec<&str> = left.iter().map(ChannelId::as_str).collect();
    let channels = (Channel::SCHEMA.name, "id");
    let is_of_rows = |schema: &&Schema| schema.name != ChannelAlias::SCHEMA.name;
    let of_rows = TABLES.iter().filter(is_of_rows).filter(|schema| schema.position("channel").is_some());
    // The channels last: the others refer to them.
    for (table, column) in of_rows.map(|schema| (schema.name, "channel")).chain([channels]) {
        let deleted = delete_joined(client, schema, table, column, &left)?;
        tables.iter_mut().filter(|load| load.table == table).for_each(|load| load.deleted += deleted);
    }
    Ok(())
}

/// Does work in a transaction, which is committed where the work succeeds, and rolled back otherwise.
///
/// # Errors
///
/// Those of the work, and those of beginning and committing.
pub fn in_transaction<T, E: From<Error>>(
    client: &mut impl GenericClient,
    work: impl FnOnce(&mut Transaction<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let mut transaction = client.transaction().map_err(Error::statement("begin a transaction"))?;
    let done = work(&mut transaction)?;
    transaction.commit().map_err(Error::statement("commit the load"))?;
    Ok(done)
}

/// A table to load.
struct Job<'s> {
    table: TargetTable,
    of: slack_store::Job<'s>,
    /// Whether it is empty, and without keys for now.
    is_bulk: bool,
}

/// A table whose rows are made ready on another thread.
struct Preparing<'s> {
    columns: Vec<&'s str>,
    unknown_columns: Vec<String>,
    known: &'s Known,
    pieces: Receiver<Vec<u8>>,
    work: ScopedJoinHandle<'s, Result<Prepared>>,
}

/// Pieces that wait for the server at most.
const PIECES_AHEAD: usize = 8;

/// Loads table after table, while the next one is made ready.
fn load_tables(
    client: &mut impl GenericClient,
    jobs: &[Job<'_>],
    memory: &Memory,
    refused: &mut Vec<String>,
    progress: &dyn Progress,
) -> Result<Vec<TableLoad>> {
    std::thread::scope(|scope| {
        let mut loaded = Vec::new();
        let mut next = jobs.first().map(|job| prepare(scope, job, memory, progress)).transpose()?;
        for (at, job) in jobs.iter().enumerate() {
            let current = next.take().flatten();
            next = jobs.get(at + 1).map(|job| prepare(scope, job, memory, progress)).transpose()?;
            let done = match current {
                Some(preparing) => load_table(client, job, preparing)?,
                None => load_nothing(client, job)?,
            };
            refused.extend_from_slice(&done.refusals);
            loaded.push(done);
        }
        Ok(loaded)
    })
}

/// Begins to read a table; `None` where there is no file.
fn prepare<'s>(
    scope: &'s Scope<'s, '_>,
    job: &'s Job<'_>,
    memory: &'s Memory,
    progress: &'s dyn Progress,
) -> Result<Option<Preparing<'s>>> {
    let (table, file) = (&job.table, &job.of.schema);
    let input = job.of.source.open(file).map_err(|source| Error::Read { table: table.name, source })?;
    let Some(input) = input else { return Ok(None) };
    let mut input = TableInput::new(table, input, job.of.source.name_of(file))?;
    let (send, pieces) = sync_channel(PIECES_AHEAD);
    static NOTHING: LazyLock<Known> = LazyLock::new(Known::new);
    let known = memory.get(table.name).unwrap_or(&NOTHING);
    let columns = input.columns.iter().map(|(column, _)| column.name.as_str()).collect();
    let unknown_columns = std::mem::take(&mut input.unknown_columns);
    let work = scope.spawn(move || input.run(known, &send, progress));
    Ok(Some(Preparing { columns, unknown_columns, known, pieces, work }))
}

fn load_table(client: &mut impl GenericClient, job: &Job<'_>, preparing: Preparing<'_>) -> Result<TableLoad> {
    let Preparing { columns, unknown_columns, known, pieces, work } = preparing;
    let table = &job.table;
    // Without a row to send, nothing is done to the table.
    let first = pieces.recv().ok();
    if let Some(first) = &first {
        if job.is_bulk {
            let how = if truncate(client, table)? { Copy::Frozen } else { Copy::Plain };
            copy(client, table, &table.qualified(), &columns, how, first, &pieces)?;
        } else {
            stage(client, table)?;
            copy(client, table, &table.staging(), &columns, Copy::Plain, first, &pieces)?;
        }
    }
    let Ok(prepared) = work.join() else { return Err(Error::Panic { table: table.name }) };
    let prepared = prepared?;
    let gone: Vec<Digest> = known.keys().filter(|digest| !prepared.met.contains(digest)).copied().collect();
    let (mut written, mut deleted) = (0, 0);
    if job.is_bulk {
        let twice = if prepared.is_unique { 0 } else { delete_duplicates(client, table)? };
        written = prepared.sent - twice;
    } else {
        let replaces = job.of.keeping == Keeping::Replace && (!gone.is_empty() || known.is_empty());
        if first.is_none() && replaces {
            stage(client, table)?;
        }
        if first.is_some() || replaces {
            analyze(client, &table.staging())?;
        }
        if replaces {
            // Where nothing is remembered, every row of the table may be one that is gone.
            let within = if known.is_empty() { None } else { Some(gone.as_slice()) };
            deleted = delete_vanished(client, table, within)?;
        }
        if first.is_some() {
            written =
                upsert(client, table, &columns, prepared.is_unique, job.of.keeping == Keeping::Replace)?;
        }
        if first.is_some() || replaces {
            unstage(client, table)?;
        }
    }
    remember(client, job, &gone, &prepared)?;
    let mut load = TableLoad::of(table.name);
    (load.rows, load.sent, load.written, load.deleted) = (prepared.rows, prepared.sent, written, deleted);
    load.nul_characters = prepared.changes.nul_characters;
    load.no_utf8 = prepared.changes.no_utf8;
    load.unreadable = prepared.changes.unreadable;
    load.refused = prepared.n_refused;
    load.refusals = refusals(job, &prepared)?;
    load.unknown_columns = unknown_columns;
    Ok(load)
}

/// A table without a file: of a master, nothing is deleted; a metric table becomes empty.
fn load_nothing(client: &mut impl GenericClient, job: &Job<'_>) -> Result<TableLoad> {
    let table = &job.table;
    let mut load = TableLoad::of(table.name);
    if job.of.keeping == Keeping::Replace {
        load.deleted = delete_all(client, table)?;
        if load.deleted > 0 {
            memory::forget_all(client, table.schema(), table.name)?;
        }
    }
    Ok(load)
}

/// Empties an empty table, so that rows may be copied as frozen; false where the server would not take them so.
fn truncate(client: &mut impl GenericClient, table: &TargetTable) -> Result<bool> {
    client.batch_execute(&format!("TRUNCATE {}", table.qualified())).map_err(Error::table(table.name))?;
    // A cursor of an embedder's, open in the same transaction, may look at what was there.
    let query = "SELECT NOT EXISTS (SELECT FROM pg_cursors WHERE name <> '')";
    Ok(client.query_one(query, &[]).map_err(Error::table(table.name))?.get(0))
}

/// Brings what the database remembers of a table up to date.
fn remember(
    client: &mut impl GenericClient,
    job: &Job<'_>,
    gone: &[Digest],
    prepared: &Prepared,
) -> Result<()> {
    let (table, schema) = (job.table.name, job.table.schema());
    // Blocks that are no stretches of keys do not tell where rows vanished, nor does one whose end is no key. And where rows
    // share a key, which of them counts depends on all of them.
    let tells = prepared.ascends && prepared.n_refused == 0;
    if !prepared.is_unique || job.of.keeping == Keeping::Replace && !tells {
        return memory::forget_all(client, schema, table);
    }
    if !gone.is_empty() {
        memory::forget(client, schema, table, gone)?;
    }
    if !prepared.new.is_empty() {
        memory::remember(client, schema, table, &prepared.new)?;
    }
    Ok(())
}

/// The rows that were not loaded, as a person looks for them.
fn refusals(job: &Job<'_>, prepared: &Prepared) -> Result<Vec<String>> {
    let failed = |source| Error::Read { table: job.table.name, source };
    prepared.refused.iter().map(|row| row.describe(&job.of).map_err(failed)).collect()
}

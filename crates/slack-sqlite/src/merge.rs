//! Rows merged into a table, in the order of its key.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashSet;

use rusqlite::{Connection, Statement};
use slack_model::{Block, Digest, RawRecord};
use slack_store::{Keeping, RejectedRow};

use crate::convert::{Changes, Source, Value, convert, convert_row};
use crate::error::{Error, Result};
use crate::job::Job;
use crate::memory::{Known, NewBlock, texts};
use crate::prepare::Piece;
use crate::statements::{delete_between, upsert};

/// What became of a table's rows.
#[derive(Debug, Default)]
pub(crate) struct Merged {
    /// Rows of the file.
    pub(crate) rows: u64,
    /// Rows that were compared with the table's.
    pub(crate) compared: u64,
    pub(crate) written: u64,
    pub(crate) deleted: u64,
    pub(crate) changes: Changes,
    pub(crate) n_refused: u64,
    pub(crate) refused: Vec<RejectedRow>,
    /// Blocks that were not known.
    pub(crate) new: Vec<NewBlock>,
    /// Blocks that were.
    pub(crate) met: HashSet<Digest>,
}

impl Merged {
    /// A row's values; `None` where it cannot be loaded, which is noted.
    pub(crate) fn convert<'r>(
        &mut self,
        record: &'r RawRecord<'_>,
        byte: u64,
        columns: &[Source<'_>],
    ) -> Option<Vec<Value<'r>>> {
        self.rows += 1;
        match convert_row(record, columns, &mut self.changes) {
            Ok(row) => {
                self.compared += 1;
                Some(row)
            }
            Err((column, reason)) => {
                self.n_refused += 1;
                if self.refused.len() < RejectedRow::MOST_TOLD {
                    self.refused.push(RejectedRow { byte, column, reason });
                }
                None
            }
        }
    }
}

/// Whether rows come in the order of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Ascends,
    /// A row's key is not above that of the row before: nothing is known of what follows.
    Broken,
}

/// Merges a file's rows into a table.
pub(crate) struct Merger<'c> {
    job: &'c Job<'c>,
    connection: &'c Connection,
    columns: &'c [Source<'c>],
    /// The key's places in a row.
    key: Vec<usize>,
    known: &'c Known,
    upsert: Statement<'c>,
    /// Deletes what lies between two rows that follow each other in the file.
    gap: Option<Statement<'c>>,
    /// The key of the last row.
    last: Option<Vec<Value<'static>>>,
    pub(crate) merged: Merged,
}

impl<'c> Merger<'c> {
    pub(crate) fn new(
        connection: &'c Connection,
        job: &'c Job<'c>,
        columns: &'c [Source<'c>],
        known: &'c Known,
    ) -> Result<Self> {
        let failed = || Error::table(connection, job.table.name);
        let names: Vec<_> = columns.iter().map(|(column, _)| column.name.as_str()).collect();
        let place = |key: &String| names.iter().position(|name| name == key);
        let has_gaps = job.of.keeping == Keeping::Replace && !job.is_empty;
        let gap = has_gaps.then(|| connection.prepare(&delete_between(&job.table, true, true)));
        Ok(Self {
            job,
            connection,
            columns,
            key: job.table.key.iter().filter_map(place).collect(),
            known,
            upsert: connection.prepare(&upsert(&job.table, &names)).map_err(failed())?,
            gap: gap.transpose().map_err(failed())?,
            last: None,
            merged: Merged::default(),
        })
    }

    /// Merges the next rows of the file.
    pub(crate) fn add(&mut self, piece: &Piece) -> Result<Order> {
        match piece {
            Piece::Known { digest, rows, first_key } => self.pass_over(*digest, *rows, first_key),
            Piece::New(block) => self.merge(block),
        }
    }

    /// Deletes what the file lacks at its end.
    pub(crate) fn finish(mut self) -> Result<Merged> {
        if self.gap.is_some() {
            self.merged.deleted += match self.last.take() {
                Some(last) => self.delete(&last, true)?,
                None => self.delete(&[], false)?,
            };
        }
        Ok(self.merged)
    }

    fn pass_over(&mut self, digest: Digest, rows: u64, first_key: &[String]) -> Result<Order> {
        // Nothing was left out of a known block, so its keys are values of their columns.
        let (Some(first), Some(last)) =
            (self.key_of(first_key), self.known.get(&digest).and_then(|key| self.key_of(key)))
        else {
            return Ok(Order::Broken);
        };
        if self.close_gap(&first)? == Order::Broken {
            return Ok(Order::Broken);
        }
        self.last = Some(last);
        self.merged.rows += rows;
        self.merged.met.insert(digest);
        Ok(Order::Ascends)
    }

    fn merge(&mut self, block: &Block) -> Result<Order> {
        let table = self.job.table.name;
        let before = (self.merged.n_refused, self.merged.changes);
        let mut records = block.records();
        loop {
            let byte = block.range().start + records.byte();
            let record = records.read().map_err(|source| Error::Read { table, source })?;
            let Some(record) = record else { break };
            if self.merge_row(&record, byte)? == Order::Broken {
                return Ok(Order::Broken);
            }
        }
        // What is not as the file has it is looked at again, and told again, by the next load.
        if before == (self.merged.n_refused, self.merged.changes) {
            let last_key = texts(self.last.as_deref().unwrap_or_default());
            self.merged.new.push(NewBlock { digest: block.digest(), last_key, rows: block.rows() });
        }
        Ok(Order::Ascends)
    }

    fn merge_row(&mut self, record: &RawRecord<'_>, byte: u64) -> Result<Order> {
        let Some(row) = self.merged.convert(record, byte, self.columns) else { return Ok(Order::Ascends) };
        let key: Vec<_> = self.key.iter().map(|place| row[*place].clone().into_owned()).collect();
        if self.close_gap(&key)? == Order::Broken {
            return Ok(Order::Broken);
        }
        self.last = Some(key);
        let failed = |source| {
            let error = Error::table(self.connection, self.job.table.name)(source);
            error.at_line(self.job.line_at(byte).ok())
        };
        self.merged.written += execute(&mut self.upsert, row.iter()).map_err(failed)?;
        Ok(Order::Ascends)
    }

    /// Deletes the rows between the last one and the one of a key.
    fn close_gap(&mut self, key: &[Value<'static>]) -> Result<Order> {
        let failed = || Error::table(self.connection, self.job.table.name);
        let Some(last) = &self.last else {
            if self.gap.is_some() {
                self.merged.deleted += self.delete(key, false)?;
            }
            return Ok(Order::Ascends);
        };
        if compare(last, key) != Ordering::Less {
            return Ok(Order::Broken);
        }
        if let Some(gap) = &mut self.gap {
            self.merged.deleted += execute(gap, last.iter().chain(key)).map_err(failed())?;
        }
        Ok(Order::Ascends)
    }

    /// Deletes the rows above or below a key; without a key, all.
    fn delete(&self, key: &[Value<'_>], above: bool) -> Result<u64> {
        let failed = || Error::table(self.connection, self.job.table.name);
        let statement = delete_between(&self.job.table, above, !above && !key.is_empty());
        let mut statement = self.connection.prepare(&statement).map_err(failed())?;
        execute(&mut statement, key.iter()).map_err(failed())
    }

    /// A key's values; `None` where one is none of its column's.
    fn key_of(&self, fields: &[String]) -> Option<Vec<Value<'static>>> {
        let value = |(place, field): (&usize, &String)| {
            let (column, _) = self.columns[*place];
            let value = convert(Cow::Borrowed(field.as_bytes()), column, &mut Changes::default());
            value.ok().map(Value::into_owned)
        };
        (fields.len() == self.key.len()).then(|| self.key.iter().zip(fields).map(value).collect()).flatten()
    }
}

fn compare(one: &[Value<'_>], other: &[Value<'_>]) -> Ordering {
    one.iter()
        .zip(other)
        .map(|(one, other)| one.compare(other))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// Runs a statement with parameters; returns the number of rows that changed.
pub(crate) fn execute<'v, 'r: 'v>(
    statement: &mut Statement<'_>,
    values: impl Iterator<Item = &'v Value<'r>>,
) -> rusqlite::Result<u64> {
    for (number, value) in (1..).zip(values) {
        statement.raw_bind_parameter(number, value)?;
    }
    Ok(statement.raw_execute()? as u64)
}

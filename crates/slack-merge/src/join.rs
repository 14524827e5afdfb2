use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::io::Read;

use slack_model::rows::{TABLES, Window};
use slack_model::{ByteRecord, KeyOrder, Schema, Table, TableReader, TableSink, TableSource, TableWriter};

use crate::deletions::{Deletions, Windows};
use crate::error::Result;
use crate::rules::Rule;

/// What a merge did to a table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableChange {
    /// Rows that the master has now.
    pub rows: u64,
    /// Rows of keys that the master did not have.
    pub added: u64,
    /// Rows whose values are others now.
    pub changed: u64,
}

impl TableChange {
    /// Whether the table is as it was.
    pub fn is_none(&self) -> bool {
        self.added == 0 && self.changed == 0
    }
}

/// What a merge did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MergeSummary {
    /// Each table that the master or the batch has.
    pub tables: BTreeMap<&'static str, TableChange>,
}

/// Merges a batch's tables into a master's, and writes the tables that changed to `merged`.
///
/// A table without a change is not written: it is as it was. A table that the master lacks is written even
/// if it is empty.
///
/// # Errors
///
/// Where a table cannot be read, is not sorted by its key, or cannot be written.
pub fn merge_tables<S: TableSink>(
    master: &impl TableSource,
    batch: &impl TableSource,
    merged: &S,
) -> Result<MergeSummary> {
    let mut windows = Windows::default();
    for source in [master as &dyn TableSource, batch] {
        if let Some(reader) = TableReader::open(source, &Window::SCHEMA)? {
            for window in reader.rows::<Window>() {
                windows.add(window?);
            }
        }
    }
    let mut summary = MergeSummary::default();
    for schema in TABLES {
        let old = TableReader::open(master, schema)?;
        let new = TableReader::open(batch, schema)?;
        if old.is_none() && new.is_none() {
            continue;
        }
        let is_new = old.is_none();
        let mut writer = TableWriter::new(merged.create(schema)?, schema)?;
        let join = Join { schema, order: KeyOrder::of(schema), rule: Rule::of(schema) };
        let change = join.run(Side::new(old)?, Side::new(new)?, windows.walk(schema), &mut writer)?;
        if is_new || !change.is_none() {
            let (output, _) = writer.finish()?;
            merged.finish(schema, output)?;
        }
        summary.tables.insert(schema.name, change);
    }
    Ok(summary)
}

/// One of the two tables that are joined: the record that comes next.
struct Side<R> {
    reader: Option<TableReader<R>>,
    record: ByteRecord,
}

impl<R: Read> Side<R> {
    fn new(reader: Option<TableReader<R>>) -> Result<Self> {
        let mut side = Self { reader, record: ByteRecord::new() };
        side.advance()?;
        Ok(side)
    }

    fn advance(&mut self) -> Result<()> {
        if let Some(reader) = &mut self.reader
            && !reader.read(&mut self.record)?
        {
            self.reader = None;
        }
        Ok(())
    }
}

struct Join<'s> {
    schema: &'s Schema,
    order: KeyOrder,
    rule: Rule,
}

impl Join<'_> {
    fn run<R: Read, W: std::io::Write>(
        &self,
        mut old: Side<R>,
        mut new: Side<R>,
        mut deletions: Option<Deletions<'_>>,
        writer: &mut TableWriter<W>,
    ) -> Result<TableChange> {
        let mut change = TableChange::default();
        let (mut row, mut spare) = (ByteRecord::new(), ByteRecord::new());
        loop {
            let order = match (&old.reader, &new.reader) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(_), Some(_)) => self.order.compare(&old.record, &new.record),
            };
            match order {
                Ordering::Less => row.clone_from(&old.record),
                Ordering::Greater => row.clone_from(&new.record),
                Ordering::Equal => self.rule.join(&old.record, &new.record, &mut row),
            }
            if let Some(deletions) = &mut deletions {
                let is_tombstone = self.rule.is_below(&row);
                deletions.mark(&mut row, is_tombstone, &mut spare);
            }
            writer.write(&row)?;
            change.rows += 1;
            match order {
                Ordering::Greater => change.added += 1,
                _ => change.changed += u64::from(row != old.record),
            }
            if order.is_le() {
                old.advance()?;
            }
            if order.is_ge() {
                new.advance()?;
            }
        }
        debug_assert!(change.added <= change.rows, "{} counts wrongly", self.schema.name);
        Ok(change)
    }
}

//! One table of the master and of the batches becomes one.

use std::cmp::Ordering;
use std::io::Read;

use slack_model::{
    AscendingKeys, ByteRecord, KeyOrder, RawReader, RawRecord, Schema, TableSink, TableSource, line_at,
};

use crate::classes::Classes;
use crate::deletions::Deletions;
use crate::error::{Error, Result};
use crate::incoming::Incoming;
use crate::output::Output;
use crate::rules::Rule;
use crate::tables::{MergeOptions, TableChange};

/// Merges a table in one pass; `None` where neither the master nor a batch has it.
pub(crate) fn merge_table<S: TableSink>(
    schema: &'static Schema,
    master: &dyn TableSource,
    batches: &[&dyn TableSource],
    merged: &S,
    options: &MergeOptions,
) -> Result<Option<TableChange>> {
    let rule = Rule::of(schema);
    let old = RawReader::open(master, schema)?;
    let incoming = Incoming::open(schema, batches, &rule)?;
    if old.is_none() && incoming.is_none() {
        return Ok(None);
    }
    let output = match &old {
        Some(reader) => Output::of_old(schema, master, reader, merged),
        None => Output::of_new(schema, merged)?,
    };
    let join = Join {
        schema,
        order: KeyOrder::of(schema),
        rule: &rule,
        deletions: Deletions::of(schema, master, batches)?,
        classes: Classes::of(schema, &options.assumed_public),
        incoming,
        output,
        change: TableChange::default(),
        row: ByteRecord::new(),
        was: ByteRecord::new(),
        spare: ByteRecord::new(),
    };
    join.run(master, old).map(Some)
}

struct Join<'j, S: TableSink> {
    schema: &'static Schema,
    order: KeyOrder,
    rule: &'j Rule,
    deletions: Option<Deletions>,
    classes: Option<Classes<'j>>,
    incoming: Option<Incoming<'j>>,
    output: Output<'j, S>,
    change: TableChange,
    /// Room for a row as it will be, for the same one as the master has it, and for what comes between.
    row: ByteRecord,
    was: ByteRecord,
    spare: ByteRecord,
}

impl<S: TableSink> Join<'_, S> {
    fn run<R: Read>(mut self, master: &dyn TableSource, old: Option<RawReader<R>>) -> Result<TableChange> {
        let mut end = 0;
        if let Some(mut old) = old {
            let mut keys = AscendingKeys::of(self.schema);
            loop {
                end = old.byte();
                let Some(row) = old.read()? else { break };
                if !keys.ascend_to(&row) {
                    row.copy_to(&mut self.was, self.schema.columns.len());
                    return Err(Error::Unsorted {
                        file: master.name_of(self.schema),
                        line: line_at(master, self.schema, end)?,
                        key: self.order.describe(&self.was),
                    });
                }
                self.pass(&row, end)?;
            }
        }
        while self.incoming.as_ref().is_some_and(|incoming| incoming.peek().is_some()) {
            self.add(end)?;
        }
        self.output.finish()?;
        Ok(self.change)
    }

    /// Passes a row of the master, which begins at a byte of its table, and what the batches have up to its key.
    #[inline]
    fn pass(&mut self, row: &RawRecord<'_>, at: u64) -> Result<()> {
        let is_touched = loop {
            let Some(record) = self.incoming.as_ref().and_then(Incoming::peek) else { break false };
            match self.order.compare_raw(row, record) {
                Ordering::Less => break false,
                Ordering::Equal => break true,
                Ordering::Greater => self.add(at)?,
            }
        };
        self.change.rows += 1;
        let may_change = is_touched
            || match &mut self.deletions {
                Some(deletions) => deletions.may_change(row)?,
                None => self.classes.as_ref().is_some_and(|classes| classes.may_change(row)),
            };
        if may_change && self.becomes_another(row, is_touched)? {
            self.change.changed += 1;
            return self.output.put(&self.row, at);
        }
        self.output.keep(row)
    }

    /// Works out what becomes of a row of the master, and whether that differs from what it was.
    fn becomes_another(&mut self, row: &RawRecord<'_>, is_touched: bool) -> Result<bool> {
        row.copy_to(&mut self.was, self.schema.columns.len());
        match &mut self.incoming {
            Some(incoming) if is_touched => {
                if let Some(record) = incoming.peek() {
                    self.rule.join(&self.was, record, &mut self.row);
                }
                incoming.advance()?;
            }
            _ => self.row.clone_from(&self.was),
        }
        self.mark()?;
        Ok(self.row != self.was)
    }

    /// Puts in a row whose key the master does not have, before a byte of the master's table.
    fn add(&mut self, at: u64) -> Result<()> {
        let Some(incoming) = &mut self.incoming else { return Ok(()) };
        if let Some(record) = incoming.peek() {
            self.row.clone_from(record);
        }
        incoming.advance()?;
        self.mark()?;
        self.change.rows += 1;
        self.change.added += 1;
        self.output.put(&self.row, at)
    }

    fn mark(&mut self) -> Result<()> {
        if let Some(classes) = &self.classes {
            classes.mark(&mut self.row, &mut self.spare);
        }
        let is_tombstone = self.rule.is_below(&self.row);
        match &mut self.deletions {
            Some(deletions) => deletions.mark(&mut self.row, is_tombstone, &mut self.spare),
            None => Ok(()),
        }
    }
}

//! The rows of all batches, as though they were one batch's.

use std::io::Read;

use slack_model::{ByteRecord, KeyOrder, Schema, TableReader, TableSource};

use crate::error::{Error, Result};
use crate::rules::Rule;

/// Walks through a table of several batches at once: each key comes once, its records joined.
pub(crate) struct Incoming<'r> {
    rule: &'r Rule,
    order: KeyOrder,
    /// The batches that have rows left, by the key that comes next, the least at the end.
    heads: Vec<Head>,
    record: ByteRecord,
    spare: ByteRecord,
    joined: ByteRecord,
    is_there: bool,
}

struct Head {
    reader: TableReader<Box<dyn Read + Send>>,
    record: ByteRecord,
    before: ByteRecord,
}

impl<'r> Incoming<'r> {
    /// Stands at the first key; `None` where no batch has the table.
    pub(crate) fn open(
        schema: &Schema,
        batches: &[&dyn TableSource],
        rule: &'r Rule,
    ) -> Result<Option<Self>> {
        let mut incoming = Self {
            rule,
            order: KeyOrder::of(schema),
            heads: Vec::new(),
            record: ByteRecord::new(),
            spare: ByteRecord::new(),
            joined: ByteRecord::new(),
            is_there: false,
        };
        let mut is_table = false;
        for batch in batches {
            let Some(mut reader) = TableReader::open(*batch, schema)? else { continue };
            is_table = true;
            let mut record = ByteRecord::new();
            if reader.read(&mut record)? {
                let head = Head { reader, record, before: ByteRecord::new() };
                incoming.insert(head);
            }
        }
        incoming.advance()?;
        Ok(is_table.then_some(incoming))
    }

    /// The record of the key that comes next.
    pub(crate) fn peek(&self) -> Option<&ByteRecord> {
        self.is_there.then_some(&self.record)
    }

    /// Goes on to the next key.
    pub(crate) fn advance(&mut self) -> Result<()> {
        self.is_there = self.take()?;
        if !self.is_there {
            return Ok(());
        }
        std::mem::swap(&mut self.record, &mut self.spare);
        while let Some(head) = self.heads.last()
            && self.order.compare(&head.record, &self.record).is_eq()
        {
            self.take()?;
            self.rule.join(&self.record, &self.spare, &mut self.joined);
            std::mem::swap(&mut self.record, &mut self.joined);
        }
        Ok(())
    }

    /// Takes the least record into `spare`.
    fn take(&mut self) -> Result<bool> {
        let Some(mut head) = self.heads.pop() else { return Ok(false) };
        self.spare.clone_from(&head.record);
        std::mem::swap(&mut head.before, &mut head.record);
        let Head { reader, record, before } = &mut head;
        if reader.read(record)? {
            if self.order.compare(before, record).is_ge() {
                return Err(Error::Unsorted {
                    file: reader.source().to_owned(),
                    line: record.position().map_or_else(|| reader.line(), |position| position.line()),
                    key: self.order.describe(record),
                });
            }
            self.insert(head);
        }
        Ok(true)
    }

    fn insert(&mut self, head: Head) {
        let order = &self.order;
        let is_least = |least: &Head| order.compare(&head.record, &least.record).is_lt();
        // Most often it is the batch that was taken from before.
        let place = if self.heads.last().is_none_or(is_least) {
            self.heads.len()
        } else {
            self.heads.partition_point(|other| order.compare(&head.record, &other.record).is_lt())
        };
        self.heads.insert(place, head);
    }
}

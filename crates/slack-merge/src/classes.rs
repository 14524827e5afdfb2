//! The class of conversations that no list names, which the operator alone can open.

use std::collections::BTreeSet;

use slack_model::rows::Channel;
use slack_model::{ByteRecord, RawRecord, Schema, Table};

/// Puts the right class into rows of channel_data that no list made. It follows from the row's other values and from what
/// the operator says, so the order of the batches cannot matter.
pub(crate) struct Classes<'o> {
    assumed: &'o BTreeSet<String>,
    id: usize,
    name: usize,
    kind: usize,
    class: usize,
    is_private: usize,
}

impl<'o> Classes<'o> {
    /// `None` of every other table.
    pub(crate) fn of(schema: &Schema, assumed: &'o BTreeSet<String>) -> Option<Self> {
        if schema.name != Channel::SCHEMA.name {
            return None;
        }
        Some(Self {
            assumed,
            id: schema.position("id")?,
            name: schema.position("name")?,
            kind: schema.position("type")?,
            class: schema.position("class")?,
            is_private: schema.position("is_private")?,
        })
    }

    /// Whether a row of the master, which no batch touches, has another class.
    pub(crate) fn may_change(&self, row: &RawRecord<'_>) -> bool {
        let field = |at| row.field(at);
        let is_unlisted = field(self.is_private).is_empty();
        is_unlisted
            && *field(self.class)
                != *self.right(&field(self.id), &field(self.name), &field(self.kind)).as_bytes()
    }

    pub(crate) fn mark(&self, record: &mut ByteRecord, spare: &mut ByteRecord) {
        if !record[self.is_private].is_empty() {
            return;
        }
        let class = self.right(&record[self.id], &record[self.name], &record[self.kind]).as_bytes();
        if record[self.class] == *class {
            return;
        }
        spare.clear();
        for (place, value) in record.iter().enumerate() {
            spare.push_field(if place == self.class { class } else { value });
        }
        std::mem::swap(record, spare);
    }

    fn right(&self, id: &[u8], name: &[u8], kind: &[u8]) -> &'static str {
        Channel::class_of_unlisted(id, name, kind, self.assumed)
    }
}

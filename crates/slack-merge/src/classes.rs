//! The class of conversations: who may read them, as far as lists and the operator say.

use std::collections::BTreeSet;

use slack_model::rows::{Channel, ClassedBy};
use slack_model::{ByteRecord, RawRecord, Schema, Table};

/// Puts the right class into rows of channel_data. It follows from the row's other values and from what the operator says,
/// so the order of the batches cannot matter.
pub(crate) struct Classes<'o> {
    assumed: &'o BTreeSet<String>,
    class: usize,
    /// id, name, type, is_private, last_batch, confidential_at
    columns: [usize; 6],
}

impl<'o> Classes<'o> {
    /// `None` of every other table.
    pub(crate) fn of(schema: &Schema, assumed: &'o BTreeSet<String>) -> Option<Self> {
        if schema.name != Channel::SCHEMA.name {
            return None;
        }
        let at = |column| schema.position(column);
        let columns = [
            at("id")?,
            at("name")?,
            at("type")?,
            at("is_private")?,
            at("last_batch")?,
            at("confidential_at")?,
        ];
        Some(Self { assumed, class: at("class")?, columns })
    }

    /// Whether a row of the master, which no batch touches, has another class.
    pub(crate) fn may_change(&self, row: &RawRecord<'_>) -> bool {
        let fields = self.columns.map(|at| row.field(at));
        *row.field(self.class) != *self.right(fields.each_ref().map(AsRef::as_ref)).as_bytes()
    }

    pub(crate) fn mark(&self, record: &mut ByteRecord, spare: &mut ByteRecord) {
        let class = self.right(self.columns.map(|at| &record[at])).as_bytes();
        if record[self.class] == *class {
            return;
        }
        spare.clear();
        for (place, value) in record.iter().enumerate() {
            spare.push_field(if place == self.class { class } else { value });
        }
        std::mem::swap(record, spare);
    }

    fn right(&self, [id, name, kind, is_private, last_batch, confidential_at]: [&[u8]; 6]) -> &'static str {
        let row = ClassedBy { id, name, kind, is_private, last_batch, confidential_at };
        Channel::class_of(row, self.assumed)
    }
}

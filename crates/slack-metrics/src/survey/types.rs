use slack_model::RawRecord;

use super::MessageColumns;
use crate::fields::Fields;

/// The type and subtype of the row before: nearly all rows have the same.
#[derive(Debug, Default)]
pub(super) struct LastType {
    kind: Vec<u8>,
    subtype: Vec<u8>,
    /// Both as two fields of CSV; empty before the first row.
    name: Vec<u8>,
}

impl LastType {
    /// Takes up a row's type; says whether it is another one than that of the row before.
    pub(super) fn is_other(&mut self, record: &RawRecord<'_>, columns: &MessageColumns) -> bool {
        let (kind, subtype) = (record.field(columns.kind), record.field(columns.subtype));
        let is_other = self.name.is_empty() || *kind != *self.kind || *subtype != *self.subtype;
        if is_other {
            kind.as_ref().clone_into(&mut self.kind);
            subtype.as_ref().clone_into(&mut self.subtype);
            Fields::of([&kind, &subtype]).as_bytes().clone_into(&mut self.name);
        }
        is_other
    }

    /// Type and subtype as two fields of CSV.
    pub(super) fn name(&self) -> &[u8] {
        &self.name
    }
}

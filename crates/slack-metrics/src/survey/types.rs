use slack_model::RawRecord;

use super::MessageColumns;
use crate::fields::EncodedText;

/// The type and subtype of the row before: nearly all rows have the same.
#[derive(Debug, Default)]
pub(super) struct LastType {
    kind: Vec<u8>,
    subtype: Vec<u8>,
    /// Both, as [`unpack_type`] reads them; empty before the first row.
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
            self.name.clear();
            self.name.extend_from_slice(&(kind.len() as u64).to_le_bytes());
            self.name.extend_from_slice(&kind);
            self.name.extend_from_slice(&subtype);
        }
        is_other
    }

    /// Type and subtype, as [`unpack_type`] reads them.
    pub(super) fn name(&self) -> &[u8] {
        &self.name
    }
}

/// A type and subtype as two fields of CSV.
pub(crate) fn unpack_type(name: &[u8]) -> (EncodedText, EncodedText) {
    let (length, both) = name.split_first_chunk().unwrap_or((&[0; 8], b""));
    let (kind, subtype) = both.split_at_checked(u64::from_le_bytes(*length) as usize).unwrap_or_default();
    (EncodedText::of(kind), EncodedText::of(subtype))
}

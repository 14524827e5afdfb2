use std::cmp::Ordering;

use csv::ByteRecord;

use super::raw::unquoted;
use super::{Kind, RawRecord, Schema};

/// Compares records by their table's key, without reading the key into values.
#[derive(Debug, Clone)]
pub struct KeyOrder {
    parts: Vec<(usize, bool)>,
}

impl KeyOrder {
    /// The order of a table whose records hold the schema's columns in order.
    pub fn of(schema: &Schema) -> Self {
        let parts = schema
            .key
            .iter()
            .filter_map(|key| schema.position(key))
            .map(|at| (at, matches!(schema.columns[at].kind, Kind::Ts | Kind::Int)))
            .collect();
        Self { parts }
    }

    /// Compares the keys of two records.
    pub fn compare(&self, left: &ByteRecord, right: &ByteRecord) -> Ordering {
        self.parts
            .iter()
            .map(|&(at, number)| compare_parts(&left[at], &right[at], number))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }

    /// Compares the keys of a record where it lies and of another one.
    #[inline]
    pub fn compare_raw(&self, left: &RawRecord<'_>, right: &ByteRecord) -> Ordering {
        self.parts
            .iter()
            .map(|&(at, number)| compare_parts(&left.field(at), &right[at], number))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }

    /// Copies a record's key into `key`, whose fields then stand where the record's do.
    pub fn remember(&self, record: &ByteRecord, key: &mut ByteRecord) {
        key.clear();
        let last = self.parts.iter().map(|&(at, _)| at).max();
        for at in 0..=last.unwrap_or_default() {
            let part = self.parts.iter().any(|&(part, _)| part == at);
            key.push_field(if part { &record[at] } else { b"" });
        }
    }

    /// The key as a person reads it: its fields with a comma between them.
    pub fn describe(&self, record: &ByteRecord) -> String {
        let fields: Vec<_> = self.parts.iter().map(|&(at, _)| String::from_utf8_lossy(&record[at])).collect();
        fields.join(", ")
    }
}

/// Watches that the keys of records ascend, read where they lie.
#[derive(Debug, Clone)]
pub struct AscendingKeys {
    parts: Vec<(usize, bool)>,
    /// The key before, as it was written; nothing before the first record.
    last: Vec<Vec<u8>>,
    is_first: bool,
}

impl AscendingKeys {
    /// Begins with nothing before.
    pub fn of(schema: &Schema) -> Self {
        let KeyOrder { parts } = KeyOrder::of(schema);
        Self { last: vec![Vec::new(); parts.len()], parts, is_first: true }
    }

    /// Whether a record's key comes after that of the record before, of which only the key is remembered.
    #[inline]
    pub fn ascend_to(&mut self, record: &RawRecord<'_>) -> bool {
        let mut order = if self.is_first { Ordering::Greater } else { Ordering::Equal };
        self.is_first = false;
        for (&(at, is_number), last) in self.parts.iter().zip(&mut self.last) {
            let raw = record.raw(at);
            // Most rows are of the channel of the row before.
            if raw == last.as_slice() {
                continue;
            }
            if order.is_eq() {
                order = compare_parts(&unquoted(raw), &unquoted(last), is_number);
            }
            last.clear();
            last.extend_from_slice(raw);
        }
        order.is_gt()
    }
}

#[inline]
fn compare_parts(left: &[u8], right: &[u8], is_number: bool) -> Ordering {
    // Timestamps and counts carry no needless zeros, so the longer text is the larger number.
    let by_length = if is_number { left.len().cmp(&right.len()) } else { Ordering::Equal };
    by_length.then_with(|| left.cmp(right))
}

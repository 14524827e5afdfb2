use std::cmp::Ordering;

use csv::ByteRecord;

use super::{Kind, Schema};

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
            .map(|&(at, number)| {
                let (left, right) = (&left[at], &right[at]);
                // Timestamps and counts carry no needless zeros, so the longer text is the larger number.
                let by_length = if number { left.len().cmp(&right.len()) } else { Ordering::Equal };
                by_length.then_with(|| left.cmp(right))
            })
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

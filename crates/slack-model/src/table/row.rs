//! Rows as they are written: values of a table's columns, each in its place by its name.

use super::quotes::push_field;
use super::{Kind, Schema};
use crate::ts::{BatchId, Time, TimeWriter, Ts};

/// A value that a field of a table is written from.
pub trait Value {
    /// What the column's fields hold.
    const KIND: Kind;

    /// Whether the field's bytes may need quotes in CSV. Numbers and times never do.
    const IS_TEXT: bool = matches!(Self::KIND, Kind::Text | Kind::Id);

    /// Appends the field's bytes, without quotes; none for no value.
    fn encode(&self, out: &mut Vec<u8>);

    /// Appends the field to a line.
    fn write(&self, line: &mut Line) {
        if Self::IS_TEXT {
            let mut scratch = std::mem::take(&mut line.scratch);
            scratch.clear();
            self.encode(&mut scratch);
            line.text(&scratch);
            line.scratch = scratch;
        } else {
            self.encode(&mut line.bytes);
        }
    }
}

impl<T: Value> Value for Option<T> {
    const KIND: Kind = T::KIND;
    const IS_TEXT: bool = T::IS_TEXT;

    fn encode(&self, out: &mut Vec<u8>) {
        if let Some(value) = self {
            value.encode(out);
        }
    }

    fn write(&self, line: &mut Line) {
        if let Some(value) = self {
            value.write(line);
        }
    }
}

/// A row that can be written, owned or borrowed. [`table!`](crate::table!) writes the implementation: a row whose fields
/// are named cannot be written in the wrong order or number.
pub trait Row {
    /// The table that the row belongs to.
    const TABLE: Schema;

    /// Appends the row's fields to a line, in the table's order.
    fn write(&self, line: &mut Line);
}

/// Rows as lines of CSV, in a buffer.
#[derive(Debug)]
pub struct Line {
    bytes: Vec<u8>,
    scratch: Vec<u8>,
    clock: TimeWriter,
    /// The batch that was written last, and its digits: mostly the next one's, too.
    batch: Option<(BatchId, Vec<u8>)>,
}

impl Default for Line {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl Line {
    /// Begins to append lines to a buffer.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, scratch: Vec::new(), clock: TimeWriter::default(), batch: None }
    }

    /// Appends a row.
    #[inline]
    pub fn row(&mut self, row: &impl Row) {
        let start = self.bytes.len();
        row.write(self);
        // The comma after the last field.
        self.bytes.pop();
        if self.bytes.len() == start {
            // An empty line is not a row: a table of one column has an empty field in quotes.
            self.bytes.extend_from_slice(b"\"\"");
        }
        self.bytes.push(b'\n');
    }

    /// Appends a field, and a comma after it. For [`table!`](crate::table!).
    #[inline]
    pub fn field(&mut self, value: &impl Value) {
        value.write(self);
        self.bytes.push(b',');
    }

    /// The lines so far.
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// Ends, and gives the buffer back.
    pub fn into_buffer(self) -> Vec<u8> {
        self.bytes
    }

    fn text(&mut self, text: &[u8]) {
        push_field(&mut self.bytes, text);
    }
}

/// A borrowed text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Text<'a> {
    bytes: &'a [u8],
    is_ready: bool,
}

impl<'a> Text<'a> {
    pub(super) fn is_empty(self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) fn is_ready(self) -> bool {
        self.is_ready
    }

    /// The text's bytes, with the quotes that it came with.
    pub fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// A text that is known to need no quotes, or has them already.
    pub fn ready(bytes: &'a [u8]) -> Self {
        Self { bytes, is_ready: true }
    }
}

impl<'a> From<&'a [u8]> for Text<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self { bytes, is_ready: false }
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        text.as_bytes().into()
    }
}

impl Value for Text<'_> {
    const KIND: Kind = Kind::Text;

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.bytes);
    }

    #[inline]
    fn write(&self, line: &mut Line) {
        if self.is_ready {
            line.bytes.extend_from_slice(self.bytes);
        } else {
            line.text(self.bytes);
        }
    }
}

/// A borrowed identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Id<'a>(pub Text<'a>);

impl<'a, T: Into<Text<'a>>> From<T> for Id<'a> {
    fn from(id: T) -> Self {
        Self(id.into())
    }
}

impl Value for Id<'_> {
    const KIND: Kind = Kind::Id;

    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
    }

    #[inline]
    fn write(&self, line: &mut Line) {
        self.0.write(line);
    }
}

impl Value for Time {
    const KIND: Kind = Kind::Time;

    fn encode(&self, out: &mut Vec<u8>) {
        Self::write(*self, out);
    }

    #[inline]
    fn write(&self, line: &mut Line) {
        line.clock.write(*self, &mut line.bytes);
    }
}

impl Value for BatchId {
    const KIND: Kind = Kind::Batch;

    fn encode(&self, out: &mut Vec<u8>) {
        Self::write(*self, out);
    }

    #[inline]
    fn write(&self, line: &mut Line) {
        let (_, digits) = match &mut line.batch {
            Some(last) if last.0 == *self => last,
            last => {
                let mut digits = Vec::new();
                self.encode(&mut digits);
                last.insert((*self, digits))
            }
        };
        line.bytes.extend_from_slice(digits);
    }
}

impl Value for Ts {
    const KIND: Kind = Kind::Ts;

    fn encode(&self, out: &mut Vec<u8>) {
        Self::write(*self, out);
    }
}

use std::borrow::Cow;
use std::io::{self, BufRead, Read};
use std::ops::Range;

use csv::ByteRecord;
use simd_csv::{ErrorKind, ZeroCopyByteRecord, ZeroCopyReader, ZeroCopyReaderBuilder};

use super::{Schema, TableSource};
use crate::error::{Error, Result};

/// What a reader takes from its input at a time, in bytes.
const BUFFER: usize = 1 << 17;

/// Reads a table's records where they lie: fields are found, and nothing is copied or unquoted until it is asked for.
///
/// This is the reader for those who need speed. It takes what [`TableWriter`](super::TableWriter) and every other
/// writer of RFC 4180 writes; a quote inside of an unquoted field, which RFC 4180 forbids, is not taken literally.
///
/// ```
/// use slack_model::rows::Member;
/// use slack_model::{MemoryTables, RawReader, Table};
///
/// let tables = MemoryTables::default();
/// tables.insert("member_data", "channel,user_id,first_batch,last_batch\nC1,\"U,1\",,\n");
/// let mut reader = RawReader::open(&tables, &Member::SCHEMA)?.expect("a table");
/// let member = reader.read()?.expect("a row");
/// assert_eq!((member.field(0).as_ref(), member.field(1).as_ref()), (b"C1".as_slice(), b"U,1".as_slice()));
/// assert_eq!(member.as_bytes(), b"C1,\"U,1\",,");
/// # Ok::<(), slack_model::Error>(())
/// ```
pub struct RawReader<R> {
    source: String,
    layout: Layout,
    reader: ZeroCopyReader<R>,
    /// The byte of the table at which the input begins.
    start: u64,
}

/// Where a table's file holds the schema's columns. A reader of a part of the file, which has no header, needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// Number of columns in the file.
    width: usize,
    /// Where each of the schema's columns stands in the file; `None` where they stand in order, and no other does.
    places: Option<Vec<Option<usize>>>,
}

impl Layout {
    /// Finds the schema's columns in a header row, which may hold others, and lack some that are no part of the key.
    ///
    /// # Errors
    ///
    /// Where a column of the key is missing. `source` names the input in the error.
    pub(super) fn of(header: &[&[u8]], schema: &Schema, source: &str) -> Result<Self> {
        let width = header.len();
        let is_in_order = width == schema.columns.len()
            && header.iter().zip(schema.columns).all(|(field, column)| *field == column.name.as_bytes());
        if is_in_order {
            return Ok(Self { width, places: None });
        }
        let place = |name: &str| header.iter().position(|field| *field == name.as_bytes());
        if let Some(missing) = schema.key.iter().find(|key| place(key).is_none()) {
            return Err(Error::NoColumn { file: source.into(), column: missing });
        }
        Ok(Self { width, places: Some(schema.columns.iter().map(|column| place(column.name)).collect()) })
    }

    /// Whether the file's columns are the schema's, in their order.
    pub fn is_in_order(&self) -> bool {
        self.places.is_none()
    }

    /// Where each of the schema's columns stands in the file; `None` where they stand in order.
    pub(super) fn places(&self) -> Option<&[Option<usize>]> {
        self.places.as_deref()
    }
}

impl RawReader<Box<dyn Read + Send>> {
    /// Opens a table of a source; `None` where the source has no such table.
    ///
    /// # Errors
    ///
    /// Where the table cannot be opened, or has no column of its key.
    pub fn open(source: &(impl TableSource + ?Sized), schema: &Schema) -> Result<Option<Self>> {
        let Some(input) = source.open(schema)? else { return Ok(None) };
        Self::new(input, schema, source.name_of(schema)).map(Some)
    }

    /// Opens the records in a range of bytes of a table, which begins and ends where records do; `None` where the
    /// source has no such table. `layout` is what a reader from the table's beginning found.
    ///
    /// # Errors
    ///
    /// Where the table cannot be opened.
    pub fn open_range(
        source: &(impl TableSource + ?Sized),
        schema: &Schema,
        layout: &Layout,
        range: Range<u64>,
    ) -> Result<Option<Self>> {
        let Some(input) = source.open_at(schema, range.start)? else { return Ok(None) };
        let length = range.end.saturating_sub(range.start);
        // A short range needs no more than its own bytes, and they would otherwise be read again for the next one.
        let reader = ZeroCopyReaderBuilder::new()
            .buffer_capacity(usize::try_from(length).unwrap_or(BUFFER).clamp(1, BUFFER))
            .has_headers(false)
            .from_reader(Box::new(input.take(length)) as Box<dyn Read + Send>);
        Ok(Some(Self { source: source.name_of(schema), layout: layout.clone(), reader, start: range.start }))
    }
}

impl<R: Read> RawReader<R> {
    /// Reads the header row. `source` names the input in errors.
    ///
    /// # Errors
    ///
    /// Where the input cannot be read, or has no column of the schema's key.
    pub fn new(input: R, schema: &Schema, source: String) -> Result<Self> {
        let mut reader = ZeroCopyReaderBuilder::new().buffer_capacity(BUFFER).from_reader(input);
        let header = reader.byte_headers().map_err(|error| csv_error(&source, 0, error))?;
        let layout = Layout::of(&header.iter().collect::<Vec<_>>(), schema, &source)?;
        Ok(Self { source, layout, reader, start: 0 })
    }

    /// Reads a header row of whatever columns, and returns their names as well: fields are then asked for by their
    /// place in the file. `source` names the input in errors.
    ///
    /// # Errors
    ///
    /// Where the input cannot be read.
    pub fn with_any_header(input: R, source: String) -> Result<(Self, Vec<String>)> {
        let mut reader = ZeroCopyReaderBuilder::new().buffer_capacity(BUFFER).from_reader(input);
        let header = reader.byte_headers().map_err(|error| csv_error(&source, 0, error))?;
        let names: Vec<_> =
            header.iter().map(|name| String::from_utf8_lossy(&unquoted(name)).into_owned()).collect();
        let layout = Layout { width: names.len(), places: None };
        Ok((Self { source, layout, reader, start: 0 }, names))
    }

    /// Reads records without a header row, such as stand in the middle of a file, `width` fields each.
    pub(super) fn of_records(input: R, width: usize, buffer: usize) -> Self {
        let reader =
            ZeroCopyReaderBuilder::new().buffer_capacity(buffer).has_headers(false).from_reader(input);
        Self { source: String::new(), layout: Layout { width, places: None }, reader, start: 0 }
    }

    /// Reads the next record; `None` at the end.
    ///
    /// # Errors
    ///
    /// Where the input cannot be read, or the record has more or fewer fields than the header.
    #[inline]
    pub fn read(&mut self) -> Result<Option<RawRecord<'_>>> {
        match self.reader.read_byte_record() {
            // In a part of a file the first record stands for the header, whose width the others must have.
            Ok(Some(record)) if record.len() != self.layout.width => Err(Error::Width {
                file: self.source.clone(),
                byte: self.start,
                wanted: self.layout.width,
                found: record.len(),
            }),
            Ok(record) => {
                Ok(record.map(|record| RawRecord { record, places: self.layout.places.as_deref() }))
            }
            Err(error) => Err(csv_error(&self.source, self.start, error)),
        }
    }

    /// The byte of the table at which the next record begins.
    pub fn byte(&self) -> u64 {
        self.start + self.reader.position()
    }

    /// Where the file holds the schema's columns.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }
}

impl<R> std::fmt::Debug for RawReader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawReader")
            .field("source", &self.source)
            .field("layout", &self.layout)
            .finish_non_exhaustive()
    }
}

/// A record as it stands in the file. Fields are asked for by the place of their column in the schema.
#[derive(Debug)]
pub struct RawRecord<'r> {
    record: ZeroCopyByteRecord<'r>,
    places: Option<&'r [Option<usize>]>,
}

impl RawRecord<'_> {
    /// A field's value. Empty where the file has no such column.
    #[inline]
    pub fn field(&self, column: usize) -> Cow<'_, [u8]> {
        unquoted(self.raw(column))
    }

    /// A field as it is written: with its quotes, where it has any. Empty where the file has no such column.
    #[inline]
    pub fn raw(&self, column: usize) -> &[u8] {
        let place = match self.places {
            None => Some(column),
            Some(places) => places.get(column).copied().flatten(),
        };
        place.and_then(|place| self.record.get(place)).unwrap_or_default()
    }

    /// Where in [`RawRecord::as_bytes`] a field stands as it is written. Empty, at the end, where the file has no such
    /// column.
    #[inline]
    pub fn place(&self, column: usize) -> Range<usize> {
        let (record, field) = (self.as_bytes(), self.raw(column));
        // A field is a part of its record, or else nothing.
        let start = (field.as_ptr() as usize).wrapping_sub(record.as_ptr() as usize);
        if start > record.len() { record.len()..record.len() } else { start..start + field.len() }
    }

    /// The whole record as it is written, without the end of its line, in the order of the file's columns.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        self.record.as_slice()
    }

    /// Copies the values of the first `columns` of the schema's columns into a record of their own.
    pub fn copy_to(&self, record: &mut ByteRecord, columns: usize) {
        record.clear();
        for column in 0..columns {
            record.push_field(&self.field(column));
        }
    }
}

/// The value of a field as it is written.
#[inline]
pub(crate) fn unquoted(raw: &[u8]) -> Cow<'_, [u8]> {
    if raw.first() == Some(&b'"') { without_quotes(raw) } else { Cow::Borrowed(raw) }
}

/// The value of a field that begins with a quote.
fn without_quotes(raw: &[u8]) -> Cow<'_, [u8]> {
    let inside = raw[1..].strip_suffix(b"\"").unwrap_or(&raw[1..]);
    let Some(first) = memchr::memchr(b'"', inside) else { return Cow::Borrowed(inside) };
    let mut value = Vec::with_capacity(inside.len());
    let mut rest = inside;
    let mut quote = Some(first);
    while let Some(at) = quote {
        value.extend_from_slice(&rest[..=at]);
        let after = &rest[at + 1..];
        rest = after.strip_prefix(b"\"").unwrap_or(after);
        quote = memchr::memchr(b'"', rest);
    }
    value.extend_from_slice(rest);
    Cow::Owned(value)
}

fn csv_error(source: &str, start: u64, error: simd_csv::Error) -> Error {
    match error.into_kind() {
        ErrorKind::UnequalLengths { expected_len, len, pos } => Error::Width {
            file: source.into(),
            byte: start + pos.map_or(0, |(byte, _)| byte),
            wanted: expected_len,
            found: len,
        },
        ErrorKind::Io(error) => Error::csv(source, error.into()),
        other => Error::csv(source, io::Error::other(format!("{other:?}")).into()),
    }
}

/// The line of a table's file, counted from 1, on which a byte stands: readers count bytes, people lines.
///
/// # Errors
///
/// Where the table cannot be read.
pub fn line_at(source: &(impl TableSource + ?Sized), schema: &Schema, byte: u64) -> Result<u64> {
    let Some(input) = source.open(schema)? else { return Ok(1) };
    let mut input = io::BufReader::with_capacity(BUFFER, input.take(byte));
    let mut line = 1;
    loop {
        let bytes = input.fill_buf().map_err(|error| Error::csv(&source.name_of(schema), error.into()))?;
        if bytes.is_empty() {
            return Ok(line);
        }
        line += memchr::memchr_iter(b'\n', bytes).count() as u64;
        let length = bytes.len();
        input.consume(length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Column, Kind, MemoryTables, TableReader, TableWriter, Value};
    use proptest::prelude::*;

    const SCHEMA: Schema = Schema::selected(
        "text_data",
        &[Column::selected("id", Kind::Int), Column::selected("text", Kind::Text)],
        &["id"],
    );

    fn tables(csv: impl Into<Vec<u8>>) -> MemoryTables {
        let tables = MemoryTables::default();
        tables.insert(SCHEMA.name, csv);
        tables
    }

    #[test]
    fn columns_are_found_by_name() {
        let tables = tables("text,other,id\n\"say \"\"hi\"\"\",x,1\n");
        let mut reader = RawReader::open(&tables, &SCHEMA).expect("a table").expect("a table");
        assert!(!reader.layout().is_in_order());
        let record = reader.read().expect("a row").expect("a row");
        assert_eq!((&*record.field(0), &*record.field(1)), (b"1".as_slice(), b"say \"hi\"".as_slice()));
        assert_eq!(record.raw(1), b"\"say \"\"hi\"\"\"");
        let keyless = RawReader::new(&b"text\n"[..], &SCHEMA, "text_data.csv".into());
        assert!(matches!(keyless, Err(Error::NoColumn { column: "id", .. })));
    }

    #[test]
    fn a_record_of_other_width_is_an_error_with_its_place() {
        let tables = tables("id,text\n1,\"two\nlines\"\n2,b,c\n");
        let mut reader = RawReader::open(&tables, &SCHEMA).expect("a table").expect("a table");
        assert!(reader.read().expect("a row").is_some());
        let Err(Error::Width { byte, wanted: 2, found: 3, .. }) = reader.read() else {
            panic!("three fields")
        };
        assert_eq!((byte, line_at(&tables, &SCHEMA, byte).expect("read")), (22, 4));
    }

    proptest! {
        /// Whatever is written is read as the other reader reads it, from the beginning and from any record on.
        #[test]
        fn both_readers_agree(texts in proptest::collection::vec("[a,\"\r\n é]{0,6}", 1..20)) {
            let mut writer = TableWriter::new(Vec::new(), &SCHEMA).expect("a header");
            for (id, text) in (10u64..).zip(&texts) {
                let mut bytes = Vec::new();
                id.encode(&mut bytes);
                writer.write(&ByteRecord::from(vec![bytes.as_slice(), text.as_bytes()])).expect("written");
            }
            let csv = writer.finish().expect("written").0;
            let (length, tables) = (csv.len() as u64, tables(csv));
            let mut starts = Vec::new();
            let mut raw = RawReader::open(&tables, &SCHEMA).expect("a table").expect("a table");
            let mut typed = TableReader::open(&tables, &SCHEMA).expect("a table").expect("a table");
            let mut expected = ByteRecord::new();
            loop {
                starts.push(raw.byte());
                let more = typed.read(&mut expected).expect("read");
                let Some(record) = raw.read().expect("read") else { prop_assert!(!more); break };
                prop_assert!(more);
                prop_assert_eq!((&*record.field(0), &*record.field(1)), (&expected[0], &expected[1]));
            }
            let layout = raw.layout().clone();
            for (place, start) in starts.iter().enumerate() {
                let part = RawReader::open_range(&tables, &SCHEMA, &layout, *start..length).expect("opened");
                let mut part = part.expect("a table");
                for text in &texts[place.min(texts.len())..] {
                    let record = part.read().expect("read").expect("a row");
                    prop_assert_eq!(&*record.field(1), text.as_bytes());
                }
                prop_assert!(part.read().expect("read").is_none());
                prop_assert_eq!(part.byte(), length);
            }
        }
    }
}

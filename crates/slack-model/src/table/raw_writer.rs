use std::io::{self, Read, Write};

use csv::ByteRecord;

use super::quotes::push_field;
use super::{RawRecord, Schema};
use crate::error::{Error, Result};

/// What goes to the output at a time, in bytes.
const BUFFER: usize = 1 << 18;

/// Writes a table of records that already stand in a file, as they stand there, and of others between them.
///
/// The counterpart of [`RawReader`](super::RawReader): a record that is copied is not taken apart, and what
/// [`RawWriter::write`] puts between is written as [`TableWriter`](super::TableWriter) would. The order of the keys is
/// the caller's to keep.
#[derive(Debug)]
pub struct RawWriter<W> {
    table: &'static str,
    output: W,
    buffer: Vec<u8>,
}

impl<W: Write> RawWriter<W> {
    /// Begins a table, with nothing in it, not even the header row.
    pub fn new(output: W, schema: &Schema) -> Self {
        Self { table: schema.name, output, buffer: Vec::with_capacity(BUFFER) }
    }

    /// Writes the header row.
    ///
    /// # Errors
    ///
    /// Where the output cannot be written.
    pub fn write_header(&mut self, schema: &Schema) -> Result<()> {
        self.write_fields(schema.columns.iter().map(|column| column.name.as_bytes()))
    }

    /// Writes a record whose fields stand in the schema's order.
    ///
    /// # Errors
    ///
    /// Where the output cannot be written.
    pub fn write(&mut self, record: &ByteRecord) -> Result<()> {
        self.write_fields(record.iter())
    }

    /// Copies a record of a file whose columns stand in the schema's order.
    ///
    /// # Errors
    ///
    /// Where the output cannot be written.
    #[inline]
    pub fn copy(&mut self, record: &RawRecord<'_>) -> Result<()> {
        self.buffer.extend_from_slice(record.as_bytes());
        self.end_line()
    }

    /// Copies whole lines, the last of which may lack its end.
    ///
    /// # Errors
    ///
    /// Where the lines cannot be read, or the output cannot be written.
    pub fn copy_lines(&mut self, mut lines: impl Read) -> Result<()> {
        let mut is_whole = true;
        loop {
            self.flush()?;
            self.buffer.resize(BUFFER, 0);
            let length = loop {
                match lines.read(&mut self.buffer) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    read => break read.map_err(|error| self.error(error))?,
                }
            };
            self.buffer.truncate(length);
            match self.buffer.last() {
                None if is_whole => return Ok(()),
                None => return self.end_line(),
                Some(last) => is_whole = *last == b'\n',
            }
        }
    }

    /// Writes what is buffered and returns the output.
    ///
    /// # Errors
    ///
    /// Where the output cannot be written.
    pub fn finish(mut self) -> Result<W> {
        self.flush()?;
        Ok(self.output)
    }

    fn write_fields<'f>(&mut self, fields: impl ExactSizeIterator<Item = &'f [u8]>) -> Result<()> {
        let is_alone = fields.len() == 1;
        for (place, field) in fields.enumerate() {
            if place > 0 {
                self.buffer.push(b',');
            }
            if is_alone && field.is_empty() {
                // A line with nothing on it would be no record.
                self.buffer.extend_from_slice(b"\"\"");
            } else {
                push_field(&mut self.buffer, field);
            }
        }
        self.end_line()
    }

    #[inline]
    fn end_line(&mut self) -> Result<()> {
        self.buffer.push(b'\n');
        if self.buffer.len() >= BUFFER { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<()> {
        self.output.write_all(&self.buffer).map_err(|error| self.error(error))?;
        self.buffer.clear();
        Ok(())
    }

    fn error(&self, error: io::Error) -> Error {
        Error::csv(self.table, error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Column, Kind, MemoryTables, RawReader, TableWriter};
    use proptest::prelude::*;

    const SCHEMA: Schema = Schema::selected(
        "text_data",
        &[Column::selected("id", Kind::Int), Column::selected("text", Kind::Text)],
        &["id"],
    );

    #[test]
    fn a_last_line_gets_its_end() {
        let mut writer = RawWriter::new(Vec::new(), &SCHEMA);
        writer.copy_lines(&b"id,text\n1,one"[..]).expect("copied");
        writer.write(&ByteRecord::from(vec!["2", "two"])).expect("written");
        assert_eq!(writer.finish().expect("finished"), b"id,text\n1,one\n2,two\n");
    }

    proptest! {
        /// Written or copied, the bytes are those that the other writer writes.
        #[test]
        fn both_writers_agree(texts in proptest::collection::vec("[a,\"\r\n é]{0,6}", 0..20)) {
            let mut plain = TableWriter::new(Vec::new(), &SCHEMA).expect("a header");
            let mut written = RawWriter::new(Vec::new(), &SCHEMA);
            written.write_header(&SCHEMA).expect("written");
            for (id, text) in (10u64..).zip(&texts) {
                let record = ByteRecord::from(vec![id.to_string(), text.clone()]);
                plain.write(&record).expect("written");
                written.write(&record).expect("written");
            }
            let (expected, _) = plain.finish().expect("finished");
            prop_assert_eq!(&written.finish().expect("finished"), &expected);

            let tables = MemoryTables::default();
            tables.insert(SCHEMA.name, expected.clone());
            let mut reader = RawReader::open(&tables, &SCHEMA).expect("opened").expect("there");
            let mut copied = RawWriter::new(Vec::new(), &SCHEMA);
            copied.copy_lines(&expected[..usize::try_from(reader.byte()).expect("small")]).expect("copied");
            while let Some(record) = reader.read().expect("read") {
                copied.copy(&record).expect("copied");
            }
            prop_assert_eq!(copied.finish().expect("finished"), expected);
        }
    }
}

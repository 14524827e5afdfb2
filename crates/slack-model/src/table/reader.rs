use std::io::Read;
use std::marker::PhantomData;

use csv::ByteRecord;

use super::raw::Layout;
use super::{Schema, Table, TableSource};
use crate::error::{Error, Result};

/// Reads a table's records: columns by name, those it does not know passed over, missing ones empty.
#[derive(Debug)]
pub struct TableReader<R> {
    schema: Schema,
    source: String,
    reader: csv::Reader<R>,
    /// Where each of the schema's columns stands in the file; `None` where they stand in order.
    places: Option<Vec<Option<usize>>>,
    raw: ByteRecord,
}

impl TableReader<Box<dyn Read + Send>> {
    /// Opens a table of a source; `None` where the source has no such table.
    pub fn open(source: &(impl TableSource + ?Sized), schema: &Schema) -> Result<Option<Self>> {
        let Some(input) = source.open(schema)? else { return Ok(None) };
        Self::new(input, schema, source.name_of(schema)).map(Some)
    }
}

impl<R: Read> TableReader<R> {
    /// Reads the header row. `source` names the input in errors.
    pub fn new(input: R, schema: &Schema, source: String) -> Result<Self> {
        let mut reader = csv::ReaderBuilder::new().buffer_capacity(1 << 17).from_reader(input);
        let header = reader.byte_headers().map_err(|error| Error::csv(&source, error))?;
        let layout = Layout::of(&header.iter().collect::<Vec<_>>(), schema, &source)?;
        let places = layout.places().map(Into::into);
        Ok(Self { schema: *schema, source, reader, places, raw: ByteRecord::new() })
    }

    /// Reads the next record, its fields in the schema's order; `false` at the end.
    pub fn read(&mut self, record: &mut ByteRecord) -> Result<bool> {
        let Some(places) = &self.places else {
            return self.reader.read_byte_record(record).map_err(|error| Error::csv(&self.source, error));
        };
        let more =
            self.reader.read_byte_record(&mut self.raw).map_err(|error| Error::csv(&self.source, error))?;
        record.clear();
        record.set_position(self.raw.position().cloned());
        for place in places {
            record.push_field(place.and_then(|at| self.raw.get(at)).unwrap_or_default());
        }
        Ok(more)
    }

    /// Reads the rows one after the other, as values.
    pub fn rows<T: Table>(self) -> Rows<R, T> {
        Rows { reader: self, record: ByteRecord::new(), row: PhantomData }
    }

    /// The table that is read.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The line on which the reader stands, which is after the last record; the record knows where it began.
    pub fn line(&self) -> u64 {
        self.reader.position().line()
    }

    /// The byte of the input at which the next record begins.
    pub fn byte(&self) -> u64 {
        self.reader.position().byte()
    }

    /// The name of the input, for messages.
    pub fn source(&self) -> &str {
        &self.source
    }
}

/// The rows of a table, as values.
#[derive(Debug)]
pub struct Rows<R, T> {
    reader: TableReader<R>,
    record: ByteRecord,
    row: PhantomData<T>,
}

impl<R: Read, T: Table> Iterator for Rows<R, T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.reader.read(&mut self.record) {
            Ok(false) => None,
            Ok(true) => Some(T::decode(&self.record).map_err(|error| {
                let line = self.record.position().map_or_else(|| self.reader.line(), csv::Position::line);
                Error::Field { file: self.reader.source.clone(), line, error }
            })),
            Err(error) => Some(Err(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::table! {
        /// A row with a text that may take several lines.
        struct Line in "line_data" by (id) {
            /// The key.
            open id: u64,
            /// The text.
            open text: String,
        }
    }

    #[test]
    fn an_error_names_the_line_on_which_its_record_begins() {
        let in_order = "id,text\n1,\"two\nlines\"\nx,\"two\nlines\"\n3,after\n";
        let reordered = "text,id\n\"two\nlines\",1\n\"two\nlines\",x\nafter,3\n";
        let with_an_unknown_column = "text,other,id\n\"two\nlines\",,1\n\"two\nlines\",,x\nafter,,3\n";
        for file in [in_order, reordered, with_an_unknown_column] {
            let reader = TableReader::new(file.as_bytes(), &Line::SCHEMA, "line_data.csv".into());
            let mut rows = reader.expect("a header").rows::<Line>();
            assert_eq!(rows.next().expect("a row").expect("a good one").text, "two\nlines");
            let error = rows.next().expect("a row").expect_err("x is no number");
            assert_eq!(error.to_string(), "line_data.csv, line 4", "{file}");
            assert_eq!(rows.next().expect("a row").expect("a good one").id, 3);
        }
    }
}

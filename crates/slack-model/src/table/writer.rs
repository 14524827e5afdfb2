use std::cmp::Ordering;
use std::io::Write;

use csv::ByteRecord;

use super::{KeyOrder, Schema, Table};
use crate::error::{Error, Result};

/// Writes a table: the header row, then records in the order of their key, each key once.
#[derive(Debug)]
pub struct TableWriter<W: Write> {
    schema: Schema,
    order: KeyOrder,
    writer: csv::Writer<W>,
    last: ByteRecord,
    rows: u64,
    encoded: ByteRecord,
    scratch: Vec<u8>,
}

impl<W: Write> TableWriter<W> {
    /// Writes the header row.
    pub fn new(output: W, schema: &Schema) -> Result<Self> {
        let mut writer = csv::WriterBuilder::new().buffer_capacity(1 << 17).from_writer(output);
        writer
            .write_record(schema.columns.iter().map(|column| column.name))
            .map_err(|error| Error::csv(schema.name, error))?;
        Ok(Self {
            schema: *schema,
            order: KeyOrder::of(schema),
            writer,
            last: ByteRecord::new(),
            rows: 0,
            encoded: ByteRecord::new(),
            scratch: Vec::new(),
        })
    }

    /// Writes a record whose fields stand in the schema's order.
    ///
    /// Fails where its key does not come after the key before: a reader could not merge such a table.
    pub fn write(&mut self, record: &ByteRecord) -> Result<()> {
        if self.rows > 0 && self.order.compare(&self.last, record) != Ordering::Less {
            let key = self.order.describe(record);
            return Err(Error::Unsorted { table: self.schema.name, key });
        }
        self.writer.write_byte_record(record).map_err(|error| Error::csv(self.schema.name, error))?;
        self.order.remember(record, &mut self.last);
        self.rows += 1;
        Ok(())
    }

    /// Writes a row.
    pub fn write_row<T: Table>(&mut self, row: &T) -> Result<()> {
        let mut record = std::mem::take(&mut self.encoded);
        record.clear();
        row.encode(&mut record, &mut self.scratch);
        let written = self.write(&record);
        self.encoded = record;
        written
    }

    /// Writes what is buffered and returns the output and the number of rows.
    pub fn finish(self) -> Result<(W, u64)> {
        let rows = self.rows;
        let output = self
            .writer
            .into_inner()
            .map_err(|error| Error::csv(self.schema.name, error.into_error().into()))?;
        Ok((output, rows))
    }
}

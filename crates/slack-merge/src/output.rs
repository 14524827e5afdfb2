//! The table that a merge writes, if it has to.

use std::io::Read;

use slack_model::{ByteRecord, Layout, RawReader, RawRecord, RawWriter, Schema, TableSink, TableSource};

use crate::error::Result;

/// A merged table: nothing at all as long as it is the master's to the byte, then a copy of that up to the first row
/// that differs, and from there on row by row.
pub(crate) struct Output<'o, S: TableSink> {
    schema: &'static Schema,
    /// The master's table, and where in it the rows begin.
    old: Option<(&'o dyn TableSource, Layout, u64)>,
    merged: &'o S,
    writer: Option<RawWriter<S::Output>>,
    record: ByteRecord,
}

impl<'o, S: TableSink> Output<'o, S> {
    /// Begins a table that the master lacks.
    pub(crate) fn of_new(schema: &'static Schema, merged: &'o S) -> Result<Self> {
        let mut output = Self { schema, old: None, merged, writer: None, record: ByteRecord::new() };
        output.begin(0)?;
        Ok(output)
    }

    /// Begins a table that the master has. `reader` stands at the first row of it.
    pub(crate) fn of_old<R: Read>(
        schema: &'static Schema,
        master: &'o dyn TableSource,
        reader: &RawReader<R>,
        merged: &'o S,
    ) -> Self {
        let old = Some((master, reader.layout().clone(), reader.byte()));
        Self { schema, old, merged, writer: None, record: ByteRecord::new() }
    }

    /// Takes over a row of the master as it is.
    #[inline]
    pub(crate) fn keep(&mut self, row: &RawRecord<'_>) -> Result<()> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        if self.old.as_ref().is_some_and(|(_, layout, _)| layout.is_in_order()) {
            writer.copy(row)?;
        } else {
            row.copy_to(&mut self.record, self.schema.columns.len());
            writer.write(&self.record)?;
        }
        Ok(())
    }

    /// Puts in a row that the master does not hold like this. Its place is before the byte `at` of the master's table.
    pub(crate) fn put(&mut self, record: &ByteRecord, at: u64) -> Result<()> {
        if self.writer.is_none() {
            self.begin(at)?;
        }
        if let Some(writer) = &mut self.writer {
            writer.write(record)?;
        }
        Ok(())
    }

    /// Completes the table, if it is another one than the master's.
    pub(crate) fn finish(self) -> Result<()> {
        if let Some(writer) = self.writer {
            self.merged.finish(self.schema, writer.finish()?)?;
        }
        Ok(())
    }

    /// Begins to write, first what the master's table has up to a byte.
    fn begin(&mut self, until: u64) -> Result<()> {
        let mut writer = RawWriter::new(self.merged.create(self.schema)?, self.schema);
        match &self.old {
            Some((master, layout, _)) if layout.is_in_order() => {
                if let Some(lines) = master.open(self.schema)? {
                    writer.copy_lines(lines.take(until))?;
                }
            }
            Some((master, layout, start)) => {
                writer.write_header(self.schema)?;
                let rows = RawReader::open_range(*master, self.schema, layout, *start..until)?;
                if let Some(mut rows) = rows {
                    while let Some(row) = rows.read()? {
                        row.copy_to(&mut self.record, self.schema.columns.len());
                        writer.write(&self.record)?;
                    }
                }
            }
            None => writer.write_header(self.schema)?,
        }
        self.writer = Some(writer);
        Ok(())
    }
}

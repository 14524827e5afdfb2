use std::io::Write;

use super::Schema;
use crate::error::{Error, Result};

/// Appends fields as the CSV writer writes them: quoted where they need to be.
#[derive(Debug, Clone)]
pub(crate) struct FieldEncoder(csv_core::Writer);

impl FieldEncoder {
    pub(crate) fn new() -> Self {
        // The same writer, with the same defaults, as `csv::Writer` has inside.
        Self(csv_core::WriterBuilder::new().build())
    }

    /// Appends a field of a record that has more than one.
    pub(crate) fn push(&self, out: &mut Vec<u8>, field: &[u8]) {
        if !self.0.should_quote(field) {
            out.extend_from_slice(field);
            return;
        }
        let (quote, escape) = (self.0.get_quote(), self.0.get_escape());
        out.push(quote);
        let mut rest = field;
        loop {
            let start = out.len();
            out.resize(start + rest.len() + rest.len() / 4 + 8, 0);
            let (outcome, read, written) = csv_core::quote(rest, &mut out[start..], quote, escape, true);
            out.truncate(start + written);
            rest = &rest[read..];
            if outcome == csv_core::WriteResult::InputEmpty {
                break;
            }
        }
        out.push(quote);
    }
}

/// Writes a table of records that are encoded already. Their keys are not seen: whoever has them watches their order.
pub(crate) struct LineWriter<W> {
    table: &'static str,
    output: W,
    buffer: Vec<u8>,
    rows: u64,
}

impl<W: Write> LineWriter<W> {
    /// Begins with the header row.
    pub(crate) fn new(output: W, schema: &Schema) -> Result<Self> {
        let mut buffer = Vec::with_capacity(FLUSH + FLUSH / 4);
        let encoder = FieldEncoder::new();
        for (number, column) in schema.columns.iter().enumerate() {
            if number > 0 {
                buffer.push(b',');
            }
            encoder.push(&mut buffer, column.name.as_bytes());
        }
        buffer.push(b'\n');
        Ok(Self { table: schema.name, output, buffer, rows: 0 })
    }

    /// Lets `encode` append one whole record, its line's end included.
    pub(crate) fn row(&mut self, encode: impl FnOnce(&mut Vec<u8>)) -> Result<()> {
        encode(&mut self.buffer);
        self.rows += 1;
        if self.buffer.len() >= FLUSH { self.flush() } else { Ok(()) }
    }

    /// Writes what is buffered and returns the output and the number of rows.
    pub(crate) fn finish(mut self) -> Result<(W, u64)> {
        self.flush()?;
        self.output.flush().map_err(|error| Error::csv(self.table, error.into()))?;
        Ok((self.output, self.rows))
    }

    fn flush(&mut self) -> Result<()> {
        let written = self.output.write_all(&self.buffer);
        self.buffer.clear();
        written.map_err(|error| Error::csv(self.table, error.into()))
    }
}

const FLUSH: usize = 1 << 18;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::unquoted;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn fields_are_written_as_the_csv_writer_writes_them(
            // Many quotes need more room than is made for a field at first.
            fields in prop::collection::vec(
                prop_oneof![8 => "[a-c,\"\r\n#é \u{feff}]{0,6}", 1 => "\"{1000,3000}", 1 => "[a\"]{1000,3000}"],
                2..5,
            )
        ) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(&fields).expect("written");
            let wanted = writer.into_inner().expect("flushed");
            let (mut line, encoder) = (Vec::new(), FieldEncoder::new());
            for (number, field) in fields.iter().enumerate() {
                if number > 0 {
                    line.push(b',');
                }
                let start = line.len();
                encoder.push(&mut line, field.as_bytes());
                prop_assert_eq!(&*unquoted(&line[start..]), field.as_bytes());
            }
            line.push(b'\n');
            prop_assert_eq!(line, wanted);
        }
    }
}

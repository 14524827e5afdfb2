use std::io::Write;

use super::{Line, Row, Schema, Text};
use crate::error::{Error, Result};

/// Writes a table line by line. Keys are not seen: whoever has them watches their order.
pub(crate) struct LineWriter<W> {
    table: &'static str,
    output: W,
    line: Line,
    rows: u64,
}

impl<W: Write> LineWriter<W> {
    /// Begins with the header row.
    pub(crate) fn new(output: W, schema: &Schema) -> Result<Self> {
        let mut writer = Self {
            table: schema.name,
            output,
            line: Line::new(Vec::with_capacity(FLUSH + FLUSH / 4)),
            rows: 0,
        };
        schema.columns.iter().for_each(|column| writer.line.field(&Text::ready(column.name.as_bytes())));
        // The comma after the last name.
        writer.line.buffer().pop();
        writer.line.buffer().push(b'\n');
        Ok(writer)
    }

    /// Writes a row.
    pub(crate) fn row(&mut self, row: &impl Row) -> Result<()> {
        self.line.row(row);
        self.rows += 1;
        if self.line.buffer().len() >= FLUSH { self.flush() } else { Ok(()) }
    }

    /// Writes what is buffered and returns the output and the number of rows.
    pub(crate) fn finish(mut self) -> Result<(W, u64)> {
        self.flush()?;
        self.output.flush().map_err(|error| Error::csv(self.table, error.into()))?;
        Ok((self.output, self.rows))
    }

    fn flush(&mut self) -> Result<()> {
        let written = self.output.write_all(self.line.buffer());
        self.line.buffer().clear();
        written.map_err(|error| Error::csv(self.table, error.into()))
    }
}

const FLUSH: usize = 1 << 18;

#[cfg(test)]
mod tests {
    use crate::table::quotes::push_field;
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
            let mut line = Vec::new();
            for (number, field) in fields.iter().enumerate() {
                if number > 0 {
                    line.push(b',');
                }
                let start = line.len();
                push_field(&mut line, field.as_bytes());
                prop_assert_eq!(&*unquoted(&line[start..]), field.as_bytes());
            }
            line.push(b'\n');
            prop_assert_eq!(line, wanted);
        }
    }
}

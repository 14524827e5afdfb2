//! Writes the rows of a metric table, straight into CSV.

use std::io::Write;

use slack_model::{ByteRecord, Schema, Table, Time, Ts, write_padded};

use crate::error::{Error, Result};

/// Beyond so many bytes, rows go on to the table's output where there is one.
const FLUSH_AT: usize = 1 << 18;

/// The rows that a metric writes: field after field, each row closed by [`Rows::end`].
///
/// Numbers and times are formatted in place. Rows must come in the order of the table's key.
pub struct Rows<'a> {
    table: &'static str,
    columns: usize,
    fields: usize,
    bytes: Vec<u8>,
    rows: u64,
    output: Option<&'a mut dyn Write>,
    failure: Option<Error>,
    record: ByteRecord,
}

impl<'a> Rows<'a> {
    /// Begins rows that stay in memory.
    pub(crate) fn new(schema: &Schema) -> Self {
        Self {
            table: schema.name,
            columns: schema.columns.len(),
            fields: 0,
            bytes: Vec::new(),
            rows: 0,
            output: None,
            failure: None,
            record: ByteRecord::new(),
        }
    }

    /// Begins rows that go on to an output.
    pub(crate) fn onto(schema: &Schema, output: &'a mut dyn Write) -> Self {
        Self { output: Some(output), ..Self::new(schema) }
    }

    /// Returns what is not yet written, and the number of rows.
    pub(crate) fn finish(mut self) -> Result<(Vec<u8>, u64)> {
        self.flush();
        match self.failure {
            Some(failure) => Err(failure),
            None => Ok((self.bytes, self.rows)),
        }
    }

    /// Writes a text, quoted where CSV needs it.
    pub fn text(&mut self, text: &[u8]) -> &mut Self {
        self.separate();
        let needs_quotes = has_special(text) || (text.is_empty() && self.columns == 1);
        if !needs_quotes {
            self.bytes.extend_from_slice(text);
            return self;
        }
        self.bytes.push(b'"');
        let mut rest = text;
        while let Some(at) = memchr::memchr(b'"', rest) {
            self.bytes.extend_from_slice(&rest[..=at]);
            self.bytes.push(b'"');
            rest = &rest[at + 1..];
        }
        self.bytes.extend_from_slice(rest);
        self.bytes.push(b'"');
        self
    }

    /// Writes an id or another text that never needs quotes.
    fn plain(&mut self, text: &[u8]) -> &mut Self {
        self.separate();
        self.bytes.extend_from_slice(text);
        self
    }

    /// Writes no value.
    pub fn empty(&mut self) -> &mut Self {
        self.plain(b"")
    }

    /// Writes a whole number.
    pub fn int(&mut self, number: u64) -> &mut Self {
        self.separate();
        write_whole(&mut self.bytes, number);
        self
    }

    /// Writes a Slack timestamp.
    pub fn ts(&mut self, ts: Ts) -> &mut Self {
        self.separate();
        ts.write(&mut self.bytes);
        self
    }

    /// Writes the instant of a timestamp in RFC 3339, or no value.
    pub fn time(&mut self, ts: Option<Ts>) -> &mut Self {
        self.instant(ts.map(Ts::time))
    }

    /// Writes an instant in RFC 3339, or no value.
    pub fn instant(&mut self, time: Option<Time>) -> &mut Self {
        self.separate();
        if let Some(time) = time {
            time.write(&mut self.bytes);
        }
        self
    }

    /// Writes microseconds as seconds, an exact decimal with six places, or no value.
    pub fn seconds(&mut self, micros: Option<i64>) -> &mut Self {
        self.separate();
        if let Some(micros) = micros {
            write_millionths(&mut self.bytes, micros);
        }
        self
    }

    /// Writes a fraction with six places, rounded half away from zero; no value where it is not a number.
    pub fn decimal(&mut self, fraction: Option<f64>) -> &mut Self {
        self.separate();
        if let Some(fraction) = fraction.filter(|fraction| fraction.is_finite()) {
            write_millionths(&mut self.bytes, (fraction * 1e6).round() as i64);
        }
        self
    }

    /// Writes a month, counted as in [`LocalTime::month`](crate::LocalTime::month), as `2020-09`.
    pub fn month(&mut self, month: i32) -> &mut Self {
        self.separate();
        write_padded(&mut self.bytes, i64::from(month.div_euclid(12)), 4);
        self.bytes.push(b'-');
        write_padded(&mut self.bytes, i64::from(month.rem_euclid(12)) + 1, 2);
        self
    }

    /// Writes a day, counted as in [`LocalTime::day`](crate::LocalTime::day), as `2020-09-13`.
    pub fn date(&mut self, day: i32) -> &mut Self {
        self.separate();
        let (year, month, day) = slack_model::civil_from_days(i64::from(day));
        write_padded(&mut self.bytes, year, 4);
        for part in [month, day] {
            self.bytes.push(b'-');
            write_padded(&mut self.bytes, part, 2);
        }
        self
    }

    /// Ends the row.
    pub fn end(&mut self) {
        if self.fields != self.columns && self.failure.is_none() {
            self.failure =
                Some(Error::Columns { table: self.table, wanted: self.columns, found: self.fields });
        }
        self.bytes.push(b'\n');
        self.fields = 0;
        self.rows += 1;
        if self.output.is_some() && self.bytes.len() >= FLUSH_AT {
            self.flush();
        }
    }

    /// Writes a whole row of a typed table.
    pub fn write_row<T: Table>(&mut self, row: &T) {
        let mut record = std::mem::take(&mut self.record);
        record.clear();
        let mut scratch = Vec::new();
        row.encode(&mut record, &mut scratch);
        for field in &record {
            self.text(field);
        }
        self.record = record;
        self.end();
    }

    fn separate(&mut self) {
        if self.fields > 0 {
            self.bytes.push(b',');
        }
        self.fields += 1;
    }

    fn flush(&mut self) {
        let Some(output) = &mut self.output else { return };
        if self.failure.is_none()
            && let Err(source) = output.write_all(&self.bytes)
        {
            self.failure = Some(Error::Write { table: self.table, source });
        }
        self.bytes.clear();
    }
}

/// Whether CSV needs quotes around a text.
fn has_special(text: &[u8]) -> bool {
    if text.len() <= 32 {
        // For ids and names the search below costs more to begin than to do.
        return text.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r'));
    }
    memchr::memchr3(b',', b'"', b'\n', text).is_some() || memchr::memchr(b'\r', text).is_some()
}

fn write_whole(out: &mut Vec<u8>, number: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut rest = number;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

fn write_millionths(out: &mut Vec<u8>, millionths: i64) {
    if millionths < 0 {
        out.push(b'-');
    }
    write_whole(out, millionths.unsigned_abs() / 1_000_000);
    out.push(b'.');
    write_padded(out, (millionths.unsigned_abs() % 1_000_000) as i64, 6);
}

#[cfg(test)]
mod tests {
    use super::*;
    use slack_model::{Column, Kind, TableReader};

    const SCHEMA: Schema = Schema {
        name: "test_data",
        columns: &[Column { name: "a", kind: Kind::Text }, Column { name: "b", kind: Kind::Decimal }],
        key: &["a"],
    };

    #[test]
    fn numbers_are_exact() {
        let mut rows = Rows::new(&SCHEMA);
        rows.seconds(Some(12_000_100)).seconds(Some(0)).end();
        rows.seconds(None).seconds(Some(-1)).end();
        rows.decimal(Some(-0.000_000_1)).decimal(Some(2.0 / 3.0)).end();
        rows.decimal(Some(f64::NAN)).decimal(Some(-0.5)).end();
        rows.int(0).int(u64::MAX).end();
        rows.month(2021 * 12 + 11).date(18_992).end();
        let (bytes, n_rows) = rows.finish().expect("rows of two fields");
        assert_eq!(
            String::from_utf8_lossy(&bytes),
            "12.000100,0.000000\n,-0.000001\n0.000000,0.666667\n,-0.500000\n0,18446744073709551615\n\
             2021-12,2021-12-31\n"
        );
        assert_eq!(n_rows, 6);
    }

    #[test]
    fn texts_come_back_as_they_were() {
        let texts = ["plain", "a,b", "say \"hi\"", "two\nlines", "cr\rhere", "\"", ""];
        let mut rows = Rows::new(&SCHEMA);
        for text in texts {
            rows.text(text.as_bytes()).empty().end();
        }
        let (bytes, _) = rows.finish().expect("rows of two fields");
        let csv = [b"a,b\n".as_slice(), &bytes].concat();
        let mut reader = TableReader::new(&csv[..], &SCHEMA, "test_data".into()).expect("a header");
        let mut record = ByteRecord::new();
        for text in texts {
            assert!(reader.read(&mut record).expect("a row"));
            assert_eq!(&record[0], text.as_bytes());
        }
    }

    #[test]
    fn rows_of_other_width_are_an_error() {
        let mut rows = Rows::new(&SCHEMA);
        rows.int(1).end();
        assert!(matches!(rows.finish(), Err(Error::Columns { wanted: 2, found: 1, .. })));
    }
}

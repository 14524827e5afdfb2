//! Writes the rows of a metric table, straight into CSV.

use std::io::Write;

use slack_model::{ByteRecord, Schema, Table, Time, TimeWriter, Ts, write_padded};

use crate::channel::{Channel, Message};
use crate::error::{Error, Result};
use crate::fields::{Fields, has_special, quote};
use crate::names::Names;
use crate::workspace::{ChannelNo, Node, NodeNo, UserNo, Workspace};

/// Beyond so many bytes, rows go on to their outlet.
const FLUSH_AT: usize = 192 << 10;

/// Room in a buffer for rows: one more of usual length never makes it grow.
pub(crate) const BUFFER: usize = 256 << 10;

/// Where rows go on to, a buffer at a time.
pub(crate) trait Outlet {
    /// Takes the bytes of whole rows out of a buffer.
    fn put(&mut self, rows: &mut Vec<u8>) -> Result<()>;
}

/// The output of a table.
pub(crate) struct TableOutlet<'o, O> {
    pub(crate) table: &'static str,
    pub(crate) output: &'o mut O,
}

impl<O: Write> Outlet for TableOutlet<'_, O> {
    fn put(&mut self, rows: &mut Vec<u8>) -> Result<()> {
        let written = self.output.write_all(rows);
        rows.clear();
        written.map_err(|source| Error::Write { table: self.table, source })
    }
}

/// The rows that a metric writes: field after field, each row closed by [`Rows::end`].
///
/// Numbers and times are formatted in place. Rows must come in the order of the table's key.
pub struct Rows<'a> {
    table: &'static str,
    columns: usize,
    fields: usize,
    bytes: Vec<u8>,
    rows: u64,
    outlet: &'a mut dyn Outlet,
    failure: Option<Error>,
    record: ByteRecord,
    clock: TimeWriter,
}

impl<'a> Rows<'a> {
    /// Begins rows. `bytes` is the buffer that they are put together in.
    pub(crate) fn new(schema: &Schema, bytes: Vec<u8>, outlet: &'a mut dyn Outlet) -> Self {
        Self {
            table: schema.name,
            columns: schema.columns.len(),
            fields: 0,
            bytes,
            rows: 0,
            outlet,
            failure: None,
            record: ByteRecord::new(),
            clock: TimeWriter::default(),
        }
    }

    /// Hands on what is left, and returns the number of rows and the buffer, which is empty.
    pub(crate) fn finish(mut self) -> Result<(u64, Vec<u8>)> {
        self.flush();
        match self.failure {
            Some(failure) => Err(failure),
            None => Ok((self.rows, self.bytes)),
        }
    }

    /// Writes a text, quoted where CSV needs it.
    pub fn text(&mut self, text: &[u8]) -> &mut Self {
        self.separate();
        let needs_quotes = has_special(text) || (text.is_empty() && self.columns == 1);
        if needs_quotes {
            quote(text, &mut self.bytes);
        } else {
            self.bytes.extend_from_slice(text);
        }
        self
    }

    /// Writes texts that were made ready before: what stands in many rows alike is looked at once.
    pub fn fields(&mut self, fields: &Fields) -> &mut Self {
        if self.columns == 1 && fields.as_bytes().is_empty() {
            // An empty line is no row.
            return self.text(b"");
        }
        self.separate();
        self.fields += fields.count() - 1;
        self.bytes.extend_from_slice(fields.as_bytes());
        self
    }

    /// Writes the text of a message of this channel.
    pub fn text_of(&mut self, channel: &Channel<'_>, message: &Message) -> &mut Self {
        let text = channel.text(message);
        if message.is_plain() && !(text.is_empty() && self.columns == 1) {
            self.plain(text)
        } else {
            self.text(text)
        }
    }

    /// Writes a user's id.
    pub fn user(&mut self, workspace: &Workspace, user: UserNo) -> &mut Self {
        self.name(&workspace.user_ids, user.0)
    }

    /// Writes a channel's id.
    pub fn channel(&mut self, workspace: &Workspace, channel: ChannelNo) -> &mut Self {
        self.name(&workspace.channel_ids, channel.0)
    }

    /// Writes the id of a user or channel as a node of the graph.
    pub fn node(&mut self, workspace: &Workspace, node: NodeNo) -> &mut Self {
        match workspace.nodes[node.0 as usize] {
            Node::User(user) => self.user(workspace, user),
            Node::Channel(channel) => self.channel(workspace, channel),
        }
    }

    /// Writes one of many names, of which it is known already whether they need quotes.
    fn name(&mut self, names: &Names, rank: u32) -> &mut Self {
        let name = names.text(rank);
        if names.is_plain() { self.plain(name) } else { self.text(name) }
    }

    /// Writes a text that needs no quotes.
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
            self.clock.write(time, &mut self.bytes);
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
        if self.bytes.len() >= FLUSH_AT {
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
        if self.failure.is_none()
            && let Err(failure) = self.outlet.put(&mut self.bytes)
        {
            self.failure = Some(failure);
        }
        self.bytes.clear();
    }
}

fn write_whole(out: &mut Vec<u8>, number: u64) {
    match i64::try_from(number) {
        Ok(number) => write_padded(out, number, 1),
        Err(_) => out.extend_from_slice(number.to_string().as_bytes()),
    }
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

    impl Outlet for Vec<u8> {
        fn put(&mut self, rows: &mut Vec<u8>) -> Result<()> {
            self.append(rows);
            Ok(())
        }
    }

    const SCHEMA: Schema = Schema {
        name: "test_data",
        columns: &[Column { name: "a", kind: Kind::Text }, Column { name: "b", kind: Kind::Decimal }],
        key: &["a"],
    };

    #[test]
    fn numbers_are_exact() {
        let mut bytes = Vec::new();
        let mut rows = Rows::new(&SCHEMA, Vec::new(), &mut bytes);
        rows.seconds(Some(12_000_100)).seconds(Some(0)).end();
        rows.seconds(None).seconds(Some(-1)).end();
        rows.decimal(Some(-0.000_000_1)).decimal(Some(2.0 / 3.0)).end();
        rows.decimal(Some(f64::NAN)).decimal(Some(-0.5)).end();
        rows.int(0).int(u64::MAX).end();
        rows.month(2021 * 12 + 11).date(18_992).end();
        let (n_rows, _) = rows.finish().expect("rows of two fields");
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
        let mut bytes = Vec::new();
        let mut rows = Rows::new(&SCHEMA, Vec::new(), &mut bytes);
        for text in texts {
            rows.text(text.as_bytes()).empty().end();
        }
        rows.finish().expect("rows of two fields");
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
        let mut bytes = Vec::new();
        let mut rows = Rows::new(&SCHEMA, Vec::new(), &mut bytes);
        rows.int(1).end();
        assert!(matches!(rows.finish(), Err(Error::Columns { wanted: 2, found: 1, .. })));
    }
}

use std::cmp::Ordering;
use std::io::Read;
use std::ops::Range;

use slack_model::{RawReader, RawRecord, Schema, Table, TableSource, Ts, line_at};

use crate::error::{Error, Result};
use crate::options::MetricOptions;

/// A channel's rows in a table, as far as they are wanted.
#[derive(Debug)]
pub(crate) struct ChannelRows {
    pub(crate) id: Box<[u8]>,
    pub(crate) stretch: Stretch,
}

/// Rows of a table that follow one another.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stretch {
    /// Which of the table's wanted rows they are.
    pub(crate) rows: Range<usize>,
    /// Where they lie in the file.
    pub(crate) bytes: Range<u64>,
}

/// A row that is wanted.
pub(super) struct Row<'r, S> {
    source: &'r S,
    schema: &'r Schema,
    /// Where the record begins in the file.
    pub(super) byte: u64,
    /// Whether it is the first wanted row of its channel.
    pub(super) is_first: bool,
    pub(super) ts: Ts,
    pub(super) record: RawRecord<'r>,
}

impl<S: TableSource> Row<'_, S> {
    /// Reads a timestamp.
    pub(super) fn ts(&self, column: usize) -> Result<Ts> {
        ts_field(self.source, self.schema, &self.record, column, self.byte)
    }

    /// Makes sure that a length is one of this world.
    pub(super) fn short(&self, length: u64) -> Result<u32> {
        u32::try_from(length).map_err(|_| Error::TooLong { table: self.schema.name, byte: self.byte })
    }
}

/// Checks the order of a table's rows and shows `each` those that are wanted. The table's key begins with channel and
/// ts; `repeats`: whether a message may have several rows. Returns the channels with wanted rows.
pub(super) fn walk<T: Table, S: TableSource>(
    source: &S,
    options: &MetricOptions,
    repeats: bool,
    mut each: impl FnMut(&Row<'_, S>) -> Result<()>,
) -> Result<Vec<ChannelRows>> {
    let schema = &T::SCHEMA;
    let mut channels = Vec::new();
    let Some(mut reader) = RawReader::open(source, schema)? else { return Ok(channels) };
    let place = |name| schema.position(name).unwrap_or_default();
    let (channel_column, ts_column) = (place("channel"), place("ts"));
    let (mut channel, mut last_ts, mut is_wanted, mut n_rows) = (Vec::new(), None, false, 0);
    // The wanted rows of the channel that is being read.
    let mut open: Option<ChannelRows> = None;
    let (mut usual, mut last_byte) = (None, None);
    loop {
        let byte = reader.byte();
        let Some(record) = reader.read()? else { break };
        let length = record.as_bytes().len() as u64;
        let ts = ts_field(source, schema, &record, ts_column, byte)?;
        let id = record.field(channel_column);
        let order = match last_ts {
            None => Ordering::Less,
            Some(_) => channel.as_slice().cmp(&*id),
        };
        let in_order = match order {
            Ordering::Equal => last_ts < Some(ts) || repeats && last_ts == Some(ts),
            order => order.is_lt(),
        };
        if !in_order {
            return Err(Error::Unsorted { table: schema.name, line: line_at(source, schema, byte)? });
        }
        if order.is_ne() {
            channels.extend(open.take());
            id.as_ref().clone_into(&mut channel);
            is_wanted = options.wants_channel(&id);
        }
        last_ts = Some(ts);
        if is_wanted && options.wants_time(ts) {
            each(&Row { source, schema, byte, is_first: open.is_none(), ts, record })?;
            let rows = open.get_or_insert_with(|| ChannelRows {
                id: channel.as_slice().into(),
                stretch: Stretch { rows: n_rows..n_rows, bytes: byte..byte },
            });
            n_rows += 1;
            rows.stretch.rows.end = n_rows;
            rows.stretch.bytes.end = reader.byte();
        }
        // Readers pass over empty lines, but say nothing of them: the row would not be where it was taken to be. Where
        // what is beside its fields is as long as before, it is the end of its line.
        let beside = reader.byte() - byte - length;
        if usual != Some(beside) {
            check_beginning(source, schema, byte)?;
            usual = Some(beside);
        }
        last_byte = Some(byte);
    }
    // The last line may lack its end, which an empty one before it would pass for.
    last_byte.map_or(Ok(()), |byte| check_beginning(source, schema, byte))?;
    channels.extend(open);
    Ok(channels)
}

/// Makes sure that no empty line stands where a record is taken to begin.
fn check_beginning(source: &impl TableSource, schema: &Schema, byte: u64) -> Result<()> {
    let mut first = [0];
    if let Some(mut input) = source.open_at(schema, byte)? {
        input.read_exact(&mut first).map_err(|source| Error::Read { table: schema.name, source })?;
    }
    match first {
        [b'\r' | b'\n'] => Err(Error::EmptyLine { table: schema.name, line: line_at(source, schema, byte)? }),
        _ => Ok(()),
    }
}

/// Reads a timestamp of the record that begins at `byte`.
fn ts_field(
    source: &impl TableSource,
    schema: &Schema,
    record: &RawRecord<'_>,
    column: usize,
    byte: u64,
) -> Result<Ts> {
    let field = record.field(column);
    if let Some(ts) = Ts::parse(&field) {
        return Ok(ts);
    }
    Err(Error::Field {
        table: schema.name,
        line: line_at(source, schema, byte)?,
        column: schema.columns[column].name,
        wanted: "a Slack timestamp",
        found: String::from_utf8_lossy(&field).into_owned(),
    })
}

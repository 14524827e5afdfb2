use std::cmp::Ordering;
use std::io::Read;
use std::ops::Range;

use slack_model::{Layout, RawReader, RawRecord, Schema, Table, TableSource, Ts, line_at};

use super::pieces::Place;
use crate::error::{Error, Result};

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
        short(self.schema, self.byte, length)
    }
}

/// Makes sure that a length in the record that begins at `byte` is one of this world.
pub(super) fn short(schema: &Schema, byte: u64, length: u64) -> Result<u32> {
    u32::try_from(length).map_err(|_| Error::TooLong { table: schema.name, byte })
}

/// What was read of a table.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    /// The channels with wanted rows, in the table's order.
    pub(crate) channels: Vec<ChannelRows>,
    /// Channel and time of the first and the last row, wanted or not.
    first: Option<(Box<[u8]>, Ts)>,
    last: Option<(Box<[u8]>, Ts)>,
    /// Whether a message may have several rows.
    repeats: bool,
    /// The byte at which the next record begins.
    pub(super) end: u64,
}

impl Walked {
    /// Whether the rows of `later` may follow.
    pub(super) fn is_before(&self, later: &Self) -> bool {
        match (&self.last, &later.first) {
            (Some(last), Some(first)) => last < first || self.repeats && last == first,
            _ => true,
        }
    }

    /// Where the first wanted row of `later` begins, if it is of the channel of the last one here.
    pub(super) fn is_continued_by(&self, later: &Self) -> Option<u64> {
        let (last, first) = (self.channels.last()?, later.channels.first()?);
        (last.id == first.id).then_some(first.stretch.bytes.start)
    }

    /// Adds the rows that follow `n_rows` wanted ones.
    pub(super) fn append(&mut self, later: Self, n_rows: usize) {
        let continues = self.is_continued_by(&later).is_some();
        let mut channels = later.channels.into_iter().map(|mut channel| {
            channel.stretch.rows.start += n_rows;
            channel.stretch.rows.end += n_rows;
            channel
        });
        if let Some(last) = self.channels.last_mut().filter(|_| continues)
            && let Some(first) = channels.next()
        {
            last.stretch.rows.end = first.stretch.rows.end;
            last.stretch.bytes.end = first.stretch.bytes.end;
        }
        self.channels.extend(channels);
        self.last = later.last.or(self.last.take());
        self.end = later.end;
    }
}

/// Checks the order of those of a table's rows that begin in a range of bytes, and shows `each` those that are wanted.
/// The table's key begins with channel and ts; `repeats`: whether a message may have several rows.
pub(super) fn walk<T: Table, S: TableSource>(
    place: &Place<'_, S>,
    layout: &Layout,
    bytes: Range<u64>,
    repeats: bool,
    mut each: impl FnMut(&Row<'_, S>) -> Result<()>,
) -> Result<Walked> {
    let schema = &T::SCHEMA;
    let Place { source, options, .. } = *place;
    let mut walked = Walked { repeats, end: bytes.start, ..Walked::default() };
    // A record may go on beyond the range.
    let reader = RawReader::open_range(source, schema, layout, bytes.start..u64::MAX)?;
    let Some(mut reader) = reader else { return Ok(walked) };
    let column = |name| schema.position(name).unwrap_or_default();
    let (channel_column, ts_column) = (column("channel"), column("ts"));
    let (mut channel, mut last_ts, mut is_wanted, mut n_rows) = (Vec::new(), None, false, 0);
    // The wanted rows of the channel that is being read.
    let mut open: Option<ChannelRows> = None;
    let (mut usual, mut last_byte) = (None, None);
    loop {
        let byte = reader.byte();
        if byte >= bytes.end {
            break;
        }
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
            walked.channels.extend(open.take());
            id.as_ref().clone_into(&mut channel);
            is_wanted = options.wants_channel(&id);
            walked.first.get_or_insert_with(|| (channel.as_slice().into(), ts));
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
    walked.channels.extend(open);
    walked.last = last_ts.map(|ts| (channel.into(), ts));
    walked.end = reader.byte();
    Ok(walked)
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

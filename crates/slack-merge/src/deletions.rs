//! Which messages were deleted, and which batch was the first to miss them.

use slack_model::rows::{Message, Reply};
use slack_model::{BatchId, ByteRecord, RawRecord, Schema, Table, TableSource, Ts};

use crate::error::Result;
use crate::windows::{ChannelWindows, Span, Windows};

/// Walks through a table in the order of its key and says of each row which batch missed it first.
///
/// A window is proof: its batch read everything from `oldest` to `latest`, so a message in it that the batch did not see
/// was not there. With `s` the last batch that saw a row, `deleted_batch` is the least batch `b > s` of the windows with
///
/// - `oldest <= ts <= latest`, where the window is of the channel, or of the thread that the reply belongs to;
/// - `oldest <= thread_ts` and `ts <= latest`, where it is of all threads that begin in it: their replies may be later
///   than the messages that the batch walked through, but not than its end.
///
/// That is a function of the row and of a set that only grows, so the order of the batches cannot matter.
pub(crate) struct Deletions {
    windows: Windows,
    columns: Columns,
    channel: Vec<u8>,
    of_channel: ChannelWindows,
    /// The first of the channel's windows that has not begun.
    next: usize,
    /// Those that have begun and have not ended: `oldest <= ts <= latest` at the row's `ts`. Rows come in the order of
    /// their `ts`, so each window is opened and dropped once.
    open: Vec<Span>,
}

#[derive(Debug, Clone, Copy)]
struct Columns {
    channel: usize,
    ts: usize,
    thread_ts: usize,
    first_batch: usize,
    last_batch: usize,
    deleted_batch: usize,
}

impl Deletions {
    /// Whether a table's rows can be deleted.
    pub(crate) fn concern(schema: &Schema) -> bool {
        [Message::SCHEMA.name, Reply::SCHEMA.name].contains(&schema.name)
    }

    /// Begins a walk through a table; `None` where its rows cannot be deleted.
    pub(crate) fn of(
        schema: &Schema,
        master: &dyn TableSource,
        batches: &[&dyn TableSource],
    ) -> Result<Option<Self>> {
        let columns = || {
            Some(Columns {
                channel: schema.position("channel")?,
                ts: schema.position("ts")?,
                thread_ts: schema.position("thread_ts")?,
                first_batch: schema.position("first_batch")?,
                last_batch: schema.position("last_batch")?,
                deleted_batch: schema.position("deleted_batch")?,
            })
        };
        let is_of_replies = schema.name == Reply::SCHEMA.name;
        let Some(columns) = columns().filter(|_| Self::concern(schema)) else { return Ok(None) };
        Ok(Some(Self {
            windows: Windows::open(master, batches, is_of_replies)?,
            columns,
            channel: Vec::new(),
            of_channel: ChannelWindows::default(),
            next: 0,
            open: Vec::new(),
        }))
    }

    /// Whether the batches can make another `deleted_batch` for a row of the master that none of them holds: one of
    /// their windows, which the master does not know, may cover it. What the master knows has had its effect.
    pub(crate) fn may_change(&mut self, row: &RawRecord<'_>) -> Result<bool> {
        self.enter(&row.field(self.columns.channel))?;
        let Some((oldest, latest)) = self.of_channel.new else { return Ok(false) };
        let Some(ts) = Ts::parse(&row.field(self.columns.ts)) else { return Ok(false) };
        // A window may cover a reply by the time of its thread.
        let thread = Ts::parse(&row.field(self.columns.thread_ts)).unwrap_or(ts);
        Ok(ts <= latest && ts.max(thread) >= oldest)
    }

    /// Puts the right `deleted_batch` into a record. `is_tombstone`: nothing but its deletion is known of it.
    pub(crate) fn mark(
        &mut self,
        record: &mut ByteRecord,
        is_tombstone: bool,
        spare: &mut ByteRecord,
    ) -> Result<()> {
        let at = self.columns.deleted_batch;
        let missed;
        let deleted: &[u8] = if is_tombstone {
            &record[self.columns.first_batch]
        } else {
            missed = self.missed_by(record)?.map(|batch| batch.to_string()).unwrap_or_default();
            missed.as_bytes()
        };
        if record[at] == *deleted {
            return Ok(());
        }
        spare.clear();
        for (place, value) in record.iter().enumerate() {
            spare.push_field(if place == at { deleted } else { value });
        }
        std::mem::swap(record, spare);
        Ok(())
    }

    fn missed_by(&mut self, record: &ByteRecord) -> Result<Option<BatchId>> {
        self.enter(&record[self.columns.channel])?;
        let Some(ts) = Ts::parse(&record[self.columns.ts]) else { return Ok(None) };
        let ChannelWindows { rows, thread: own, threads, .. } = &self.of_channel;
        while let Some(span) = rows.get(self.next).filter(|span| span.oldest <= ts) {
            self.open.push(*span);
            self.next += 1;
        }
        self.open.retain(|span| span.latest >= ts);
        let seen = BatchId::parse(&record[self.columns.last_batch]);
        let is_later = |span: &&Span| seen.is_none_or(|seen| span.batch > seen);
        let thread = Ts::parse(&record[self.columns.thread_ts]);
        let own = thread.map_or(&[][..], |thread| {
            let from = own.partition_point(|(of, _)| *of < thread);
            &own[from..from + own[from..].partition_point(|(of, _)| *of == thread)]
        });
        let own = own.iter().map(|(_, span)| span).filter(|span| span.oldest <= ts && ts <= span.latest);
        let in_channel = self.open.iter().chain(own).filter(is_later).map(|span| span.batch).min();
        let in_thread = thread.and_then(|thread| {
            let first = threads.partition_point(|span| !is_later(&span));
            let mut later = threads[first..].iter();
            later.find(|span| span.oldest <= thread && ts <= span.latest).map(|span| span.batch)
        });
        Ok(in_channel.into_iter().chain(in_thread).min())
    }

    fn enter(&mut self, channel: &[u8]) -> Result<()> {
        if self.channel == channel {
            return Ok(());
        }
        self.channel.clear();
        self.channel.extend_from_slice(channel);
        self.open.clear();
        self.next = 0;
        self.windows.read(channel, &mut self.of_channel)
    }
}

//! Which messages were deleted, and which batch was the first to miss them.

use std::collections::{BTreeMap, HashMap};

use slack_model::rows::{Message, Reply, Window, WindowScope};
use slack_model::{BatchId, ByteRecord, ChannelId, Schema, Table, Ts};

/// The windows of all batches that the master has merged, by channel.
///
/// A message is missed by the batches that walked through its time after the last one that saw it. That is a
/// function of the row and of a set that only grows, so the order of the batches cannot matter.
#[derive(Debug, Default)]
pub(crate) struct Windows {
    channels: HashMap<ChannelId, ChannelWindows>,
}

#[derive(Debug, Default)]
struct ChannelWindows {
    all: Vec<Span>,
    messages: Vec<Span>,
    threads: BTreeMap<Ts, Vec<Span>>,
    all_threads: Vec<Span>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Span {
    oldest: Ts,
    latest: Ts,
    batch: BatchId,
}

impl Windows {
    pub(crate) fn add(&mut self, window: Window) {
        let Window { channel, oldest, latest, scope, thread_ts, batch } = window;
        let windows = self.channels.entry(channel).or_default();
        let spans = match scope {
            WindowScope::All => &mut windows.all,
            WindowScope::Messages => &mut windows.messages,
            WindowScope::Thread => windows.threads.entry(thread_ts.unwrap_or(oldest)).or_default(),
            WindowScope::Threads => &mut windows.all_threads,
            _ => return,
        };
        spans.push(Span { oldest, latest, batch });
    }

    /// Begins a walk through a table; `None` where its rows cannot be deleted.
    pub(crate) fn walk(&self, schema: &Schema) -> Option<Deletions<'_>> {
        let replies = match schema.name {
            name if name == Message::SCHEMA.name => false,
            name if name == Reply::SCHEMA.name => true,
            _ => return None,
        };
        Some(Deletions {
            windows: self,
            replies,
            columns: Columns {
                channel: schema.position("channel")?,
                ts: schema.position("ts")?,
                thread_ts: schema.position("thread_ts")?,
                first_batch: schema.position("first_batch")?,
                last_batch: schema.position("last_batch")?,
                deleted_batch: schema.position("deleted_batch")?,
            },
            channel: Vec::new(),
            threads: None,
            all_threads: Vec::new(),
            spans: Vec::new(),
            next: 0,
            open: Vec::new(),
        })
    }
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

/// Walks through a table in the order of its key and says of each row which batch missed it first.
#[derive(Debug)]
pub(crate) struct Deletions<'w> {
    windows: &'w Windows,
    replies: bool,
    columns: Columns,
    channel: Vec<u8>,
    threads: Option<&'w BTreeMap<Ts, Vec<Span>>>,
    /// The windows that cover the replies of every thread beginning in them, by batch.
    all_threads: Vec<Span>,
    /// The channel's windows, by their beginning.
    spans: Vec<Span>,
    /// The first of them that has not begun.
    next: usize,
    /// Those that have begun and have not ended.
    open: Vec<Span>,
}

impl Deletions<'_> {
    /// Puts the right `deleted_batch` into a record. `is_tombstone`: nothing but its deletion is known of it.
    pub(crate) fn mark(&mut self, record: &mut ByteRecord, is_tombstone: bool, spare: &mut ByteRecord) {
        let at = self.columns.deleted_batch;
        let missed;
        let deleted: &[u8] = if is_tombstone {
            &record[self.columns.first_batch]
        } else {
            missed = self.missed_by(record).map(|batch| batch.to_string()).unwrap_or_default();
            missed.as_bytes()
        };
        if record[at] == *deleted {
            return;
        }
        spare.clear();
        for (place, value) in record.iter().enumerate() {
            spare.push_field(if place == at { deleted } else { value });
        }
        std::mem::swap(record, spare);
    }

    fn missed_by(&mut self, record: &ByteRecord) -> Option<BatchId> {
        if self.channel != record[self.columns.channel] {
            self.enter(&record[self.columns.channel]);
        }
        let ts = Ts::parse(&record[self.columns.ts])?;
        while self.spans.get(self.next).is_some_and(|span| span.oldest <= ts) {
            self.open.push(self.spans[self.next]);
            self.next += 1;
        }
        self.open.retain(|span| span.latest >= ts);
        let seen = BatchId::parse(&record[self.columns.last_batch]);
        let is_later = |span: &&Span| seen.is_none_or(|seen| span.batch > seen);
        let thread = Ts::parse(&record[self.columns.thread_ts]);
        let own = self.threads.zip(thread).and_then(|(threads, thread)| threads.get(&thread));
        let own = own.into_iter().flatten().filter(|span| span.oldest <= ts && ts <= span.latest);
        let in_channel = self.open.iter().chain(own).filter(is_later).map(|span| span.batch).min();
        let in_thread = thread.and_then(|thread| {
            let first = self.all_threads.partition_point(|span| !is_later(&span));
            let mut later = self.all_threads[first..].iter();
            later.find(|span| span.oldest <= thread && ts <= span.latest).map(|span| span.batch)
        });
        in_channel.into_iter().chain(in_thread).min()
    }

    fn enter(&mut self, channel: &[u8]) {
        self.channel = channel.to_vec();
        self.spans.clear();
        self.open.clear();
        self.next = 0;
        self.threads = None;
        self.all_threads.clear();
        let windows =
            std::str::from_utf8(channel).ok().and_then(|channel| self.windows.channels.get(channel));
        if let Some(windows) = windows {
            self.spans.extend(&windows.all);
            if self.replies {
                self.threads = Some(&windows.threads);
                self.all_threads.extend(&windows.all_threads);
                self.all_threads.sort_unstable_by_key(|span| span.batch);
            } else {
                self.spans.extend(&windows.messages);
            }
            self.spans.sort_unstable();
        }
    }
}

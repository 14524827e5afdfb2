//! The windows of the master and the batches, one channel's at a time.

use std::io::Read;

use slack_model::rows::{Window, WindowScope};
use slack_model::{BatchId, Rows, Table, TableReader, TableSource, Ts};

use crate::error::Result;

/// A stretch of time that a batch walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span {
    pub(crate) oldest: Ts,
    pub(crate) latest: Ts,
    pub(crate) batch: BatchId,
}

/// The windows of a channel that can tell of a table's rows.
#[derive(Debug, Default)]
pub(crate) struct ChannelWindows {
    /// Those that cover the rows in them, by their beginning.
    pub(crate) rows: Vec<Span>,
    /// Those that cover the replies of one thread, by thread.
    pub(crate) thread: Vec<(Ts, Span)>,
    /// Those that cover the replies of every thread that begins in them, by batch.
    pub(crate) threads: Vec<Span>,
    /// From where to where the windows go that the master does not hold yet.
    pub(crate) new: Option<(Ts, Ts)>,
}

/// Reads the window_data of all sources along with a table: both are sorted by channel, so that only one channel's
/// windows are in memory.
pub(crate) struct Windows {
    /// The master's first.
    sources: Vec<Source>,
    is_of_replies: bool,
    /// Of the channel: what the master holds, by key.
    known: Vec<(WindowScope, Option<Ts>, Span)>,
}

struct Source {
    rows: Option<Rows<Box<dyn Read + Send>, Window>>,
    next: Option<Window>,
}

impl Windows {
    pub(crate) fn open(
        master: &dyn TableSource,
        batches: &[&dyn TableSource],
        is_of_replies: bool,
    ) -> Result<Self> {
        let sources = [master].into_iter().chain(batches.iter().copied()).map(Source::open);
        Ok(Self { sources: sources.collect::<Result<_>>()?, is_of_replies, known: Vec::new() })
    }

    /// The windows of a channel, which comes after the one that was asked for before.
    pub(crate) fn read(&mut self, channel: &[u8], windows: &mut ChannelWindows) -> Result<()> {
        let ChannelWindows { rows, thread, threads, new } = windows;
        rows.clear();
        thread.clear();
        threads.clear();
        self.known.clear();
        *new = None;
        for (number, source) in self.sources.iter_mut().enumerate() {
            while let Some(window) = source.take_up_to(channel)? {
                if window.channel.as_str().as_bytes() != channel {
                    continue;
                }
                let Window { oldest, latest, scope, thread_ts, batch, .. } = window;
                let span = Span { oldest, latest, batch };
                match (scope, self.is_of_replies) {
                    (WindowScope::All, _) | (WindowScope::Messages, false) => rows.push(span),
                    (WindowScope::Thread, true) => thread.push((thread_ts.unwrap_or(oldest), span)),
                    (WindowScope::Threads, true) => threads.push(span),
                    _ => continue,
                }
                let key = (scope, thread_ts, span);
                if number == 0 {
                    self.known.push(key);
                } else if self.known.binary_search(&key).is_err() {
                    let (from, to) = new.unwrap_or((oldest, latest));
                    *new = Some((from.min(oldest), to.max(latest)));
                }
            }
            if number == 0 {
                self.known.sort_unstable();
            }
        }
        rows.sort_unstable();
        thread.sort_unstable();
        threads.sort_unstable_by_key(|span| span.batch);
        Ok(())
    }
}

impl Source {
    fn open(tables: &dyn TableSource) -> Result<Self> {
        let rows = TableReader::open(tables, &Window::SCHEMA)?.map(TableReader::rows);
        let mut source = Self { rows, next: None };
        source.advance()?;
        Ok(source)
    }

    /// The next window, if it is of the channel or of one before it.
    fn take_up_to(&mut self, channel: &[u8]) -> Result<Option<Window>> {
        if self.next.as_ref().is_none_or(|window| window.channel.as_str().as_bytes() > channel) {
            return Ok(None);
        }
        let window = self.next.take();
        self.advance()?;
        Ok(window)
    }

    fn advance(&mut self) -> Result<()> {
        self.next = match &mut self.rows {
            Some(rows) => rows.next().transpose()?,
            None => None,
        };
        Ok(())
    }
}

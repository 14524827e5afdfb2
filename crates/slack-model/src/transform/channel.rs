use std::sync::Arc;

use super::runs::{Group, Runs};
use super::spill::SpillFolder;
use super::tables::MessageWriters;
use super::work::{PageKind, ReadPage, ReadPiece};
use crate::error::Result;
use crate::ids::ChannelId;
use crate::rows::{File, Window, WindowScope};
use crate::ts::{BatchId, Ts};

/// A day file holds a local day, which lasts 25 hours at the most, in microseconds with an hour to spare. One
/// that spans more holds an odd timestamp, or is no day: it says nothing of what lies between.
const LONGEST_DAY: i64 = 26 * 3_600 * 1_000_000;

/// A conversation while its pages come in.
#[derive(Debug)]
pub(super) struct OpenChannel<'s> {
    channel: Arc<ChannelId>,
    runs: Runs<'s>,
    history: History,
    threads: Vec<ReadThread>,
    windows: Vec<Stretch>,
    /// Whether a file of its messages could not be read whole.
    is_damaged: bool,
    /// When the export was taken, as far as the operator says.
    taken_at: Option<Ts>,
}

/// What a conversation's pages tell everything of.
#[derive(Debug)]
pub(super) struct Covered {
    channel: Arc<ChannelId>,
    windows: Vec<Stretch>,
    walks: Vec<Stretch>,
    /// The oldest message that the walk through the history met.
    oldest_seen: Option<Ts>,
}

type Stretch = (Ts, Ts, WindowScope, Option<Ts>);

/// What the pages of a history say together.
#[derive(Debug)]
struct History {
    clean: bool,
    span: Option<(Ts, Ts)>,
    /// The number of each page, and whether it says that it is the last.
    chain: Vec<(Option<usize>, bool)>,
}

/// A thread whose pages were read.
#[derive(Debug)]
struct ReadThread {
    ts: Ts,
    last_page: u32,
    clean: bool,
    /// Whether the last of its pages says so.
    is_whole: bool,
    /// The replies on its pages, and how many its first message announces.
    replies: u64,
    announced: u64,
}

impl ReadThread {
    /// Whether a reply that its pages do not hold is gone. Fewer replies than are announced are hidden, not gone.
    fn is_complete(&self) -> bool {
        self.clean && self.is_whole && self.replies >= self.announced
    }
}

impl<'s> OpenChannel<'s> {
    /// A conversation of which so many bytes may be in memory.
    pub(super) fn new(channel: Arc<ChannelId>, spill: &'s SpillFolder, share: usize) -> Self {
        Self {
            channel,
            runs: Runs::new(spill, share),
            history: History { clean: true, span: None, chain: Vec::new() },
            threads: Vec::new(),
            windows: Vec::new(),
            is_damaged: false,
            taken_at: None,
        }
    }

    /// Says when the export was taken.
    pub(super) fn set_taken_at(&mut self, taken_at: Option<Ts>) {
        self.taken_at = taken_at;
    }

    /// Says that a file of its messages is missing: what day files lack may be in it.
    pub(super) fn set_damaged(&mut self) {
        self.is_damaged = true;
    }

    /// Takes the next pages.
    pub(super) fn add(&mut self, piece: ReadPiece) -> Result<()> {
        for (number, page) in (piece.first..).zip(&piece.pages) {
            self.note(number, page);
        }
        self.runs.add(piece.block)
    }

    fn note(&mut self, number: u32, page: &ReadPage) {
        match page.kind {
            PageKind::DayFile => {
                if let (true, Some((oldest, latest))) = (page.clean, page.span)
                    && latest.micros() - oldest.micros() <= LONGEST_DAY
                {
                    let latest = self.covered_until(oldest, latest, page.day);
                    self.windows.push((oldest, latest, WindowScope::All, None));
                }
            }
            PageKind::History => {
                self.history.clean &= page.clean;
                self.history.span = widest(self.history.span, page.span);
                self.history.chain.push((page.number, page.is_last));
            }
            PageKind::Thread(ts) => match self.threads.last_mut().filter(|thread| thread.ts == ts) {
                Some(thread) => {
                    thread.clean &= page.clean;
                    (thread.last_page, thread.is_whole) = (number, page.is_last);
                    thread.replies += page.replies;
                    thread.announced = page.announced.unwrap_or(thread.announced);
                }
                None => self.threads.push(ReadThread {
                    ts,
                    last_page: number,
                    clean: page.clean,
                    is_whole: page.is_last,
                    replies: page.replies,
                    announced: page.announced.unwrap_or_default(),
                }),
            },
            PageKind::MessageFile => self.is_damaged |= !page.clean,
            PageKind::Reactions => {}
        }
    }

    /// Until when a day file covers its day: up to its last message, or, where the operator says when the export was taken,
    /// up to then or the end of the day. A file whose messages are not of the day that it is named after says nothing.
    fn covered_until(&self, oldest: Ts, latest: Ts, day: Option<(Ts, Ts)>) -> Ts {
        match (self.taken_at, day) {
            (Some(taken_at), Some((begins, ends))) if begins <= oldest && latest <= ends => {
                latest.max(taken_at.min(ends))
            }
            _ => latest,
        }
    }

    /// Writes the rows, all pages being read. `walked` is the window in which the history was walked completely, and
    /// `name` hears of each user that the rows name.
    pub(super) fn write<W: std::io::Write>(
        mut self,
        walked: Option<(Ts, Ts)>,
        batch: BatchId,
        writers: &mut MessageWriters<W>,
        mut name: impl FnMut(&[u8]),
    ) -> Result<Covered> {
        let mut threads = self.threads.into_iter().filter(ReadThread::is_complete).peekable();
        let mut read_threads = Vec::new();
        let mut all_shown_read = true;
        let mut merge = self.runs.merge()?;
        let mut group = Group::default();
        writers.begin(&self.channel)?;
        while merge.next_group(&mut group)? {
            let Some(message) = writers.write(&group, &mut name)? else { continue };
            while threads.next_if(|thread| thread.ts < message.ts).is_some() {}
            // Its first message must be there: in the thread's own pages, or in those that were read before them.
            let is_read = threads
                .next_if(|thread| thread.ts == message.ts)
                .is_some_and(|thread| message.first_page <= thread.last_page);
            if is_read {
                read_threads.push(message.ts);
            }
            all_shown_read &= is_read || !message.is_thread;
            if message.is_tombstone {
                self.windows.push((message.ts, message.ts, WindowScope::All, None));
            }
        }
        if self.is_damaged {
            self.windows.retain(|(oldest, latest, ..)| oldest == latest);
        }
        let mut walks = Vec::new();
        let walked = walked.filter(|_| self.history.is_whole());
        if let Some((oldest, latest)) = walked {
            walks.push((oldest, latest, WindowScope::Messages, None));
        }
        match walked {
            // Every thread that the history shows was read: a reply that none of them holds is gone.
            Some((oldest, latest)) if all_shown_read => {
                walks.push((oldest, latest, WindowScope::Threads, None))
            }
            _ => {
                let latest = walked.map_or(batch.time().into(), |(_, latest)| latest);
                let window = |thread: Ts| (thread, latest.max(thread), WindowScope::Thread, Some(thread));
                self.windows.extend(read_threads.into_iter().map(window));
            }
        }
        let oldest_seen = walked.and(self.history.span).map(|(seen, _)| seen);
        self.windows.shrink_to_fit();
        Ok(Covered { channel: self.channel, windows: self.windows, walks, oldest_seen })
    }
}

impl History {
    /// Whether pages are numbered from 1 without a hole, the last one says that it is the last, and all could be read.
    fn is_whole(&mut self) -> bool {
        self.chain.sort_unstable();
        let has_no_hole = (1..).zip(&self.chain).all(|(wanted, (number, _))| *number == Some(wanted));
        self.clean && has_no_hole && self.chain.last().is_some_and(|(_, is_last)| *is_last)
    }
}

impl Covered {
    /// The oldest message that a complete walk through the history met.
    pub(super) fn oldest_seen(&self) -> Option<Ts> {
        self.oldest_seen
    }

    /// The stretches of time of which the pages tell everything, sorted. Walks are cut to what the workspace's plan
    /// shows: a free plan hides what is older than 90 days, everywhere alike. What lies above the horizon is not
    /// hidden in any channel, nor is what lies above the channel's own oldest message.
    pub(super) fn into_windows(self, horizon: Option<Ts>, batch: BatchId) -> impl Iterator<Item = Window> {
        let (mut windows, channel) = (self.windows, self.channel);
        if let Some(shown) = self.oldest_seen.into_iter().chain(horizon).min() {
            let cut = |(oldest, latest, scope, thread): Stretch| (oldest.max(shown), latest, scope, thread);
            windows.extend(self.walks.into_iter().map(cut).filter(|(oldest, latest, ..)| oldest <= latest));
        }
        windows.sort_unstable();
        windows.dedup();
        windows.into_iter().map(move |(oldest, latest, scope, thread_ts)| Window {
            channel: (*channel).clone(),
            oldest,
            latest,
            scope,
            thread_ts,
            batch,
        })
    }
}

/// Of two rows of a file in a conversation, the one counts that tells what it is rather than that it is gone, then
/// the first share, then the message's own record, which comes first, rather than the file list's.
pub(super) fn is_better_file(later: &File, earlier: &File) -> bool {
    let rank = |file: &File| (File::is_gone(file.mode.as_bytes()), file.ts.is_none(), file.ts);
    rank(later) < rank(earlier)
}

fn widest(one: Option<(Ts, Ts)>, other: Option<(Ts, Ts)>) -> Option<(Ts, Ts)> {
    match (one, other) {
        (Some((low, high)), Some((lower, higher))) => Some((low.min(lower), high.max(higher))),
        (one, other) => one.or(other),
    }
}

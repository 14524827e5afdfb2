use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::path::{Path, PathBuf};

use super::contents::Conversation;
use super::pages::PageReader;
use crate::error::Result;
use crate::ids::{ChannelId, FileId, UserId};
use crate::rows::{File, Message, Reaction, Revision, Window, WindowScope};
use crate::ts::{BatchId, Ts};
use crate::wire::{self, Envelope, Issues, ReadMessage};

/// A day file holds a local day, which lasts 25 hours at the most, in microseconds with an hour to spare. One
/// that spans more holds an odd timestamp, or is no day: it says nothing of what lies between.
const LONGEST_DAY: i64 = 26 * 3_600 * 1_000_000;

/// Everything that a batch holds of one conversation.
#[derive(Debug, Default)]
pub(super) struct ChannelRows {
    channel: ChannelId,
    messages: BTreeMap<Ts, Message>,
    reactions: BTreeMap<(Ts, String, UserId), Reaction>,
    revisions: BTreeMap<(Ts, Option<Ts>, String), Revision>,
    files: BTreeMap<(FileId, ChannelId), File>,
    windows: Vec<(Ts, Ts, WindowScope, Option<Ts>)>,
    walks: Vec<(Ts, Ts, WindowScope)>,
    oldest_seen: Option<Ts>,
}

impl ChannelRows {
    /// Reads a conversation's pages. `walked` is the window in which its history was walked completely.
    pub(super) fn read(
        channel: &ChannelId,
        pages: Conversation,
        walked: Option<(Ts, Ts)>,
        reader: &mut PageReader<'_>,
    ) -> Result<Self> {
        let mut rows = Self { channel: channel.clone(), ..Self::default() };
        for page in &pages.day_files {
            let (clean, span) = rows.read_messages(page, reader);
            if let (true, Some((oldest, latest))) = (clean, span)
                && latest.micros() - oldest.micros() <= LONGEST_DAY
            {
                rows.windows.push((oldest, latest, WindowScope::All, None));
            }
        }
        let mut history: (bool, Option<(Ts, Ts)>) = (true, None);
        for page in &pages.history {
            let (clean, span) = rows.read_messages(page, reader);
            history = (history.0 && clean, widest(history.1, span));
        }
        let mut read_threads = Vec::new();
        for (thread, pages) in &pages.threads {
            let mut clean = pages.last().is_some_and(|page| is_last_page(&reader.path(page)));
            for page in pages {
                clean &= rows.read_messages(page, reader).0;
            }
            if clean && rows.messages.contains_key(thread) {
                read_threads.push(*thread);
            }
        }
        let is_whole = history.0 && is_whole_chain(&pages.history, reader);
        let walked = walked.filter(|_| is_whole);
        if let Some((oldest, latest)) = walked {
            rows.walks.push((oldest, latest, WindowScope::Messages));
            rows.oldest_seen = history.1.map(|(seen, _)| seen);
        }
        let shown =
            rows.messages.values().filter_map(|message| message.thread_ts.filter(|ts| *ts == message.ts));
        match walked {
            // Every thread that the history shows was read: a reply that none of them holds is gone.
            Some((oldest, latest)) if shown.clone().all(|thread| read_threads.contains(&thread)) => {
                rows.walks.push((oldest, latest, WindowScope::Threads));
            }
            _ => {
                let latest = walked.map_or(reader.batch().time().into(), |(_, latest)| latest);
                let window = |thread: Ts| (thread, latest.max(thread), WindowScope::Thread, Some(thread));
                rows.windows.extend(read_threads.into_iter().map(window));
            }
        }
        let batch = reader.batch();
        for page in &pages.reactions {
            reader.page(page, Some(channel), |text, issues: &mut Issues<'_>| {
                for reaction in wire::reactions_of(text, channel, batch, issues) {
                    rows.add_reaction(reaction);
                }
                true
            });
        }
        Ok(rows)
    }

    /// The messages and replies, by ts.
    pub(super) fn messages(&self) -> impl Iterator<Item = &Message> {
        self.messages.values()
    }

    /// The reactions, by their key.
    pub(super) fn reactions(&self) -> impl Iterator<Item = &Reaction> {
        self.reactions.values()
    }

    /// The texts that were seen, by their key.
    pub(super) fn revisions(&self) -> impl Iterator<Item = &Revision> {
        self.revisions.values()
    }

    /// The files that messages share.
    pub(super) fn into_files(self) -> impl Iterator<Item = File> {
        self.files.into_values()
    }

    /// The stretches of time of which this tells everything; a tombstone is one of its own.
    pub(super) fn windows(&self, batch: BatchId) -> Vec<Window> {
        let window = |(oldest, latest, scope, thread_ts)| Window {
            channel: self.channel.clone(),
            oldest,
            latest,
            scope,
            thread_ts,
            batch,
        };
        let tombstones = self.messages.values().filter(|message| message.subtype == Message::TOMBSTONE);
        let points = tombstones.map(|message| (message.ts, message.ts, WindowScope::All, None));
        self.windows.iter().copied().chain(points).map(window).collect()
    }

    /// The stretches of time in which the history was walked completely. What the plan hides in them is not known yet.
    pub(super) fn walks(&self, batch: BatchId) -> impl Iterator<Item = Window> {
        self.walks.iter().map(move |(oldest, latest, scope)| Window {
            channel: self.channel.clone(),
            oldest: *oldest,
            latest: *latest,
            scope: *scope,
            thread_ts: None,
            batch,
        })
    }

    /// The oldest message that such a walk met.
    pub(super) fn oldest_seen(&self) -> Option<Ts> {
        self.oldest_seen
    }

    /// Reads a page of messages: whether all of it could be read, and its first and last timestamp.
    fn read_messages(&mut self, page: &Path, reader: &mut PageReader<'_>) -> (bool, Option<(Ts, Ts)>) {
        let (channel, batch) = (self.channel.clone(), reader.batch());
        let mut span = None;
        let clean = reader.records(page, "messages", Some(&channel), |record, issues| {
            if let Some(read) = wire::message(record, &channel, batch, issues) {
                span = widest(span, Some((read.message.ts, read.message.ts)));
                self.add(read);
            }
        });
        (clean, span)
    }

    fn add(&mut self, read: ReadMessage) {
        let ReadMessage { message, reactions, files, .. } = read;
        reactions.into_iter().for_each(|reaction| self.add_reaction(reaction));
        files.into_iter().for_each(|file| keep_better_file(&mut self.files, file));
        if message.subtype != Message::TOMBSTONE {
            let key = (message.ts, message.edited_ts, message.text.clone());
            self.revisions.entry(key).or_insert_with(|| Revision {
                channel: message.channel.clone(),
                ts: message.ts,
                edited_ts: message.edited_ts,
                batch: message.last_batch,
                text: message.text.clone(),
            });
        }
        match self.messages.entry(message.ts) {
            Entry::Vacant(place) => {
                place.insert(message);
            }
            Entry::Occupied(mut place) => {
                if freshness(&message) >= freshness(place.get()) {
                    place.insert(message);
                }
            }
        }
    }

    fn add_reaction(&mut self, reaction: Reaction) {
        let key = (reaction.ts, reaction.reaction.clone(), reaction.user_id.clone());
        self.reactions.insert(key, reaction);
    }
}

/// Of two records of one message in a batch, the one that is no tombstone, then the one that shows the later
/// edit and reply counts. Pages are read in a fixed order, and of equals the last one counts.
fn freshness(message: &Message) -> impl Ord {
    (message.subtype != Message::TOMBSTONE, message.edited_ts, message.latest_reply, message.reply_count)
}

/// Keeps one row of a file in a conversation: one that tells what it is rather than that it is gone, then the
/// first share, then the message's own record rather than the file list's.
pub(super) fn keep_better_file(files: &mut BTreeMap<(FileId, ChannelId), File>, file: File) {
    let rank = |file: &File| (File::is_gone(file.mode.as_bytes()), file.ts.is_none(), file.ts);
    match files.entry((file.id.clone(), file.channel.clone())) {
        Entry::Vacant(place) => {
            place.insert(file);
        }
        Entry::Occupied(mut place) => {
            if rank(&file) < rank(place.get()) {
                place.insert(file);
            }
        }
    }
}

fn widest(one: Option<(Ts, Ts)>, other: Option<(Ts, Ts)>) -> Option<(Ts, Ts)> {
    match (one, other) {
        (Some((low, high)), Some((lower, higher))) => Some((low.min(lower), high.max(higher))),
        (one, other) => one.or(other),
    }
}

/// Whether pages are numbered from 1 without a hole, and the last one says that it is the last.
fn is_whole_chain(pages: &[PathBuf], reader: &PageReader<'_>) -> bool {
    let number = |page: &PathBuf| page.file_stem()?.to_str()?.parse::<usize>().ok();
    let mut numbers: Vec<_> = pages.iter().map(|page| (number(page), page)).collect();
    numbers.sort_unstable();
    let has_no_hole = (1..).zip(&numbers).all(|(wanted, (number, _))| *number == Some(wanted));
    has_no_hole && numbers.last().is_some_and(|(_, page)| is_last_page(&reader.path(page)))
}

fn is_last_page(page: &Path) -> bool {
    let envelope = fs::read(page).ok().and_then(|body| Envelope::read(&body).ok());
    envelope.is_some_and(|envelope| envelope.next_cursor().is_none() && !envelope.has_more)
}

/// The users that a conversation's rows name.
pub(super) fn named_users(rows: &ChannelRows) -> impl Iterator<Item = &UserId> {
    let authors = rows.messages.values().filter_map(|message| message.user_id.as_ref());
    authors.chain(rows.reactions.values().map(|reaction| &reaction.user_id))
}

//! The pages of all conversations, cut into pieces of work of about one size, and what a thread makes of one.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;

use super::contents::Conversation;
use super::pages::{MessageSink, PageReader};
use super::profiles::Profiles;
use super::record::{write_message, write_reactions};
use super::runs::Block;
use crate::error::Result;
use crate::ids::ChannelId;
use crate::rows::{File, SetAside};
use crate::ts::Ts;
use crate::wire::SeenMessage;

/// What a page is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PageKind {
    DayFile,
    /// Messages in a file that is not named after a day, and may hold any of them.
    MessageFile,
    History,
    Thread(Ts),
    Reactions,
}

/// Some pages of one conversation, one after the other.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) channel: Arc<ChannelId>,
    /// The first page's number in its conversation.
    first: u32,
    pages: Vec<(PageKind, PathBuf)>,
    /// Whether the conversation ends with it.
    pub(super) is_last: bool,
}

/// What a piece's pages hold.
#[derive(Debug)]
pub(super) struct ReadPiece {
    pub(super) channel: Arc<ChannelId>,
    pub(super) first: u32,
    pub(super) pages: Vec<ReadPage>,
    pub(super) block: Block,
    pub(super) files: Vec<File>,
    pub(super) set_aside: Vec<SetAside>,
    pub(super) profiles: Profiles,
    /// Messages whose words are in other fields than their text.
    pub(super) words_elsewhere: u64,
    pub(super) is_last: bool,
    /// Pages that were left: those before them hold more than a piece should. To be read before any other piece.
    pub(super) rest: Option<Piece>,
}

/// What is to know of a page beside its messages.
#[derive(Debug)]
pub(super) struct ReadPage {
    pub(super) kind: PageKind,
    /// The number that its name says, of a page of history.
    pub(super) number: Option<usize>,
    /// Whether all of it could be read.
    pub(super) clean: bool,
    /// Its first and its last message.
    pub(super) span: Option<(Ts, Ts)>,
    /// When the day of a day file begins and ends, as its name says.
    pub(super) day: Option<(Ts, Ts)>,
    /// Whether it says that it is the last page.
    pub(super) is_last: bool,
    /// Of a page of a thread: the replies on it, and how many its first message announces.
    pub(super) replies: u64,
    pub(super) announced: Option<u64>,
}

impl ReadPiece {
    /// Bytes in memory.
    pub(super) fn weight(&self) -> usize {
        let files = self.files.len() * (size_of::<File>() + 100);
        let set_aside = self.set_aside.len() * (size_of::<SetAside>() + 200);
        self.block.weight()
            + self.pages.len() * size_of::<ReadPage>()
            + files
            + set_aside
            + self.profiles.weight()
    }
}

/// So many pages are a piece of work at the most, however small they are.
const MOST_PAGES: usize = 256;

/// What a page of a thread counts as. There are as many as threads, and to ask for the size of each, in turn, would
/// take longer than to read them on all threads. Where they are larger, whoever reads them stops.
const THREAD_PAGE: u64 = 16 << 10;

/// Cuts a conversation's pages into pieces of about `bytes` bytes.
fn pieces(
    channel: ChannelId,
    pages: Vec<(PageKind, PathBuf)>,
    bytes: u64,
    size: impl Fn(&Path) -> u64,
) -> Vec<Piece> {
    let channel = Arc::new(channel);
    let piece = |first: usize| Piece {
        channel: channel.clone(),
        first: u32::try_from(first).unwrap_or(u32::MAX),
        pages: Vec::new(),
        is_last: false,
    };
    let mut pieces = vec![piece(0)];
    let mut filled = 0;
    for (number, page) in pages.into_iter().enumerate() {
        let length = match page.0 {
            PageKind::Thread(_) => THREAD_PAGE,
            PageKind::DayFile | PageKind::MessageFile | PageKind::History | PageKind::Reactions => {
                size(&page.1)
            }
        };
        let last = pieces.last_mut().filter(|last| {
            last.pages.is_empty() || (filled + length <= bytes && last.pages.len() < MOST_PAGES)
        });
        let last = match last {
            Some(last) => last,
            None => {
                filled = 0;
                pieces.push(piece(number));
                let at = pieces.len() - 1;
                &mut pieces[at]
            }
        };
        filled += length;
        last.pages.push(page);
    }
    if let Some(last) = pieces.last_mut() {
        last.is_last = true;
    }
    pieces
}

/// The pieces of all conversations, each listed when its turn comes.
pub(super) fn all_pieces(
    conversations: impl IntoIterator<Item = (ChannelId, Conversation)>,
    root: PathBuf,
    bytes: u64,
) -> impl Iterator<Item = Result<Piece>> {
    let size = {
        let root = root.clone();
        move |page: &Path| std::fs::metadata(root.join(page)).map_or(0, |metadata| metadata.len())
    };
    conversations.into_iter().flat_map(move |(channel, conversation)| {
        let (found, failure) = match conversation.pages(&root) {
            Ok(pages) => (pieces(channel, pages, bytes, &size), None),
            Err(error) => (Vec::new(), Some(Err(error))),
        };
        found.into_iter().map(Ok).chain(failure)
    })
}

/// Reads a piece's pages, those of threads only while what they hold is no more than about `bytes` bytes.
pub(super) fn read_piece(reader: &mut PageReader<'_>, mut piece: Piece, bytes: u64) -> ReadPiece {
    let channel = &*piece.channel;
    let mut rows = PieceRows::default();
    let mut pages = Vec::with_capacity(piece.pages.len());
    for (number, (kind, path)) in (piece.first..).zip(&piece.pages) {
        let is_thread = matches!(kind, PageKind::Thread(_));
        if is_thread && !pages.is_empty() && rows.block.weight() as u64 > bytes {
            break;
        }
        rows.begin(number);
        rows.thread = if let PageKind::Thread(thread) = kind { Some(*thread) } else { None };
        let (clean, is_last) = match kind {
            PageKind::Reactions => (reader.reactions(path, channel, |seen| rows.add_reactions(&seen)), false),
            PageKind::DayFile | PageKind::MessageFile => (reader.messages(path, channel, &mut rows).0, false),
            PageKind::History | PageKind::Thread(_) => reader.messages(path, channel, &mut rows),
        };
        let number = path.file_stem().and_then(|stem| stem.to_str()?.parse().ok());
        let PieceRows { span, replies, announced, .. } = rows;
        let day = if *kind == PageKind::DayFile { day_of(path) } else { None };
        pages.push(ReadPage { kind: *kind, number, clean, span, day, is_last, replies, announced });
    }
    let PieceRows { mut block, files, profiles, words_elsewhere, .. } = rows;
    block.sort();
    let left = piece.pages.split_off(pages.len());
    let (first, set_aside) = (piece.first, reader.take_set_aside());
    let (channel, is_last) = (piece.channel.clone(), piece.is_last && left.is_empty());
    let rest = (!left.is_empty()).then(|| {
        let n_read = u32::try_from(pages.len()).unwrap_or(u32::MAX);
        Piece { first: first.saturating_add(n_read), pages: left, ..piece }
    });
    ReadPiece { channel, first, pages, block, files, set_aside, profiles, words_elsewhere, is_last, rest }
}

/// When the day that a file is named after begins and ends. Slack cuts days in California, seven or eight hours behind UTC:
/// it ends at the earlier of both.
fn day_of(path: &Path) -> Option<(Ts, Ts)> {
    const DAY: i64 = 86_400 * 1_000_000;
    let stem = path.file_stem()?.to_str()?;
    let midnight = NaiveDate::parse_from_str(stem, "%Y-%m-%d").ok()?.and_hms_opt(7, 0, 0)?;
    let begins = midnight.and_utc().timestamp_micros();
    Ts::from_micros(begins).zip(Ts::from_micros(begins + DAY))
}

/// The rows of a piece while its pages are read.
#[derive(Default)]
struct PieceRows {
    block: Block,
    files: Vec<File>,
    profiles: Profiles,
    words_elsewhere: u64,
    page: u32,
    /// How many records, files, and messages with words elsewhere there were when the page was begun.
    begin: (usize, usize, u64),
    span: Option<(Ts, Ts)>,
    /// The thread that the page is of, its replies so far, and how many it announces.
    thread: Option<Ts>,
    replies: u64,
    announced: Option<u64>,
}

impl PieceRows {
    fn begin(&mut self, page: u32) {
        let begin = (self.block.len(), self.files.len(), self.words_elsewhere);
        (self.page, self.begin, self.span) = (page, begin, None);
        (self.replies, self.announced) = (0, None);
    }

    fn add_reactions(&mut self, seen: &SeenMessage<'_>) {
        let (ts, thread) = (seen.row.ts, seen.row.thread_ts);
        self.block.push(ts, |out| write_reactions(out, thread, &seen.reactions, self.page));
    }
}

impl MessageSink for PieceRows {
    fn see(&mut self, mut seen: SeenMessage<'_>) {
        let ts = seen.row.ts;
        let span = self.span.unwrap_or((ts, ts));
        self.span = Some((span.0.min(ts), span.1.max(ts)));
        if self.thread == Some(ts) {
            self.announced = seen.row.reply_count;
        } else if self.thread.is_some() && self.thread == seen.row.thread_ts {
            self.replies += 1;
        }
        self.files.append(&mut seen.files);
        self.words_elsewhere += u64::from(seen.has_words_elsewhere);
        if let Some(profile) = &seen.profile {
            self.profiles.see(seen.user(), profile);
        }
        self.block.push(ts, |out| write_message(out, &seen, self.page));
    }

    fn forget(&mut self) {
        self.words_elsewhere = self.begin.2;
        self.block.truncate(self.begin.0);
        self.files.truncate(self.begin.1);
        (self.span, self.replies, self.announced) = (None, 0, None);
    }
}

//! What is kept of a message until its channel is written: a few bytes more than its fields are long.
//!
//! Texts are encoded for CSV already, on the thread that reads the page, so that whoever writes has only to copy.

use crate::rows::Message;
use crate::table::FieldEncoder;
use crate::ts::Ts;
use crate::wire::{SeenMessage, SeenReaction};

const HAS_THREAD: u8 = 1;
const HAS_LATEST_REPLY: u8 = 1 << 1;
const HAS_EDITED: u8 = 1 << 2;
const HAS_REPLY_COUNT: u8 = 1 << 3;
const HAS_REPLY_USERS: u8 = 1 << 4;
const IS_TOMBSTONE: u8 = 1 << 5;
const IS_BROADCAST: u8 = 1 << 6;
/// Reactions alone: they were asked for by themselves, and no message came with them.
const NO_MESSAGE: u8 = 1 << 7;

/// A record as it lies in memory or in a file: the bytes of its body, after its `ts` and its length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record<'r> {
    flags: u8,
    /// The page's number in its channel.
    pub(super) page: u32,
    pub(super) ts: Ts,
    pub(super) thread_ts: Option<Ts>,
    pub(super) latest_reply: Option<Ts>,
    pub(super) edited_ts: Option<Ts>,
    pub(super) reply_count: Option<u64>,
    pub(super) reply_users_count: Option<u64>,
    /// Type and subtype, encoded, with the comma between them.
    pub(super) kinds: &'r [u8],
    /// The author's id, as it is.
    pub(super) user: &'r [u8],
    /// The bot and its name, encoded, with the comma between them.
    pub(super) bot: &'r [u8],
    /// The text, encoded.
    pub(super) text: &'r [u8],
    reactions: &'r [u8],
}

impl<'r> Record<'r> {
    /// Reads what [`write_message`] and [`write_reactions`] wrote.
    pub(super) fn read(ts: Ts, body: &'r [u8]) -> Option<Self> {
        let mut bytes = Bytes(body);
        let [flags] = bytes.array()?;
        let page = u32::from_le_bytes(bytes.array()?);
        let mut number = |flag: u8| match flags & flag {
            0 => Some(None),
            _ => bytes.array().map(|bytes| Some(u64::from_le_bytes(bytes))),
        };
        let instant = |number: Option<u64>| number.and_then(|micros| Ts::from_micros(micros as i64));
        let thread_ts = instant(number(HAS_THREAD)?);
        let latest_reply = instant(number(HAS_LATEST_REPLY)?);
        let edited_ts = instant(number(HAS_EDITED)?);
        let (reply_count, reply_users_count) = (number(HAS_REPLY_COUNT)?, number(HAS_REPLY_USERS)?);
        let (mut kinds, mut user, mut bot, mut text) = Default::default();
        if flags & NO_MESSAGE == 0 {
            (kinds, user, bot, text) = (bytes.piece()?, bytes.piece()?, bytes.piece()?, bytes.piece()?);
        }
        Some(Self {
            flags,
            page,
            ts,
            thread_ts,
            latest_reply,
            edited_ts,
            reply_count,
            reply_users_count,
            kinds,
            user,
            bot,
            text,
            reactions: bytes.0,
        })
    }

    /// Whether a body is a record from its first byte to its last.
    pub(super) fn is_record(ts: i64, body: &'r [u8]) -> bool {
        let Some(record) = Ts::from_micros(ts).and_then(|ts| Self::read(ts, body)) else { return false };
        let mut bytes = Bytes(record.reactions);
        while !bytes.0.is_empty() {
            if bytes.reaction().is_none() {
                return false;
            }
        }
        true
    }

    pub(super) fn is_message(&self) -> bool {
        self.flags & NO_MESSAGE == 0
    }

    pub(super) fn is_tombstone(&self) -> bool {
        self.flags & IS_TOMBSTONE != 0
    }

    /// As [`Message::is_in_channel`].
    pub(super) fn is_in_channel(&self) -> bool {
        self.thread_ts.is_none_or(|thread| thread == self.ts) || self.flags & IS_BROADCAST != 0
    }

    /// Whether thread_data holds it.
    pub(super) fn is_reply(&self) -> bool {
        self.thread_ts.is_some_and(|thread| thread != self.ts)
    }

    /// Of two records of one message in a batch, the one counts that is no tombstone, then the one that shows the
    /// later edit and reply counts. Pages are read in a fixed order, and of equals the last one counts.
    pub(super) fn freshness(&self) -> impl Ord + use<> {
        (!self.is_tombstone(), self.edited_ts, self.latest_reply, self.reply_count)
    }

    /// Whether another record of one `ts` can be the same message: of one author, and of one text unless one of them was
    /// edited.
    pub(super) fn is_version_of(&self, other: &Record<'_>) -> bool {
        let is_edited = self.edited_ts != other.edited_ts;
        (self.user, self.bot) == (other.user, other.bot) && (self.text == other.text || is_edited)
    }

    /// The reactions, emoji by emoji.
    pub(super) fn reactions(&self) -> impl Iterator<Item = PackedReaction<'r>> + use<'r> {
        let mut bytes = Bytes(self.reactions);
        std::iter::from_fn(move || bytes.reaction())
    }
}

/// An emoji of a record, with those who used it.
#[derive(Debug, Clone, Copy)]
pub(super) struct PackedReaction<'r> {
    pub(super) name: &'r [u8],
    /// As Slack counts.
    pub(super) count: Option<u64>,
    users: &'r [u8],
}

impl<'r> PackedReaction<'r> {
    pub(super) fn users(&self) -> impl Iterator<Item = &'r [u8]> + use<'r> {
        let mut users = Bytes(self.users);
        std::iter::from_fn(move || users.piece())
    }
}

/// Appends a message's body.
pub(super) fn write_message(out: &mut Vec<u8>, seen: &SeenMessage<'_>, page: u32, csv: &FieldEncoder) {
    let flag = |is: bool, flag: u8| if is { flag } else { 0 };
    let flags = flag(seen.thread_ts.is_some(), HAS_THREAD)
        | flag(seen.latest_reply.is_some(), HAS_LATEST_REPLY)
        | flag(seen.edited_ts.is_some(), HAS_EDITED)
        | flag(seen.reply_count.is_some(), HAS_REPLY_COUNT)
        | flag(seen.reply_users_count.is_some(), HAS_REPLY_USERS)
        | flag(seen.subtype == Message::TOMBSTONE, IS_TOMBSTONE)
        | flag(seen.subtype == Message::BROADCAST, IS_BROADCAST);
    out.push(flags);
    out.extend_from_slice(&page.to_le_bytes());
    for ts in [seen.thread_ts, seen.latest_reply, seen.edited_ts].into_iter().flatten() {
        out.extend_from_slice(&ts.micros().to_le_bytes());
    }
    for count in [seen.reply_count, seen.reply_users_count].into_iter().flatten() {
        out.extend_from_slice(&count.to_le_bytes());
    }
    let pair = |out: &mut Vec<u8>, one: &str, other: &str| {
        csv.push(out, one.as_bytes());
        out.push(b',');
        csv.push(out, other.as_bytes());
    };
    piece(out, |out| pair(out, &seen.kind, &seen.subtype));
    piece(out, |out| out.extend_from_slice(seen.user.as_bytes()));
    piece(out, |out| pair(out, &seen.bot, &seen.username));
    piece(out, |out| csv.push(out, seen.text.as_bytes()));
    push_reactions(out, &seen.reactions);
}

/// Appends the body of reactions that come without their message.
pub(super) fn write_reactions(
    out: &mut Vec<u8>,
    thread: Option<Ts>,
    reactions: &[SeenReaction<'_>],
    page: u32,
) {
    out.push(NO_MESSAGE | if thread.is_some() { HAS_THREAD } else { 0 });
    out.extend_from_slice(&page.to_le_bytes());
    if let Some(thread) = thread {
        out.extend_from_slice(&thread.micros().to_le_bytes());
    }
    push_reactions(out, reactions);
}

fn push_reactions(out: &mut Vec<u8>, reactions: &[SeenReaction<'_>]) {
    for reaction in reactions.iter().filter(|reaction| !reaction.users.is_empty()) {
        piece(out, |out| out.extend_from_slice(reaction.name.as_bytes()));
        piece(out, |out| out.extend(reaction.count.into_iter().flat_map(u64::to_le_bytes)));
        piece(out, |out| {
            for user in &reaction.users {
                piece(out, |out| out.extend_from_slice(user.as_bytes()));
            }
        });
    }
}

/// Appends bytes with their length before them: one byte where they are few, five where they are not.
fn piece(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.push(0);
    write(out);
    let length = out.len() - start - 1;
    if length < usize::from(LONG) {
        out[start] = length as u8;
    } else {
        out[start] = LONG;
        // A field has the length of its page at the most, and pages of 4 GB are no pages of Slack's.
        let length = u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
        out.splice(start + 1..start + 1, length);
    }
}

const LONG: u8 = u8::MAX;

struct Bytes<'r>(&'r [u8]);

impl<'r> Bytes<'r> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }

    fn piece(&mut self) -> Option<&'r [u8]> {
        let [short] = self.array()?;
        let length = match short {
            LONG => u32::from_le_bytes(self.array()?) as usize,
            short => usize::from(short),
        };
        let (piece, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(piece)
    }

    fn reaction(&mut self) -> Option<PackedReaction<'r>> {
        let (name, count, users) = (self.piece()?, self.piece()?, self.piece()?);
        let count = match count {
            [] => None,
            count => Some(u64::from_le_bytes(count.try_into().ok()?)),
        };
        let mut left = Bytes(users);
        while !left.0.is_empty() {
            left.piece()?;
        }
        Some(PackedReaction { name, count, users })
    }
}

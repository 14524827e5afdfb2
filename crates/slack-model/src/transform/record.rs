//! What is kept of a message until its channel is written: its row as message_data has it, and a few bytes more.
//!
//! The row is encoded for CSV already, on the thread that reads the page, so that whoever writes has only to copy. Its
//! columns are found by their names in the tables' schemas: no list of columns stands here.

use crate::rows::{Message, Reply};
use crate::table::{Field, Line, Row, Table};
use crate::ts::Ts;
use crate::wire::{SeenMessage, SeenReaction};

const HAS_THREAD: u8 = 1;
const IS_TOMBSTONE: u8 = 1 << 1;
const IS_IN_CHANNEL: u8 = 1 << 2;
/// Reactions alone: they were asked for by themselves, and no message came with them.
const NO_MESSAGE: u8 = 1 << 7;

const COLUMNS: usize = Message::SCHEMA.columns.len();
const REPLY_COUNT: usize = column("reply_count");
const LATEST_REPLY: usize = column("latest_reply");
const USER: usize = column("user_id");
const BOT: usize = column("bot_id");
const USERNAME: usize = column("username");
const EDITED: usize = column("edited_ts");
const TEXT: usize = column("text");

/// Where message_data has each column of thread_data.
const OF_REPLY: [usize; Reply::SCHEMA.columns.len()] = {
    let mut places = [0; Reply::SCHEMA.columns.len()];
    let mut at = 0;
    while at < places.len() {
        places[at] = column(Reply::SCHEMA.columns[at].name);
        at += 1;
    }
    places
};

/// The place of a column of message_data. Evaluated by the compiler: a name that is not a column does not compile.
const fn column(name: &str) -> usize {
    let mut at = 0;
    while !is_same(Message::SCHEMA.columns[at].name.as_bytes(), name.as_bytes()) {
        at += 1;
    }
    at
}

const fn is_same(one: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

/// A record as it lies in memory or in a file: the bytes of its body, after its `ts` and its length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record<'r> {
    flags: u8,
    /// The page's number in its channel.
    pub(super) page: u32,
    pub(super) ts: Ts,
    pub(super) thread_ts: Option<Ts>,
    /// The row of message_data, encoded, without its line's end.
    pub(super) row: &'r [u8],
    /// Where each field of the row ends.
    ends: [usize; COLUMNS],
    reactions: &'r [u8],
}

impl<'r> Record<'r> {
    /// Reads what [`write_message`] and [`write_reactions`] wrote.
    pub(super) fn read(ts: Ts, body: &'r [u8]) -> Option<Self> {
        let mut bytes = Bytes(body);
        let [flags] = bytes.array()?;
        let page = u32::from_le_bytes(bytes.array()?);
        let thread_ts = match flags & HAS_THREAD {
            0 => None,
            _ => Ts::from_micros(i64::from_le_bytes(bytes.array()?)),
        };
        let mut ends = [0; COLUMNS];
        let mut row = &[][..];
        if flags & NO_MESSAGE == 0 {
            let mut start = 0;
            for end in &mut ends {
                *end = start + bytes.length()?;
                // The comma.
                start = *end + 1;
            }
            row = bytes.take(ends[COLUMNS - 1])?;
        }
        Some(Self { flags, page, ts, thread_ts, row, ends, reactions: bytes.0 })
    }

    fn field(&self, column: usize) -> &'r [u8] {
        let start = column.checked_sub(1).map_or(0, |before| self.ends[before] + 1);
        self.row.get(start..self.ends[column]).unwrap_or_default()
    }

    /// A value that is not a text.
    fn value<T: Field>(&self, column: usize) -> Option<T> {
        Some(self.field(column)).filter(|field| !field.is_empty()).and_then(|field| T::decode(field).ok())
    }

    /// The author's id, encoded.
    pub(super) fn user(&self) -> &'r [u8] {
        self.field(USER)
    }

    /// The text, encoded.
    pub(super) fn text(&self) -> &'r [u8] {
        self.field(TEXT)
    }

    pub(super) fn edited_ts(&self) -> Option<Ts> {
        self.value(EDITED)
    }

    /// The fields of its row of thread_data, encoded.
    pub(super) fn reply_fields(&self) -> impl Iterator<Item = &'r [u8]> {
        OF_REPLY.iter().map(|column| self.field(*column))
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

    /// Whether message_data holds it.
    pub(super) fn is_in_channel(&self) -> bool {
        self.flags & IS_IN_CHANNEL != 0
    }

    /// Whether thread_data holds it.
    pub(super) fn is_reply(&self) -> bool {
        self.thread_ts.is_some_and(|thread| thread != self.ts)
    }

    /// Of two records of one message in a batch, the one counts that is no tombstone, then the one that shows the
    /// later edit and reply counts. Pages are read in a fixed order, and of equals the last one counts.
    pub(super) fn freshness(&self) -> impl Ord + use<> {
        let latest_reply: Option<Ts> = self.value(LATEST_REPLY);
        (!self.is_tombstone(), self.edited_ts(), latest_reply, self.value::<u64>(REPLY_COUNT))
    }

    /// Whether another record of one `ts` can be the same message: of one author, and of one text unless one of them was
    /// edited.
    pub(super) fn is_version_of(&self, other: &Record<'_>) -> bool {
        let is_same = |column: usize| self.field(column) == other.field(column);
        [USER, BOT, USERNAME].into_iter().all(is_same) && (is_same(TEXT) || !is_same(EDITED))
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

/// Appends a message's body. `line` is room to encode the row in.
pub(super) fn write_message(out: &mut Vec<u8>, seen: &SeenMessage<'_>, page: u32, line: &mut Line) {
    let is_tombstone = seen.row.subtype.bytes() == Message::TOMBSTONE.as_bytes();
    write_row(out, &seen.row, (seen.row.thread_ts, is_tombstone, seen.is_in_channel()), page, line);
    push_reactions(out, &seen.reactions);
}

/// Appends a row of message_data: its thread, and whether it is a tombstone and in the channel.
pub(super) fn write_row(
    out: &mut Vec<u8>,
    row: &impl Row,
    (thread, is_tombstone, is_in_channel): (Option<Ts>, bool, bool),
    page: u32,
    line: &mut Line,
) {
    line.buffer().clear();
    line.row(row);
    let row = line.buffer().strip_suffix(b"\n").unwrap_or_default();
    let flag = |is: bool, flag: u8| if is { flag } else { 0 };
    write_head(out, flag(is_tombstone, IS_TOMBSTONE) | flag(is_in_channel, IS_IN_CHANNEL), page, thread);
    let mut rest = Some(row);
    while let Some(fields) = rest {
        let length = field_length(fields);
        push_length(out, length);
        rest = fields.get(length + 1..);
    }
    out.extend_from_slice(row);
}

/// The length of the first of some encoded fields.
fn field_length(fields: &[u8]) -> usize {
    if !fields.starts_with(b"\"") {
        // Most fields are short: the search costs more to begin than to do.
        let near = fields.iter().take(32).position(|byte| *byte == b',');
        return near.or_else(|| memchr::memchr(b',', fields)).unwrap_or(fields.len());
    }
    // A quote within the text is doubled: the first single one ends it.
    let mut quotes = memchr::memchr_iter(b'"', fields).skip(1);
    while let Some(quote) = quotes.next() {
        if fields.get(quote + 1) != Some(&b'"') {
            return quote + 1;
        }
        quotes.next();
    }
    fields.len()
}

fn write_head(out: &mut Vec<u8>, flags: u8, page: u32, thread: Option<Ts>) {
    out.push(flags | if thread.is_some() { HAS_THREAD } else { 0 });
    out.extend_from_slice(&page.to_le_bytes());
    out.extend(thread.into_iter().flat_map(|thread| thread.micros().to_le_bytes()));
}

/// Appends the body of reactions that come without their message.
pub(super) fn write_reactions(
    out: &mut Vec<u8>,
    thread: Option<Ts>,
    reactions: &[SeenReaction<'_>],
    page: u32,
) {
    write_head(out, NO_MESSAGE, page, thread);
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

/// Appends bytes with their length before them.
fn piece(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.push(0);
    write(out);
    let length = out.len() - start - 1;
    if length < usize::from(LONG) {
        out[start] = length as u8;
    } else {
        let mut written = Vec::new();
        push_length(&mut written, length);
        out.splice(start..=start, written);
    }
}

/// Appends a length: one byte where it is small, five where it is not.
fn push_length(out: &mut Vec<u8>, length: usize) {
    if length < usize::from(LONG) {
        out.push(length as u8);
    } else {
        out.push(LONG);
        // A field has the length of its page at the most, and Slack's pages are far below 4 GB.
        out.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
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

    fn length(&mut self) -> Option<usize> {
        let [short] = self.array()?;
        Some(match short {
            LONG => u32::from_le_bytes(self.array()?) as usize,
            short => usize::from(short),
        })
    }

    fn piece(&mut self) -> Option<&'r [u8]> {
        let length = self.length()?;
        self.take(length)
    }

    fn take(&mut self, length: usize) -> Option<&'r [u8]> {
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

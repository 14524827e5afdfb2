//! What is kept of a message until its channel is written: its row as message_data has it, and a few bytes more.
//!
//! The row is packed without what all rows of the channel have in common. Its texts are encoded for CSV already, on the
//! thread that reads the page, so that whoever writes has only to copy.

use std::borrow::Cow;

use crate::ids::ChannelId;
use crate::rows::{Message, MessageRef};
use crate::table::{Id, PackedBytes, piece, unquoted};
use crate::ts::{BatchId, Ts};
use crate::wire::{SeenMessage, SeenReaction};

const HAS_THREAD: u8 = 1;
/// Reactions alone: they were asked for by themselves, and no message came with them.
const NO_MESSAGE: u8 = 1 << 7;

/// A record as it lies in memory or in a file: the bytes of its body, after its `ts` and its length.
#[derive(Debug, Clone)]
pub(super) struct Record<'r> {
    is_message: bool,
    /// The page's number in its channel.
    pub(super) page: u32,
    /// Without the channel, the instant and the batches: [`Record::row`] has them. Of reactions alone `ts` and thread.
    pub(super) row: MessageRef<'r>,
    reactions: PackedBytes<'r>,
}

impl<'r> Record<'r> {
    /// Reads what [`write_message`] and [`write_reactions`] wrote.
    pub(super) fn read(ts: Ts, body: &'r [u8]) -> Option<Self> {
        let mut bytes = PackedBytes(body);
        let [flags] = bytes.array()?;
        let page = u32::from_le_bytes(bytes.array()?);
        let is_message = flags & NO_MESSAGE == 0;
        let mut no_row = PackedBytes(&[0; 4]);
        let mut row = MessageRef::unpack(if is_message { &mut bytes } else { &mut no_row })?;
        row.ts = ts;
        if flags & HAS_THREAD != 0 {
            row.thread_ts = Ts::from_micros(i64::from_le_bytes(bytes.array()?));
        }
        Some(Self { is_message, page, row, reactions: bytes })
    }

    /// Its row of message_data in a batch.
    pub(super) fn row<'a>(&self, channel: &'a ChannelId, batch: BatchId) -> MessageRef<'a>
    where
        'r: 'a,
    {
        MessageRef {
            channel: channel.as_str().into(),
            time: Some(self.row.ts.time()),
            deleted_batch: self.is_tombstone().then_some(batch),
            first_batch: Some(batch),
            last_batch: Some(batch),
            ..self.row
        }
    }

    /// The author's id, without quotes.
    pub(super) fn user(&self) -> Option<Cow<'r, [u8]>> {
        self.row.user_id.map(|user| unquoted(user.0.bytes())).filter(|user| !user.is_empty())
    }

    /// Whether a body is a record from its first byte to its last.
    pub(super) fn is_record(ts: i64, body: &'r [u8]) -> bool {
        let Some(mut record) = Ts::from_micros(ts).and_then(|ts| Self::read(ts, body)) else { return false };
        while !record.reactions.0.is_empty() {
            if reaction(&mut record.reactions).is_none() {
                return false;
            }
        }
        true
    }

    pub(super) fn is_message(&self) -> bool {
        self.is_message
    }

    pub(super) fn is_tombstone(&self) -> bool {
        self.row.subtype.bytes() == Message::TOMBSTONE.as_bytes()
    }

    /// Of two records of one message in a batch, the one counts that is no tombstone, then the one that shows the
    /// later edit and reply counts. Pages are read in a fixed order, and of equals the last one counts.
    pub(super) fn freshness(&self) -> impl Ord + use<> {
        (!self.is_tombstone(), self.row.edited_ts, self.row.latest_reply, self.row.reply_count)
    }

    /// Whether another record of one `ts` can be the same message: of one author, and of one text unless one of them was
    /// edited.
    pub(super) fn is_version_of(&self, other: &Record<'_>) -> bool {
        let (one, other) = (&self.row, &other.row);
        (one.user_id, one.bot_id, one.username) == (other.user_id, other.bot_id, other.username)
            && (one.text == other.text || one.edited_ts != other.edited_ts)
    }

    /// The reactions, emoji by emoji.
    pub(super) fn reactions(&self) -> impl Iterator<Item = PackedReaction<'r>> + use<'r> {
        let mut bytes = self.reactions;
        std::iter::from_fn(move || reaction(&mut bytes))
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
        let mut users = PackedBytes(self.users);
        std::iter::from_fn(move || users.piece())
    }
}

fn reaction<'r>(bytes: &mut PackedBytes<'r>) -> Option<PackedReaction<'r>> {
    let (name, count, users) = (bytes.piece()?, bytes.piece()?, bytes.piece()?);
    let count = match count {
        [] => None,
        count => Some(u64::from_le_bytes(count.try_into().ok()?)),
    };
    let mut left = PackedBytes(users);
    while !left.0.is_empty() {
        left.piece()?;
    }
    Some(PackedReaction { name, count, users })
}

/// Appends a message's body.
pub(super) fn write_message(out: &mut Vec<u8>, seen: &SeenMessage<'_>, page: u32) {
    write_row(out, seen.row, page);
    push_reactions(out, &seen.reactions);
}

/// Appends the body of a message without reactions: its row, without what [`Record::read`] and [`Record::row`] fill in.
pub(super) fn write_row(out: &mut Vec<u8>, row: MessageRef<'_>, page: u32) {
    out.push(0);
    out.extend_from_slice(&page.to_le_bytes());
    let (channel, ts, time) = (Id::default(), Ts::EPOCH, None);
    let (deleted_batch, first_batch, last_batch, text_batch) = (None, None, None, None);
    MessageRef { channel, ts, time, deleted_batch, first_batch, last_batch, text_batch, ..row }.pack(out);
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
    out.extend(thread.into_iter().flat_map(|thread| thread.micros().to_le_bytes()));
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

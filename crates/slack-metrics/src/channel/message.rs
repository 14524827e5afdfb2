use std::ops::Range;

use slack_model::{RawRecord, Ts};

use super::user_of;
use crate::calendar::LocalTime;
use crate::gaps::NO_GAP;
use crate::survey::MessageColumns;
use crate::workspace::{EmojiNo, UserNo};

/// What kind of message it is. Tested in this order: join, leave, bot, post, system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MessageKind {
    /// Somebody joined.
    Join,
    /// Somebody left.
    Leave,
    /// A bot wrote: bot_id is set, the subtype is `bot_message`, or the user is USLACKBOT or a bot's.
    Bot,
    /// A person wrote: an ordinary message, a reply, a file, a `/me`.
    Post,
    /// Anything else.
    System,
}

impl MessageKind {
    /// The kind of a message of `user`, the author's id.
    pub(crate) fn of(
        record: &RawRecord<'_>,
        columns: &MessageColumns,
        user: &[u8],
        user_is_bot: bool,
    ) -> Self {
        match &*record.field(columns.subtype) {
            b"channel_join" | b"group_join" => Self::Join,
            b"channel_leave" | b"group_leave" => Self::Leave,
            b"bot_message" => Self::Bot,
            _ if !record.field(columns.bot).is_empty() || user == b"USLACKBOT" || user_is_bot => Self::Bot,
            b"" | b"thread_broadcast" | b"file_share" | b"me_message" if !user.is_empty() => Self::Post,
            _ => Self::System,
        }
    }

    /// The kind's name in conversation_data.
    pub fn name(self) -> &'static str {
        match self {
            Self::Join => "join",
            Self::Leave => "leave",
            Self::Bot => "bot",
            Self::Post => "post",
            Self::System => "system",
        }
    }
}

/// A message or reply. Its text is with the channel: [`Channel::text`](crate::Channel::text).
#[derive(Debug, Clone)]
pub struct Message {
    pub(super) ts: Ts,
    /// Anything where there is no thread.
    pub(super) thread_ts: Ts,
    pub(super) local_time: LocalTime,
    /// In microseconds, or [`NO_GAP`].
    pub(super) user_gap: i64,
    pub(super) user: u32,
    pub(crate) type_number: u32,
    pub(super) text_len: u32,
    pub(super) text_start: usize,
    pub(super) kind: MessageKind,
    pub(super) has_thread: bool,
    pub(super) is_plain: bool,
}

impl Message {
    /// The timestamp.
    pub fn ts(&self) -> Ts {
        self.ts
    }

    /// The timestamp of the thread's first message, where there is a thread.
    pub fn thread_ts(&self) -> Option<Ts> {
        self.has_thread.then_some(self.thread_ts)
    }

    /// What clocks showed in the time zone that days and hours are counted in.
    pub fn local_time(&self) -> LocalTime {
        self.local_time
    }

    /// The author; `None` where the message names none.
    pub fn user(&self) -> Option<UserNo> {
        user_of(self.user)
    }

    /// The kind.
    pub fn kind(&self) -> MessageKind {
        self.kind
    }

    /// Microseconds since the author's post before, in whichever channel that was.
    pub fn gap_of_user(&self) -> Option<i64> {
        (self.user_gap != NO_GAP).then_some(self.user_gap)
    }

    /// Whether its text needs no quotes as a field of a table.
    pub(crate) fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// Whether a person wrote it.
    pub fn is_post(&self) -> bool {
        self.kind == MessageKind::Post
    }

    /// Whether it stands in a thread without opening it.
    pub fn is_reply(&self) -> bool {
        self.has_thread && self.thread_ts != self.ts
    }

    pub(super) fn text_range(&self) -> Range<usize> {
        self.text_start..self.text_start + self.text_len as usize
    }
}

/// A reaction to a message that is there.
#[derive(Debug, Clone)]
pub struct Reaction {
    pub(super) message: u32,
    pub(super) user: UserNo,
    pub(super) emoji: EmojiNo,
}

impl Reaction {
    /// Who reacted.
    pub fn user(&self) -> UserNo {
        self.user
    }

    /// With what.
    pub fn emoji(&self) -> EmojiNo {
        self.emoji
    }
}

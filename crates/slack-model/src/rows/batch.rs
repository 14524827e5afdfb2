use crate::ids::{ChannelId, TeamId};
use crate::table::{self as tables, FieldError, Kind};
use crate::ts::{BatchId, Ts};

crate::table! {
    /// A batch that the table's folder holds or has merged.
    pub struct Batch in "batch_data" by (batch) {
        /// The batch.
        pub batch: BatchId,
        /// Where it came from: `api`, `export` or `legacy`.
        pub source: String,
        /// How its extraction ended: `complete` or `partial`.
        pub status: String,
        /// The workspace, where it is known.
        pub team_id: Option<TeamId>,
        /// The workspace's name.
        pub team_name: String,
    }
}

/// What a [`Window`] covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum WindowScope {
    /// Messages and replies (an export's day files, and single messages found deleted).
    All,
    /// What message_data holds (a walk through a channel's history).
    Messages,
    /// The replies of the thread `thread_ts`.
    Thread,
    /// The replies of every thread that begins in the window.
    Threads,
}

impl tables::Field for WindowScope {
    const KIND: Kind = Kind::Text;

    fn decode(field: &[u8]) -> Result<Self, FieldError> {
        match field {
            b"all" => Ok(Self::All),
            b"messages" => Ok(Self::Messages),
            b"thread" => Ok(Self::Thread),
            b"threads" => Ok(Self::Threads),
            _ => Err(FieldError::new("all, messages, thread or threads", field)),
        }
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(match self {
            Self::All => b"all",
            Self::Messages => b"messages",
            Self::Thread => b"thread",
            Self::Threads => b"threads",
        });
    }
}

crate::table! {
    /// A stretch of time in which a batch saw every message of a channel that there was.
    ///
    /// A message inside it that the batch does not hold was deleted by then. Merge needs the windows of
    /// all batches to give the same master in whatever order they come.
    pub struct Window in "window_data" by (channel, oldest, latest, scope, thread_ts, batch) {
        /// The conversation.
        pub channel: ChannelId,
        /// The first timestamp covered.
        pub oldest: Ts,
        /// The last timestamp covered.
        pub latest: Ts,
        /// What is covered.
        pub scope: WindowScope,
        /// The thread whose replies are covered, with scope `thread`.
        pub thread_ts: Option<Ts>,
        /// The batch that walked it.
        pub batch: BatchId,
    }
}

/// How much of a file a row of `set_aside.csv` is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SetAsideKind {
    /// Everything from a place on.
    Rest,
    /// A whole record.
    Record,
    /// A field of a record that is kept.
    Field,
    /// Characters that are not text; U+FFFD stands in their place.
    Character,
}

impl tables::Field for SetAsideKind {
    const KIND: Kind = Kind::Text;

    fn decode(field: &[u8]) -> Result<Self, FieldError> {
        match field {
            b"rest" => Ok(Self::Rest),
            b"record" => Ok(Self::Record),
            b"field" => Ok(Self::Field),
            b"character" => Ok(Self::Character),
            _ => Err(FieldError::new("rest, record, field or character", field)),
        }
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(match self {
            Self::Rest => b"rest",
            Self::Record => b"record",
            Self::Field => b"field",
            Self::Character => b"character",
        });
    }
}

crate::table! {
    /// A record, or a part of one, that could not be read: where its raw text is, and why.
    pub struct SetAside in "set_aside" by (file, offset, field, reason) {
        /// The file, below the batch's folder.
        pub file: String,
        /// The first byte of the raw text.
        pub offset: u64,
        /// Bytes of the raw text.
        pub length: u64,
        /// The record's number in its file, from 0.
        pub record: Option<u64>,
        /// The conversation.
        pub channel: Option<ChannelId>,
        /// The record's timestamp, as it stands there.
        pub ts: String,
        /// The field, empty where the whole record is set aside.
        pub field: String,
        /// Why.
        pub reason: String,
        /// How much is set aside; empty in files of versions before 0.2.
        pub kind: Option<SetAsideKind>,
    }
}

impl SetAside {
    /// Whether records are lost to the tables: a record as a whole, or the rest of a file. What is set aside of a record
    /// that is kept, a field or a character, is not.
    pub fn is_record(&self) -> bool {
        matches!(self.kind, Some(SetAsideKind::Record | SetAsideKind::Rest))
    }
}

crate::table! {
    /// A file of an export that no table is made of.
    pub struct NotRead in "not_read" by (file) {
        /// The file, below the batch's folder.
        pub file: String,
        /// Its bytes.
        pub bytes: u64,
        /// Whether it is of a kind that exports are known to hold beside messages.
        pub is_known: bool,
        /// What it is, or why it was not read.
        pub reason: String,
    }
}

use crate::ids::{ChannelId, TeamId};
use crate::ts::{BatchId, Ts};

crate::table! {
    /// A batch that the table's folder holds or has merged.
    pub struct Batch in "batch_data" by (batch) {
        /// The batch.
        open batch: BatchId,
        /// Where it came from: `api`, `export` or `legacy`.
        open source: String,
        /// How its extraction ended: `complete` or `partial`.
        open status: String,
        /// The workspace, where it is known.
        open team_id: Option<TeamId>,
        /// The workspace's name.
        open team_name: String,
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

crate::words! {
    WindowScope, Text, "all, messages, thread or threads":
    All = "all", Messages = "messages", Thread = "thread", Threads = "threads",
}

crate::table! {
    /// A stretch of time in which a batch saw every message of a channel that there was.
    ///
    /// A message inside it that the batch does not hold was deleted by then. Merge needs the windows of
    /// all batches to give the same master in whatever order they come.
    pub struct Window in "window_data" by (channel, oldest, latest, scope, thread_ts, batch) {
        /// The conversation.
        open channel: ChannelId => "channel_data",
        /// The first timestamp covered.
        open oldest: Ts,
        /// The last timestamp covered.
        open latest: Ts,
        /// What is covered.
        open scope: WindowScope,
        /// The thread whose replies are covered, with scope `thread`.
        open thread_ts: Option<Ts>,
        /// The batch that walked it.
        open batch: BatchId,
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

crate::words! {
    SetAsideKind, Text, "rest, record, field or character":
    Rest = "rest", Record = "record", Field = "field", Character = "character",
}

crate::table! {
    /// A record, or a part of one, that could not be read: where its raw text is, and why.
    pub struct SetAside in "set_aside" by (file, offset, field, reason) {
        /// The file, below the batch's folder.
        name file: String,
        /// The first byte of the raw text.
        open offset: u64,
        /// Bytes of the raw text.
        open length: u64,
        /// The record's number in its file, from 0.
        open record: Option<u64>,
        /// The conversation.
        open channel: Option<ChannelId>,
        /// The record's timestamp, as it stands there.
        content ts: String,
        /// The field, empty where the whole record is set aside.
        content field: String,
        /// Why.
        content reason: String,
        /// How much is set aside; empty in files of versions before 0.2.
        open kind: Option<SetAsideKind>,
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
        content file: String,
        /// Its bytes.
        open bytes: u64,
        /// Whether it is of a kind that exports are known to hold beside messages.
        open is_known: bool,
        /// What it is, or why it was not read.
        open reason: String,
    }
}

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
    }
}

use crate::ids::{ChannelId, FileId, UserId};
use crate::table;
use crate::ts::{BatchId, Time, Ts};

table! {
    /// A file as it was shared in a conversation.
    pub struct File in "file_data" by (id, channel) {
        /// The file's id.
        open id: FileId,
        /// The conversation.
        open channel: ChannelId => "channel_data",
        /// The first message there that shared it.
        open ts: Option<Ts>,
        /// The file's name.
        content name: String,
        /// Its title.
        content title: String,
        /// Its media type.
        open mimetype: String,
        /// Slack's short type: `png`, `gdoc`, ...
        open filetype: String,
        /// Bytes.
        open size: Option<u64>,
        /// `hosted`, `external`, `snippet`, `quip`, ...; `hidden_by_limit` or `tombstone` where it is gone.
        open mode: String,
        /// When it was made.
        open time: Option<Time>,
        /// Who shared it.
        open user_id: Option<UserId> => "user_data",
        /// Where its bytes are, below the data home.
        content path: String,
        /// The SHA-256 of its bytes, in hexadecimal.
        open sha256: String,
        /// The first batch that saw the row.
        open first_batch: Option<BatchId>,
        /// The last batch that saw the row.
        open last_batch: Option<BatchId>,
    }
}

impl File {
    /// Whether Slack no longer tells what the file was: it is deleted, or hidden by the plan's limit.
    pub fn is_gone(mode: &[u8]) -> bool {
        matches!(mode, b"tombstone" | b"hidden_by_limit")
    }
}

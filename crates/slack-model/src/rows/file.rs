use crate::ids::{ChannelId, FileId, UserId};
use crate::table;
use crate::ts::{BatchId, Time, Ts};

table! {
    /// A file as it was shared in a conversation.
    pub struct File in "file_data" by (id, channel) {
        /// The file's id.
        pub id: FileId,
        /// The conversation.
        pub channel: ChannelId,
        /// The first message there that shared it.
        pub ts: Option<Ts>,
        /// The file's name.
        pub name: String,
        /// Its title.
        pub title: String,
        /// Its media type.
        pub mimetype: String,
        /// Slack's short type: `png`, `gdoc`, ...
        pub filetype: String,
        /// Bytes.
        pub size: Option<u64>,
        /// `hosted`, `external`, `snippet`, `quip`, ...; `hidden_by_limit` or `tombstone` where it is gone.
        pub mode: String,
        /// When it was made.
        pub time: Option<Time>,
        /// Who shared it.
        pub user_id: Option<UserId>,
        /// Where its bytes are, below the data home.
        pub path: String,
        /// The SHA-256 of its bytes, in hexadecimal.
        pub sha256: String,
        /// The first batch that saw the row.
        pub first_batch: Option<BatchId>,
        /// The last batch that saw the row.
        pub last_batch: Option<BatchId>,
    }
}

impl File {
    /// Whether Slack no longer tells what the file was: it is deleted, or hidden by the plan's limit.
    pub fn is_gone(mode: &[u8]) -> bool {
        matches!(mode, b"tombstone" | b"hidden_by_limit")
    }
}

use std::collections::BTreeSet;

use crate::ids::{ChannelId, UserId};
use crate::table;
use crate::ts::BatchId;

table! {
    /// A conversation: a channel, a private channel, a group message or a direct message.
    pub struct Channel in "channel_data" by (id) {
        /// The conversation's id.
        open id: ChannelId,
        /// Its name; the id where Slack gives none, as for direct messages.
        name name: String,
        /// `channel`, `group` (private channel), `mpim` (group message), `im` (direct message) or `canvas` (the comments on
        /// a canvas).
        open kind as "type": String,
        /// `public` where a list of public channels, the API or the operator says that every member of the workspace may
        /// read, else `confidential`.
        open class: String,
        /// Whether it is archived.
        open is_archived: Option<bool>,
        /// Whether only its members can see it; empty where no list says.
        open is_private: Option<bool>,
        /// Whether it is the workspace's general channel.
        open is_general: Option<bool>,
        /// Whether it is shared with another workspace.
        open is_shared: Option<bool>,
        /// Who made it.
        open creator: Option<UserId>,
        /// When it was made, seconds since 1970.
        open created: Option<i64>,
        /// Its topic.
        content topic: String,
        /// Its purpose.
        content purpose: String,
        /// Number of members.
        open num_members: Option<u64>,
        /// The first batch that saw the row.
        open first_batch: Option<BatchId>,
        /// The last batch that saw the row.
        open last_batch: Option<BatchId>,
        /// The last second at which a list said that it is not public; empty where that is `last_batch`, or never was.
        private confidential_at: Option<BatchId>,
    }
}

/// The columns of a row of channel_data that its class follows from, as they stand there.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs, reason = "a class follows from nothing else")]
pub struct ClassedBy<'r> {
    /// `id`
    pub id: &'r [u8],
    /// `name`
    pub name: &'r [u8],
    /// `type`
    pub kind: &'r [u8],
    /// `is_private`
    pub is_private: &'r [u8],
    /// `last_batch`
    pub last_batch: &'r [u8],
    /// `confidential_at`
    pub confidential_at: &'r [u8],
}

/// Whether a folder's name is one of direct messages or canvases: versions before 0.2 took all for channels.
fn looks_closed(id: &[u8], name: &[u8]) -> bool {
    let is_id = |first: &[u8], text: &[u8]| {
        text.len() > 3
            && text.first().is_some_and(|head| first.contains(head))
            && text.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    name.starts_with(b"mpdm-")
        || name.starts_with(b"FC:")
        || name.starts_with(b"FC_")
        || is_id(b"DGUW", name)
        || is_id(b"DG", id)
}

impl Channel {
    /// The type of the comments on a canvas.
    pub const CANVAS: &str = "canvas";

    /// The class of a row. A list of public channels makes a channel public, unless another list called it confidential at
    /// about the same time or later: of two imports of one second, the one that is imported later has the next, so that the
    /// order of two within a minute is not known.
    pub fn class_of(row: ClassedBy<'_>, assumed: &BTreeSet<String>) -> &'static str {
        if row.is_private.is_empty() {
            return Self::class_of_unlisted(row.id, row.name, row.kind, assumed);
        }
        let seconds = |batch: &[u8]| BatchId::parse(batch).map(|batch| batch.time().micros() / 1_000_000);
        let was_confidential = || match (seconds(row.confidential_at), seconds(row.last_batch)) {
            (Some(until), Some(seen)) => seen - until <= 60,
            _ => !row.confidential_at.is_empty(),
        };
        let is_public = row.kind == b"channel" && row.is_private == b"false" && !was_confidential();
        if is_public { "public" } else { "confidential" }
    }

    /// The class of a conversation that no list names: nobody but the operator can say that it is public, by its id or
    /// name, and only of a channel.
    fn class_of_unlisted(id: &[u8], name: &[u8], kind: &[u8], assumed: &BTreeSet<String>) -> &'static str {
        let is_assumed =
            |called: &[u8]| std::str::from_utf8(called).is_ok_and(|called| assumed.contains(called));
        let is_public = kind == b"channel"
            && !looks_closed(id, name)
            && (is_assumed(id) || !name.is_empty() && is_assumed(name));
        if is_public { "public" } else { "confidential" }
    }

    /// A conversation that no list names. What is not known to be public is confidential.
    pub fn unlisted(id: ChannelId, name: String, kind: &str, batch: BatchId) -> Self {
        Self {
            id,
            name,
            kind: kind.into(),
            class: "confidential".into(),
            is_archived: None,
            is_private: None,
            is_general: None,
            is_shared: None,
            creator: None,
            created: None,
            topic: String::new(),
            purpose: String::new(),
            num_members: None,
            first_batch: Some(batch),
            last_batch: Some(batch),
            confidential_at: None,
        }
    }

    /// The type that an id's first letter tells of: `D…` is a direct message and `G…` a private channel.
    pub fn kind_of_id(id: &str) -> &'static str {
        match id.as_bytes().first() {
            Some(b'D') => "im",
            Some(b'G') => "group",
            _ => "channel",
        }
    }
}

table! {
    /// A folder of an export that no list names, and the channel that it was found to be. No other table names the alias.
    pub struct ChannelAlias in "channel_alias_data" by (alias, channel) {
        /// The id made of the folder's name.
        open alias: ChannelId,
        /// The channel, under whose id the folder's rows stand.
        open channel: ChannelId => "channel_data",
        /// What tells: `messages` that both hold, or the `operator`.
        open reason: String,
        /// The first batch that had the folder.
        open first_batch: Option<BatchId>,
        /// The last batch that had the folder.
        open last_batch: Option<BatchId>,
    }
}

table! {
    /// A user's membership of a conversation.
    pub struct Member in "member_data" by (channel, user_id) {
        /// The conversation.
        open channel: ChannelId => "channel_data",
        /// The member.
        open user_id: UserId => "user_data",
        /// The first batch that saw the row.
        open first_batch: Option<BatchId>,
        /// The last batch that saw the row.
        open last_batch: Option<BatchId>,
    }
}

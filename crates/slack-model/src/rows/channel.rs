use std::collections::BTreeSet;

use crate::ids::{ChannelId, UserId};
use crate::table;
use crate::ts::BatchId;

table! {
    /// A conversation: a channel, a private channel, a group message or a direct message.
    pub struct Channel in "channel_data" by (id) {
        /// The conversation's id.
        pub id: ChannelId,
        /// Its name; the id where Slack gives none, as for direct messages.
        pub name: String,
        /// `channel`, `group` (private channel), `mpim` (group message) or `im` (direct message).
        pub kind as "type": String,
        /// `public` where every member of the workspace may read, else `confidential`.
        pub class: String,
        /// Whether it is archived.
        pub is_archived: Option<bool>,
        /// Whether only its members can see it.
        pub is_private: Option<bool>,
        /// Whether it is the workspace's general channel.
        pub is_general: Option<bool>,
        /// Whether it is shared with another workspace.
        pub is_shared: Option<bool>,
        /// Who made it.
        pub creator: Option<UserId>,
        /// When it was made, seconds since 1970.
        pub created: Option<i64>,
        /// Its topic.
        pub topic: String,
        /// Its purpose.
        pub purpose: String,
        /// Number of members.
        pub num_members: Option<u64>,
        /// The first batch that saw the row.
        pub first_batch: Option<BatchId>,
        /// The last batch that saw the row.
        pub last_batch: Option<BatchId>,
    }
}

impl Channel {
    /// The type of the comments on a canvas.
    pub const CANVAS: &str = "canvas";

    /// The class of a conversation that no list names: nobody but the operator can say that it is public, by its id or
    /// name, and only of a channel.
    pub fn class_of_unlisted(
        id: &[u8],
        name: &[u8],
        kind: &[u8],
        assumed: &BTreeSet<String>,
    ) -> &'static str {
        let is_assumed =
            |called: &[u8]| std::str::from_utf8(called).is_ok_and(|called| assumed.contains(called));
        let is_public = kind == b"channel" && (is_assumed(id) || !name.is_empty() && is_assumed(name));
        if is_public { "public" } else { "confidential" }
    }

    /// A conversation of which only id and name are known. Its type follows from the id's first letter:
    /// `D…` is a direct message and `G…` a private channel, whatever else is a public one.
    pub fn unlisted(id: ChannelId, name: String, batch: BatchId) -> Self {
        let (kind, class) = match id.as_str().as_bytes().first() {
            Some(b'D') => ("im", "confidential"),
            Some(b'G') => ("group", "confidential"),
            _ => ("channel", "public"),
        };
        Self {
            id,
            name,
            kind: kind.into(),
            class: class.into(),
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
        }
    }
}

table! {
    /// A folder of an export that no list names, and the channel that it was found to be. No other table names the alias.
    pub struct ChannelAlias in "channel_alias_data" by (alias, channel) {
        /// The id made of the folder's name.
        pub alias: ChannelId,
        /// The channel, under whose id the folder's rows stand.
        pub channel: ChannelId,
        /// What tells: `messages` that both hold, or the `operator`.
        pub reason: String,
        /// The first batch that had the folder.
        pub first_batch: Option<BatchId>,
        /// The last batch that had the folder.
        pub last_batch: Option<BatchId>,
    }
}

table! {
    /// A user's membership of a conversation.
    pub struct Member in "member_data" by (channel, user_id) {
        /// The conversation.
        pub channel: ChannelId,
        /// The member.
        pub user_id: UserId,
        /// The first batch that saw the row.
        pub first_batch: Option<BatchId>,
        /// The last batch that saw the row.
        pub last_batch: Option<BatchId>,
    }
}

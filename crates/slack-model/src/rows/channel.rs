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
        /// `channel`, `group` (private channel), `mpim` (group message), `im` (direct message) or `canvas` (the comments on
        /// a canvas).
        pub kind as "type": String,
        /// `public` where a list of public channels, the API or the operator says that every member of the workspace may
        /// read, else `confidential`.
        pub class: String,
        /// Whether it is archived.
        pub is_archived: Option<bool>,
        /// Whether only its members can see it; empty where no list says.
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
        /// The last second at which a list said that it is not public; empty where that is `last_batch`, or never was.
        pub confidential_at: Option<BatchId>,
    }
}

impl Channel {
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

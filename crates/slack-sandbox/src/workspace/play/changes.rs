use serde::{Serialize, Serializer};
use slack_model::{ChannelId, Time, Ts, UserId};

/// A message's identity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub struct Spot {
    /// The conversation that it is in.
    pub channel: ChannelId,
    /// Its timestamp.
    #[serde(serialize_with = "text")]
    pub ts: Ts,
}

/// A reaction that came or went.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub struct Reacted {
    /// The message.
    #[serde(flatten)]
    pub spot: Spot,
    /// The emoji's name.
    pub name: String,
    /// Who reacted.
    pub user: UserId,
}

/// Somebody's coming into a channel.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub struct Joined {
    /// The channel.
    pub channel: ChannelId,
    /// Who came.
    pub user: UserId,
}

/// What happened in a stretch of time. All of it happened where the token's user could see it. Every list is
/// sorted and names nothing twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Changes {
    /// When the stretch began: what is new is newer.
    #[serde(serialize_with = "text")]
    pub from: Time,
    /// When it ended: the workspace's clock now.
    #[serde(serialize_with = "text")]
    pub to: Time,
    /// All new messages: in channels, in threads, and those that say who joined or renamed something.
    pub posted: Vec<Spot>,
    /// Those of them that are replies to what was there before.
    pub late_replies: Vec<Spot>,
    /// The first messages of all threads whose `reply_count` or `latest_reply` is another than before, new threads
    /// and those that lost their last reply included.
    pub threads: Vec<Spot>,
    /// Messages and replies that have another text.
    pub edited: Vec<Spot>,
    /// Messages and replies that are gone.
    pub deleted: Vec<Spot>,
    /// First messages of threads of which a tombstone is left.
    pub tombstones: Vec<Spot>,
    /// Reactions that came.
    pub reactions_added: Vec<Reacted>,
    /// Reactions that went.
    pub reactions_removed: Vec<Reacted>,
    /// People who are new in the workspace.
    pub newcomers: Vec<UserId>,
    /// Who came into which channel.
    pub joined: Vec<Joined>,
    /// Channels with another name.
    pub renamed_channels: Vec<ChannelId>,
    /// People with another name.
    pub renamed_users: Vec<UserId>,
    /// Channels that were archived.
    pub archived: Vec<ChannelId>,
}

impl Changes {
    pub(super) fn none(from: Time, to: Time) -> Self {
        Self {
            from,
            to,
            posted: Vec::new(),
            late_replies: Vec::new(),
            threads: Vec::new(),
            edited: Vec::new(),
            deleted: Vec::new(),
            tombstones: Vec::new(),
            reactions_added: Vec::new(),
            reactions_removed: Vec::new(),
            newcomers: Vec::new(),
            joined: Vec::new(),
            renamed_channels: Vec::new(),
            renamed_users: Vec::new(),
            archived: Vec::new(),
        }
    }

    pub(super) fn sort(&mut self) {
        for spots in [
            &mut self.posted,
            &mut self.late_replies,
            &mut self.threads,
            &mut self.edited,
            &mut self.deleted,
            &mut self.tombstones,
        ] {
            spots.sort();
            spots.dedup();
        }
        self.reactions_added.sort();
        self.reactions_removed.sort();
        self.newcomers.sort();
        self.joined.sort();
        self.renamed_channels.sort();
        self.renamed_users.sort();
        self.archived.sort();
    }

    /// All of it as a JSON object with the fields' names as keys, as the server's `/sandbox/advance` answers it.
    pub fn to_json(&self) -> String {
        // Texts, lists and objects with keys of text: nothing that JSON could not hold.
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn text<S: Serializer>(value: &impl std::fmt::Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

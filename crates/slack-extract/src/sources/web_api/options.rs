use std::time::Duration;

use slack_model::{ChannelId, Ts};

/// A type of conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ChannelType {
    /// Channels that every member may read.
    Public,
    /// Private channels.
    Private,
    /// Direct messages.
    Im,
    /// Group messages.
    Mpim,
}

impl ChannelType {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Public, Self::Private, Self::Im, Self::Mpim];

    /// Slack's name for it in `types`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public_channel",
            Self::Private => "private_channel",
            Self::Im => "im",
            Self::Mpim => "mpim",
        }
    }
}

/// A part of a workspace that can be captured or left out. The token's identity and the list of conversations
/// are always captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Part {
    /// The workspace and its profile fields: `team.info`, `team.profile.get`.
    Team,
    /// The people: `users.list`, and `users.info` of those whom it lacks.
    Users,
    /// The user groups with their members: `usergroups.list`, `usergroups.users.list`.
    Usergroups,
    /// The custom emoji: `emoji.list`.
    Emoji,
    /// The conversations that the token's user is in: `users.conversations`.
    Memberships,
    /// The conversations' members: `conversations.members`.
    Members,
    /// What the list of conversations does not say of each: `conversations.info`.
    Details,
    /// Messages and the replies to them: `conversations.history`, `conversations.replies`.
    Messages,
    /// Who reacted, where a page names only some: `reactions.get`.
    Reactions,
    /// The bots that wrote messages: `bots.info`.
    Bots,
    /// Files, canvases included: `files.list`, `files.info`.
    Files,
    /// Pinned items: `pins.list`.
    Pins,
    /// Bookmarks: `bookmarks.list`.
    Bookmarks,
    /// What the token's own user reacted to, wherever that is: `reactions.list`. Not captured unless asked for.
    OwnReactions,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Team,
        Self::Users,
        Self::Usergroups,
        Self::Emoji,
        Self::Memberships,
        Self::Members,
        Self::Details,
        Self::Messages,
        Self::Reactions,
        Self::Bots,
        Self::Files,
        Self::Pins,
        Self::Bookmarks,
        Self::OwnReactions,
    ];

    /// What is captured unless told otherwise: all but [`Part::OwnReactions`], which would show what lies in
    /// conversations that nobody asked for.
    pub fn usual() -> Vec<Self> {
        Self::ALL.into_iter().filter(|part| *part != Self::OwnReactions).collect()
    }

    /// Its name in options and metadata.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Team => "team",
            Self::Users => "users",
            Self::Usergroups => "usergroups",
            Self::Emoji => "emoji",
            Self::Memberships => "memberships",
            Self::Members => "members",
            Self::Details => "details",
            Self::Messages => "messages",
            Self::Reactions => "reactions",
            Self::Bots => "bots",
            Self::Files => "files",
            Self::Pins => "pins",
            Self::Bookmarks => "bookmarks",
            Self::OwnReactions => "own-reactions",
        }
    }
}

/// Which threads' replies are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Threads {
    /// Those that the master lacks, or whose `reply_count` or `latest_reply` is another there. Without a master
    /// that is every thread. An edit of a reply changes neither number, and is seen with [`Threads::All`].
    #[default]
    Changed,
    /// Every thread that the history shows.
    All,
    /// None.
    None,
}

impl Threads {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Changed, Self::All, Self::None];

    /// Its name in options and metadata.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::All => "all",
            Self::None => "none",
        }
    }
}

/// What is done about files beside their metadata.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileBytes {
    /// Nothing: what Slack says of a file is captured, its bytes are not.
    #[default]
    Leave,
    /// Hosted files are downloaded to the batch's `files/`.
    Download {
        /// Larger files than this are recorded and skipped, in bytes. Where it is not set, a file of more than
        /// [`MAX_FILE`] bytes is a gap.
        limit: Option<u64>,
    },
}

/// How fast to ask.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Rate {
    /// Each method begins at its published tier, times a factor. It goes faster while no 429 comes.
    Tiers(f64),
    /// As fast as answers come; only a 429 slows a method down. For servers without limits.
    Unlimited,
}

/// So many bytes a hosted file may have unless told otherwise: five times what Slack takes.
pub const MAX_FILE: u64 = 5_000_000_000;

/// What is captured, and how.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ApiOptions {
    /// Which types of conversation to read. Only public channels, unless more is asked for.
    pub types: Vec<ChannelType>,
    /// Only these conversations, by id or name; all where it is empty.
    pub channels: Vec<String>,
    /// Not these conversations, by id or name, even where `channels` has them. Their histories and lists are not asked
    /// for, and that is no gap; Slack's list of conversations names them all the same.
    pub leave: Vec<String>,
    /// Which parts to capture, [`Part::usual`] unless told otherwise.
    pub parts: Vec<Part>,
    /// How far to look back: messages from here on are read. A conversation that the data home has read only to
    /// an earlier moment is read from that moment on, so that no hole is left. All that Slack shows where it is
    /// not set.
    pub oldest: Option<Ts>,
    /// Whether to read everything that Slack shows as though there were no master.
    pub full: bool,
    /// Which threads to read.
    pub threads: Threads,
    /// What to do about files' bytes.
    pub files: FileBytes,
    /// How fast to ask.
    pub rate: Rate,
    /// How much faster the server's clock runs than this machine's: limits and waits are as much shorter. 1 but for
    /// a sandbox that plays Slack's limits in less time.
    pub time_scale: f64,
    /// The workspace to read, by its id: an org-wide token reads several.
    pub team: Option<String>,
    /// How many bytes an answer may have. A longer one is not read to its end, and is a gap.
    pub max_answer: u64,
    /// How long Slack may ask to wait, in one answer or in all answers to one request. What would take longer is a gap, and
    /// the method is not called before that time.
    pub max_wait: Duration,
    /// How long the bytes of one file may take to come, all tries together.
    pub file_timeout: Duration,
    /// After how many pages in a row that bring no new record a list is given up. Empty pages are legal; one that holds
    /// only what came before counts as ten.
    pub max_idle_pages: u32,
    /// How many pages a list may have.
    pub max_pages: u32,
    /// How long to wait for an answer, from the request to its last byte.
    pub timeout: Duration,
    /// How often to try a request that fails for a passing reason.
    pub attempts: u64,
    /// The first wait between two tries; it doubles each time.
    pub backoff: Duration,
    /// How many requests of one method may be under way at once.
    pub parallel: usize,
}

impl Default for ApiOptions {
    fn default() -> Self {
        Self {
            types: vec![ChannelType::Public],
            channels: Vec::new(),
            leave: Vec::new(),
            parts: Part::usual(),
            oldest: None,
            full: false,
            threads: Threads::default(),
            files: FileBytes::default(),
            rate: Rate::Tiers(1.0),
            time_scale: 1.0,
            team: None,
            max_answer: 32_000_000,
            max_wait: Duration::from_secs(3_600),
            file_timeout: Duration::from_secs(3_600),
            max_idle_pages: 100,
            max_pages: 100_000,
            timeout: Duration::from_secs(60),
            attempts: 8,
            backoff: Duration::from_secs(1),
            parallel: 4,
        }
    }
}

impl ApiOptions {
    /// Whether a part is captured.
    pub fn has(&self, part: Part) -> bool {
        self.parts.contains(&part)
    }

    /// Whether a conversation of a type that is asked for is to be read.
    pub fn wants(&self, channel: &ChannelId, name: &str) -> bool {
        let is_it = |called: &String| calls(called, channel, name);
        (self.channels.is_empty() || self.channels.iter().any(is_it)) && !self.leave.iter().any(is_it)
    }
}

/// Whether a conversation is what an option calls it: its id, or its name with or without `#`. Direct messages have no
/// name, which must not be what `#` calls.
pub(crate) fn calls(called: &str, channel: &ChannelId, name: &str) -> bool {
    let bare = called.trim_start_matches('#');
    bare == channel.as_str() || !bare.is_empty() && bare == name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversation_that_is_left_is_not_wanted_even_where_it_is_named() {
        let mut options = ApiOptions::default();
        let wants = |options: &ApiOptions, id: &str, name: &str| options.wants(&id.into(), name);
        assert!(wants(&options, "C1", "general"));
        options.leave = vec!["#general".into(), "D7".into(), "#".into()];
        assert!(!wants(&options, "C1", "general") && !wants(&options, "D7", ""));
        assert!(wants(&options, "C2", "random") && wants(&options, "D8", ""));
        options.channels = vec!["general".into(), "C2".into()];
        assert!(!wants(&options, "C1", "general") && wants(&options, "C2", "random"));
        assert!(!wants(&options, "C3", "other"));
    }
}

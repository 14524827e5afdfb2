use std::collections::{BTreeMap, BTreeSet};

use serde_json::value::RawValue;
use slack_model::{ChannelId, Ts, UserId};

use super::Message;

/// What sort of conversation a channel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "these are the types of the Web API's `types` argument")]
pub enum ChannelKind {
    /// A public channel.
    Public,
    /// A private channel.
    Private,
    /// A direct message among more than two.
    GroupMessage,
    /// A direct message.
    DirectMessage,
}

/// A conversation: its record, its members and all that was said in it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Channel {
    /// Its id.
    pub id: ChannelId,
    /// Its name; a direct message has its id's.
    pub name: String,
    /// What it is.
    pub kind: ChannelKind,
    /// Whether it is archived.
    pub is_archived: bool,
    /// The record.
    pub json: Box<RawValue>,
    /// Its members.
    pub members: Vec<UserId>,
    /// Its pins, as `pins.list` answers them.
    pub pins: Vec<Box<RawValue>>,
    /// Its bookmarks.
    pub bookmarks: Vec<Box<RawValue>>,
    messages: Vec<Message>,
    top_level: Vec<u32>,
    replies: BTreeMap<Ts, Vec<u32>>,
    orphan_threads: Vec<Ts>,
}

impl ChannelKind {
    /// The name that the Web API's `types` argument has for it.
    pub fn api_type(self) -> &'static str {
        match self {
            Self::Public => "public_channel",
            Self::Private => "private_channel",
            Self::GroupMessage => "mpim",
            Self::DirectMessage => "im",
        }
    }

    /// The first part of the scopes that reading it takes: `channels` of `channels:history`.
    pub fn scope_family(self) -> &'static str {
        match self {
            Self::Public => "channels",
            Self::Private => "groups",
            Self::GroupMessage => "mpim",
            Self::DirectMessage => "im",
        }
    }
}

impl Channel {
    /// A conversation of a record, with nobody and nothing in it.
    pub(crate) fn new(id: ChannelId, name: String, kind: ChannelKind, json: Box<RawValue>) -> Self {
        Self {
            id,
            name,
            kind,
            is_archived: false,
            json,
            members: Vec::new(),
            pins: Vec::new(),
            bookmarks: Vec::new(),
            messages: Vec::new(),
            top_level: Vec::new(),
            replies: BTreeMap::new(),
            orphan_threads: Vec::new(),
        }
    }

    /// Puts the messages in. Where two have the same timestamp, the later one of the list stays.
    pub(crate) fn fill(&mut self, messages: impl IntoIterator<Item = Message>) {
        let by_ts: BTreeMap<Ts, Message> =
            messages.into_iter().map(|message| (message.ts, message)).collect();
        self.messages = by_ts.into_values().collect();
        self.top_level.clear();
        self.replies.clear();
        let mut counted: BTreeSet<Ts> = BTreeSet::new();
        for (number, message) in (0u32..).zip(&self.messages) {
            if message.is_top_level() {
                self.top_level.push(number);
            }
            if message.counts_replies {
                counted.insert(message.ts);
            }
            if let Some(thread) = message.replied_to() {
                self.replies.entry(thread).or_default().push(number);
            }
        }
        self.orphan_threads = self.replies.keys().filter(|ts| !counted.contains(ts)).copied().collect();
    }

    /// Takes the messages out, to be put in again.
    pub(crate) fn take(&mut self) -> Vec<Message> {
        let messages = std::mem::take(&mut self.messages);
        self.fill([]);
        messages
    }

    /// All messages and replies, oldest first.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// The message or reply of a timestamp.
    pub fn message(&self, ts: Ts) -> Option<&Message> {
        self.messages.binary_search_by_key(&ts, |message| message.ts).ok().map(|at| &self.messages[at])
    }

    /// What the channel itself shows, oldest first: messages outside threads, threads' first messages, and
    /// replies that were sent to the channel too.
    pub fn top_level(&self) -> impl DoubleEndedIterator<Item = &Message> + ExactSizeIterator {
        self.top_level.iter().map(|at| &self.messages[*at as usize])
    }

    /// The replies of a thread, oldest first.
    pub fn replies(&self, thread: Ts) -> impl ExactSizeIterator<Item = &Message> {
        self.replies
            .get(&thread)
            .map(Vec::as_slice)
            .unwrap_or_default()
            .iter()
            .map(|at| &self.messages[*at as usize])
    }

    /// The threads that have replies.
    pub fn threads(&self) -> impl Iterator<Item = Ts> {
        self.replies.keys().copied()
    }

    /// The threads with replies whose first message is missing or does not count them, so that reading the
    /// history alone would not find them. Exports that were cut have such.
    pub fn orphan_threads(&self) -> &[Ts] {
        &self.orphan_threads
    }

    /// The part of the top level between two bounds, both included, oldest first.
    pub(crate) fn window(
        &self,
        first: i64,
        last: i64,
    ) -> impl DoubleEndedIterator<Item = &Message> + ExactSizeIterator {
        let ts = |at: &u32| self.messages[*at as usize].ts.micros();
        let start = self.top_level.partition_point(|at| ts(at) < first);
        let end = self.top_level.partition_point(|at| ts(at) <= last).max(start);
        self.top_level[start..end].iter().map(|at| &self.messages[*at as usize])
    }
}

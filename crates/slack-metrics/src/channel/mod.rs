//! A channel in memory: its messages in order, their reactions, and what most metrics need to know of both.

mod mentions;
mod message;
mod posting;
mod reader;
mod threads;

use std::sync::OnceLock;

use slack_model::{Id, Text};

pub use self::mentions::{Mention, MentionKind};
pub use self::message::{Message, MessageKind, Reaction};
pub use self::posting::{Poster, PostingDay};
pub(crate) use self::reader::ChannelReader;
pub use self::threads::Thread;
use crate::workspace::{ChannelNo, UserNo, Workspace};

/// A conversation with all its messages, as a [`Metric`](crate::Metric) sees it.
///
/// Messages and replies stand together in the order of their timestamps. What several metrics derive from them
/// ([`Channel::posting_days`], [`Channel::threads`], [`Channel::mentions`], ...) is worked out once, when first asked for.
#[derive(Debug)]
pub struct Channel<'a> {
    workspace: &'a Workspace,
    number: ChannelNo,
    messages: Vec<Message>,
    texts: Vec<u8>,
    reactions: Vec<Reaction>,
    posting_days: OnceLock<Vec<PostingDay>>,
    posters: OnceLock<Vec<Poster>>,
    threads: OnceLock<threads::Threads>,
    mentions: OnceLock<Vec<Mention>>,
}

impl<'a> Channel<'a> {
    /// Makes room for channels of a workspace.
    pub(crate) fn new(workspace: &'a Workspace) -> Self {
        Self {
            workspace,
            number: ChannelNo(0),
            messages: Vec::new(),
            texts: Vec::new(),
            reactions: Vec::new(),
            posting_days: OnceLock::new(),
            posters: OnceLock::new(),
            threads: OnceLock::new(),
            mentions: OnceLock::new(),
        }
    }

    /// Begins a channel of so many messages and bytes of text in the room of the one before.
    fn begin(&mut self, number: ChannelNo, n_messages: usize, n_bytes: usize) {
        self.number = number;
        make_room(&mut self.messages, n_messages);
        make_room(&mut self.texts, n_bytes);
        make_room(&mut self.reactions, 0);
        self.posting_days.take();
        self.posters.take();
        self.threads.take();
        self.mentions.take();
    }

    /// The channel's number.
    pub fn number(&self) -> ChannelNo {
        self.number
    }

    /// The channel's id.
    pub fn id(&self) -> &'a [u8] {
        self.workspace.channel_id(self.number)
    }

    /// The channel's id, as a field of a row.
    pub fn field(&self) -> Id<'a> {
        self.workspace.channel_field(self.number)
    }

    /// Who and what there is in the workspace.
    pub fn workspace(&self) -> &'a Workspace {
        self.workspace
    }

    /// The messages and replies of all kinds, in the order of their timestamps.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// The posts: what persons wrote, in the order of their timestamps.
    pub fn posts(&self) -> impl DoubleEndedIterator<Item = &Message> + Clone {
        self.messages.iter().filter(|message| message.is_post())
    }

    /// The text of a message of this channel, in Slack's markup.
    pub fn text(&self, message: &Message) -> &[u8] {
        self.texts.get(message.text_range()).unwrap_or_default()
    }

    /// The text of a message of this channel, as a field of a row.
    pub fn text_field(&self, message: &Message) -> Text<'_> {
        let text = self.text(message);
        if message.is_plain() { Text::ready(text) } else { text.into() }
    }

    /// The message with a timestamp.
    pub fn find(&self, ts: slack_model::Ts) -> Option<&Message> {
        let at = self.messages.binary_search_by_key(&ts, Message::ts).ok()?;
        self.messages.get(at)
    }

    /// The reactions to messages of this channel, in the order of the messages.
    pub fn reactions(&self) -> &[Reaction] {
        &self.reactions
    }

    /// The message that a reaction of this channel is to.
    pub fn reacted_to(&self, reaction: &Reaction) -> &Message {
        // The reader stores a reaction only beside its message.
        &self.messages[reaction.message as usize]
    }

    /// Who posted, and how much, in the order of the users' ids.
    pub fn posters(&self) -> &[Poster] {
        self.posters.get_or_init(|| posting::posters(self.posting_days()))
    }

    /// The days on which somebody posted, in the order of the users' ids, then of the days.
    pub fn posting_days(&self) -> &[PostingDay] {
        self.posting_days.get_or_init(|| posting::posting_days(self))
    }

    /// The threads that have a reply of any kind, in the order of their timestamps.
    pub fn threads(&self) -> impl Iterator<Item = Thread<'_>> {
        self.all_threads().iter(&self.messages).filter(Thread::has_reply)
    }

    /// Microseconds since the row before of the same thread, for each row that is in one: by place.
    pub(crate) fn thread_gaps(&self) -> Vec<Option<i64>> {
        self.all_threads().gaps(&self.messages)
    }

    /// The references in the channel's posts, in order.
    pub fn mentions(&self) -> &[Mention] {
        self.mentions.get_or_init(|| mentions::mentions(self))
    }

    /// The message that holds a reference.
    pub fn mentioned_in(&self, mention: &Mention) -> &Message {
        // References are found in this channel's messages only.
        &self.messages[mention.message as usize]
    }

    fn all_threads(&self) -> &threads::Threads {
        self.threads.get_or_init(|| threads::Threads::of(&self.messages))
    }
}

/// A room of so many bytes is kept for later channels, however small they are.
const KEPT_ROOM: usize = 4 << 20;

/// Empties a vector and makes room for so many values. What a far larger channel needed is given back.
fn make_room<T>(values: &mut Vec<T>, needed: usize) {
    values.clear();
    if values.capacity() * size_of::<T>() > KEPT_ROOM && values.capacity() / 2 > needed {
        *values = Vec::new();
    }
    values.reserve(needed);
}

/// The user of a number that may stand for nobody.
pub(crate) fn user_of(number: u32) -> Option<UserNo> {
    (number != crate::survey::NOBODY).then_some(UserNo(number))
}

//! Who and what there is in a workspace, numbered.

mod load;
mod zones;

use rustc_hash::FxHashMap;
use slack_model::{Id, Text, Time};

use crate::calendar::Calendar;
use crate::channel::Message;
use crate::fields::EncodedText;
use crate::names::Names;

pub(crate) use self::load::{Known, load};
pub use self::zones::{Place, ZONES};

/// A user, by the rank of the id: numbers order as ids do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserNo(pub(crate) u32);

/// A channel, by the rank of the id: numbers order as ids do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelNo(pub(crate) u32);

/// An emoji, by the rank of its name: numbers order as names do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmojiNo(pub(crate) u32);

/// A listed user or channel as a node of the graph: numbers order as ids do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeNo(pub(crate) u32);

impl UserNo {
    /// The rank, from 0 to [`Workspace::user_count`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl ChannelNo {
    /// The rank, from 0 to [`Workspace::channel_count`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What user_data says about a user.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct User {
    /// The login name.
    pub name: Box<[u8]>,
    /// The full name.
    pub real_name: Box<[u8]>,
    /// Whether the user is a bot's.
    pub is_bot: bool,
    /// The first batch that listed the user.
    pub first_seen: Option<Time>,
    /// The city and country of the user's time zone.
    pub place: Place,
}

impl User {
    /// The name to show: the full name, or else the login name.
    pub fn shown_name(&self) -> &[u8] {
        if self.real_name.is_empty() { &self.name } else { &self.real_name }
    }
}

/// What channel_data says about a channel.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ListedChannel {
    /// The name.
    pub name: Box<[u8]>,
    /// `channel`, `group`, `mpim` or `im`.
    pub kind: Box<[u8]>,
    /// `public` or `confidential`.
    pub class: Box<[u8]>,
}

/// Who and what there is: all users, channels and emoji that the tables name, each with a number.
#[derive(Debug)]
pub struct Workspace {
    pub(crate) user_ids: Names,
    pub(crate) users: Vec<Option<User>>,
    pub(crate) channel_ids: Names,
    pub(crate) channels: Vec<Option<ListedChannel>>,
    /// Whether the messages of each channel count.
    pub(crate) is_measured: Vec<bool>,
    pub(crate) emoji: Names,
    /// Types of messages with their subtypes.
    message_types: Vec<(EncodedText, EncodedText)>,
    /// What rows say of each user as an author.
    authors: Vec<Author>,
    nobody: Author,
    pub(crate) usergroups: FxHashMap<Box<[u8]>, Box<[u8]>>,
    /// The listed users and channels, in the order of their ids.
    pub(crate) nodes: Vec<Node>,
    user_nodes: Vec<Option<NodeNo>>,
    channel_nodes: Vec<Option<NodeNo>>,
    pub(crate) calendar: Calendar,
}

/// What rows say of their author, ready to be written.
#[derive(Debug)]
pub(crate) struct Author {
    pub(crate) id: EncodedText,
    pub(crate) name: EncodedText,
    pub(crate) real_name: EncodedText,
    pub(crate) city: EncodedText,
    pub(crate) country: EncodedText,
    pub(crate) iso: EncodedText,
}

impl Author {
    fn of(id: &[u8], user: Option<&User>) -> Self {
        let empty = User::default();
        let User { name, real_name, place, .. } = user.unwrap_or(&empty);
        Self {
            id: EncodedText::of(id),
            name: EncodedText::of(name),
            real_name: EncodedText::of(real_name),
            city: EncodedText::of(&place.city),
            country: EncodedText::of(&place.country),
            iso: EncodedText::of(&place.iso),
        }
    }
}

/// A node of the graph.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Node {
    User(UserNo),
    Channel(ChannelNo),
}

impl Workspace {
    /// Number of users, those that user_data does not list too.
    pub fn user_count(&self) -> usize {
        self.user_ids.len()
    }

    /// Number of channels, those that channel_data does not list too.
    pub fn channel_count(&self) -> usize {
        self.channel_ids.len()
    }

    /// The id of a user.
    pub fn user_id(&self, user: UserNo) -> &[u8] {
        self.user_ids.text(user.0)
    }

    /// The id of a channel.
    pub fn channel_id(&self, channel: ChannelNo) -> &[u8] {
        self.channel_ids.text(channel.0)
    }

    /// The id of a user, as a field of a row.
    pub fn user_field(&self, user: UserNo) -> Id<'_> {
        self.user_ids.field(user.0)
    }

    /// The id of a channel, as a field of a row.
    pub fn channel_field(&self, channel: ChannelNo) -> Id<'_> {
        self.channel_ids.field(channel.0)
    }

    /// The id of a node, as a field of a row.
    pub fn node_field(&self, node: NodeNo) -> Text<'_> {
        let id = self.nodes.get(node.0 as usize).map(|node| match *node {
            Node::User(user) => self.user_field(user),
            Node::Channel(channel) => self.channel_field(channel),
        });
        id.unwrap_or_default().0
    }

    /// The name of an emoji.
    pub fn emoji(&self, emoji: EmojiNo) -> &[u8] {
        self.emoji.text(emoji.0)
    }

    /// What user_data says about a user; `None` where it does not list the user.
    pub fn user(&self, user: UserNo) -> Option<&User> {
        self.users.get(user.index())?.as_ref()
    }

    /// What channel_data says about a channel; `None` where it does not list the channel.
    pub fn channel(&self, channel: ChannelNo) -> Option<&ListedChannel> {
        self.channels.get(channel.index())?.as_ref()
    }

    /// What rows say of an author, who may be nobody.
    pub(crate) fn author(&self, user: Option<UserNo>) -> &Author {
        user.and_then(|user| self.authors.get(user.index())).unwrap_or(&self.nobody)
    }

    /// A message's type and subtype.
    pub(crate) fn message_type(&self, message: &Message) -> &(EncodedText, EncodedText) {
        &self.message_types[message.type_number as usize]
    }

    /// The users that user_data lists, in the order of their ids.
    pub fn listed_users(&self) -> impl Iterator<Item = (UserNo, &User)> {
        (0..).map(UserNo).zip(&self.users).filter_map(|(number, user)| Some((number, user.as_ref()?)))
    }

    /// The handle of a user group.
    pub fn usergroup_handle(&self, id: &[u8]) -> Option<&[u8]> {
        self.usergroups.get(id).map(|handle| &**handle)
    }

    /// The user with an id, where any table names it.
    pub fn find_user(&self, id: &[u8]) -> Option<UserNo> {
        self.user_ids.rank(id).map(UserNo)
    }

    /// The channel with an id, where any table names it.
    pub fn find_channel(&self, id: &[u8]) -> Option<ChannelNo> {
        self.channel_ids.rank(id).map(ChannelNo)
    }

    /// The node of a user; `None` where user_data does not list the user.
    pub fn user_node(&self, user: UserNo) -> Option<NodeNo> {
        *self.user_nodes.get(user.index())?
    }

    /// The node of a channel; `None` where channel_data does not list the channel.
    pub fn channel_node(&self, channel: ChannelNo) -> Option<NodeNo> {
        *self.channel_nodes.get(channel.index())?
    }

    /// The id of a node.
    pub fn node_id(&self, node: NodeNo) -> &[u8] {
        self.nodes.get(node.0 as usize).map_or(b"", |node| self.id_of(*node))
    }

    pub(crate) fn id_of(&self, node: Node) -> &[u8] {
        match node {
            Node::User(user) => self.user_id(user),
            Node::Channel(channel) => self.channel_id(channel),
        }
    }
}

//! What one does to another: the acts that make the edges of the graph.
//!
//! `interacts`: a reply, towards the author of the thread's first message (the channel where that is unknown); any
//! other post, towards its channel. `reacts`: who reacted, towards the author. `refers`: the author, towards the
//! user or channel mentioned. Both ends must be listed, and differ.

use crate::workspace::NodeNo;
use crate::{Channel, Message, Stored};

/// The kinds of edges, in the order of their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Relation {
    Interacts,
    Reacts,
    Refers,
}

impl Relation {
    /// The relation's name in edge_data.
    pub(super) fn name(self) -> &'static [u8] {
        match self {
            Self::Interacts => b"interacts",
            Self::Reacts => b"reacts",
            Self::Refers => b"refers",
        }
    }
}

impl Stored for Relation {
    const SIZE: usize = u8::SIZE;

    fn store(self, bytes: &mut Vec<u8>) {
        (self as u8).store(bytes);
    }

    fn load(bytes: &mut &[u8]) -> Self {
        match u8::load(bytes) {
            0 => Self::Interacts,
            1 => Self::Reacts,
            _ => Self::Refers,
        }
    }
}

/// Shows each act in a channel: who acts, on whom or what, in which relation, and the message by which it happens.
pub(super) fn each_act(channel: &Channel<'_>, mut each: impl FnMut(NodeNo, NodeNo, Relation, &Message)) {
    let workspace = channel.workspace();
    let node_of = |message: &Message| message.user().and_then(|user| workspace.user_node(user));
    let mut show = |source: Option<NodeNo>, target: Option<NodeNo>, relation, message: &Message| {
        if let (Some(source), Some(target)) = (source, target)
            && source != target
        {
            each(source, target, relation, message);
        }
    };
    let channel_node = workspace.channel_node(channel.number());
    for post in channel.posts() {
        let opening = post.thread_ts().filter(|_| post.is_reply()).and_then(|ts| channel.find(ts));
        let target = match opening {
            Some(opening) if opening.user().is_some() => node_of(opening),
            _ => channel_node,
        };
        show(node_of(post), target, Relation::Interacts, post);
    }
    for reaction in channel.reactions() {
        let message = channel.reacted_to(reaction);
        show(workspace.user_node(reaction.user()), node_of(message), Relation::Reacts, message);
    }
    for mention in channel.mentions() {
        let post = channel.mentioned_in(mention);
        show(node_of(post), mention.node(), Relation::Refers, post);
    }
}

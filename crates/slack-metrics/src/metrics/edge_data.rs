//! edge_data: who acts on whom or what, how often. Gephi reads it as it is.
//!
//! `interacts`: a reply, towards the author of the thread's first message (the channel where that is unknown); any
//! other post, towards its channel. `reacts`: who reacted, towards the author. `refers`: the author, towards the
//! user or channel mentioned. Both ends must be listed, and differ.

use std::io;

use rustc_hash::FxHashMap;
use slack_model::rows::Edge as EdgeRow;
use slack_model::{Schema, Table, Ts};

use crate::workspace::NodeNo;
use crate::{Channel, ChannelNo, Message, Metric, Rows, SortedSet, Stored, Workspace, stored};

pub(super) struct EdgeData;

/// The kinds of edges, in the order of their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Relation {
    Interacts,
    Reacts,
    Refers,
}

impl Relation {
    fn name(self) -> &'static [u8] {
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

stored! {
    /// What happened between two nodes in a channel.
    pub(super) struct Edge {
        source: NodeNo,
        target: NodeNo,
        relation: Relation,
        channel: ChannelNo,
        weight: u32,
        first: Ts,
        last: Ts,
    }
}

impl Metric for EdgeData {
    type Kept = SortedSet<Edge>;

    fn schema(&self) -> Schema {
        EdgeRow::SCHEMA
    }

    fn channel(&self, channel: &Channel<'_>, _: &mut Rows<'_>) -> SortedSet<Edge> {
        let workspace = channel.workspace();
        let node_of = |message: &Message| message.user().and_then(|user| workspace.user_node(user));
        let mut edges = Edges::default();

        let channel_node = workspace.channel_node(channel.number());
        for post in channel.posts() {
            let opening = post.thread_ts().filter(|_| post.is_reply()).and_then(|ts| channel.find(ts));
            let target = match opening {
                Some(opening) if opening.user().is_some() => node_of(opening),
                _ => channel_node,
            };
            edges.add(node_of(post), target, Relation::Interacts, post.ts());
        }
        for reaction in channel.reactions() {
            let message = channel.reacted_to(reaction);
            let who = workspace.user_node(reaction.user());
            edges.add(who, node_of(message), Relation::Reacts, message.ts());
        }
        for tag in channel.tags() {
            let post = channel.tagged_in(tag);
            edges.add(node_of(post), tag.node(), Relation::Refers, post.ts());
        }
        edges.in_channel(channel.number()).collect()
    }

    fn finish(&self, edges: SortedSet<Edge>, workspace: &Workspace, rows: &mut Rows<'_>) -> io::Result<()> {
        for edge in edges.in_order()? {
            let edge = edge?;
            rows.node(workspace, edge.source).node(workspace, edge.target).text(b"Directed");
            rows.int(edge.weight.into()).text(edge.relation.name()).channel(workspace, edge.channel);
            rows.time(Some(edge.first)).time(Some(edge.last)).end();
        }
        Ok(())
    }
}

/// How often something happened between two nodes, the first and the last time.
#[derive(Clone, Copy)]
struct Count {
    weight: u32,
    first: Ts,
    last: Ts,
}

/// The edges of one channel.
#[derive(Default)]
struct Edges(FxHashMap<(NodeNo, NodeNo, Relation), Count>);

impl Edges {
    fn add(&mut self, source: Option<NodeNo>, target: Option<NodeNo>, relation: Relation, ts: Ts) {
        let (Some(source), Some(target)) = (source, target) else { return };
        if source == target {
            return;
        }
        let nothing = Count { weight: 0, first: ts, last: ts };
        let count = self.0.entry((source, target, relation)).or_insert(nothing);
        count.weight += 1;
        count.first = count.first.min(ts);
        count.last = count.last.max(ts);
    }

    fn in_channel(self, channel: ChannelNo) -> impl Iterator<Item = Edge> {
        self.0.into_iter().map(move |((source, target, relation), Count { weight, first, last })| Edge {
            source,
            target,
            relation,
            channel,
            weight,
            first,
            last,
        })
    }
}

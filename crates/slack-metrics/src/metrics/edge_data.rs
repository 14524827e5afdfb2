//! edge_data: who acts on whom or what, how often. Gephi reads it as it is.

use std::io;

use rustc_hash::FxHashMap;
use slack_model::Ts;
use slack_model::rows::EdgeRef;

use super::acts::{Relation, each_act};
use crate::workspace::NodeNo;
use crate::{Channel, ChannelNo, Metric, Rows, SortedSet, Workspace, stored};

pub(super) struct EdgeData;

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
    type Row<'r> = EdgeRef<'r>;
    type Accumulator = SortedSet<Edge>;

    fn channel(&self, channel: &Channel<'_>, _: &mut Rows<'_, Self>) -> SortedSet<Edge> {
        let mut edges = Edges::default();
        each_act(channel, |source, target, relation, message| {
            edges.add(source, target, relation, message.ts())
        });
        edges.in_channel(channel.number()).collect()
    }

    fn finish(&self, edges: SortedSet<Edge>, workspace: &Workspace, rows: &mut Rows<'_, Self>) -> io::Result<()> {
        for edge in edges.in_order()? {
            let edge = edge?;
            rows.write(&EdgeRef {
                source: workspace.node_field(edge.source),
                target: workspace.node_field(edge.target),
                kind: "Directed".into(),
                weight: edge.weight.into(),
                relate: edge.relation.name().into(),
                channel: workspace.channel_field(edge.channel),
                first_time: Some(edge.first.time()),
                last_time: Some(edge.last.time()),
            });
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
    fn add(&mut self, source: NodeNo, target: NodeNo, relation: Relation, ts: Ts) {
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

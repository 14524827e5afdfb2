//! edge_by_month: the edges of the graph, month by month.

use std::io;

use rustc_hash::FxHashMap;
use slack_model::rows::MonthlyEdgeRef;
use slack_model::{Month, Text, Value as _};

use super::acts::{Relation, each_act};
use crate::workspace::NodeNo;
use crate::{Channel, ChannelNo, Metric, Rows, SortedSet, Workspace, stored};

/// How often one acts on another in each month, in all channels together: a metric for those who want to see how the graph
/// changes. It is none of those that [`measure`](crate::measure) runs; give it to
/// [`measure_with`](crate::measure_with).
#[derive(Debug, Clone, Copy, Default)]
pub struct EdgeByMonth;

stored! {
    /// How often one acted on another in a month and a channel.
    pub struct Edge {
        source: NodeNo,
        target: NodeNo,
        relation: Relation,
        month: i32,
        channel: ChannelNo,
        weight: u32,
    }
}

impl Metric for EdgeByMonth {
    type Row<'r> = MonthlyEdgeRef<'r>;
    type Accumulator = SortedSet<Edge>;

    fn channel(&self, channel: &Channel<'_>, _: &mut Rows<'_, Self>) -> SortedSet<Edge> {
        let mut weights: FxHashMap<_, u32> = FxHashMap::default();
        each_act(channel, |source, target, relation, message| {
            *weights.entry((source, target, relation, message.local_time().month())).or_default() += 1;
        });
        let number = channel.number();
        let edges = weights.into_iter().map(|((source, target, relation, month), weight)| Edge {
            source,
            target,
            relation,
            month,
            channel: number,
            weight,
        });
        edges.collect()
    }

    fn finish(
        &self,
        edges: SortedSet<Edge>,
        workspace: &Workspace,
        rows: &mut Rows<'_, Self>,
    ) -> io::Result<()> {
        let mut write = |edge: Edge, weight: u64| {
            let mut month = Vec::new();
            Month(edge.month).encode(&mut month);
            rows.write(&MonthlyEdgeRef {
                source: workspace.node_field(edge.source),
                target: workspace.node_field(edge.target),
                relate: edge.relation.name().into(),
                month: Text::ready(&month),
                weight,
            });
        };
        let mut open: Option<(Edge, u64)> = None;
        for edge in edges.in_order()? {
            let edge = edge?;
            let key = |edge: &Edge| (edge.source, edge.target, edge.relation, edge.month);
            match &mut open {
                Some((first, weight)) if key(first) == key(&edge) => *weight += u64::from(edge.weight),
                _ => {
                    if let Some((first, weight)) = open.replace((edge, edge.weight.into())) {
                        write(first, weight);
                    }
                }
            }
        }
        if let Some((first, weight)) = open {
            write(first, weight);
        }
        Ok(())
    }
}

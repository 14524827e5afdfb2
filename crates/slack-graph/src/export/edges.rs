//! Edges, apart or joined.

use petgraph::graph::Edge;
use slack_model::Time;

use crate::graph::EdgeData;

/// Which edges of a graph are one in a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Edges {
    /// None: an edge for each relation and channel, as in edge_data.
    #[default]
    Apart,
    /// Those of one relation: an edge for each pair, direction and relation.
    ByRelation,
    /// All: an edge for each pair and direction.
    Joined,
}

/// An edge of a file. Of edges that are one, weights are added up, and the first and the last of their times count.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExportEdge<'a> {
    /// The number of the node that it leads from.
    pub source: usize,
    /// The number of the node that it leads to.
    pub target: usize,
    /// How often.
    pub weight: u64,
    /// The relation, unless all are joined.
    pub relate: Option<&'a str>,
    /// The channel, unless all are joined.
    pub channel: Option<&'a str>,
    /// The first time.
    pub first_time: Option<Time>,
    /// The last time.
    pub last_time: Option<Time>,
}

impl Edges {
    /// Whether edges are told apart by their relation.
    pub(crate) fn has_relation(self) -> bool {
        self != Self::Joined
    }

    /// Whether edges are told apart by their channel.
    pub(crate) fn has_channel(self) -> bool {
        self == Self::Apart
    }

    /// The edges of a graph. Since they stand in the order of their keys, those that are one follow each other.
    pub(crate) fn of<'a>(
        self,
        edges: &'a [Edge<EdgeData>],
    ) -> impl Iterator<Item = ExportEdge<'a>> + use<'a> {
        let is_one = move |one: &Edge<EdgeData>, other: &Edge<EdgeData>| {
            let is_pair =
                self != Self::Apart && one.source() == other.source() && one.target() == other.target();
            is_pair && (self == Self::Joined || one.weight.relate == other.weight.relate)
        };
        edges.chunk_by(is_one).filter_map(move |edges| self.one(edges))
    }

    fn one<'a>(self, edges: &'a [Edge<EdgeData>]) -> Option<ExportEdge<'a>> {
        let (first, others) = edges.split_first()?;
        let data = &first.weight;
        let mut one = ExportEdge {
            source: first.source().index(),
            target: first.target().index(),
            weight: data.weight,
            relate: self.has_relation().then_some(&*data.relate),
            channel: self.has_channel().then_some(data.channel.as_str()),
            first_time: data.first_time,
            last_time: data.last_time,
        };
        for other in others {
            let data = &other.weight;
            one.weight = one.weight.saturating_add(data.weight);
            one.first_time = [one.first_time, data.first_time].into_iter().flatten().min();
            one.last_time = one.last_time.max(data.last_time);
        }
        Some(one)
    }
}

impl<'a> ExportEdge<'a> {
    /// What tells the edge from others of its pair and direction: relation and channel, as far as edges are apart.
    pub(crate) fn tie(&self) -> (Option<&'a str>, Option<&'a str>) {
        (self.relate, self.channel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Export, SocialGraph};
    use slack_model::MemoryTables;

    #[test]
    fn edges_are_joined_by_their_order() {
        let tables = MemoryTables::default();
        tables.insert("node_data", "Id,Label,type\nU1,,user\nU2,,user\n");
        tables.insert(
            "edge_data",
            "Source,Target,Type,Weight,relate,channel,first_time,last_time\n\
             U1,U2,Directed,3,reacts,C1,1970-01-01T00:00:05.000000Z,1970-01-01T00:00:06.000000Z\n\
             U1,U2,Directed,4,reacts,C2,,\n\
             U1,U2,Directed,5,refers,C1,1970-01-01T00:00:02.000000Z,1970-01-01T00:00:03.000000Z\n\
             U2,U1,Directed,6,refers,C1,,\n",
        );
        let graph = SocialGraph::read(&tables).expect("sound");
        let found = |edges: Edges| -> Vec<_> {
            let edges = Export::new(&graph).with_edges(edges).edges();
            let seconds = |time: Option<Time>| time.map(|time| time.micros() / 1_000_000);
            edges
                .map(|edge| {
                    (edge.source, edge.weight, edge.tie(), seconds(edge.first_time), seconds(edge.last_time))
                })
                .collect()
        };
        assert_eq!(
            found(Edges::Joined),
            [(0, 12, (None, None), Some(2), Some(6)), (1, 6, (None, None), None, None)]
        );
        assert_eq!(
            found(Edges::ByRelation),
            [
                (0, 7, (Some("reacts"), None), Some(5), Some(6)),
                (0, 5, (Some("refers"), None), Some(2), Some(3)),
                (1, 6, (Some("refers"), None), None, None),
            ]
        );
        assert_eq!(found(Edges::Apart)[1], (0, 4, (Some("reacts"), Some("C2")), None, None));
    }
}

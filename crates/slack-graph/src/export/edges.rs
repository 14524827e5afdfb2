//! Edges, apart or joined.

use std::collections::BTreeMap;

use petgraph::graph::Edge;
use slack_model::Time;

use crate::graph::{EdgeData, SocialGraph};
use crate::network::Network;
use crate::options::factor_of;

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
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ExportEdge<'a> {
    /// The number of the node that it leads from.
    pub source: usize,
    /// The number of the node that it leads to.
    pub target: usize,
    /// How often, times what the relation counts by; or what a network measures of the pair. Whole numbers are exact up to
    /// 2^53.
    pub weight: f64,
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

    /// The edges of a graph of the relations that count. Since they stand in the order of their keys, those that are one
    /// follow each other.
    pub(crate) fn of<'a>(
        self,
        edges: &'a [Edge<EdgeData>],
        relations: &'a BTreeMap<String, f64>,
    ) -> impl Iterator<Item = ExportEdge<'a>> + use<'a> {
        let is_one = move |one: &Edge<EdgeData>, other: &Edge<EdgeData>| {
            let is_pair =
                self != Self::Apart && one.source() == other.source() && one.target() == other.target();
            is_pair && (self == Self::Joined || one.weight.relate == other.weight.relate)
        };
        edges.chunk_by(is_one).filter_map(move |edges| self.one(edges, relations))
    }

    fn one<'a>(
        self,
        edges: &'a [Edge<EdgeData>],
        relations: &BTreeMap<String, f64>,
    ) -> Option<ExportEdge<'a>> {
        let weighted = |edge: &'a Edge<EdgeData>| {
            let weight = factor_of(relations, &edge.weight.relate)? * edge.weight.weight as f64;
            Some((edge, weight))
        };
        let mut counted = edges.iter().filter_map(weighted);
        let (first, weight) = counted.next()?;
        let data = &first.weight;
        let mut one = ExportEdge {
            source: first.source().index(),
            target: first.target().index(),
            weight,
            relate: self.has_relation().then_some(&*data.relate),
            channel: self.has_channel().then_some(data.channel.as_str()),
            first_time: data.first_time,
            last_time: data.last_time,
        };
        for (other, weight) in counted {
            let data = &other.weight;
            one.weight += weight;
            one.first_time = [one.first_time, data.first_time].into_iter().flatten().min();
            one.last_time = one.last_time.max(data.last_time);
        }
        Some(one)
    }
}

/// The edges of a network as those of a graph that has its nodes.
pub(super) fn measured<'a>(
    graph: &SocialGraph,
    network: &'a Network,
) -> impl Iterator<Item = ExportEdge<'a>> + use<'a> {
    let places: Vec<_> = network.ids().iter().map(|id| graph.find(id)).collect();
    network.edges().filter_map(move |(source, target, weight)| {
        let (source, target) = (places[source]?.index(), places[target]?.index());
        let (relate, channel, first_time, last_time) = (None, None, None, None);
        Some(ExportEdge { source, target, weight, relate, channel, first_time, last_time })
    })
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
        let all = BTreeMap::new();
        let found = |edges: Edges, relations| -> Vec<_> {
            let edges = Export::new(&graph).with_edges(edges).with_relations(relations).edges();
            let seconds = |time: Option<Time>| time.map(|time| time.micros() / 1_000_000);
            edges
                .map(|edge| {
                    (edge.source, edge.weight, edge.tie(), seconds(edge.first_time), seconds(edge.last_time))
                })
                .collect()
        };
        assert_eq!(
            found(Edges::Joined, &all),
            [(0, 12.0, (None, None), Some(2), Some(6)), (1, 6.0, (None, None), None, None)]
        );
        assert_eq!(
            found(Edges::ByRelation, &all),
            [
                (0, 7.0, (Some("reacts"), None), Some(5), Some(6)),
                (0, 5.0, (Some("refers"), None), Some(2), Some(3)),
                (1, 6.0, (Some("refers"), None), None, None),
            ]
        );
        assert_eq!(found(Edges::Apart, &all)[1], (0, 4.0, (Some("reacts"), Some("C2")), None, None));

        let half = BTreeMap::from([("reacts".to_owned(), 0.5)]);
        assert_eq!(found(Edges::Joined, &half), [(0, 3.5, (None, None), Some(5), Some(6))]);
        assert_eq!(found(Edges::Apart, &half)[0], (0, 1.5, (Some("reacts"), Some("C1")), Some(5), Some(6)));
    }
}

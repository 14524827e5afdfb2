use std::cmp::Reverse;
use std::collections::BTreeMap;

use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;
use slack_model::Float;
use slack_model::rows::CommunityRow;

use crate::graph::{EdgeData, SocialGraph};
use crate::network::Network;
use crate::options::{GraphOptions, Ties};

/// Returns a row for each community: its size, the weight of the edges inside it and between it and others, and up to
/// `top` of its people and channels.
///
/// People are those with the most strength inside their own community, channels those in which the most weight of the
/// edges inside came about: by `options`' weights of relations, or what a channel ties people by where the network is
/// of channels that people share. Of one weight, they stand in the order of their ids. `network` is what the graph
/// gives by the same options.
pub fn community_rows(
    graph: &SocialGraph,
    network: &Network,
    communities: &[u32],
    options: &GraphOptions,
    top: usize,
) -> Vec<CommunityRow> {
    let count = communities.iter().max().map_or(0, |last| *last as usize + 1);
    let mut found = vec![Found::default(); count];
    for (node, community) in communities.iter().enumerate().take(network.node_count()) {
        let found = &mut found[*community as usize];
        found.size += 1;
        let mut inside = 0.0;
        for (neighbor, weight) in network.joined().of(node) {
            if communities.get(neighbor) == Some(community) {
                inside += weight;
            } else {
                found.external += weight;
            }
        }
        found.internal += inside / 2.0;
        found.people.push((node, inside));
    }
    let channels = match options.ties {
        Ties::Direct => by_edges(graph, network, communities, options),
        Ties::Channels { most_people } => by_members(graph, network, communities, options, most_people),
    };
    for ((community, channel), weight) in channels {
        found[community as usize].channels.push((channel, weight));
    }
    (0..).zip(found).map(|(number, found)| found.row(number, graph, network, top)).collect()
}

#[derive(Debug, Clone, Default)]
struct Found<'a> {
    size: u64,
    internal: f64,
    external: f64,
    people: Vec<(usize, f64)>,
    channels: Vec<(&'a str, f64)>,
}

/// The weight of a community's channels.
type Weights<'a> = BTreeMap<(u32, &'a str), f64>;

/// Where a node of the graph belongs; `None` where it is not in the network.
fn places(graph: &SocialGraph, network: &Network, communities: &[u32]) -> Vec<Option<(usize, u32)>> {
    let place = |node: NodeIndex| {
        let number = network.find(&graph.as_petgraph()[node].id)?;
        communities.get(number).map(|community| (number, *community))
    };
    graph.as_petgraph().node_indices().map(place).collect()
}

fn by_edges<'a>(
    graph: &'a SocialGraph,
    network: &Network,
    communities: &[u32],
    options: &GraphOptions,
) -> Weights<'a> {
    let places = places(graph, network, communities);
    let mut weights = Weights::new();
    for edge in graph.as_petgraph().edge_references() {
        let EdgeData { relate, channel, weight, .. } = edge.weight();
        let (source, target) = (places[edge.source().index()], places[edge.target().index()]);
        let (Some((source, community)), Some((target, other)), Some(factor)) =
            (source, target, options.factor(relate))
        else {
            continue;
        };
        if community == other && network.outgoing().weight(source, target).is_some() {
            *weights.entry((community, channel.as_str())).or_default() += factor * *weight as f64;
        }
    }
    weights
}

fn by_members<'a>(
    graph: &'a SocialGraph,
    network: &Network,
    communities: &[u32],
    options: &GraphOptions,
    most_people: usize,
) -> Weights<'a> {
    let places = places(graph, network, communities);
    let mut weights = Weights::new();
    for (channel, people) in
        graph.members(options).into_iter().filter(|(_, people)| people.len() <= most_people)
    {
        let mut counts: BTreeMap<u32, f64> = BTreeMap::new();
        for (_, community) in people.iter().filter_map(|node| places[node.index()]) {
            *counts.entry(community).or_default() += 1.0;
        }
        for (community, count) in counts.into_iter().filter(|(_, count)| *count > 1.0) {
            // The pairs in both directions, at what each is tied by.
            let weight = count * (count - 1.0) / (people.len() as f64 - 1.0);
            weights.insert((community, channel), weight);
        }
    }
    weights
}

impl Found<'_> {
    fn row(mut self, community: u64, graph: &SocialGraph, network: &Network, top: usize) -> CommunityRow {
        self.people.sort_by_key(|(node, weight)| (Reverse(Float(*weight)), *node));
        self.channels.sort_by_key(|(channel, weight)| (Reverse(Float(*weight)), *channel));
        let node = |id: &str| graph.find(id).map(|node| &graph.as_petgraph()[node]);
        let is_channel = |id: &str| node(id).is_some_and(|node| node.kind == "channel");
        let people = self.people.iter().map(|(node, _)| network.ids()[*node].as_str());
        let people: Vec<_> = people.filter(|id| !is_channel(id)).take(top).collect();
        let channels: Vec<_> = self
            .channels
            .iter()
            .filter(|(_, weight)| *weight > 0.0)
            .map(|(channel, _)| *channel)
            .take(top)
            .collect();
        let labels = |ids: &[&str]| {
            let label = |id: &&str| node(id).map_or((*id).to_owned(), |node| node.label.clone());
            ids.iter().map(label).collect::<Vec<_>>().join("; ")
        };
        CommunityRow {
            community,
            size: self.size,
            internal_weight: Float(self.internal),
            external_weight: Float(self.external),
            top_people: people.join("; "),
            top_people_labels: labels(&people),
            top_channels: channels.join("; "),
            top_channels_labels: labels(&channels),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use slack_model::MemoryTables;

    fn graph() -> SocialGraph {
        let tables = MemoryTables::default();
        tables.insert(
            "node_data",
            "Id,Label,type\nC1,one,channel\nC2,two,channel\nU1,ann,user\nU2,bob,user\nU3,cy,user\nU4,di,user\n",
        );
        tables.insert(
            "edge_data",
            "Source,Target,Type,Weight,relate,channel\nU1,U2,Directed,3,reacts,C1\nU1,U2,Directed,4,refers,C2\n\
             U3,U2,Directed,2,reacts,C2\nU2,U3,Directed,1,interacts,C1\nU3,U4,Directed,5,reacts,C1\n",
        );
        SocialGraph::read(&tables).expect("sound")
    }

    #[test]
    fn weights_and_tops_are_those_counted_by_hand() {
        let graph = graph();
        let options = GraphOptions::default();
        let network = graph.network(&options);
        let rows = community_rows(&graph, &network, &[0, 0, 0, 1], &options, 2);
        let row = &rows[0];
        assert_eq!((row.size, row.internal_weight, row.external_weight), (3, Float(10.0), Float(5.0)));
        assert_eq!((&*row.top_people, &*row.top_people_labels), ("U2; U1", "bob; ann"));
        assert_eq!((&*row.top_channels, &*row.top_channels_labels), ("C2; C1", "two; one"));
        let row = &rows[1];
        assert_eq!((row.size, row.internal_weight, row.external_weight), (1, Float(0.0), Float(5.0)));
        assert_eq!((&*row.top_people, &*row.top_channels), ("U4", ""));
        assert_eq!(community_rows(&graph, &network, &[], &options, 2), []);
    }

    #[test]
    fn shared_channels_count_by_what_they_tie() {
        let graph = graph();
        let options = GraphOptions { ties: Ties::Channels { most_people: 10 }, ..GraphOptions::default() };
        let network = graph.network(&options);
        // In C1 U1, U2, U3; in C2 U1, U3.
        let rows = community_rows(&graph, &network, &[0, 1, 0], &options, 9);
        assert_eq!(rows[0].top_channels, "C2; C1");
        assert_eq!((rows[0].internal_weight, rows[0].external_weight), (Float(3.0), Float(2.0)));
    }
}

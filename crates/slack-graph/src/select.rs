//! From the graph of everything to the network that is wanted.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

use crate::backbone::backbone;
use crate::graph::{EdgeData, SocialGraph};
use crate::network::Network;
use crate::options::{GraphOptions, Nodes, Ties};
use crate::projection::project;

impl SocialGraph {
    /// Makes the network that is wanted: one edge for each pair and direction, of the weights of all relations and channels
    /// together. Nodes without an edge are no part of it.
    pub fn network(&self, options: &GraphOptions) -> Network {
        let nodes = self.nodes_of(options);
        let ids = nodes.iter().map(|node| self.as_petgraph()[*node].id.clone()).collect();
        let edges = match options.ties {
            Ties::Direct => self.direct(options, &nodes),
            Ties::Channels { most_people } => self.by_channels(options, &nodes, most_people),
        };
        let whole = Network::of_sorted(ids, edges).filtered(|_, _, weight| weight >= options.min_weight);
        let chosen = match options.backbone {
            Some(significance) => backbone(&whole, significance),
            None => whole,
        };
        chosen.without_isolates()
    }

    /// The graph of the nodes and edges that a network is made of: edges of relations and channels apart. Weights are those
    /// that were counted; an export multiplies them ([`Export::with_relations`](crate::Export::with_relations)).
    pub fn restricted_to(&self, network: &Network, options: &GraphOptions) -> Self {
        let number = |node: NodeIndex| network.find(&self.as_petgraph()[node].id);
        let numbers: Vec<_> = self.as_petgraph().node_indices().map(number).collect();
        let graph = self.as_petgraph().filter_map(
            |node, data| numbers[node.index()].map(|_| data.clone()),
            |edge, data| {
                let (source, target) = self.as_petgraph().edge_endpoints(edge)?;
                let (source, target) = (numbers[source.index()]?, numbers[target.index()]?);
                network.outgoing().weight(source, target)?;
                options.factor(&data.relate).map(|_| data.clone())
            },
        );
        Self::of_petgraph(graph)
    }

    pub(crate) fn is_person(&self, node: NodeIndex, options: &GraphOptions) -> bool {
        let node = &self.as_petgraph()[node];
        node.kind == "user" && !options.bots.contains(&node.id)
    }

    /// Who or what is a node, if it has an edge.
    pub(crate) fn nodes_of(&self, options: &GraphOptions) -> Vec<NodeIndex> {
        let is_channel = |node: NodeIndex| self.as_petgraph()[node].kind == "channel";
        let with_channels = options.nodes == Nodes::PeopleAndChannels && options.ties == Ties::Direct;
        let is_wanted =
            |node: &NodeIndex| self.is_person(*node, options) || with_channels && is_channel(*node);
        self.as_petgraph().node_indices().filter(is_wanted).collect()
    }

    fn direct(&self, options: &GraphOptions, nodes: &[NodeIndex]) -> Vec<(u32, u32, f64)> {
        let numbers = self.numbers(nodes);
        let edges = self.as_petgraph().edge_references().filter_map(|edge| {
            let factor = options.factor(&edge.weight().relate)?;
            let (source, target) = (numbers[edge.source().index()]?, numbers[edge.target().index()]?);
            let weight = factor * edge.weight().weight as f64;
            (source != target && weight > 0.0 && weight.is_finite()).then_some((source, target, weight))
        });
        edges.collect()
    }

    fn by_channels(
        &self,
        options: &GraphOptions,
        nodes: &[NodeIndex],
        most_people: usize,
    ) -> Vec<(u32, u32, f64)> {
        let numbers = self.numbers(nodes);
        // What is too large goes before any pair of its people is made.
        let members = self.members(options).into_values().filter(|people| people.len() <= most_people);
        let numbered = |people: BTreeSet<NodeIndex>| {
            people.into_iter().filter_map(|person| numbers[person.index()]).collect()
        };
        project(nodes.len(), members.map(numbered))
    }

    /// Number of channels that a network by [`Ties::Channels`] leaves out since too many people are active in them; 0 where
    /// people are tied otherwise.
    pub fn larger_channels(&self, options: &GraphOptions) -> usize {
        match options.ties {
            Ties::Direct => 0,
            Ties::Channels { most_people } => {
                self.members(options).values().filter(|people| people.len() > most_people).count()
            }
        }
    }

    /// The people who are active in each channel, by the relations that count.
    pub(crate) fn members(&self, options: &GraphOptions) -> BTreeMap<&str, BTreeSet<NodeIndex>> {
        let mut members: BTreeMap<&str, BTreeSet<NodeIndex>> = BTreeMap::new();
        for edge in self.as_petgraph().edge_references() {
            let EdgeData { relate, channel, .. } = edge.weight();
            if options.factor(relate).is_some() && self.is_person(edge.source(), options) {
                members.entry(channel.as_str()).or_default().insert(edge.source());
            }
        }
        members
    }

    /// The place of each node among some of them.
    pub(crate) fn numbers(&self, nodes: &[NodeIndex]) -> Vec<Option<u32>> {
        let mut numbers = vec![None; self.as_petgraph().node_count()];
        for (number, node) in (0..).zip(nodes) {
            numbers[node.index()] = Some(number);
        }
        numbers
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
            "Id,Label,type\nC1,one,channel\nC2,two,channel\nU1,,user\nU2,,user\nU3,,user\nU4,,user\nUB,,user\n",
        );
        tables.insert(
            "edge_data",
            "Source,Target,Type,Weight,relate,channel\n\
             U1,C1,Directed,5,interacts,C1\nU1,U2,Directed,2,interacts,C1\nU1,U2,Directed,3,reacts,C2\n\
             U2,U1,Directed,1,refers,C1\nU3,C2,Directed,1,interacts,C2\nU4,C1,Directed,1,interacts,C1\n\
             UB,U1,Directed,7,interacts,C1\n",
        );
        SocialGraph::read(&tables).expect("sound")
    }

    fn edges(options: &GraphOptions) -> Vec<(String, String, f64)> {
        let network = graph().network(options);
        let named = |(source, target, weight): (usize, usize, f64)| {
            (network.ids()[source].clone(), network.ids()[target].clone(), weight)
        };
        network.edges().map(named).collect()
    }

    fn edge(source: &str, target: &str, weight: f64) -> (String, String, f64) {
        (source.into(), target.into(), weight)
    }

    #[test]
    fn people_are_tied_by_what_they_do_to_each_other() {
        let mut options = GraphOptions::default();
        let (one, two) = (edge("U1", "U2", 5.0), edge("U2", "U1", 1.0));
        assert_eq!(edges(&options), [one.clone(), two.clone(), edge("UB", "U1", 7.0)]);
        options.bots.insert("UB".into());
        assert_eq!(edges(&options), [one.clone(), two]);
        options.min_weight = 2.0;
        assert_eq!(edges(&options), [one]);
        options.relations.extend([("interacts".into(), 1.0), ("reacts".into(), 0.5)]);
        assert_eq!(edges(&options), [edge("U1", "U2", 3.5)]);
        options.nodes = Nodes::PeopleAndChannels;
        assert_eq!(edges(&options), [edge("U1", "C1", 5.0), edge("U1", "U2", 3.5)]);
    }

    #[test]
    fn people_are_tied_by_channels() {
        let mut options = GraphOptions::default();
        options.bots.insert("UB".into());
        options.ties = Ties::Channels { most_people: 9 };
        // C1: U1, U2, U4; C2: U1, U3.
        let half = |source, target| edge(source, target, 0.5);
        assert_eq!(
            edges(&options),
            [
                half("U1", "U2"),
                edge("U1", "U3", 1.0),
                half("U1", "U4"),
                half("U2", "U1"),
                half("U2", "U4"),
                edge("U3", "U1", 1.0),
                half("U4", "U1"),
                half("U4", "U2"),
            ]
        );
        assert_eq!(graph().larger_channels(&options), 0);
        options.ties = Ties::Channels { most_people: 2 };
        assert_eq!(edges(&options), [edge("U1", "U3", 1.0), edge("U3", "U1", 1.0)]);
        assert_eq!(graph().larger_channels(&options), 1);
    }

    #[test]
    fn pairs_of_a_channel_that_is_too_large_are_never_made() {
        // Some 10^10 pairs, of which no machine would have the memory.
        let people: String = (0..100_000).map(|number| format!("U{number},,user\n")).collect();
        let acts: String =
            (0..100_000).map(|number| format!("U{number},C1,Directed,1,interacts,C1\n")).collect();
        let tables = MemoryTables::default();
        tables.insert("node_data", format!("Id,Label,type\nC1,,channel\n{people}"));
        tables.insert("edge_data", format!("Source,Target,Type,Weight,relate,channel\n{acts}"));
        let graph = SocialGraph::read(&tables).expect("sound");
        let options = GraphOptions { ties: Ties::Channels { most_people: 200 }, ..GraphOptions::default() };
        assert_eq!(graph.network(&options).node_count(), 0);
        assert_eq!(graph.larger_channels(&options), 1);
    }

    #[test]
    fn a_weight_that_is_no_number_is_no_edge() {
        for factor in [f64::NAN, f64::INFINITY, f64::MAX] {
            let mut options = GraphOptions::default();
            options.relations.insert("reacts".into(), factor);
            assert_eq!(edges(&options), [], "{factor}");
        }
    }

    #[test]
    fn the_graph_keeps_the_edges_that_a_network_is_made_of() {
        let mut options = GraphOptions { min_weight: 2.0, ..GraphOptions::default() };
        options.relations.extend([("interacts".into(), 1.0), ("reacts".into(), 0.5)]);
        let graph = graph();
        let rest = graph.restricted_to(&graph.network(&options), &options);
        let edges = rest.as_petgraph().edge_references();
        let edges: Vec<_> = edges.map(|edge| (&*edge.weight().relate, edge.weight().weight)).collect();
        assert_eq!(edges, [("interacts", 2), ("reacts", 3), ("interacts", 7)]);
        let ids: Vec<_> = rest.as_petgraph().node_weights().map(|node| node.id.as_str()).collect();
        assert_eq!(ids, ["U1", "U2", "UB"]);
        assert!(rest.find("UB").is_some());
    }
}

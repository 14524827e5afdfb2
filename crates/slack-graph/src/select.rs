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
    /// that were counted.
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

    fn nodes_of(&self, options: &GraphOptions) -> Vec<NodeIndex> {
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
            (source != target && weight > 0.0).then_some((source, target, weight))
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
        let mut members: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
        for edge in self.as_petgraph().edge_references() {
            let EdgeData { relate, channel, .. } = edge.weight();
            if let (Some(_), Some(person)) = (options.factor(relate), numbers[edge.source().index()]) {
                members.entry(channel.as_str()).or_default().insert(person);
            }
        }
        project(members.into_values().filter(|people| people.len() <= most_people))
    }

    /// The place of each node among some of them.
    fn numbers(&self, nodes: &[NodeIndex]) -> Vec<Option<u32>> {
        let mut numbers = vec![None; self.as_petgraph().node_count()];
        for (number, node) in (0..).zip(nodes) {
            numbers[node.index()] = Some(number);
        }
        numbers
    }
}

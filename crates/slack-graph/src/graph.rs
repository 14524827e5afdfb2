use std::collections::HashMap;
use std::sync::Arc;

use petgraph::graph::{DiGraph, NodeIndex};
use rustc_hash::FxHashMap;
use slack_model::rows::{Edge, Node};
use slack_model::{ChannelId, Table, TableReader, TableSource, Time};

use crate::error::{Error, Result};

/// A directed, weighted multigraph of users and channels.
///
/// There is an edge for each pair, relation and channel. Nodes are numbered in the order of their ids, edges
/// in the order of source, target, relation and channel, whatever the order of the rows that they came from.
#[derive(Debug, Clone, Default)]
pub struct SocialGraph {
    graph: DiGraph<Node, EdgeData>,
}

/// What an edge carries besides its ends.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EdgeData {
    /// `interacts`, `reacts` or `refers`. The same for all edges that say the same.
    pub relate: Arc<str>,
    /// The channel in which it happened. The same for all edges of a channel.
    pub channel: Arc<ChannelId>,
    /// How often it happened: 1 or more in tables that this project measures.
    pub weight: u64,
    /// The first time.
    pub first_time: Option<Time>,
    /// The last time.
    pub last_time: Option<Time>,
}

impl SocialGraph {
    /// Reads node_data and edge_data, in this order; a table that is not there counts as empty.
    ///
    /// # Errors
    ///
    /// Where a table cannot be read, holds a key twice, or an edge ends in an id that is not a node.
    pub fn read(source: &(impl TableSource + ?Sized)) -> Result<Self> {
        let nodes = match TableReader::open(source, &Node::SCHEMA)? {
            Some(reader) => reader.rows().collect::<Result<_, _>>()?,
            None => Vec::new(),
        };
        let mut builder = Builder::of(nodes)?;
        if let Some(reader) = TableReader::open(source, &Edge::SCHEMA)? {
            reader.rows().try_for_each(|edge| builder.add(edge?))?;
        }
        builder.finish()
    }

    /// Makes the graph of rows in any order.
    ///
    /// An edge whose end is no node is an error and not passed over: by definition both ends of an edge
    /// are known, so the two tables do not belong together.
    ///
    /// # Errors
    ///
    /// Where a key is there twice, or an edge ends in an id that is not a node.
    pub fn from_rows(nodes: Vec<Node>, edges: impl IntoIterator<Item = Edge>) -> Result<Self> {
        let mut builder = Builder::of(nodes)?;
        edges.into_iter().try_for_each(|edge| builder.add(edge))?;
        builder.finish()
    }

    /// The nodes by their ids, for those who look up many.
    pub(crate) fn places(&self) -> FxHashMap<&str, NodeIndex> {
        let nodes = self.graph.node_indices();
        nodes.map(|node| (self.graph[node].id.as_str(), node)).collect()
    }

    /// Of a graph whose nodes and edges are in their order.
    pub(crate) fn of_petgraph(graph: DiGraph<Node, EdgeData>) -> Self {
        Self { graph }
    }

    /// The graph as petgraph's algorithms take it.
    pub fn as_petgraph(&self) -> &DiGraph<Node, EdgeData> {
        &self.graph
    }

    /// Returns petgraph's graph, to be changed at will.
    pub fn into_petgraph(self) -> DiGraph<Node, EdgeData> {
        self.graph
    }

    /// The same graph with a label for everybody. A user without one gets the name, and one without a name, such as
    /// somebody whom no user list holds, what `unknown` makes of a number: from 1, in the order of ids. An id says
    /// nothing to a reader.
    pub fn labelled(mut self, unknown: impl Fn(u64) -> String) -> Self {
        let mut n_unknown = 0;
        let is_unlabelled = |node: &&mut Node| node.kind == "user" && node.label.trim().is_empty();
        for node in self.graph.node_weights_mut().filter(is_unlabelled) {
            node.label = if node.name.trim().is_empty() {
                n_unknown += 1;
                unknown(n_unknown)
            } else {
                node.name.clone()
            };
        }
        self
    }

    /// Finds the node of a user or channel.
    pub fn find(&self, id: &str) -> Option<NodeIndex> {
        let nodes = self.graph.raw_nodes();
        nodes.binary_search_by(|node| node.weight.id.as_str().cmp(id)).ok().map(NodeIndex::new)
    }
}

/// Puts edges to their nodes as they come.
struct Builder {
    graph: SocialGraph,
    places: FxHashMap<Box<str>, NodeIndex>,
    relations: HashMap<String, Arc<str>>,
    channels: HashMap<ChannelId, Arc<ChannelId>>,
    /// Whether the edges came in the order of their keys.
    is_sorted: bool,
}

impl Builder {
    fn of(mut nodes: Vec<Node>) -> Result<Self> {
        nodes.sort_unstable_by(Node::compare_keys);
        if let Some(pair) = nodes.windows(2).find(|pair| pair[0].compare_keys(&pair[1]).is_eq()) {
            return Err(Error::Duplicate { table: Node::SCHEMA.name, key: pair[0].id.clone() });
        }
        let mut graph = DiGraph::with_capacity(nodes.len(), 0);
        let mut places = FxHashMap::default();
        for node in nodes {
            let id = node.id.as_str().into();
            places.insert(id, graph.add_node(node));
        }
        Ok(Self {
            graph: SocialGraph { graph },
            places,
            relations: HashMap::new(),
            channels: HashMap::new(),
            is_sorted: true,
        })
    }

    fn add(&mut self, edge: Edge) -> Result<()> {
        let unknown = |end: &str| Error::UnknownEnd {
            table: Edge::SCHEMA.name,
            key: describe_key(&edge),
            end: end.into(),
        };
        let find = |end: &str| self.places.get(end).copied().ok_or_else(|| unknown(end));
        let (source, target) = (find(&edge.source)?, find(&edge.target)?);
        let Edge { relate, channel, weight, first_time, last_time, .. } = edge;
        let relate = self.relations.entry(relate).or_insert_with_key(|relate| relate.as_str().into()).clone();
        let channel =
            self.channels.entry(channel).or_insert_with_key(|channel| channel.clone().into()).clone();
        let data = EdgeData { relate, channel, weight, first_time, last_time };
        let graph = &mut self.graph.graph;
        let last = graph.raw_edges().last();
        self.is_sorted &= last
            .is_none_or(|last| key(last.source(), last.target(), &last.weight) < key(source, target, &data));
        graph.add_edge(source, target, data);
        Ok(())
    }

    fn finish(self) -> Result<SocialGraph> {
        if self.is_sorted {
            return Ok(self.graph);
        }
        let (nodes, mut edges) = self.graph.graph.into_nodes_edges();
        edges.sort_unstable_by(|one, other| {
            let one = key(one.source(), one.target(), &one.weight);
            one.cmp(&key(other.source(), other.target(), &other.weight))
        });
        let mut graph = DiGraph::with_capacity(nodes.len(), edges.len());
        for node in nodes {
            graph.add_node(node.weight);
        }
        for edge in edges {
            let (source, target) = (edge.source(), edge.target());
            let last = graph.raw_edges().last();
            if last.is_some_and(|last: &petgraph::graph::Edge<EdgeData>| {
                key(last.source(), last.target(), &last.weight) == key(source, target, &edge.weight)
            }) {
                let (source, target): (&Node, &Node) = (&graph[source], &graph[target]);
                let EdgeData { relate, channel, .. } = &edge.weight;
                let key = format!("{}, {}, {relate}, {channel}", source.id, target.id);
                return Err(Error::Duplicate { table: Edge::SCHEMA.name, key });
            }
            graph.add_edge(source, target, edge.weight);
        }
        Ok(SocialGraph { graph })
    }
}

/// What edges are ordered by. Nodes are numbered in the order of their ids.
fn key(source: NodeIndex, target: NodeIndex, edge: &EdgeData) -> (NodeIndex, NodeIndex, &str, &str) {
    (source, target, &edge.relate, edge.channel.as_str())
}

fn describe_key(edge: &Edge) -> String {
    format!("{}, {}, {}, {}", edge.source, edge.target, edge.relate, edge.channel)
}

#[cfg(test)]
mod tests {
    use super::*;
    use petgraph::visit::EdgeRef;
    use proptest::prelude::*;

    fn node(id: &str) -> Node {
        Node {
            id: id.into(),
            label: id.to_lowercase(),
            kind: "user".into(),
            name: String::new(),
            iso: String::new(),
            country: String::new(),
            city: String::new(),
            channel_type: String::new(),
            channel_class: String::new(),
        }
    }

    fn edge(source: &str, target: &str, relate: &str, channel: &str) -> Edge {
        Edge {
            source: source.into(),
            target: target.into(),
            kind: "Directed".into(),
            weight: 1,
            relate: relate.into(),
            channel: channel.into(),
            first_time: None,
            last_time: None,
        }
    }

    #[test]
    fn parallel_edges_stay_apart() {
        let nodes = vec![node("U2"), node("U1")];
        let edges = vec![
            edge("U1", "U2", "reacts", "C2"),
            edge("U1", "U2", "reacts", "C1"),
            edge("U1", "U2", "interacts", "C2"),
        ];
        let graph = SocialGraph::from_rows(nodes, edges).expect("a graph");
        let (one, two) = (graph.find("U1").expect("a node"), graph.find("U2").expect("a node"));
        assert_eq!((one.index(), two.index()), (0, 1));
        let found: Vec<_> = graph
            .as_petgraph()
            .edge_references()
            .map(|edge| (edge.source(), &*edge.weight().relate, edge.weight().channel.as_str()))
            .collect();
        assert_eq!(found, [(one, "interacts", "C2"), (one, "reacts", "C1"), (one, "reacts", "C2")]);
        assert_eq!(graph.find("U3"), None);
    }

    #[test]
    fn labels_are_given_in_the_order_of_ids() {
        let unlabelled = |id: &str| Node { label: " ".into(), ..node(id) };
        let nodes = vec![
            unlabelled("U3"),
            node("U2"),
            unlabelled("U1"),
            Node { name: "Dan".into(), ..unlabelled("U4") },
            Node { kind: "channel".into(), ..unlabelled("C1") },
        ];
        let graph = SocialGraph::from_rows(nodes, vec![]).expect("a graph");
        let graph = graph.labelled(|number| format!("no. {number}"));
        let labels: Vec<_> = graph.as_petgraph().node_weights().map(|node| node.label.as_str()).collect();
        assert_eq!(labels, [" ", "no. 1", "u2", "no. 2", "Dan"]);
    }

    #[test]
    fn an_edge_to_nowhere_is_named() {
        let edges = vec![edge("U1", "U9", "refers", "C1")];
        let error = SocialGraph::from_rows(vec![node("U1")], edges).expect_err("no node U9");
        assert_eq!(
            error.to_string(),
            "edge_data: the edge of key (U1, U9, refers, C1) ends in U9, which is not in node_data"
        );
    }

    #[test]
    fn a_key_that_is_there_twice_is_named() {
        let error = SocialGraph::from_rows(vec![node("U1"), node("U1")], vec![]).expect_err("U1 twice");
        assert_eq!(error.to_string(), "node_data: the row of key (U1) is there twice");
        let edges = vec![edge("U1", "U2", "refers", "C1"); 2];
        let error = SocialGraph::from_rows(vec![node("U1"), node("U2")], edges).expect_err("twice");
        assert_eq!(error.to_string(), "edge_data: the row of key (U1, U2, refers, C1) is there twice");
    }

    proptest! {
        #[test]
        fn the_order_of_the_rows_does_not_matter(
            pairs in proptest::collection::btree_set((0..9u8, 0..9u8, 0..3u8, 0..3u8), 0..60)
                .prop_map(|pairs| pairs.into_iter().collect::<Vec<_>>())
                .prop_shuffle(),
            ids in Just((0..9u8).collect::<Vec<_>>()).prop_shuffle(),
        ) {
            let nodes: Vec<_> = ids.iter().map(|id| node(&format!("U{id}"))).collect();
            let edges: Vec<_> = pairs
                .iter()
                .map(|(source, target, relate, channel)| {
                    let (source, target) = (format!("U{source}"), format!("U{target}"));
                    edge(&source, &target, &format!("r{relate}"), &format!("C{channel}"))
                })
                .collect();
            let written = |nodes: Vec<Node>, edges: Vec<Edge>| {
                let graph = SocialGraph::from_rows(nodes, edges).expect("a graph");
                let mut out = Vec::new();
                crate::write_gexf(&graph, &mut out).expect("written");
                out
            };
            let mut sorted = (nodes.clone(), edges.clone());
            sorted.0.sort_by(Node::compare_keys);
            sorted.1.sort_by(Edge::compare_keys);
            prop_assert_eq!(written(nodes, edges), written(sorted.0, sorted.1));
        }
    }
}

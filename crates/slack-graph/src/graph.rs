use petgraph::graph::{DiGraph, NodeIndex};
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
    /// `interacts`, `reacts` or `refers`.
    pub relate: String,
    /// The channel in which it happened.
    pub channel: ChannelId,
    /// How often.
    pub weight: u64,
    /// The first time.
    pub first_time: Option<Time>,
    /// The last time.
    pub last_time: Option<Time>,
}

impl SocialGraph {
    /// Reads node_data and edge_data; a table that is not there counts as empty.
    pub fn read(source: &(impl TableSource + ?Sized)) -> Result<Self> {
        Self::from_rows(read_rows(source)?, read_rows(source)?)
    }

    /// Makes the graph of rows in any order.
    ///
    /// An edge whose end is no node is an error and not passed over: by definition both ends of an edge
    /// are known, so the two tables do not belong together.
    pub fn from_rows(mut nodes: Vec<Node>, mut edges: Vec<Edge>) -> Result<Self> {
        nodes.sort_unstable_by(Node::compare_keys);
        edges.sort_unstable_by(Edge::compare_keys);
        if let Some(pair) = nodes.windows(2).find(|pair| pair[0].compare_keys(&pair[1]).is_eq()) {
            return Err(Error::Duplicate { table: Node::SCHEMA.name, key: pair[0].id.clone() });
        }
        if let Some(pair) = edges.windows(2).find(|pair| pair[0].compare_keys(&pair[1]).is_eq()) {
            return Err(Error::Duplicate { table: Edge::SCHEMA.name, key: describe_key(&pair[0]) });
        }
        let mut graph = Self { graph: DiGraph::with_capacity(nodes.len(), edges.len()) };
        for node in nodes {
            graph.graph.add_node(node);
        }
        for edge in edges {
            graph.add_edge(edge)?;
        }
        Ok(graph)
    }

    /// The graph as petgraph's algorithms take it.
    pub fn as_petgraph(&self) -> &DiGraph<Node, EdgeData> {
        &self.graph
    }

    /// Returns petgraph's graph, to be changed at will.
    pub fn into_petgraph(self) -> DiGraph<Node, EdgeData> {
        self.graph
    }

    /// Finds the node of a user or channel.
    pub fn find(&self, id: &str) -> Option<NodeIndex> {
        let nodes = self.graph.raw_nodes();
        nodes.binary_search_by(|node| node.weight.id.as_str().cmp(id)).ok().map(NodeIndex::new)
    }

    fn add_edge(&mut self, edge: Edge) -> Result<()> {
        let unknown = |end: &str| Error::UnknownEnd { key: describe_key(&edge), end: end.into() };
        let source = self.find(&edge.source).ok_or_else(|| unknown(&edge.source))?;
        let target = self.find(&edge.target).ok_or_else(|| unknown(&edge.target))?;
        let data = EdgeData {
            relate: edge.relate,
            channel: edge.channel,
            weight: edge.weight,
            first_time: edge.first_time,
            last_time: edge.last_time,
        };
        self.graph.add_edge(source, target, data);
        Ok(())
    }
}

fn read_rows<T: Table>(source: &(impl TableSource + ?Sized)) -> Result<Vec<T>> {
    match TableReader::open(source, &T::SCHEMA)? {
        Some(reader) => Ok(reader.rows().collect::<Result<_, _>>()?),
        None => Ok(Vec::new()),
    }
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
            .map(|edge| (edge.source(), edge.weight().relate.as_str(), edge.weight().channel.as_str()))
            .collect();
        assert_eq!(found, [(one, "interacts", "C2"), (one, "reacts", "C1"), (one, "reacts", "C2")]);
        assert_eq!(graph.find("U3"), None);
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

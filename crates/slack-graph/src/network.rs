//! The graph that is measured: one edge for each pair and direction.

use crate::adjacency::Adjacency;

/// A simple, weighted, directed graph: between two nodes one edge at the most in each direction, none from a node to
/// itself.
///
/// Nodes are numbered in the order of their ids, whatever the order of what they were made of, so that all that is
/// computed from them is the same each time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Network {
    ids: Vec<String>,
    outgoing: Adjacency,
    incoming: Adjacency,
    joined: Adjacency,
}

impl Network {
    /// Makes a network of ids and edges between their places in `ids`. The same pair more than once is one edge, of the sum
    /// of the weights. Left out are edges from a node to itself, those whose weight is no number above 0, those that end in no place,
    /// and those of an id that is there twice but for its first place.
    pub fn new(ids: Vec<String>, edges: impl IntoIterator<Item = (usize, usize, f64)>) -> Self {
        let mut order: Vec<_> = (0..ids.len()).collect();
        order.sort_by(|one, other| ids[*one].cmp(&ids[*other]));
        order.dedup_by(|later, first| ids[*later] == ids[*first]);
        let mut numbers = vec![None; ids.len()];
        for (number, place) in (0u32..).zip(&order) {
            numbers[*place] = Some(number);
        }
        let mut ids: Vec<_> = ids.into_iter().map(Some).collect();
        let sorted: Vec<_> = order.iter().filter_map(|place| ids[*place].take()).collect();
        let number = |place: usize| numbers.get(place).copied().flatten();
        let edges = edges.into_iter().filter_map(|(source, target, weight)| {
            let (source, target) = (number(source)?, number(target)?);
            (source != target && weight > 0.0 && weight.is_finite()).then_some((source, target, weight))
        });
        Self::of_sorted(sorted, edges.collect())
    }

    /// Makes a network of ids in their order and edges without those that [`Network::new`] leaves out.
    pub(crate) fn of_sorted(ids: Vec<String>, mut edges: Vec<(u32, u32, f64)>) -> Self {
        // A stable sort, so that weights are added up in the order in which they came.
        edges.sort_by_key(|(source, target, _)| (*source, *target));
        edges.dedup_by(|later, first| {
            let is_same = (later.0, later.1) == (first.0, first.1);
            if is_same {
                first.2 += later.2;
            }
            is_same
        });
        let outgoing = Adjacency::of_sorted(ids.len(), &edges);
        let incoming = outgoing.reversed();
        let joined = outgoing.joined(&incoming);
        Self { ids, outgoing, incoming, joined }
    }

    /// Leaves out nodes without an edge.
    pub fn without_isolates(&self) -> Self {
        let is_kept = |node: &usize| self.joined.degree(*node) > 0;
        let kept: Vec<_> = (0..self.node_count()).filter(is_kept).collect();
        let mut numbers = vec![0; self.node_count()];
        for (number, node) in (0..).zip(&kept) {
            numbers[*node] = number;
        }
        let ids = kept.iter().map(|node| self.ids[*node].clone()).collect();
        let edges = self.edges().map(|(source, target, weight)| (numbers[source], numbers[target], weight));
        Self::of_sorted(ids, edges.collect())
    }

    /// Keeps the edges of which `keep` is true, and all nodes.
    pub fn filtered(&self, mut keep: impl FnMut(usize, usize, f64) -> bool) -> Self {
        let kept = self.edges().filter(|(source, target, weight)| keep(*source, *target, *weight));
        let kept = kept.map(|(source, target, weight)| (source as u32, target as u32, weight)).collect();
        Self::of_sorted(self.ids.clone(), kept)
    }

    /// Number of nodes.
    pub fn node_count(&self) -> usize {
        self.ids.len()
    }

    /// Number of edges.
    pub fn edge_count(&self) -> usize {
        self.outgoing.entry_count()
    }

    /// The nodes' ids, in their order: a node's number is its place here.
    pub fn ids(&self) -> &[String] {
        &self.ids
    }

    /// The nodes' ids, in their order, and nothing else.
    pub fn into_ids(self) -> Vec<String> {
        self.ids
    }

    /// The number of a node.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.ids.binary_search_by(|other| other.as_str().cmp(id)).ok()
    }

    /// The edges: source, target, weight; in the order of sources, then of targets.
    pub fn edges(&self) -> impl Iterator<Item = (usize, usize, f64)> + '_ {
        (0..self.node_count())
            .flat_map(|source| self.outgoing.of(source).map(move |(target, weight)| (source, target, weight)))
    }

    /// The edges by their sources.
    pub fn outgoing(&self) -> &Adjacency {
        &self.outgoing
    }

    /// The edges by their targets.
    pub fn incoming(&self) -> &Adjacency {
        &self.incoming
    }

    /// The undirected graph: the same pairs joined, the weights of both directions added. Each pair stands with both of its
    /// nodes.
    pub fn joined(&self) -> &Adjacency {
        &self.joined
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn named(count: usize) -> Vec<String> {
        (0..count).map(|number| format!("U{number:03}")).collect()
    }

    #[test]
    fn isolates_can_be_left_out() {
        let network = Network::new(named(4), [(3, 1, 2.0), (0, 0, 1.0), (1, 2, 0.0)]);
        assert_eq!((network.node_count(), network.edge_count()), (4, 1));
        let network = network.without_isolates();
        assert_eq!(network.ids(), ["U001", "U003"]);
        assert_eq!(network.edges().collect::<Vec<_>>(), [(1, 0, 2.0)]);
        assert_eq!((network.find("U003"), network.find("U002")), (Some(1), None));
    }

    proptest! {
        #[test]
        fn neither_the_order_of_nodes_nor_that_of_edges_counts(
            mut edges in proptest::collection::vec((0usize..9, 0usize..9, 1u32..5), 0..40),
            shift in 0usize..9,
        ) {
            let float = |edges: &[(usize, usize, u32)], shift: usize| -> Vec<_> {
                edges.iter().map(|(source, target, weight)| ((source + shift) % 9, (target + shift) % 9, f64::from(*weight))).collect()
            };
            let network = Network::new(named(9), float(&edges, 0));
            let mut expected = BTreeMap::new();
            for (source, target, weight) in edges.iter().filter(|edge| edge.0 != edge.1) {
                *expected.entry((*source, *target)).or_insert(0.0) += f64::from(*weight);
            }
            let found: BTreeMap<_, _> = network.edges().map(|(source, target, weight)| ((source, target), weight)).collect();
            prop_assert_eq!(&found, &expected);
            let mut joined = BTreeMap::new();
            for ((source, target), weight) in expected {
                *joined.entry((source, target)).or_insert(0.0) += weight;
                *joined.entry((target, source)).or_insert(0.0) += weight;
            }
            let found: BTreeMap<_, _> = (0..9)
                .flat_map(|node| network.joined().of(node).map(move |(other, weight)| ((node, other), weight)))
                .collect();
            prop_assert_eq!(found, joined);
            for (source, target, weight) in network.edges() {
                prop_assert!(network.incoming().of(target).any(|edge| edge == (source, weight)));
            }
            edges.reverse();
            let mut ids = named(9);
            ids.rotate_right(shift);
            prop_assert_eq!(Network::new(ids, float(&edges, shift)), network);
        }
    }
}

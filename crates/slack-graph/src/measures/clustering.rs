use crate::measures::whole::share;
use crate::network::Network;

/// Triangles by the pairs of neighbours that could be part of one.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Clustering {
    /// Each node's clustering coefficient, in their order, from 0 to 1.
    pub local: Vec<f64>,
    /// Transitivity of the network, from 0 to 1.
    pub transitivity: f64,
}

/// Returns the clustering of the undirected, unweighted network.
///
/// **Local clustering coefficient**: the share of pairs of a node's neighbours that are tied; 0 below two neighbours
/// (Watts and Strogatz, *Collective dynamics of 'small-world' networks*, Nature, 1998).
///
/// **Transitivity**: 3 · triangles / connected triples; 0 without one (Newman, Watts, Strogatz, *Random graph models of
/// social networks*, PNAS, 2002).
pub fn clustering(network: &Network) -> Clustering {
    let joined = network.joined();
    let degrees: Vec<_> = (0..network.node_count()).map(|node| joined.degree(node)).collect();
    let (mut closed, mut all) = (0.0, 0.0);
    let mut local = Vec::with_capacity(degrees.len());
    for (degree, triangles) in degrees.iter().zip(triangles(network)) {
        let pairs = *degree as f64 * (*degree as f64 - 1.0) / 2.0;
        local.push(share(triangles as f64, pairs));
        // A triangle closes a triple at each of its nodes.
        closed += triangles as f64;
        all += pairs;
    }
    Clustering { local, transitivity: share(closed, all) }
}

/// The number of triangles that each node is part of.
///
/// Each triangle is found once: from the first of its nodes, which are in the order of their degrees, so that nodes of
/// many neighbours look at few (Latapy, *Main-memory triangle computations for very large (sparse (power-law)) graphs*,
/// 2008).
fn triangles(network: &Network) -> Vec<u64> {
    let joined = network.joined();
    let n_nodes = network.node_count();
    let mut order: Vec<_> = (0..n_nodes).collect();
    order.sort_by_key(|node| joined.degree(*node));
    let mut places = vec![0u32; n_nodes];
    for (place, node) in (0..).zip(&order) {
        places[*node] = place;
    }
    // Nodes by their places from here on, with their later neighbours.
    let mut starts = vec![0];
    let mut later = Vec::with_capacity(joined.entry_count() / 2);
    for (place, node) in (0u32..).zip(&order) {
        let neighbors = joined.neighbors(*node).iter().map(|neighbor| places[*neighbor as usize]);
        later.extend(neighbors.filter(|neighbor| *neighbor > place));
        starts.push(later.len());
    }
    let of = |place: u32| &later[starts[place as usize]..starts[place as usize + 1]];
    let mut counts = vec![0u64; n_nodes];
    let mut marks = vec![0u64; n_nodes];
    for first in (0u32..).take(n_nodes) {
        for second in of(first) {
            marks[*second as usize] = 1;
        }
        for second in of(first) {
            let mut found = 0;
            for third in of(*second) {
                let is_triangle = marks[*third as usize];
                counts[*third as usize] += is_triangle;
                found += is_triangle;
            }
            counts[*second as usize] += found;
            counts[first as usize] += found;
        }
        for second in of(first) {
            marks[*second as usize] = 0;
        }
    }
    places.into_iter().map(|place| counts[place as usize]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::tests::{any_network, near, network};
    use proptest::prelude::*;

    #[test]
    fn a_triangle_with_a_tail() {
        let edges = [(0, 1, 1.0), (1, 0, 1.0), (1, 2, 1.0), (2, 0, 1.0), (3, 2, 1.0)];
        let found = clustering(&network(5, &edges));
        near(&found.local, &[1.0, 1.0, 1.0 / 3.0, 0.0, 0.0], 1e-15);
        // Triples: one at each of two nodes, three at the node with the tail.
        assert_eq!(found.transitivity, 3.0 / 5.0);
        assert_eq!(clustering(&network(0, &[])), Clustering::default());
    }

    proptest! {
        #[test]
        fn triangles_are_those_of_all_triples(network in any_network(25)) {
            let is_tied = |one: usize, other: usize| network.joined().weight(one, other).is_some();
            let mut expected = vec![0; 25];
            for one in 0..25 {
                for two in (0..one).filter(|two| is_tied(one, *two)) {
                    for three in (0..two).filter(|three| is_tied(one, *three) && is_tied(two, *three)) {
                        [one, two, three].into_iter().for_each(|node| expected[node] += 1);
                    }
                }
            }
            prop_assert_eq!(triangles(&network), expected);
        }
    }
}

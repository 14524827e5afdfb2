use crate::network::Network;

/// Returns the density: edges by pairs of two different nodes, n (n - 1); 0 below two nodes (Wasserman and Faust,
/// *Social Network Analysis*, 1994).
pub fn density(network: &Network) -> f64 {
    let n_nodes = network.node_count() as f64;
    share(network.edge_count() as f64, n_nodes * (n_nodes - 1.0))
}

/// How many ties are mutual.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub struct Reciprocity {
    /// The share of edges whose reverse exists.
    pub edges: f64,
    /// The share of connected pairs that are mutual.
    pub pairs: f64,
}

/// Returns reciprocity, by edges and by pairs (dyads); both 0 without an edge (Wasserman and Faust, *Social Network
/// Analysis*, 1994).
pub fn reciprocity(network: &Network) -> Reciprocity {
    let n_edges = network.edge_count() as f64;
    let n_pairs = (network.joined().entry_count() / 2) as f64;
    let n_mutual = n_edges - n_pairs;
    Reciprocity { edges: share(2.0 * n_mutual, n_edges), pairs: share(n_mutual, n_pairs) }
}

/// A part of a whole; 0 of nothing.
pub(super) fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::tests::network;

    #[test]
    fn pairs_and_edges() {
        // Two edges of one pair, one of another.
        let network = network(4, &[(0, 1, 1.0), (1, 0, 2.0), (1, 2, 1.0)]);
        assert_eq!(density(&network), 0.25);
        assert_eq!(reciprocity(&network), Reciprocity { edges: 2.0 / 3.0, pairs: 0.5 });
    }

    #[test]
    fn of_nothing() {
        for n_nodes in 0..3 {
            let network = network(n_nodes, &[]);
            assert_eq!((density(&network), reciprocity(&network)), (0.0, Reciprocity::default()));
        }
    }
}

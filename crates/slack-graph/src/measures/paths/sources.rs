//! From which nodes paths are walked.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use crate::network::Network;

/// What a sample has at the least: an error is estimated from it.
const LEAST: usize = 64;

/// How many nodes are sources.
pub(super) fn number(network: &Network, work: u64) -> usize {
    let each = (network.node_count() as u64).saturating_add(network.edge_count() as u64).max(1);
    let permitted = usize::try_from(work / each).unwrap_or(usize::MAX);
    // Sources from which nothing leads away are no work.
    let n_walked = (0..network.node_count()).filter(|node| network.outgoing().degree(*node) > 0).count();
    if n_walked <= permitted { network.node_count() } else { permitted.max(LEAST).min(network.node_count()) }
}

/// So many of the nodes, each as likely as any other, in their order.
pub(super) fn drawn(n_nodes: usize, n_sources: usize, seed: u64) -> Vec<u32> {
    let mut nodes: Vec<_> = (0u32..).take(n_nodes).collect();
    if n_sources < n_nodes {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        for place in 0..n_sources {
            // The remainder prefers low numbers by less than one in 2^32.
            let other = place + (dice.next_u64() % (n_nodes - place) as u64) as usize;
            nodes.swap(place, other);
        }
        nodes.truncate(n_sources);
        nodes.sort_unstable();
    }
    nodes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_drawn_without_replacement() {
        assert_eq!(drawn(4, 4, 7), [0, 1, 2, 3]);
        let some = drawn(1_000, 100, 7);
        assert_eq!(some, drawn(1_000, 100, 7));
        assert_ne!(some, drawn(1_000, 100, 8));
        assert_eq!(some.len(), 100);
        assert!(some.is_sorted_by(|one, other| one < other) && some.iter().all(|node| *node < 1_000));
        let mean = some.iter().map(|node| f64::from(*node)).sum::<f64>() / 100.0;
        assert!((400.0..600.0).contains(&mean), "{mean}");
    }

    #[test]
    fn work_bounds_the_number_of_sources() {
        let ids = (0..200).map(|number| format!("U{number:03}")).collect();
        let network = Network::new(ids, (0..199).map(|node| (node, node + 1, 1.0)));
        assert_eq!(number(&network, 399 * 200), 200);
        assert_eq!(number(&network, 399 * 120 + 398), 120);
        assert_eq!((number(&network, 0), number(&network, u64::MAX)), (64, 200));
        assert_eq!(number(&Network::default(), 10), 0);
        // From all but one leads an edge.
        assert_eq!((number(&network, 399 * 199), number(&network, 399 * 198)), (200, 198));
    }
}

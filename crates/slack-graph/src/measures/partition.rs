//! Measures of nodes that are parted into communities.

use std::collections::BTreeMap;

use crate::network::Network;

/// Returns the participation coefficient of each node, in their order: 1 - the sum over communities of the square of
/// the share of its strength that goes there, in the undirected, weighted network. It is 0 where all goes to one
/// community, or nothing anywhere, and comes near 1 where the same goes to many (Guimerà and Amaral, *Functional
/// cartography of complex metabolic networks*, Nature, 2005).
///
/// `communities` are the nodes', in their order; those that it does not reach are together one more.
pub fn participation(network: &Network, communities: &[u32]) -> Vec<f64> {
    let of_node = |node: usize| {
        let strengths = strengths(network, communities, node);
        let all: f64 = strengths.values().sum();
        // One community is all there is, and rounding should not make it less.
        if strengths.len() < 2 {
            return 0.0;
        }
        1.0 - strengths.values().map(|strength| (strength / all).powi(2)).sum::<f64>()
    };
    (0..network.node_count()).map(of_node).collect()
}

/// Returns how strongly each node is tied to its own community, in their order: the strength of its ties there less the
/// mean of that over the community's nodes, in standard deviations of it, in the undirected, weighted network; 0 where
/// all are tied to it alike (Guimerà and Amaral, *Functional cartography of complex metabolic networks*, Nature, 2005).
/// The deviation is that of all of the community's nodes, the root of the mean of squares.
///
/// `communities` are the nodes', in their order; those that it does not reach are together one more.
pub fn within_community_z(network: &Network, communities: &[u32]) -> Vec<f64> {
    let own = |node: usize| {
        let own = of(communities, node);
        let inside = network.joined().of(node).filter(|(neighbor, _)| of(communities, *neighbor) == own);
        inside.map(|(_, weight)| weight).sum::<f64>()
    };
    let strengths: Vec<_> = (0..network.node_count()).map(own).collect();
    let mut members: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for node in 0..strengths.len() {
        members.entry(of(communities, node)).or_default().push(node);
    }
    let mut scores = vec![0.0; strengths.len()];
    for nodes in members.values() {
        let mean = nodes.iter().map(|node| strengths[*node]).sum::<f64>() / nodes.len() as f64;
        let squares = nodes.iter().map(|node| (strengths[*node] - mean).powi(2));
        let deviation = (squares.sum::<f64>() / nodes.len() as f64).sqrt();
        // Less is what rounding leaves of equal strengths.
        if deviation > 1e-12 * mean {
            for node in nodes {
                scores[*node] = (strengths[*node] - mean) / deviation;
            }
        }
    }
    scores
}

/// Returns to how many communities, besides its own, each node is tied, in their order, whatever the direction of
/// edges: who is tied to several is a broker between them (Burt, *Structural holes*, 1992).
///
/// `communities` are the nodes', in their order; those that it does not reach are together one more.
pub fn bridged_communities(network: &Network, communities: &[u32]) -> Vec<usize> {
    let of_node = |node: usize| {
        let tied = strengths(network, communities, node);
        tied.len() - usize::from(tied.contains_key(&of(communities, node)))
    };
    (0..network.node_count()).map(of_node).collect()
}

/// A node's community; those that are not given one are together one more.
fn of(communities: &[u32], node: usize) -> Option<u32> {
    communities.get(node).copied()
}

/// A node's strength to each community that it is tied to.
fn strengths(network: &Network, communities: &[u32], node: usize) -> BTreeMap<Option<u32>, f64> {
    let mut strengths = BTreeMap::new();
    for (neighbor, weight) in network.joined().of(node) {
        *strengths.entry(of(communities, neighbor)).or_default() += weight;
    }
    strengths
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::tests::{any_network, near, network};
    use proptest::prelude::*;

    /// Two triangles, a tie of 2 between them, and somebody alone.
    fn two_triangles() -> (Network, [u32; 7]) {
        let edges = [
            (0, 1, 1.0),
            (1, 2, 1.0),
            (2, 0, 1.0),
            (2, 3, 1.5),
            (3, 2, 0.5),
            (3, 4, 1.0),
            (4, 5, 1.0),
            (5, 3, 1.0),
        ];
        (network(7, &edges), [4, 4, 4, 1, 1, 1, 0])
    }

    #[test]
    fn by_hand() {
        let (network, communities) = two_triangles();
        // Weights: 8 in all, 3 inside of each; half of the strength is each one's.
        assert_eq!(participation(&network, &communities), [0.0, 0.0, 0.5, 0.5, 0.0, 0.0, 0.0]);
        assert_eq!(bridged_communities(&network, &communities), [0, 0, 1, 1, 0, 0, 0]);
        assert_eq!(within_community_z(&network, &communities), [0.0; 7]);
        // All together but 5: strengths 2, 2, 4, 3, 1; the mean is 2.4, the variance (0.16 + 0.16 + 2.56 + 0.36 + 1.96)
        // / 5.
        let found = within_community_z(&network, &[1, 1, 1, 1, 1, 2, 3]);
        let deviation = 1.04_f64.sqrt();
        let expected = [-0.4, -0.4, 1.6, 0.6, -1.4, 0.0, 0.0].map(|value| value / deviation);
        near(&found, &expected, 1e-14);
    }

    #[test]
    fn communities_may_be_missing() {
        let (network, _) = two_triangles();
        // The last three and the one who is alone are a community of those without one.
        assert_eq!(bridged_communities(&network, &[]), [0; 7]);
        let empty = self::network(2, &[]);
        assert_eq!(participation(&empty, &[0, 1]), [0.0; 2]);
        assert_eq!(within_community_z(&empty, &[0, 1]), [0.0; 2]);
    }

    proptest! {
        #[test]
        fn laws(network in any_network(30), communities in proptest::collection::vec(0u32..4, 30)) {
            prop_assert_eq!(participation(&network, &[3; 30]), [0.0; 30]);
            let participation = participation(&network, &communities);
            let bridged = bridged_communities(&network, &communities);
            for (value, bridged) in participation.into_iter().zip(bridged) {
                // Evenly to k communities is 1 - 1 / k.
                prop_assert!(value >= 0.0 && value <= 1.0 - 1.0 / (bridged as f64 + 1.0) + 1e-12);
            }
            let scores = within_community_z(&network, &communities);
            for community in 0..4 {
                let of_community = (0..30).filter(|node| communities[*node] == community);
                prop_assert!(of_community.map(|node| scores[node]).sum::<f64>().abs() < 1e-9);
            }
        }
    }
}

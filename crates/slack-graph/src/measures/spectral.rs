use crate::adjacency::Adjacency;
use crate::measures::principal::{principal, to_largest};
use crate::network::Network;

/// Hub and authority scores of nodes, in their order.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Hits {
    /// Hub score of each node.
    pub hub: Vec<f64>,
    /// Authority score of each node.
    pub authority: Vec<f64>,
}

/// Returns hub and authority scores by the weights w(i, j) of edges: good hubs act on good authorities, so that the hub
/// score of i is proportional to the sum of w(i, j) times the authority score of j, and the authority score of j to
/// that of w(i, j) times the hub score of i. The largest of each is 1; all are 0 without an edge (Kleinberg,
/// *Authoritative sources in a hyperlinked environment*, Journal of the ACM, 1999).
///
/// They are the principal eigenvectors of A Aᵗ and Aᵗ A. Where components do not touch, only the one with the largest
/// eigenvalue has scores above 0, up to rounding; if several have the same one, scores are not defined as a whole, and
/// those nearest to the nodes' strengths are returned.
pub fn hits(network: &Network) -> Hits {
    let (outgoing, incoming) = (network.outgoing(), network.incoming());
    let n_nodes = network.node_count();
    if network.edge_count() == 0 {
        return Hits { hub: vec![0.0; n_nodes], authority: vec![0.0; n_nodes] };
    }
    let mut between = vec![0.0; n_nodes];
    let hub = principal(strengths(outgoing), |from, to| {
        multiply(incoming, from, &mut between);
        multiply(outgoing, &between, to);
    });
    let mut authority = vec![0.0; n_nodes];
    multiply(incoming, &hub, &mut authority);
    Hits { hub: to_largest(hub), authority: to_largest(authority) }
}

/// Returns the eigenvector centrality of the undirected network, by weights: that of a node is proportional to the sum
/// over its neighbours of theirs times the weight. The largest is 1; all are 0 without an edge (Bonacich, *Factoring
/// and weighting approaches to status scores and clique identification*, Journal of Mathematical Sociology, 1972).
///
/// Of several components only the one with the largest eigenvalue has values above 0, up to rounding; if several have
/// the same one, what is nearest to the nodes' strengths is returned.
pub fn eigenvector(network: &Network) -> Vec<f64> {
    let joined = network.joined();
    if network.edge_count() == 0 {
        return vec![0.0; network.node_count()];
    }
    to_largest(principal(strengths(joined), |from, to| multiply(joined, from, to)))
}

fn strengths(adjacency: &Adjacency) -> Vec<f64> {
    (0..adjacency.node_count()).map(|node| adjacency.strength(node)).collect()
}

fn multiply(adjacency: &Adjacency, from: &[f64], to: &mut [f64]) {
    for (node, to) in to.iter_mut().enumerate() {
        *to = adjacency.product(node, from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::tests::{any_network, near, network};
    use proptest::prelude::*;

    #[test]
    fn by_hand() {
        // One hub acts on two authorities, one of them twice as much.
        let network = network(4, &[(0, 1, 1.0), (0, 2, 2.0)]);
        let found = hits(&network);
        near(&found.hub, &[1.0, 0.0, 0.0, 0.0], 1e-14);
        near(&found.authority, &[0.0, 0.5, 1.0, 0.0], 1e-14);
        // The eigenvalue is the root of 5.
        near(&eigenvector(&network), &[1.0, 1.0 / 5.0_f64.sqrt(), 2.0 / 5.0_f64.sqrt(), 0.0], 1e-14);
    }

    #[test]
    fn of_nothing() {
        for n_nodes in 0..3 {
            let zeros = vec![0.0; n_nodes];
            assert_eq!(eigenvector(&network(n_nodes, &[])), zeros);
            assert_eq!(hits(&network(n_nodes, &[])), Hits { hub: zeros.clone(), authority: zeros });
        }
    }

    proptest! {
        #[test]
        fn they_are_eigenvectors(network in any_network(40)) {
            let Hits { hub, authority } = hits(&network);
            let eigenvector = eigenvector(&network);
            let mut product = vec![0.0; 40];
            for (adjacency, from, to) in [
                (network.incoming(), &hub, &authority),
                (network.outgoing(), &authority, &hub),
                (network.joined(), &eigenvector, &eigenvector),
            ] {
                multiply(adjacency, from, &mut product);
                near(&to_largest(product.clone()), to, 1e-11);
                let largest = if network.edge_count() == 0 { 0.0 } else { 1.0 };
                prop_assert_eq!(to.iter().copied().fold(0.0, f64::max), largest);
            }
        }
    }
}

use crate::adjacency::Adjacency;
use crate::network::Network;

/// The backbone of a network: the edges whose weight is more than chance would give, by the disparity filter (Serrano,
/// Boguñá, Vespignani, *Extracting the multiscale backbone of complex weighted networks*, PNAS 2009).
///
/// An edge of weight w stays where (1 − w / s)^(k − 1) < `significance` for the k outgoing edges of its source, or the k
/// incoming edges of its target; s is the sum of their weights. Where an end has no other such edge, only the other end
/// decides. All nodes stay.
pub fn backbone(network: &Network, significance: f64) -> Network {
    let is_significant = |edges: &Adjacency, node: usize, weight: f64| {
        let others = edges.degree(node).saturating_sub(1);
        others > 0 && (1.0 - weight / edges.strength(node)).powf(others as f64) < significance
    };
    network.filtered(|source, target, weight| {
        is_significant(network.outgoing(), source, weight)
            || is_significant(network.incoming(), target, weight)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heavy_edges_stay() {
        // One edge of 10 among two of 1: (1 - 10/12)^2 = 0.028, (1 - 1/12)^2 = 0.84. Each is its target's only one.
        let ids = ["U1", "U2", "U3", "U4"].map(String::from).to_vec();
        let network = Network::new(ids, [(0, 1, 10.0), (0, 2, 1.0), (0, 3, 1.0)]);
        assert_eq!(backbone(&network, 0.05).edges().collect::<Vec<_>>(), [(0, 1, 10.0)]);
        assert_eq!(backbone(&network, 0.02).edge_count(), 0);
        assert_eq!(backbone(&network, 0.9), network);
    }
}

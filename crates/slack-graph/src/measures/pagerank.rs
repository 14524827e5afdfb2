use crate::network::Network;

/// How PageRank is computed.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct PageRankOptions {
    /// The share of steps that follow an edge; the others lead to any node. Below 1.
    pub damping: f64,
    /// Rounds end when all nodes together change by no more than this.
    pub tolerance: f64,
    /// Number of rounds at the most.
    pub most_rounds: usize,
}

impl Default for PageRankOptions {
    fn default() -> Self {
        Self { damping: 0.85, tolerance: 1e-14, most_rounds: 1_000 }
    }
}

/// Returns the PageRank of each node, in their order: how often somebody is there who follows edges at random, each as
/// likely as its weight is large, and with the probability 1 - damping, or where no edge leads on, goes to any node.
/// All sum to 1 (Brin and Page, *The anatomy of a large-scale hypertextual web search engine*, 1998).
pub fn pagerank(network: &Network, options: &PageRankOptions) -> Vec<f64> {
    let n_nodes = network.node_count();
    let strengths: Vec<_> = (0..n_nodes).map(|node| network.outgoing().strength(node)).collect();
    let mut ranks = vec![1.0 / n_nodes as f64; n_nodes];
    let mut given = vec![0.0; n_nodes];
    let mut next = vec![0.0; n_nodes];
    for _ in 0..options.most_rounds {
        let mut dangling = 0.0;
        for node in 0..n_nodes {
            given[node] = 0.0;
            if strengths[node] > 0.0 {
                given[node] = options.damping * ranks[node] / strengths[node];
            } else {
                dangling += ranks[node];
            }
        }
        let base = (1.0 - options.damping + options.damping * dangling) / n_nodes as f64;
        for (node, rank) in next.iter_mut().enumerate() {
            *rank = base + network.incoming().product(node, &given);
        }
        // Rounding adds up otherwise.
        let sum: f64 = next.iter().sum();
        let mut change = 0.0;
        for (rank, next) in ranks.iter_mut().zip(&next) {
            let next = next / sum;
            change += (next - *rank).abs();
            *rank = next;
        }
        if change <= options.tolerance {
            break;
        }
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::tests::{any_network, near, network};
    use proptest::prelude::*;

    #[test]
    fn by_hand() {
        // 0 gives 3 of 4 parts to 1 and one to 2, which give nothing: a is (1 - d) / 3 + d (b + c) / 3.
        let found = pagerank(&network(3, &[(0, 1, 3.0), (0, 2, 1.0)]), &PageRankOptions::default());
        let first = 1.0 / (3.0 + 0.85);
        near(&found, &[first, first * (1.0 + 0.85 * 0.75), first * (1.0 + 0.85 * 0.25)], 1e-14);
        assert!(pagerank(&network(0, &[]), &PageRankOptions::default()).is_empty());
        near(&pagerank(&network(2, &[]), &PageRankOptions::default()), &[0.5, 0.5], 1e-15);
    }

    proptest! {
        #[test]
        fn ranks_sum_to_1(network in any_network(40)) {
            let ranks = pagerank(&network, &PageRankOptions::default());
            prop_assert!((ranks.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            prop_assert!(ranks.iter().all(|rank| *rank >= 0.15 / 40.0 - 1e-12));
        }
    }
}

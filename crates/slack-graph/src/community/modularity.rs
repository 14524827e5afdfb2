use crate::network::Network;

/// Returns the modularity of a division into communities, of the undirected, weighted network.
///
/// Q = Σ (w_c / W − γ (k_c / 2W)²) over communities c: w_c is the weight of the edges inside, k_c the sum of its
/// nodes' strengths, W the weight of all edges, both directions joined, γ the resolution. No unit; 0 where there is
/// no edge. Newman, *Analysis of weighted networks*, Physical Review E 2004; with resolution: Reichardt and
/// Bornholdt, *Statistical mechanics of community detection*, Physical Review E 2006.
///
/// `communities` holds a number for each node; a node beyond its end is in none, and its edges count for the
/// strengths and the whole only.
pub fn modularity(network: &Network, communities: &[u32], resolution: f64) -> f64 {
    quality(network, communities, resolution, &masses(network, false))
}

/// Returns the modularity of a division into communities, of the directed, weighted network.
///
/// Q = Σ (w_c / W − γ out_c in_c / W²) over communities c: w_c is the weight of the edges inside, out_c and in_c the
/// sums of its nodes' strengths, W the weight of all edges, γ the resolution. No unit; 0 where there is no edge.
/// Leicht and Newman, *Community structure in directed networks*, Physical Review Letters 2008.
pub fn directed_modularity(network: &Network, communities: &[u32], resolution: f64) -> f64 {
    quality(network, communities, resolution, &masses(network, true))
}

/// What chance ties of each node: from it and to it. That of an undirected network is half its strength each way, which
/// makes the undirected modularity a case of the directed one.
pub(super) fn masses(network: &Network, directed: bool) -> Vec<[f64; 2]> {
    let of = |node: usize| {
        if directed {
            [network.outgoing().strength(node), network.incoming().strength(node)]
        } else {
            [network.joined().strength(node) / 2.0; 2]
        }
    };
    (0..network.node_count()).map(of).collect()
}

pub(super) fn quality(network: &Network, communities: &[u32], resolution: f64, masses: &[[f64; 2]]) -> f64 {
    let n_communities = communities.iter().max().map_or(0, |last| *last as usize + 1);
    let mut totals = vec![[0.0; 2]; n_communities];
    for (community, mass) in communities.iter().zip(masses) {
        let total = &mut totals[*community as usize];
        *total = [total[0] + mass[0], total[1] + mass[1]];
    }
    let of = |node: usize| communities.get(node).copied();
    let (mut all, mut inside) = (0.0, 0.0);
    for node in 0..network.node_count() {
        let edges = network.outgoing();
        let ours = of(node);
        for (neighbor, weight) in edges.neighbors(node).iter().zip(edges.weights(node)) {
            all += weight;
            if ours.is_some() && ours == of(*neighbor as usize) {
                inside += weight;
            }
        }
    }
    if all <= 0.0 {
        return 0.0;
    }
    let chance: f64 = totals.iter().map(|[out, r#in]| out * r#in).sum();
    inside / all - resolution * chance / (all * all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_worked_out_by_hand() {
        // Two pairs, joined by one edge: weights 2 + 2 + 1.
        let ids = ["U1", "U2", "U3", "U4"].map(String::from).to_vec();
        let network = Network::new(ids, [(0, 1, 1.0), (1, 0, 1.0), (2, 3, 2.0), (1, 2, 1.0)]);
        let halves = [0, 0, 1, 1];
        assert!((modularity(&network, &halves, 1.0) - (0.8 - 0.5)).abs() < 1e-12);
        assert!((modularity(&network, &halves, 2.0) - (0.8 - 1.0)).abs() < 1e-12);
        assert!(modularity(&network, &[0; 4], 1.0).abs() < 1e-12);
        // Out: 1, 2, 2, 0. In: 1, 1, 1, 2.
        assert!(
            (directed_modularity(&network, &halves, 1.0) - (0.8 - (3.0 * 2.0 + 2.0 * 3.0) / 25.0)).abs()
                < 1e-12
        );
        assert_eq!(modularity(&Network::default(), &[], 1.0), 0.0);
        assert_eq!(modularity(&network, &[], 1.0), 0.0);
    }
}

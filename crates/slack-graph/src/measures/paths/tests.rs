use super::*;
use proptest::prelude::*;

fn network(n_nodes: usize, edges: &[(usize, usize, f64)]) -> Network {
    let ids = (0..n_nodes).map(|number| format!("U{number:06}")).collect();
    Network::new(ids, edges.iter().copied())
}

fn options(lengths: Lengths, threads: usize) -> PathOptions {
    PathOptions { lengths, threads: NonZeroUsize::new(threads), work: u64::MAX, ..PathOptions::default() }
}

/// A path of 4 with a way around its end, and somebody alone.
///
/// 0 → 1 → 2 → 3, 1 → 4 → 3: from 0 and from 1 two ways to 3.
#[test]
fn small_networks_by_hand() {
    let edges = [(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (1, 4, 1.0), (4, 3, 1.0)];
    let network = network(6, &edges);
    for lengths in [Lengths::One, Lengths::InverseWeight] {
        let found = paths(&network, &options(lengths, 1));
        assert_eq!(found.betweenness, [0.0, 3.0, 1.0, 0.0, 1.0, 0.0]);
        // Of 5 others: 1 is reached by one at 1; 2 and 4 by two at 1, 2; 3 by four at 1, 1, 2, 3.
        let expected = [0.0, 0.2, 2.0 / 5.0 * 2.0 / 3.0, 4.0 / 5.0 * 4.0 / 7.0, 2.0 / 5.0 * 2.0 / 3.0, 0.0];
        for (found, expected) in found.closeness.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-15, "{found} {expected}");
        }
        assert!(found.is_exact() && found.sources == 6);
        assert_eq!((found.betweenness_error, found.closeness_error), (vec![0.0; 6], vec![0.0; 6]));
    }
}

#[test]
fn strong_ties_are_short() {
    // By way of 1 it is 1/2 + 1/2, as long as straight on; by way of 2 longer.
    let network = network(4, &[(0, 3, 1.0), (0, 1, 2.0), (1, 3, 2.0), (0, 2, 1.0), (2, 3, 4.0)]);
    let found = paths(&network, &options(Lengths::InverseWeight, 1));
    assert_eq!(found.betweenness, [0.0, 0.5, 0.0, 0.0]);
    assert_eq!(found.closeness[3], 3.0 / (1.0 + 0.5 + 0.25));
    // Three times a tenth is as long as three tenths.
    let network = self::network(4, &[(0, 1, 10.0), (1, 2, 10.0), (2, 3, 10.0), (0, 3, 1.0 / 0.3)]);
    let found = paths(&network, &options(Lengths::InverseWeight, 1));
    assert_eq!(found.betweenness, [0.0, 1.5, 1.5, 0.0]);
}

#[test]
fn networks_of_nothing() {
    for lengths in [Lengths::One, Lengths::InverseWeight] {
        for n_nodes in [0, 1, 3] {
            let found = paths(&network(n_nodes, &[]), &options(lengths, 2));
            assert_eq!(found.betweenness, vec![0.0; n_nodes]);
            assert_eq!(found.closeness, vec![0.0; n_nodes]);
        }
    }
    let endless = network(3, &[(0, 1, f64::INFINITY), (1, 2, f64::MIN_POSITIVE / 4.0)]);
    let found = paths(&endless, &options(Lengths::InverseWeight, 1));
    assert!(found.closeness.iter().chain(&found.betweenness).all(|value| value.is_finite()), "{found:?}");
}

/// Numbers of paths that no float can hold: 2 to the power of 2,000.
#[test]
fn very_many_paths() {
    const DIAMONDS: usize = 2_000;
    let edges: Vec<_> = (0..DIAMONDS)
        .flat_map(|number| {
            let first = 3 * number;
            [(first, first + 1), (first, first + 2), (first + 1, first + 3), (first + 2, first + 3)]
        })
        .map(|(source, target)| (source, target, 1.0))
        .collect();
    let network = network(3 * DIAMONDS + 1, &edges);
    for lengths in [Lengths::One, Lengths::InverseWeight] {
        let mut options = options(lengths, 2);
        options.work = 0;
        let sources = sources::drawn(network.node_count(), 64, options.seed);
        let found = paths(&network, &options);
        assert_eq!(found.sources, 64);
        // From sources before it all paths to what comes after it lead through each node between two diamonds.
        for number in [1, 500, 1_999] {
            let n_before = sources.iter().filter(|source| (**source as usize) < 3 * number).count();
            let expected = (n_before * 3 * (DIAMONDS - number)) as f64 * network.node_count() as f64 / 64.0;
            let value = found.betweenness[3 * number];
            assert!((value - expected).abs() <= 1e-9 * expected, "{lengths:?} {number}: {value} {expected}");
        }
        assert!(found.betweenness.iter().all(|value| value.is_finite()));
    }
}

/// What the textbook does: a queue from each source, over lists of nodes before.
fn plain(network: &Network) -> (Vec<f64>, Vec<f64>) {
    let n_nodes = network.node_count();
    let (mut betweenness, mut reached, mut far) =
        (vec![0.0; n_nodes], vec![0.0; n_nodes], vec![0.0; n_nodes]);
    for source in 0..n_nodes {
        let mut distances = vec![None; n_nodes];
        let mut counts = vec![0.0; n_nodes];
        let mut queue = vec![source];
        (distances[source], counts[source]) = (Some(0), 1.0);
        let mut at = 0;
        while at < queue.len() {
            let node = queue[at];
            at += 1;
            for neighbor in network.outgoing().neighbors(node).iter().map(|neighbor| *neighbor as usize) {
                if distances[neighbor].is_none() {
                    distances[neighbor] = distances[node].map(|distance| distance + 1);
                    queue.push(neighbor);
                }
                if distances[neighbor] == distances[node].map(|distance| distance + 1) {
                    counts[neighbor] += counts[node];
                }
            }
        }
        let mut dependencies = vec![0.0; n_nodes];
        for node in queue.into_iter().skip(1).rev() {
            for before in network.incoming().neighbors(node).iter().map(|before| *before as usize) {
                if distances[before].map(|distance| distance + 1) == distances[node] {
                    dependencies[before] += counts[before] / counts[node] * (1.0 + dependencies[node]);
                }
            }
            betweenness[node] += dependencies[node];
            reached[node] += 1.0;
            far[node] += f64::from(distances[node].unwrap_or(0));
        }
    }
    let closeness = |(reached, far): (f64, f64)| {
        if far > 0.0 { reached / (n_nodes as f64 - 1.0) * (reached / far) } else { 0.0 }
    };
    (betweenness, reached.into_iter().zip(far).map(closeness).collect())
}

fn agree(one: &[f64], other: &[f64]) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).all(|(one, other)| (one - other).abs() <= 1e-11 * (1.0 + one.abs()))
}

fn edges(n_nodes: usize, most: usize) -> impl Strategy<Value = Vec<(usize, usize, f64)>> {
    let edge = (0..n_nodes, 0..n_nodes, 1u8..5).prop_map(|(one, other, weight)| (one, other, weight.into()));
    proptest::collection::vec(edge, 0..most)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn paths_are_those_of_the_textbook(sparse in edges(150, 300), dense in edges(90, 2_000)) {
        for (n_nodes, edges) in [(150, sparse), (90, dense)] {
            let weighted = network(n_nodes, &edges);
            let (betweenness, closeness) = plain(&weighted);
            let found = paths(&weighted, &options(Lengths::One, 1));
            prop_assert!(agree(&found.betweenness, &betweenness));
            prop_assert!(agree(&found.closeness, &closeness));
            // Where all weights are the same, lengths are but a unit.
            let pairs: Vec<_> = weighted.edges().map(|(source, target, _)| (source, target, 0.5)).collect();
            let even = paths(&network(n_nodes, &pairs), &options(Lengths::InverseWeight, 1));
            let closeness: Vec<_> = closeness.iter().map(|value| value / 2.0).collect();
            prop_assert!(agree(&even.betweenness, &betweenness));
            prop_assert!(agree(&even.closeness, &closeness));
        }
    }

    #[test]
    fn threads_change_nothing(edges in edges(200, 900), threads in 2usize..5) {
        let network = network(200, &edges);
        for lengths in [Lengths::One, Lengths::InverseWeight] {
            prop_assert_eq!(paths(&network, &options(lengths, 1)), paths(&network, &options(lengths, threads)));
        }
    }
}

/// Errors are what they say: of the estimates of many samples, about 95 of 100 lie within two of them.
#[test]
fn samples_come_near() {
    let edges: Vec<_> = (0..3_000u64)
        .map(|number| {
            let mixed = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let (source, target) = ((mixed >> 20) % 200, ((mixed >> 40) % 200).pow(2) / 200);
            (source as usize, target as usize, (1 + number % 5) as f64)
        })
        .collect();
    let network = network(200, &edges);
    let each = (network.node_count() + network.edge_count()) as u64;
    for lengths in [Lengths::One, Lengths::InverseWeight] {
        let work = 100 * each * lengths.work();
        let exact = paths(&network, &options(lengths, 1));
        let (mut n_near, mut n_all) = ([0; 2], 0);
        for seed in 0..20 {
            let sampled = paths(&network, &PathOptions { work, seed, ..options(lengths, 1) });
            assert!(sampled.sources == 100 && !sampled.is_exact());
            let is_near = |exact: f64, found: f64, error: f64| (found - exact).abs() <= 2.0 * error + 1e-9;
            // Through some of them lead no paths at all.
            for node in (0..200).filter(|node| exact.betweenness[*node] > 100.0) {
                let (found, error) = (sampled.betweenness[node], sampled.betweenness_error[node]);
                n_near[0] += usize::from(is_near(exact.betweenness[node], found, error));
                let (found, error) = (sampled.closeness[node], sampled.closeness_error[node]);
                n_near[1] += usize::from(is_near(exact.closeness[node], found, error));
                n_all += 1;
            }
        }
        assert!(n_all > 400, "{n_all}");
        for n_near in n_near {
            let share = f64::from(n_near as u32) / f64::from(n_all);
            assert!((0.90..0.99).contains(&share), "{lengths:?}: {share}");
        }
    }
}

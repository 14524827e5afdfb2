use super::*;
use crate::community::{directed_modularity, modularity};
use proptest::prelude::*;

fn network(n_nodes: usize, edges: impl IntoIterator<Item = (usize, usize, f64)>) -> Network {
    Network::new((0..n_nodes).map(|node| format!("U{node:05}")).collect(), edges)
}

/// A ring of cliques, each tied to the next by one edge.
fn ring(n_cliques: usize, size: usize) -> Network {
    let mut edges = Vec::new();
    for clique in 0..n_cliques {
        let first = clique * size;
        for one in first..first + size {
            edges.extend((one + 1..first + size).map(|other| (one, other, 1.0)));
        }
        edges.push((first, (first + size) % (n_cliques * size), 1.0));
    }
    network(n_cliques * size, edges)
}

/// Every division of so few nodes.
fn divisions(n_nodes: usize) -> Vec<Vec<u32>> {
    let mut all = vec![Vec::new()];
    for _ in 0..n_nodes {
        let longer = |division: Vec<u32>| {
            let next = division.iter().max().map_or(0, |last| last + 1);
            (0..=next).map(move |community| [division.clone(), vec![community]].concat())
        };
        all = all.into_iter().flat_map(longer).collect();
    }
    all
}

#[test]
fn cliques_are_communities() {
    let found = communities(&ring(8, 6), &CommunityOptions::default());
    assert_eq!(found, (0..48).map(|node| node / 6).collect::<Vec<u32>>());
}

#[test]
fn resolution_makes_communities_larger_or_smaller() {
    let network = ring(30, 4);
    let count = |resolution: f64| {
        let options = CommunityOptions { resolution, ..CommunityOptions::default() };
        communities(&network, &options).into_iter().max().map_or(0, |last| last + 1)
    };
    let counts = [0.0, 0.1, 1.0, 5.0, 50.0].map(count);
    assert!(counts.is_sorted_by(|one, other| one < other), "{counts:?}");
    assert_eq!(count(50.0), 120, "each node alone");
    assert_eq!(count(0.0), 1, "all of one component together");
}

#[test]
fn direction_counts_where_it_is_asked_for() {
    // Two groups whose members act on all others alike; inside, in a circle.
    let circle = |first: usize| (0..4).map(move |node| (first + node, first + (node + 1) % 4, 1.0));
    let network = network(8, circle(0).chain(circle(4)).chain([(0, 4, 1.0), (1, 5, 1.0)]));
    let options = CommunityOptions { directed: true, ..CommunityOptions::default() };
    let found = communities(&network, &options);
    let best = divisions(8).into_iter().map(|division| directed_modularity(&network, &division, 1.0));
    let best = best.fold(f64::NEG_INFINITY, f64::max);
    assert!((directed_modularity(&network, &found, 1.0) - best).abs() < 1e-12);
}

#[test]
fn whoever_has_no_edge_is_alone() {
    assert_eq!(communities(&Network::default(), &CommunityOptions::default()), Vec::<u32>::new());
    assert_eq!(communities(&network(3, []), &CommunityOptions::default()), [0, 1, 2]);
    assert_eq!(communities(&network(4, [(1, 3, 2.0)]), &CommunityOptions::default()), [1, 0, 2, 0]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn communities_are_connected_numbered_by_size_and_good(
        edges in prop::collection::vec((0usize..8, 0usize..8, 1u32..9), 0..24),
        directed: bool,
        seed: u64,
    ) {
        let network = network(8, edges.into_iter().map(|(source, target, weight)| (source, target, f64::from(weight))));
        let options = CommunityOptions { directed, seed, runs: NonZeroUsize::new(8), ..CommunityOptions::default() };
        let found = communities(&network, &options);
        for threads in [1, 3] {
            let threads = NonZeroUsize::new(threads);
            prop_assert_eq!(&found, &communities(&network, &CommunityOptions { threads, ..options.clone() }));
        }
        prop_assert_eq!(&found, &by_descending_size(found.clone()));
        let count = found.iter().max().map_or(0, |last| *last as usize + 1);
        let level = Level { edges: network.joined().clone(), masses: masses(&network, directed) };
        prop_assert_eq!(level.connected_parts(&found).1, count);
        let quality = |division: &[u32]| {
            if directed { directed_modularity(&network, division, 1.0) } else { modularity(&network, division, 1.0) }
        };
        let best = divisions(8).iter().map(|division| quality(division)).fold(0.0, f64::max);
        // The best of all divisions is nearly always found; a local best may remain.
        prop_assert!(quality(&found) >= best - 0.05, "{} of {best}", quality(&found));
    }

    #[test]
    fn larger_communities_are_connected_too(
        edges in prop::collection::vec((0usize..150, 0usize..150, 1u32..4), 0..400),
    ) {
        let edges = edges.into_iter().map(|(source, target, weight)| (source, target, f64::from(weight)));
        let network = network(150, edges);
        let options = CommunityOptions { runs: NonZeroUsize::new(4), ..CommunityOptions::default() };
        let found = communities(&network, &options);
        let level = Level { edges: network.joined().clone(), masses: masses(&network, false) };
        let count = found.iter().max().map_or(0, |last| *last as usize + 1);
        prop_assert_eq!(level.connected_parts(&found).1, count);
    }
}

//! What the tests of measures share, and what holds of all of them.

use proptest::prelude::*;

use super::assortativity::assortativity;
use super::clustering::clustering;
use super::components::components;
use super::core::core_numbers;
use super::pagerank::{PageRankOptions, pagerank};
use super::paths::{Lengths, PathOptions, paths};
use super::spectral::{eigenvector, hits};
use super::whole::{density, reciprocity};
use crate::network::Network;

pub(super) fn network(n_nodes: usize, edges: &[(usize, usize, f64)]) -> Network {
    let ids = (0..n_nodes).map(|number| format!("U{number:06}")).collect();
    Network::new(ids, edges.iter().copied())
}

/// From networks without an edge over several components to dense ones.
pub(super) fn any_network(n_nodes: usize) -> impl Strategy<Value = Network> {
    any_edges(n_nodes).prop_map(move |edges| network(n_nodes, &edges))
}

fn any_edges(n_nodes: usize) -> impl Strategy<Value = Vec<(usize, usize, f64)>> {
    let edge = (0..n_nodes, 0..n_nodes, 1u8..9).prop_map(|(one, other, weight)| (one, other, weight.into()));
    let edges = |most: usize| proptest::collection::vec(edge.clone(), 0..most);
    prop_oneof![edges(n_nodes), edges(4 * n_nodes), edges(n_nodes * n_nodes)]
}

#[track_caller]
pub(super) fn near(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!((found - expected).abs() <= tolerance, "at {place}: {found}, expected {expected}");
    }
}

/// All measures of nodes, each in the order of nodes.
fn of_nodes(network: &Network) -> Vec<Vec<f64>> {
    let mut found = vec![pagerank(network, &PageRankOptions::default())];
    for lengths in [Lengths::One, Lengths::InverseWeight] {
        let paths = paths(network, &PathOptions { lengths, threads: None, ..PathOptions::default() });
        found.extend([paths.betweenness, paths.closeness]);
    }
    found.push(core_numbers(network).into_iter().map(f64::from).collect());
    found.push(clustering(network).local);
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Other numbers for the same nodes.
    #[test]
    fn names_do_not_count(edges in any_edges(30), shift in 1usize..30) {
        let one = network(30, &edges);
        let moved = edges.iter().map(|(source, target, weight)| {
            ((source + shift) % 30, (target + shift) % 30, *weight)
        });
        let moved: Vec<_> = moved.collect();
        let other = network(30, &moved);
        for (mut one, other) in of_nodes(&one).into_iter().zip(of_nodes(&other)) {
            one.rotate_right(shift);
            near(&one, &other, 1e-9);
        }
        prop_assert_eq!(density(&one), density(&other));
        prop_assert_eq!(reciprocity(&one), reciprocity(&other));
        prop_assert_eq!(components(&one).largest(), components(&other).largest());
    }

    #[test]
    fn all_values_are_numbers(network in any_network(20)) {
        let mut all = of_nodes(&network).concat();
        let hits = hits(&network);
        all.extend([hits.hub, hits.authority, eigenvector(&network)].concat());
        all.extend(assortativity(&network, &(0..20).map(|node| Some(node % 3)).collect::<Vec<_>>()));
        prop_assert!(all.iter().all(|value| value.is_finite() && *value >= -1.0));
    }

    #[test]
    fn components_part_the_nodes(network in any_network(30)) {
        let found = components(&network);
        prop_assert_eq!(found.sizes.iter().sum::<usize>(), 30);
        for (source, target, _) in network.edges() {
            prop_assert_eq!(found.labels[source], found.labels[target]);
        }
        // So many edges at the least hold them together.
        prop_assert!(network.joined().entry_count() / 2 + found.count() >= 30);
    }
}

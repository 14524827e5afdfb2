//! Measures a network of 5,000 people and some 225,000 edges: `cargo bench -p slack-graph --bench measures`.

use std::num::NonZeroUsize;
use std::sync::LazyLock;

use divan::Bencher;
use slack_graph::{Lengths, Network, PathOptions, paths};

const NODES: usize = 5_000;
const EDGES: usize = 250_000;

/// Some people act, and are acted upon, much more than others. Of the edges about a tenth are there twice.
static NETWORK: LazyLock<Network> = LazyLock::new(|| {
    let mut state: u64 = 1;
    // Splitmix64, for numbers below 1.
    let mut random = move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    };
    let ids = (0..NODES).map(|number| format!("U{number:05}")).collect();
    let mut person = |_| (random().powf(1.8) * NODES as f64) as usize;
    let mut edges = Vec::new();
    for _ in 0..EDGES {
        let (source, target) = (person(()), person(()));
        edges.push((source, target, (1 + (source * target) % 7 / 4) as f64));
    }
    Network::new(ids, edges)
});

fn main() {
    divan::main();
}

#[divan::bench(args = [1, 2], sample_count = 5)]
fn betweenness_and_closeness(bencher: Bencher<'_, '_>, threads: usize) {
    bencher.bench(|| of_paths(Lengths::One, threads));
}

#[divan::bench(args = [1, 2], sample_count = 3)]
fn weighted_betweenness_and_closeness(bencher: Bencher<'_, '_>, threads: usize) {
    bencher.bench(|| of_paths(Lengths::InverseWeight, threads));
}

fn of_paths(lengths: Lengths, threads: usize) -> slack_graph::Paths {
    let mut options = PathOptions::default();
    (options.lengths, options.threads) = (lengths, NonZeroUsize::new(threads));
    paths(&NETWORK, &options)
}

//! Measures a network of 5,000 people and some 245,000 edges, and one ten times as large, of which paths are sampled:
//! `cargo bench -p slack-graph --bench measures`.

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::sync::LazyLock;

use divan::Bencher;
use slack_graph::{
    Lengths, Network, PageRankOptions, PathOptions, Paths, clustering, components, core_numbers, eigenvector,
    hits, pagerank, paths,
};

static NETWORK: LazyLock<Network> = LazyLock::new(|| network(5_000, 250_000));
static LARGE: LazyLock<Network> = LazyLock::new(|| network(50_000, 2_050_000));

fn main() {
    divan::main();
}

#[divan::bench(args = [1, 2], sample_count = 5)]
fn betweenness_and_closeness(bencher: Bencher<'_, '_>, threads: usize) {
    bencher.bench(|| of_paths(&NETWORK, Lengths::One, threads));
}

#[divan::bench(args = [1, 2], sample_count = 1)]
fn weighted_betweenness_and_closeness(bencher: Bencher<'_, '_>, threads: usize) {
    bencher.bench(|| of_paths(&NETWORK, Lengths::InverseWeight, threads));
}

#[divan::bench(args = [Lengths::One, Lengths::InverseWeight], sample_count = 1)]
fn sampled_betweenness_and_closeness(bencher: Bencher<'_, '_>, lengths: Lengths) {
    bencher.bench(|| of_paths(&LARGE, lengths, 2));
}

#[divan::bench(sample_count = 20)]
fn ranks_by_pagerank(bencher: Bencher<'_, '_>) {
    bencher.bench(|| pagerank(black_box(&NETWORK), &PageRankOptions::default()));
}

#[divan::bench(sample_count = 20)]
fn hubs_and_authorities(bencher: Bencher<'_, '_>) {
    bencher.bench(|| hits(black_box(&NETWORK)));
}

#[divan::bench(sample_count = 20)]
fn eigenvector_centrality(bencher: Bencher<'_, '_>) {
    bencher.bench(|| eigenvector(black_box(&NETWORK)));
}

#[divan::bench(sample_count = 20)]
fn cores_and_components(bencher: Bencher<'_, '_>) {
    bencher.bench(|| (core_numbers(black_box(&NETWORK)), components(&NETWORK)));
}

#[divan::bench(sample_count = 20)]
fn triangles(bencher: Bencher<'_, '_>) {
    bencher.bench(|| clustering(black_box(&NETWORK)));
}

fn of_paths(network: &Network, lengths: Lengths, threads: usize) -> Paths {
    let mut options = PathOptions::default();
    (options.lengths, options.threads) = (lengths, NonZeroUsize::new(threads));
    paths(network, &options)
}

/// Some people act, and are acted upon, much more than others. Most ties are weak, some are very strong.
fn network(n_nodes: usize, n_edges: usize) -> Network {
    let mut state: u64 = 1;
    // Splitmix64, for numbers below 1.
    let mut random = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    };
    let ids = (0..n_nodes).map(|number| format!("U{number:05}")).collect();
    let edges: Vec<_> = (0..n_edges)
        .map(|_| {
            let [source, target] =
                [random(), random()].map(|part| (part.powf(1.8) * n_nodes as f64) as usize);
            (source, target, (1.0 / (random() + 0.01)).ceil())
        })
        .collect();
    Network::new(ids, edges)
}

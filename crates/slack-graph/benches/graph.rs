//! Measures what is computed of networks: `cargo bench -p slack-graph`.

use std::num::NonZeroUsize;

use divan::Bencher;
use slack_graph::{CommunityOptions, LayoutOptions, Network, communities, layout};

fn main() {
    divan::main();
}

/// Nodes and edges: a workspace of a million messages, and a large one.
const SIZES: [(usize, usize); 2] = [(5_000, 225_000), (50_000, 2_000_000)];

/// Groups of people, the first ones the largest, more than half of the ties inside.
fn network((n_nodes, n_edges): (usize, usize)) -> Network {
    let mut state = 1u64;
    let mut chance = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1u64 << 31) as f64
    };
    let group = |node: usize| ((node as f64 / n_nodes as f64).sqrt() * 20.0) as usize;
    let edges = (0..n_edges).map(|_| {
        // Few talk much.
        let source = (chance().powi(2) * n_nodes as f64) as usize * 7919 % n_nodes;
        let target = loop {
            let target = (chance().powi(2) * n_nodes as f64) as usize * 7919 % n_nodes;
            if group(target) == group(source) || chance() < 0.05 {
                break target;
            }
        };
        (source, target, 1.0 + (chance() * 4.0).floor())
    });
    Network::new((0..n_nodes).map(|node| format!("U{node:06}")).collect(), edges.collect::<Vec<_>>())
}

/// One run of Leiden, from one seed.
#[divan::bench(args = SIZES, sample_count = 3, sample_size = 1)]
fn leiden(bencher: Bencher<'_, '_>, size: (usize, usize)) {
    let network = network(size);
    let mut options = CommunityOptions::default();
    options.runs = Some(NonZeroUsize::MIN);
    options.threads = Some(NonZeroUsize::MIN);
    bencher.bench(|| communities(&network, &options));
}

/// 100 rounds of ForceAtlas2.
#[divan::bench(args = SIZES, sample_count = 1, sample_size = 1)]
fn forceatlas2(bencher: Bencher<'_, '_>, size: (usize, usize)) {
    let network = network(size);
    let mut options = LayoutOptions::default();
    options.rounds = Some(100);
    bencher.bench(|| layout(&network, &[], &options));
}

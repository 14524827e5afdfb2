//! Leiden against igraph's: modularity is as good on graphs that are like real ones.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use slack_graph::{CommunityOptions, Network, communities, modularity};

/// Zachary, *An information flow model for conflict and fission in small groups*, 1977: who meets whom outside of the
/// club.
const KARATE: [(usize, &[usize]); 24] = [
    (0, &[1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 17, 19, 21, 31]),
    (1, &[2, 3, 7, 13, 17, 19, 21, 30]),
    (2, &[3, 7, 8, 9, 13, 27, 28, 32]),
    (3, &[7, 12, 13]),
    (4, &[6, 10]),
    (5, &[6, 10, 16]),
    (6, &[16]),
    (8, &[30, 32, 33]),
    (9, &[33]),
    (13, &[33]),
    (14, &[32, 33]),
    (15, &[32, 33]),
    (18, &[32, 33]),
    (19, &[33]),
    (20, &[32, 33]),
    (22, &[32, 33]),
    (23, &[25, 27, 29, 32, 33]),
    (24, &[25, 27, 31]),
    (25, &[31]),
    (26, &[29, 33]),
    (28, &[31, 33]),
    (29, &[32, 33]),
    (30, &[32, 33]),
    (31, &[32, 33]),
];

type Edges = Vec<(usize, usize, f64)>;

fn network(n_nodes: usize, edges: &Edges) -> Network {
    Network::new((0..n_nodes).map(|node| format!("U{node:05}")).collect(), edges.iter().copied())
}

fn karate() -> (usize, Edges) {
    let mut edges: Edges =
        KARATE.iter().flat_map(|(one, others)| others.iter().map(|other| (*one, *other, 1.0))).collect();
    edges.push((27, 33, 1.0));
    edges.push((32, 33, 1.0));
    (34, edges)
}

/// Groups of people, more ties inside than between; in one group no more than chance.
fn planted(
    runner: &mut TestRunner,
    n_nodes: usize,
    n_groups: usize,
    n_edges: usize,
    inside: f64,
) -> (usize, Edges) {
    let edge =
        (0..n_nodes, 0..n_nodes, 0.0..1.0f64, 1u32..5).prop_map(move |(source, target, chance, weight)| {
            let target =
                if chance < inside { target - target % n_groups + source % n_groups } else { target };
            (source, target.min(n_nodes - 1), f64::from(weight))
        });
    let edges = prop::collection::vec(edge, n_edges).new_tree(runner).expect("edges").current();
    (n_nodes, edges.into_iter().filter(|(source, target, _)| source != target).collect())
}

#[test]
fn modularity_of_the_karate_club_is_the_best_there_is() {
    let (n_nodes, edges) = karate();
    assert_eq!(edges.len(), 78);
    let network = network(n_nodes, &edges);
    let found = communities(&network, &CommunityOptions::default());
    // Brandes and others, *On modularity clustering*, 2008, prove that there is no better one.
    assert!((modularity(&network, &found, 1.0) - 0.419_789_612).abs() < 1e-8);
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that cannot run says so")]
fn modularity_is_that_of_the_best_of_ten_runs_of_igraph() {
    let Some(python) = std::env::var_os("SLACK_TEST_PYTHON") else {
        eprintln!("skipped: SLACK_TEST_PYTHON names no python that has igraph");
        return;
    };
    let mut runner = TestRunner::deterministic();
    let runner = &mut runner;
    let graphs = [
        karate(),
        planted(runner, 60, 1, 120, 0.0),
        planted(runner, 300, 1, 2_000, 0.0),
        planted(runner, 500, 5, 3_000, 0.6),
        planted(runner, 500, 40, 1_500, 0.8),
        planted(runner, 2_000, 12, 20_000, 0.4),
        planted(runner, 2_000, 100, 3_000, 0.9),
    ];
    let mut input = String::new();
    for (n_nodes, edges) in &graphs {
        write!(input, "{n_nodes}").expect("a String takes everything");
        for (source, target, weight) in edges {
            write!(input, " {source} {target} {weight}").expect("a String takes everything");
        }
        input.push('\n');
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/igraph_finds_communities.py");
    let mut child = Command::new(python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input.as_bytes()).expect("python reads");
    drop(stdin);
    let output = child.wait_with_output().expect("python ends");
    assert!(output.status.success());
    let answers = String::from_utf8(output.stdout).expect("numbers");
    let answers: Vec<f64> = answers.lines().map(|line| line.parse().expect("a number")).collect();
    assert_eq!(answers.len(), graphs.len());
    for ((n_nodes, edges), theirs) in graphs.iter().zip(answers) {
        let network = network(*n_nodes, edges);
        let ours = modularity(&network, &communities(&network, &CommunityOptions::default()), 1.0);
        let n_edges = edges.len();
        assert!(ours >= 0.99 * theirs, "{n_nodes} nodes, {n_edges} edges: {ours} against {theirs}");
    }
}

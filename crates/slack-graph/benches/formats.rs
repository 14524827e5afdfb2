//! Measures how fast a graph is written, to nowhere: `cargo bench -p slack-graph`.

use divan::Bencher;
use divan::counter::ItemsCount;
use slack_graph::{Export, SocialGraph, write_dynamic_gexf, write_gexf, write_graphml, write_node_link};
use slack_model::Time;
use slack_model::rows::{Edge, Node};

const PEOPLE: usize = 2_000;
const EDGES: usize = 200_000;

fn main() {
    divan::main();
}

/// Edges of relations and channels apart, with both of their times.
#[divan::bench(sample_count = 10)]
fn edges_apart(bencher: Bencher<'_, '_>) {
    let graph = graph();
    bencher.counter(ItemsCount::new(EDGES)).bench(|| write_gexf(&graph, std::io::sink()));
}

/// The same with intervals.
#[divan::bench(sample_count = 10)]
fn dynamic(bencher: Bencher<'_, '_>) {
    let graph = graph();
    let export = Export::new(&graph);
    bencher.counter(ItemsCount::new(EDGES)).bench(|| write_dynamic_gexf(&export, std::io::sink()));
}

/// The same as GraphML.
#[divan::bench(sample_count = 10)]
fn graphml(bencher: Bencher<'_, '_>) {
    let graph = graph();
    let export = Export::new(&graph);
    bencher.counter(ItemsCount::new(EDGES)).bench(|| write_graphml(&export, std::io::sink()));
}

/// The same as node-link JSON.
#[divan::bench(sample_count = 10)]
fn node_link(bencher: Bencher<'_, '_>) {
    let graph = graph();
    let export = Export::new(&graph);
    bencher.counter(ItemsCount::new(EDGES)).bench(|| write_node_link(&export, std::io::sink()));
}

fn graph() -> SocialGraph {
    let node = |number: usize| Node {
        id: format!("U{number:08}"),
        label: format!("ann & bob {number}"),
        kind: "user".into(),
        name: format!("Ann \"Bob\" {number}"),
        iso: "DE".into(),
        country: "Germany".into(),
        city: "Berlin".into(),
        channel_type: String::new(),
        channel_class: String::new(),
    };
    let edge = |number: usize| Edge {
        source: format!("U{:08}", number % PEOPLE),
        target: format!("U{:08}", (number / PEOPLE * 17 + number) % PEOPLE),
        kind: "Directed".into(),
        weight: number as u64 % 97 + 1,
        relate: ["interacts", "reacts", "refers"][number % 3].into(),
        channel: format!("C{:08}", number / PEOPLE).into(),
        first_time: Time::from_seconds(1_600_000_000 + number as i64 * 61),
        last_time: Time::from_seconds(1_650_000_000 + number as i64 * 53),
    };
    SocialGraph::from_rows((0..PEOPLE).map(node).collect(), (0..EDGES).map(edge)).unwrap_or_default()
}

//! The measures that igraph has too, of a network that was measured before, each timed three times: the least counts, as in
//! `graph_oracle.py --times`.
//!
//! ```sh
//! cargo bench -p slack-graph --bench peers -- METRICS [THREADS]
//! ```
//!
//! `METRICS` holds `network_data.csv`. `tests/peers/graph.py` runs it beside igraph.

#![allow(clippy::print_stdout, reason = "a program of its own")]

use std::collections::BTreeSet;
use std::error::Error;
use std::hint::black_box;
use std::num::NonZeroUsize;
use std::time::Instant;

use slack_graph::{
    CommunityOptions, Network, PageRankOptions, PathOptions, clustering, communities, core_numbers, hits,
    pagerank, paths,
};
use slack_model::rows::NetworkEdge;
use slack_model::{Folder, Table, TableReader};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let Some(metrics) = arguments.next() else {
        println!("peers: METRICS [THREADS]");
        return Ok(());
    };
    let threads: Option<NonZeroUsize> = arguments.next().map(|threads| threads.parse()).transpose()?;
    let table = TableReader::open(&Folder(metrics.into()), &NetworkEdge::SCHEMA)?.ok_or("no network_data")?;
    let edges = table.rows::<NetworkEdge>().collect::<Result<Vec<_>, _>>()?;
    let ids: BTreeSet<_> = edges.iter().flat_map(|edge| [&edge.source, &edge.target]).cloned().collect();
    let ids: Vec<_> = ids.into_iter().collect();
    let find = |id: &String| ids.binary_search(id).unwrap_or_default();
    let numbered = edges.iter().map(|edge| (find(&edge.source), find(&edge.target), edge.weight.0));
    let network = Network::new(ids.clone(), numbered);
    println!("{} nodes, {} edges", network.node_count(), network.edge_count());

    let mut exact = PathOptions::default();
    (exact.work, exact.threads) = (u64::MAX, threads);
    let mut leiden = CommunityOptions::default();
    leiden.threads = threads;
    let mut all = 0.0;
    let mut timed = |name: &str, work: &dyn Fn()| {
        let seconds = (0..3).map(|_| {
            let begun = Instant::now();
            work();
            begun.elapsed().as_secs_f64()
        });
        let least = seconds.fold(f64::INFINITY, f64::min);
        all += least;
        println!("{name} {least:.4}");
    };
    timed("pagerank", &|| drop(black_box(pagerank(&network, &PageRankOptions::default()))));
    timed("hub_authority", &|| drop(black_box(hits(&network))));
    timed("betweenness_closeness", &|| drop(black_box(paths(&network, &exact))));
    timed("core", &|| drop(black_box(core_numbers(&network))));
    timed("clustering", &|| drop(black_box(clustering(&network))));
    timed("leiden", &|| drop(black_box(communities(&network, &leiden))));
    println!("all {all:.4}");
    Ok(())
}

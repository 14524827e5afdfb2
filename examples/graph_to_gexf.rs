//! The graph of who talks to whom, from the metric tables to a file for Gephi.
//!
//! ```sh
//! cargo run --example graph_to_gexf -- METRICS OUT.gexf
//! ```
//!
//! `METRICS` is a folder with `node_data.csv` and `edge_data.csv`, such as `DATA_HOME/metrics`.

#![allow(clippy::print_stdout, reason = "an example shows what it did")]

use std::error::Error;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use slack_graph::{SocialGraph, write_gexf};
use slack_model::Folder;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [metrics, gexf] = arguments.as_slice() else {
        return Err("usage: graph_to_gexf METRICS OUT.gexf".into());
    };
    if !Path::new(metrics).is_dir() {
        return Err(format!("{metrics} is no folder").into());
    }
    let graph = SocialGraph::read(&Folder(metrics.into()))?;
    write_gexf(&graph, BufWriter::new(File::create(gexf)?))?;

    // Inside is a petgraph graph, open to any of its algorithms.
    let graph = graph.as_petgraph();
    println!("{} nodes, {} edges", graph.node_count(), graph.edge_count());
    if let Some(tie) = graph.raw_edges().iter().max_by_key(|edge| edge.weight.weight) {
        let (source, target) = (&graph[tie.source()], &graph[tie.target()]);
        let tie = &tie.weight;
        println!("strongest tie: {} {} {}, {} times", source.label, tie.relate, target.label, tie.weight);
    }
    Ok(())
}

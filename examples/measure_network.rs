//! Who holds the community together: the network of people, measured, and a file for Gephi.
//!
//! ```sh
//! cargo run --example measure_network -- MASTER METRICS OUT.gexf
//! ```
//!
//! `MASTER` is the folder of the tables, such as `DATA_HOME/master/csv`; `METRICS` one with `node_data.csv` and `edge_data.csv`,
//! such as `DATA_HOME/metrics`. Where the master holds more than public channels, these alone are measured for the file.

#![allow(clippy::print_stdout, reason = "an example shows what it did")]

mod visible;

use std::error::Error;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use slack_graph::{
    Export, GraphOptions, MeasureOptions, SocialGraph, bots, measure_network, write_static_gexf,
};
use slack_model::MemoryTables;

use self::visible::visible;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [master, metrics, gexf] = arguments.as_slice() else {
        return Err("usage: measure_network MASTER METRICS OUT.gexf".into());
    };
    if let Some(missing) = [master, metrics].into_iter().find(|folder| !Path::new(folder).is_dir()) {
        return Err(format!("{missing} is no folder").into());
    }
    // Inside is a petgraph graph, open to any of its algorithms.
    let visible = visible(Path::new(master))?;
    let metrics = visible.metrics(metrics.into(), &["node_data", "edge_data"])?;
    let graph = SocialGraph::read(&metrics)?.labelled(|number| format!("Unknown person {number}"));
    let mut options = GraphOptions::default();
    options.bots = bots(&visible.tables)?;
    // All tables of the network are written to memory; a `DerivedFolder` would hold them as CSV.
    let tables = MemoryTables::default();
    let measured = measure_network(graph, options, &MeasureOptions::default(), &metrics, &tables)?;
    let (graph, measures) = (&measured.graph, &measured.measures);
    write_static_gexf(
        &Export::new(graph).with_measures(&measures.nodes),
        BufWriter::new(File::create(gexf)?),
    )?;

    println!("{} people, {} edges", measured.network.node_count(), measured.network.edge_count());
    let name = |id: &str| graph.find(id).map_or("", |node| graph.as_petgraph()[node].label.as_str());
    let mut people: Vec<_> = measures.nodes.iter().collect();
    people.sort_by_key(|person| std::cmp::Reverse(person.betweenness));
    for person in people.iter().take(3) {
        println!("{} stands between others on {:.0} shortest paths", name(&person.id), person.betweenness.0);
    }
    for community in measures.communities.iter().take(3) {
        println!("{} people around {}", community.size, community.top_people_labels);
    }
    Ok(())
}

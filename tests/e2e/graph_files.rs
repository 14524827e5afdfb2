//! The files of the graph command: that they hold the network that is measured, and none stays of an earlier one.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use slack_model::rows::{MonthlyCommunity, MonthlyEdge, MonthlyGraphMeasure, NetworkEdge, NewcomerRow};

use crate::graph::{home, measures, rows};
use crate::support::files;

fn text(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).expect("a file")
}

/// The weights in graph_edges.csv, by their ends.
fn written(folder: &Path) -> BTreeMap<(String, String), f64> {
    let mut reader = csv::Reader::from_path(folder.join("graph_edges.csv")).expect("a file");
    let mut weights = BTreeMap::new();
    for row in reader.deserialize() {
        let row: BTreeMap<String, String> = row.expect("a row");
        let ends = (row["Source"].clone(), row["Target"].clone());
        *weights.entry(ends).or_default() += row["Weight"].parse::<f64>().expect("a number");
    }
    weights
}

fn network(folder: &Path) -> BTreeMap<(String, String), f64> {
    rows::<NetworkEdge>(folder).into_iter().map(|edge| ((edge.source, edge.target), edge.weight.0)).collect()
}

#[test]
fn neo4j_finds_its_files_in_the_import_folder() {
    let home = home();
    home.run(0, ["graph", "--format", "neo4j"]);
    let script = text(&home.data("metrics"), "neo4j.cypher");
    for part in [
        "LOAD CSV WITH HEADERS FROM 'file:///neo4j_nodes.csv' AS row\n",
        "LOAD CSV WITH HEADERS FROM 'file:///neo4j_edges.csv' AS row\n",
        "neo4j-admin database import full neo4j --nodes=neo4j_nodes.csv --relationships=neo4j_edges.csv\n",
    ] {
        assert!(script.contains(part), "{script}");
    }
}

#[test]
fn files_hold_the_channels_that_people_share() {
    let home = home();
    let out = home.folder().join("channels");
    let batch = home.batch().file_name().expect("named").to_string_lossy().into_owned();
    // What follows the option is the batch.
    let ran =
        home.run(0, ["graph", "--by-channels", &batch, "--format", "gephi,graphml", "--out", "channels"]);
    assert!(ran.out.contains(&format!("batch {batch}: ")) && !ran.out.contains("left out"), "{}", ran.out);
    let shared = network(&out);
    assert!(shared.values().any(|weight| weight.fract() > 0.0));
    assert!(written(&out) == shared);
    assert!(text(&out, "graph.graphml").contains("attr.name=\"weight\" attr.type=\"double\""));
    assert!(rows::<MonthlyGraphMeasure>(&out).is_empty() && rows::<MonthlyCommunity>(&out).is_empty());
    assert!(rows::<NewcomerRow>(&out).is_empty() && !rows::<MonthlyEdge>(&out).is_empty());

    let ran = home.run(0, ["graph", "--by-channels=2", "--out", "channels"]);
    assert!(ran.out.contains(" of more people left out (--by-channels=MOST_PEOPLE)"), "{}", ran.out);
    let ran = home.run(2, ["graph", "--by-channels", "--format", "dynamic"]);
    assert!(ran.err.contains("--by-channels knows none"), "{}", ran.err);
}

#[test]
fn files_hold_the_weights_that_relations_count_by() {
    let home = home();
    let out = home.folder().join("chosen");
    let arguments = ["--relations", "interacts,reacts=0.5", "--format", "gephi", "--out", "chosen"];
    home.run(0, ["graph", "--only-network"].iter().chain(&arguments));
    let chosen = network(&out);
    assert!(chosen.values().any(|weight| weight.fract() > 0.0));
    assert!(written(&out) == chosen);
    home.run(0, ["graph"].iter().chain(&arguments));
    let all = written(&out);
    assert!(all.len() > chosen.len() && chosen.iter().all(|(ends, weight)| all.get(ends) == Some(weight)));
}

#[test]
fn months_are_those_of_the_network() {
    let home = home();
    let edges_by_month = |arguments: &[&str]| -> f64 {
        home.run(0, ["graph", "--format", "json", "--out", "months"].iter().chain(arguments));
        let months = rows::<MonthlyGraphMeasure>(&home.folder().join("months"));
        months.iter().filter(|row| row.key == "edges").map(|row| row.value.0).sum()
    };
    let all = edges_by_month(&[]);
    let strong = edges_by_month(&["--min-weight", "3"]);
    assert!(0.0 < strong && strong < all, "{strong} of {all}");
    let backbone = edges_by_month(&["--backbone", "0.05"]);
    assert!(0.0 < backbone && backbone < all, "{backbone} of {all}");
}

#[test]
fn a_timeline_joins_what_is_asked_for() {
    let home = home();
    let kinds = |apart: &str| {
        home.run(0, ["graph", "--format", "dynamic", "--apart", apart]);
        text(&home.data("metrics"), "graph_dynamic.gexf").matches(" kind=\"").count()
    };
    assert_eq!(kinds("nothing"), 0);
    assert!(kinds("relation") > 0 && kinds("channel") == kinds("relation"));
}

#[test]
fn no_file_stays_of_an_earlier_graph() {
    let home = home();
    let out = home.folder().join("out");
    fs::create_dir_all(&out).expect("a folder");
    fs::write(out.join("graph.dot"), "somebody's own").expect("written");
    home.run(0, ["graph", "--format", "gephi,svg", "--out", "out"]);
    assert_eq!(text(&out, "graph.dot"), "somebody's own", "no graph was made here before");
    fs::remove_file(out.join("graph.dot")).expect("removed");

    let ran = home.run(0, ["graph", "--format", "svg", "--out", "out"]);
    assert!(ran.out.contains("earlier graph: graph_nodes.csv, graph_edges.csv"), "{}", ran.out);
    let names: Vec<_> = files(&out).into_keys().collect();
    assert!(names.contains(&"graph.svg".into()) && !names.contains(&"graph_edges.csv".into()), "{names:?}");
}

#[test]
fn people_and_channels_are_told_apart() {
    let home = home();
    let ran = home.run(0, ["graph", "--with-channels", "--out", "out"]);
    let ids = rows::<slack_model::rows::NodeMeasures>(&home.folder().join("out"));
    let n_channels = ids.iter().filter(|row| !row.id.starts_with('U')).count();
    let expected = format!("{} people and {n_channels} channels, ", ids.len() - n_channels);
    assert!(n_channels > 1 && ran.out.contains(&expected), "{expected}: {}", ran.out);
    assert_eq!(measures(&home.folder().join("out"))["nodes"], ids.len() as f64);
}

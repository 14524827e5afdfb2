//! The graph command: which network, which files, the same bytes each time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use slack_model::rows::{
    CommunityRow, GraphMeasure, MonthlyCommunity, MonthlyEdge, MonthlyGraphMeasure, NetworkEdge, NewcomerRow,
    NodeMeasures,
};
use slack_model::{Folder, Table, TableReader};

use crate::support::{Home, community, files};

/// A data home with a master of a made-up community.
pub(crate) fn home() -> Home {
    let home = Home::new();
    community(40, 3000).write_export(&home.folder().join("export")).expect("an export");
    home.run(0, ["import", "export"]);
    home.run(0, ["transform"]);
    home.run(0, ["merge"]);
    home
}

pub(crate) fn rows<T: Table>(folder: &Path) -> Vec<T> {
    let table = TableReader::open(&Folder(folder.into()), &T::SCHEMA).expect("a header").expect("a table");
    table.rows().collect::<Result<_, _>>().expect("rows")
}

pub(crate) fn measures(folder: &Path) -> BTreeMap<String, f64> {
    rows::<GraphMeasure>(folder).into_iter().map(|row| (row.key, row.value.0)).collect()
}

#[test]
fn every_file_is_the_same_each_time() {
    let home = home();
    let written = |out: &str, threads: &str| -> BTreeMap<PathBuf, Vec<u8>> {
        let formats = "gexf,dynamic,graphml,dot,json,gephi,neo4j,svg";
        home.run(0, ["graph", "--format", formats, "--threads", threads, "--out", out]);
        files(&home.folder().join(out))
    };
    let one = written("one", "1");
    assert_eq!(one, written("three", "3"));
    let names: Vec<_> = one.keys().map(|path| path.display().to_string()).collect();
    assert_eq!(
        names,
        [
            "community_by_month.csv",
            "community_data.csv",
            "edge_by_month.csv",
            "edge_data.csv",
            "graph.dot",
            "graph.gexf",
            "graph.graphml",
            "graph.json",
            "graph.svg",
            "graph_dynamic.gexf",
            "graph_edges.csv",
            "graph_measures.csv",
            "graph_measures_by_month.csv",
            "graph_nodes.csv",
            "measured.csv",
            "neo4j.cypher",
            "neo4j_edges.csv",
            "neo4j_nodes.csv",
            "network_data.csv",
            "newcomer_data.csv",
            "node_data.csv",
            "node_measures.csv",
        ]
    );
}

#[test]
fn the_tables_belong_together() {
    let home = home();
    home.run(0, ["graph"]);
    let folder = home.data("metrics");
    let (nodes, edges) = (rows::<NodeMeasures>(&folder), rows::<NetworkEdge>(&folder));
    let measures = measures(&folder);
    assert_eq!((measures["nodes"], measures["edges"]), (nodes.len() as f64, edges.len() as f64));
    let weight: f64 = edges.iter().map(|edge| edge.weight.0).sum();
    assert_eq!(weight, nodes.iter().map(|node| node.out_strength.0).sum::<f64>());
    assert!((nodes.iter().map(|node| node.pagerank.0).sum::<f64>() - 1.0).abs() < 1e-9);
    assert_eq!(measures["path_sources"], measures["nodes"], "so few people are measured exactly");

    let communities = rows::<CommunityRow>(&folder);
    assert_eq!(communities.iter().map(|community| community.size).sum::<u64>(), nodes.len() as u64);
    let inside: f64 = communities.iter().map(|community| community.internal_weight.0).sum();
    let between: f64 = communities.iter().map(|community| community.external_weight.0).sum();
    assert!((inside + between / 2.0 - weight).abs() < 1e-6);
    assert!(communities.iter().all(|community| !community.top_people.is_empty()));

    let months: BTreeMap<String, f64> = rows::<MonthlyGraphMeasure>(&folder)
        .into_iter()
        .filter(|row| row.key == "nodes")
        .map(|row| (row.month, row.value.0))
        .collect();
    let mut people: BTreeMap<String, f64> = BTreeMap::new();
    for community in rows::<MonthlyCommunity>(&folder) {
        *people.entry(community.month).or_default() += community.size as f64;
    }
    assert_eq!(people, months);
    let known: f64 = rows::<MonthlyEdge>(&folder).iter().map(|edge| edge.weight as f64).sum();
    assert!(known >= weight && months.len() > 1);
    let newcomers = rows::<NewcomerRow>(&folder);
    assert!(nodes.iter().all(|node| newcomers.iter().any(|newcomer| newcomer.id == node.id)));
    assert!(newcomers.iter().all(|newcomer| newcomer.first_tie_s.is_none_or(|seconds| seconds.0 >= 0.0)));
}

#[test]
fn the_network_is_the_one_that_is_asked_for() {
    let home = home();
    let network = |arguments: &[&str]| {
        let fixed = ["graph", "--format", "json", "--only-network", "--out", "chosen"];
        home.run(0, fixed.iter().chain(arguments));
        let folder = home.folder().join("chosen");
        let file: serde_json::Value =
            serde_json::from_slice(&std::fs::read(folder.join("graph.json")).expect("a file")).expect("JSON");
        let edges = rows::<NetworkEdge>(&folder);
        assert_eq!(file["nodes"].as_array().map(Vec::len), Some(measures(&folder)["nodes"] as usize));
        (edges, file["links"].as_array().map_or(0, Vec::len))
    };
    let weight = |edges: &[NetworkEdge]| edges.iter().map(|edge| edge.weight.0).sum::<f64>();
    let (all, links) = network(&["--apart", "nothing"]);
    assert_eq!(links, all.len());
    let parts: f64 =
        ["interacts", "reacts", "refers"].iter().map(|part| weight(&network(&["--relations", part]).0)).sum();
    assert_eq!(parts, weight(&all));
    let (half, _) = network(&["--relations", "interacts,reacts=0.5,refers"]);
    assert!(weight(&half) < weight(&all) && half.len() == all.len());
    let (strong, _) = network(&["--min-weight", "3"]);
    assert_eq!(strong.len(), all.iter().filter(|edge| edge.weight.0 >= 3.0).count());
    let (backbone, _) = network(&["--backbone", "0.05"]);
    assert!(!backbone.is_empty() && backbone.len() < all.len());
    assert!(backbone.iter().all(|edge| all.contains(edge)));
    let (with_channels, _) = network(&["--with-channels"]);
    assert!(with_channels.iter().any(|edge| edge.target.starts_with('C')) && with_channels.len() > all.len());
    let (shared, _) = network(&["--by-channels"]);
    assert!(
        shared.iter().all(|edge| shared
            .iter()
            .any(|back| (&back.source, &back.target) == (&edge.target, &edge.source)))
    );
}

#[test]
fn wrong_options_are_said_at_once() {
    let home = home();
    for (arguments, what) in [
        (["--relations", "likes"], "interacts, reacts or refers"),
        (["--relations", "reacts=0"], "from 0.000001 to 1000000"),
        (["--relations", "reacts=1e308"], "from 0.000001 to 1000000"),
        (["--relations", "reacts=1e-320"], "from 0.000001 to 1000000"),
        (["--relations", "reacts=1,reacts=2"], "reacts twice"),
        (["--min-weight", "nan"], "from 0 up"),
        (["--min-weight", "inf"], "from 0 up"),
        (["--min-weight=-1", "--exact"], "from 0 up"),
        (["--resolution", "nan"], "above 0"),
        (["--resolution", "inf"], "above 0"),
        (["--resolution", "0"], "above 0"),
        (["--resolution=-1", "--exact"], "above 0"),
        (["--by-channels=1", "--exact"], "2 or more"),
        (["--backbone", "2"], "0.05"),
        (["--format", "pdf"], "pdf"),
        (["--since", "yesterday"], "yesterday"),
    ] {
        let ran = home.run(2, ["graph"].iter().chain(&arguments));
        assert!(ran.err.contains(what), "{}", ran.err);
    }
}

#[test]
fn a_master_of_nobody_makes_an_empty_graph() {
    let home = Home::new();
    std::fs::create_dir_all(home.data("master/csv")).expect("a folder");
    home.run(0, ["graph", "--format", "gexf,dynamic,graphml,dot,json,gephi,neo4j,svg"]);
    assert_eq!(measures(&home.data("metrics"))["nodes"], 0.0);
    assert!(rows::<NodeMeasures>(&home.data("metrics")).is_empty());
}

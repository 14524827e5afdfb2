//! A folder a case under `tests/gexf`: node_data.csv and edge_data.csv in, graph.gexf out.
//!
//! `UPDATE_GOLDEN=1` writes the expected files again.

use std::fs;
use std::path::Path;

use slack_graph::{SocialGraph, write_gexf};
use slack_model::Folder;

const INPUTS: [&str; 2] = ["node_data.csv", "edge_data.csv"];

fn check_gexf(case: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gexf").join(case);
    let graph = SocialGraph::read(&Folder(folder.clone())).expect("the case's tables are readable");
    let mut written = Vec::new();
    write_gexf(&graph, &mut written).expect("a Vec takes everything");
    let written = String::from_utf8(written).expect("GEXF is UTF-8");

    let golden = folder.join("graph.gexf");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&golden, &written).expect("the golden file is writable");
    }
    assert_eq!(written, fs::read_to_string(&golden).expect("the golden file is there"), "{case}");
    for entry in fs::read_dir(&folder).expect("the case is a folder") {
        let name = entry.expect("readable").file_name().into_string().expect("UTF-8");
        assert!(name == "graph.gexf" || INPUTS.contains(&name.as_str()), "{case}/{name} is not used");
    }
}

#[test]
fn small() {
    check_gexf("small");
}

#[test]
fn no_tables_at_all() {
    check_gexf("empty");
}

#[test]
fn every_case_is_run() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gexf");
    let cases = fs::read_dir(folder).expect("a folder");
    let mut cases: Vec<_> = cases.map(|case| case.expect("readable").file_name()).collect();
    cases.sort();
    assert_eq!(cases, ["empty", "small"]);
}

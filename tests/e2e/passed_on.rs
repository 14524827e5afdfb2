//! What is made to be passed on names no conversation that is withheld, and under pseudonyms nobody.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;
use slack_sandbox::{CommunityOptions, Workspace};

use crate::graph::measures;
use crate::support::{Home, files, sandbox};

const FORMATS: &str = "gexf,dynamic,graphml,dot,json,gephi,neo4j,svg";

/// The files of all formats.
const FILES: [&str; 11] = [
    "graph.gexf",
    "graph_dynamic.gexf",
    "graph.graphml",
    "graph.dot",
    "graph.json",
    "graph_nodes.csv",
    "graph_edges.csv",
    "neo4j_nodes.csv",
    "neo4j_edges.csv",
    "neo4j.cypher",
    "graph.svg",
];

/// A data home of a community with private channels and direct messages, and what the run said.
fn captured(arguments: &[&str]) -> (Home, String) {
    let home = Home::new();
    let mut options = CommunityOptions::default();
    (options.people, options.channels, options.messages) = (40, 40, 3_000);
    let sandbox = sandbox(Workspace::generate(&options)).start_blocking().expect("started");
    let run = ["run", "--types", "public,private,im,mpim", "--rate", "unlimited"];
    let said = home.run_against(&sandbox, 0, run.iter().chain(arguments)).out;
    (home, said)
}

/// Some columns of a table.
fn columns(table: &Path, names: &[&str]) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(table).expect("a table");
    let header = reader.headers().expect("a header").clone();
    let at: Vec<_> = names
        .iter()
        .map(|name| header.iter().position(|column| column == *name).expect("a column"))
        .collect();
    let row = |record: csv::StringRecord| at.iter().map(|at| record[*at].to_owned()).collect();
    reader.records().map(|record| row(record.expect("a row"))).collect()
}

/// Ids and names of conversations that are withheld. A name of a few letters may be part of a word.
fn withheld(home: &Home) -> BTreeSet<String> {
    let rows = columns(&home.data("master/csv/channel_data.csv"), &["id", "class", "name"]);
    let confidential = rows.into_iter().filter(|row| row[1] != "public");
    let words: BTreeSet<_> =
        confidential.flat_map(|row| [row[0].clone(), row[2].clone()]).filter(|word| word.len() > 6).collect();
    assert!(words.len() > 3, "{words:?}");
    words
}

fn found<'w>(text: &str, words: &'w BTreeSet<String>) -> Vec<&'w String> {
    words.iter().filter(|word| text.contains(word.as_str())).collect()
}

fn text(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).expect(name)
}

fn stage(json: &Value, name: &str, subject: &str) -> Value {
    let stages = json["stages"].as_array().expect("stages");
    let found = stages.iter().find(|stage| stage["stage"] == name && stage["subject"] == subject);
    found.unwrap_or_else(|| panic!("no {name} of {subject}: {stages:?}")).clone()
}

#[test]
fn words_and_files_of_a_run_name_what_is_visible() {
    let (home, said) = captured(&[]);
    let words = withheld(&home);
    // The capture's own lines are for who captures; what is said of the community begins behind them.
    let closing = &said[said.find("busiest channels").expect("closing words")..];
    assert!(
        found(closing, &words).is_empty() && closing.contains("withheld (--include-private"),
        "{closing}"
    );
    for folder in [home.data("metrics"), home.batch().join("metrics")] {
        for file in ["graph.gexf", "graph.svg"] {
            assert_eq!(found(&text(&folder, file), &words), [""; 0], "{file}");
        }
        assert!(!found(&text(&folder, "aggr_by_channel.csv"), &words).is_empty(), "tables are whole");
    }
    // Drawn of what was measured for the report, as if the others did not exist.
    let visible = measures(&home.data(".shown/public/metrics"));
    assert_ne!(visible, measures(&home.data("metrics")));
    let json = home.run(0, ["--json", "graph", "--format", FORMATS]).json();
    let graph = stage(&json, "graph", "master");
    assert!(graph["left_out"].as_u64() > Some(0));
    for (key, value) in &visible {
        assert_eq!(graph["measures"][key].as_f64(), Some(*value), "{key}");
    }
    assert_eq!(found(&json.to_string(), &words), [""; 0]);
    for file in FILES {
        assert_eq!(found(&text(&home.data("metrics"), file), &words), [""; 0], "{file}");
    }
    let gexf = text(&home.data("metrics"), "graph.gexf");
    // A folder of its own is of the visible conversations, its tables too, whatever is asked for.
    for more in [&["--since", "2000-01-01"][..], &["--with-channels", "--seed", "7"]] {
        home.run(0, ["graph", "--format", FORMATS, "--out", "out"].iter().chain(more));
        for (path, bytes) in files(&home.folder().join("out")) {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            assert_eq!(found(&text, &words), [""; 0], "{}", path.display());
        }
        home.run(0, ["graph", "--format", FORMATS].iter().chain(more));
        for file in FILES {
            assert_eq!(found(&text(&home.data("metrics"), file), &words), [""; 0], "{file}");
        }
        assert!(!found(&text(&home.data("metrics"), "edge_data.csv"), &words).is_empty(), "tables are whole");
    }
    assert!(!home.data(".scratch").exists());
    // The data home's own folder is that, however it is written.
    home.run(0, ["graph", "--out", "data/../data/./metrics"]);
    assert!(!found(&text(&home.data("metrics"), "edge_data.csv"), &words).is_empty(), "tables are whole");

    home.run(0, ["graph"]);
    assert_eq!(text(&home.data("metrics"), "graph.gexf"), gexf, "the same as with the other formats");
    home.run(0, ["graph", "--include-private", "--include-dms"]);
    assert!(!found(&text(&home.data("metrics"), "graph.gexf"), &words).is_empty());

    let private = columns(&home.data("master/csv/channel_data.csv"), &["name", "type"]);
    let private = &private.iter().find(|row| row[1] == "group").expect("a private channel")[0];
    let refused = home.run(2, ["graph", "--channel", private]).err;
    assert!(refused.contains("--include-private"), "{refused}");
    home.run(0, ["graph", "--channel", private, "--include-private", "--out", "private"]);
}

#[test]
fn a_run_that_includes_them_tells_of_them() {
    let (home, said) = captured(&["--include-private", "--include-dms", "--json"]);
    let words = withheld(&home);
    let json: Value = serde_json::from_str(&said).expect("JSON");
    let summary = json["stages"].as_array().expect("stages").last().expect("a summary").clone();
    assert_eq!((&summary["stage"], &summary["left_out"]), (&"summary".into(), &0.into()));
    assert!(!found(&text(&home.data("metrics"), "graph.gexf"), &words).is_empty());
}

/// What no anonymous file may hold: ids, names and addresses of people, ids and names of channels.
fn identities(home: &Home) -> BTreeSet<String> {
    let users = columns(
        &home.data("master/csv/user_data.csv"),
        &["id", "name", "real_name", "display_name", "email"],
    );
    let channels = columns(&home.data("master/csv/channel_data.csv"), &["id", "name"]);
    // A name of a few letters may be part of a word of the format's.
    let words = users.into_iter().chain(channels).flatten().filter(|word| word.len() > 7);
    words.collect()
}

/// The names of nodes and the sums of their edges' weights.
fn nodes_and_weights(folder: &Path) -> (BTreeSet<String>, BTreeMap<String, u64>) {
    let nodes = columns(&folder.join("graph_nodes.csv"), &["Id", "Label"]);
    assert!(nodes.iter().all(|node| node[0] == node[1]), "a label is the pseudonym");
    let mut weights = BTreeMap::new();
    for edge in columns(&folder.join("graph_edges.csv"), &["Source", "Weight"]) {
        *weights.entry(edge[0].clone()).or_default() += edge[1].parse::<u64>().expect("a number");
    }
    (nodes.into_iter().map(|node| node[0].clone()).collect(), weights)
}

#[test]
fn under_pseudonyms_no_file_names_anybody() {
    let (home, _) = captured(&[]);
    let words = identities(&home);
    home.run(0, ["graph", "--format", FORMATS, "--out", "named"]);
    let named = home.folder().join("named");
    assert!(found(&text(&named, "graph.gexf"), &words).len() > 20);

    let all = ["--include-private", "--include-dms"];
    for (out, more) in [("one", &[][..]), ("all", &all), ("ties", &["--by-channels"]), ("two", &[])] {
        let formats = if out == "ties" { "gexf,graphml,dot,json,gephi,neo4j,svg" } else { FORMATS };
        let graph = ["graph", "--anonymous", "--format", formats, "--out", out];
        home.run(0, graph.iter().chain(more));
        let written = files(&home.folder().join(out));
        assert!(written.len() > 15, "{:?}", written.keys());
        for (path, bytes) in written {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            assert_eq!(found(&text, &words), [""; 0], "{out}/{}", path.display());
        }
    }
    let [one, two, named] = ["one", "two", "named"].map(|out| home.folder().join(out));
    assert!(files(&one) == files(&two), "the same each time");
    // It is the same network, and the same people as in a report.
    let (nodes, weights) = nodes_and_weights(&one);
    let sorted = |weights: BTreeMap<String, u64>| {
        let mut weights: Vec<_> = weights.into_values().collect();
        weights.sort_unstable();
        weights
    };
    let edges = columns(&named.join("graph_edges.csv"), &["Source", "Weight"]);
    let mut expected = BTreeMap::new();
    for edge in edges {
        *expected.entry(edge[0].clone()).or_default() += edge[1].parse::<u64>().expect("a number");
    }
    assert_eq!(sorted(weights), sorted(expected));
    let (anonymous, with_names) = (measures(&one), measures(&named));
    for key in ["nodes", "edges", "density", "reciprocity", "transitivity"] {
        assert_eq!(anonymous.get(key), with_names.get(key), "{key}");
    }
    home.run(0, ["report", "--anonymous", "--out", "report.html"]);
    let page = text(home.folder(), "report.html");
    let people: Vec<_> = nodes.iter().filter(|node| node.starts_with("Person ")).collect();
    let in_page = people.iter().filter(|person| page.contains(person.as_str())).count();
    assert!(in_page > 20 && in_page <= people.len(), "{in_page} of {}", people.len());

    // In the data home, files have pseudonyms, and tables stay whole.
    let before = text(&home.data("metrics"), "node_data.csv");
    home.run(0, ["graph", "--anonymous", "--format", FORMATS]);
    for file in FILES {
        assert_eq!(found(&text(&home.data("metrics"), file), &words), [""; 0], "{file}");
    }
    assert_eq!(text(&home.data("metrics"), "node_data.csv"), before);
    assert!(!home.data(".scratch").exists());
}

//! The metric tables against `checks/metrics_oracle.py`, the measures of the network against `checks/graph_oracle.py`, and
//! the graph's file against networkx.

use std::ffi::OsStr;
use std::path::Path;

use crate::support::{Home, must_agree, python, rcwg, root, shared};

/// Compares metrics with those that DuckDB computes from the same master.
fn check(master: &Path, metrics: &Path) {
    let scratch = tempfile::tempdir().expect("a folder");
    let said = must_agree(
        "checks/metrics_oracle.py",
        [master.as_os_str(), scratch.path().as_os_str(), OsStr::new("--compare"), metrics.as_os_str()],
    );
    assert!(said.is_empty() || said.matches(" rows agree").count() == 19, "{said}");
}

/// Lets igraph measure the whole network of a master, and networkx read its file. What `run` draws is of the visible
/// conversations alone.
fn check_graph(home: &Home, data: &str) {
    let Some(python) = python() else { return };
    let data = home.data(data);
    home.run(
        0,
        [OsStr::new("--data"), data.as_os_str()]
            .into_iter()
            .chain(["graph", "--include-private", "--include-dms"].map(OsStr::new)),
    );
    let (master, metrics) = (&data.join("master/csv"), &data.join("metrics"));
    let said = must_agree("checks/graph_oracle.py", [master, metrics]);
    assert_eq!(said.matches(" agree\n").count(), 11, "{said}");
    assert!(said.contains("community: modularity"), "{said}");
    let nodes = std::fs::read_to_string(metrics.join("node_measures.csv")).expect("measured");
    if (4..1000).contains(&nodes.lines().count()) {
        // Of more nodes networkx would need minutes; of two, igraph names the wrong one as the hub.
        let script = root().join("crates/slack-graph/tests/tables_agree.py");
        let output =
            std::process::Command::new(&python).arg(script).arg(metrics).output().expect("python runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let script = root().join("crates/slack-graph/tests/networkx_reads_gexf.py");
    let output = std::process::Command::new(python)
        .arg(script)
        .arg(metrics.join("graph.gexf"))
        .args(["node_data.csv", "edge_data.csv"].map(|table| metrics.join(table)))
        .output()
        .expect("python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn an_exports_metrics_are_the_oracles() {
    for export in ["exports/houston-datavis", "exports/viewer-tests"].into_iter().filter_map(shared) {
        let home = Home::new();
        home.run(0, [OsStr::new("run"), OsStr::new("--import"), export.as_os_str()]);
        check(&home.data("master/csv"), &home.data("metrics"));
        check_graph(&home, "");
        let batch = home.batch();
        check(&batch.join("csv"), &batch.join("metrics"));
    }
}

#[test]
fn five_exports_metrics_are_the_oracles() {
    let Some(exports) = rcwg() else { return };
    let home = Home::new();
    let run =
        ["run", "--import"].map(OsStr::new).into_iter().chain(exports.iter().map(|path| path.as_os_str()));
    home.run(0, run);
    check(&home.data("master/csv"), &home.data("metrics"));
    check_graph(&home, "");
}

#[test]
fn the_demos_metrics_are_the_oracles() {
    let home = Home::new();
    home.run(0, ["demo"]);
    check(&home.data("demo/master/csv"), &home.data("demo/metrics"));
    check_graph(&home, "demo");
}

#[test]
fn a_generated_masters_metrics_are_the_oracles() {
    let Some(_) = python() else { return };
    let home = Home::new();
    let master = home.data("master/csv");
    must_agree(
        "bench/generate_master.py",
        [master.as_os_str(), OsStr::new("--messages"), OsStr::new("100000")],
    );
    home.run(0, ["metrics"]);
    check(&master, &home.data("metrics"));
    check_graph(&home, "");
}

#[test]
fn the_zone_table_is_the_published_one() {
    let Some(published) = shared("tz_country.csv") else { return };
    let rows = |path: &Path| {
        let mut rows: Vec<Vec<String>> = crate::support::rows_without(path, &[]);
        rows.sort();
        rows
    };
    assert_eq!(rows(&root().join("crates/slack-metrics/data/tz_country.csv")), rows(&published));
}

//! networkx reads the golden files: same nodes, edges, weights and attributes.

use std::path::Path;
use std::process::Command;

#[test]
#[expect(clippy::print_stderr, reason = "a test that cannot run says so")]
fn networkx_reads_the_golden_file() {
    let Some(python) = std::env::var_os("SLACK_TEST_PYTHON") else {
        eprintln!("skipped: SLACK_TEST_PYTHON names no python that has networkx");
        return;
    };
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let case = tests.join("gexf/small");
    let output = Command::new(python)
        .arg(tests.join("networkx_reads_gexf.py"))
        .args(["graph.gexf", "node_data.csv", "edge_data.csv"].map(|file| case.join(file)))
        .output()
        .expect("python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

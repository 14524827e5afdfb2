//! The shape of the workspace: a star, with slack-model in the middle.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

use crate::support::root;

const STAGES: [&str; 11] = [
    "slack-extract",
    "slack-merge",
    "slack-metrics",
    "slack-graph",
    "slack-pg",
    "slack-report",
    "slack-sqlite",
    "slack-sandbox",
    "slack-serve",
    "slack-store",
    "slack-jsonl",
];

/// The names of the packages that each package depends on, tests' needs left out.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline", "--no-deps"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata: Value = serde_json::from_slice(&metadata.stdout).expect("JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let packages = metadata["packages"].as_array().expect("packages");
    let needs = |package: &Value| {
        let all = package["dependencies"].as_array().expect("dependencies").iter();
        all.filter(|need| need["kind"] != "dev").map(|need| text(&need["name"])).collect()
    };
    packages.iter().map(|package| (text(&package["name"]), needs(package))).collect()
}

#[test]
fn stages_depend_on_the_model_and_on_no_other_stage() {
    let dependencies = dependencies();
    for stage in STAGES {
        let own: Vec<_> = dependencies[stage].iter().filter(|name| name.starts_with("slack-")).collect();
        // slack-morphism is Slack's client library, and slack-extract alone knows the network.
        let allowed: &[&str] = match stage {
            "slack-extract" => &["slack-model", "slack-morphism"],
            // What every store shares.
            "slack-pg" | "slack-sqlite" | "slack-jsonl" => &["slack-model", "slack-store"],
            _ => &["slack-model"],
        };
        assert_eq!(own, allowed, "{stage}");
    }
    assert!(!dependencies["slack-model"].iter().any(|name| name.starts_with("slack-")));
}

/// slack-pipeline puts the stages together: it knows them all, and no store.
#[test]
fn the_pipeline_knows_stages_and_no_store() {
    let dependencies = dependencies();
    let own: Vec<_> =
        dependencies["slack-pipeline"].iter().filter(|name| name.starts_with("slack-")).collect();
    let stages = [
        "slack-extract",
        "slack-graph",
        "slack-merge",
        "slack-metrics",
        "slack-model",
        "slack-report",
        "slack-store",
    ];
    assert_eq!(own, stages);
}

#[test]
fn each_heavy_library_has_one_home() {
    let dependencies = dependencies();
    for (library, homes) in [
        ("postgres", &["slack-pg"][..]),
        ("tokio-postgres-rustls", &["slack-pg"]),
        ("refinery", &["slack-pg"]),
        ("rusqlite", &["slack-sqlite"]),
        ("slack-morphism", &["slack-extract"]),
        ("axum", &["slack-sandbox", "slack-serve"]),
        ("chrono-tz", &["slack-metrics", "slack-report"]),
        ("petgraph", &["slack-graph"]),
        ("quick-xml", &["slack-graph"]),
        ("zip", &["slack-analytics"]),
        ("flate2", &["slack-extract"]),
        ("encoding_rs", &["slack-model"]),
        ("clap", &["slack-analytics"]),
        ("indicatif", &["slack-analytics"]),
    ] {
        let users: Vec<_> = dependencies
            .iter()
            .filter(|(_, needs)| needs.contains(library))
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(users, homes, "{library}");
    }
}

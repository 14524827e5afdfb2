//! Two ways, one answer: an export imported, and the same export served and extracted over HTTP.

use std::ffi::OsStr;
use std::path::Path;

use slack_sandbox::Workspace;

use crate::support::{Home, community, rcwg, rows_without, sandbox, shared};

/// What tells the batches apart, which are two.
const BATCH_COLUMNS: [&str; 3] = ["deleted_batch", "first_batch", "last_batch"];

/// Compares the tables of both ways. `short` are the threads that count more replies than the export holds: gaps where it
/// is served.
fn check(export: &Path, short: &[&str]) {
    let imported = Home::new();
    imported.run(0, [OsStr::new("import"), export.as_os_str()]);
    imported.run(0, ["transform"]);

    let extracted = Home::new();
    let sandbox = sandbox(Workspace::from_export(export).expect("read")).start_blocking().expect("started");
    let types = ["--json", "extract", "--types", "public,private,im,mpim", "--rate", "unlimited"];
    let code = if short.is_empty() { 0 } else { 3 };
    let told = extracted.run_against(&sandbox, code, types).json();
    let gaps: Vec<_> = told["stages"][0]["gaps"].as_array().expect("a list").iter().collect();
    let is_of = |gap: &&serde_json::Value, thread: &&str| {
        gap["what"] == format!("conversations.replies {thread}")
            && gap["why"].as_str().is_some_and(|why| why.starts_with("fewer_replies_than_announced"))
    };
    assert!(
        gaps.len() == short.len() && gaps.iter().zip(short).all(|(gap, thread)| is_of(gap, thread)),
        "{}: {gaps:?}",
        export.display()
    );
    extracted.run(0, ["transform"]);

    for table in ["message_data", "thread_data", "reaction_data", "file_data"] {
        let rows = |home: &Home| rows_without(&home.batch().join(format!("csv/{table}.csv")), &BATCH_COLUMNS);
        let (one, other) = (rows(&imported), rows(&extracted));
        let differ = one.iter().zip(&other).find(|(one, other)| one != other);
        assert_eq!(differ, None, "{}: {table}", export.display());
        assert_eq!(one.len(), other.len(), "{}: {table}", export.display());
    }
}

#[test]
fn a_made_up_export_gives_the_same_both_ways() {
    let folder = tempfile::tempdir().expect("a folder");
    community(40, 1_500).write_export(folder.path()).expect("written");
    check(folder.path(), &[]);
}

#[test]
fn published_exports_give_the_same_both_ways() {
    ["exports/houston-datavis", "exports/viewer-tests"]
        .into_iter()
        .filter_map(shared)
        .for_each(|export| check(&export, &[]));
}

#[test]
fn the_five_exports_of_rcwg_give_the_same_both_ways() {
    for export in rcwg().into_iter().flatten() {
        // It lacks the days of three replies that a thread counts.
        let short: &[_] =
            if export.ends_with("2025-10-29") { &["C02A46PGQ2C 1746721588.945999"] } else { &[] };
        check(&export, short);
    }
}

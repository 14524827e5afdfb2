//! A folder per case: the tables, and under `expected/` the metric tables that the case is about.
//!
//! `UPDATE_GOLDEN=1` writes what is measured over the expected tables that are there; to add a table to a case,
//! make an empty file of its name first. `timezone` in a case's folder holds the name of a zone.

use std::fs;
use std::path::{Path, PathBuf};

use slack_metrics::{MetricOptions, TABLES, measure};
use slack_model::{Folder, MemoryTables};

#[test]
fn cases_give_what_is_expected() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let cases = entries(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden"));
    assert!(cases.len() >= 8);
    let mut wrong = Vec::new();
    for case in &cases {
        let mut options = MetricOptions::default();
        options.timezone = fs::read_to_string(case.join("timezone")).ok().map(|name| name.trim().to_owned());
        let metrics = MemoryTables::default();
        measure(&Folder(case.clone()), &metrics, &options, &()).expect("the case can be measured");
        for path in entries(&case.join("expected")) {
            let table = path.file_stem().and_then(|stem| stem.to_str()).expect("a table's name");
            let found = metrics.get(table).unwrap_or_else(|| panic!("{} is no table", path.display()));
            if update {
                fs::write(&path, &found).expect("expected tables can be written");
            }
            let expected = fs::read_to_string(&path).expect("an expected table");
            let found = String::from_utf8_lossy(&found);
            if expected != found {
                wrong.push(format!("{}\n--- expected\n{expected}--- found\n{found}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_table_is_expected_by_some_case() {
    let cases = entries(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden"));
    for table in TABLES {
        let file = Path::new("expected").join(table.file_name());
        assert!(cases.iter().any(|case| case.join(&file).exists()), "{}", table.name);
    }
}

#[test]
fn cases_hold_no_other_files() {
    const INPUTS: [&str; 6] = [
        "user_data.csv",
        "channel_data.csv",
        "usergroup_data.csv",
        "message_data.csv",
        "thread_data.csv",
        "reaction_data.csv",
    ];
    for case in entries(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")) {
        for path in entries(&case) {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            assert!(INPUTS.contains(&name) || ["expected", "timezone"].contains(&name), "{}", path.display());
        }
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a folder's entry").path()).collect();
    paths.sort();
    paths
}

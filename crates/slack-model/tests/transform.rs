//! Golden cases: a folder in `golden/` per case, with a batch and the tables that it must give.
//!
//! `UPDATE_GOLDEN=1 cargo test -p slack-model --test transform` writes the expected tables again; read what
//! changed before it is committed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use slack_model::batch::BatchFolder;
use slack_model::{Folder, TransformOptions, transform};

#[test]
fn batches_give_the_expected_tables() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut cases: Vec<_> =
        fs::read_dir(&golden).expect("listed").map(|case| case.expect("listed").path()).collect();
    cases.sort();
    assert!(!cases.is_empty());
    for case in cases {
        check(&case);
    }
}

fn check(case: &Path) {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&case.join("batch"), folder.path());
    let batch = BatchFolder::new(folder.path().into(), "20240301120000".parse().expect("a batch"));
    let summary =
        transform(&batch, &Folder(batch.csv()), &TransformOptions::default(), &()).expect("transformed");
    let mut tables = files(&batch.csv());
    let told = ["set_aside.csv", "not_read.csv"];
    tables.extend(files(&batch.metadata()).into_iter().filter(|(name, _)| told.contains(&name.as_str())));
    // A table with its header alone says nothing that the case is about.
    tables.retain(|_, text| text.lines().count() > 1);
    let rows = |table: &str, is_counted: fn(&str) -> bool| {
        let lines = tables.get(table).into_iter().flat_map(|text| text.lines().skip(1));
        lines.filter(|line| is_counted(line)).count() as u64
    };
    let is_record: fn(&str) -> bool = |line| line.ends_with(",record") || line.ends_with(",rest");
    assert_eq!(summary.set_aside, rows("set_aside.csv", is_record), "{}", case.display());
    let parts = rows("set_aside.csv", |_| true) - summary.set_aside;
    assert_eq!(summary.set_aside_parts, parts, "{}", case.display());
    assert_eq!(summary.not_read, rows("not_read.csv", |line| line.contains(",false,")), "{}", case.display());
    let expected = case.join("expected");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let _ = fs::remove_dir_all(&expected);
        fs::create_dir_all(&expected).expect("made");
        for (name, text) in &tables {
            fs::write(expected.join(name), text).expect("written");
        }
    }
    assert_eq!(tables, files(&expected), "{}", case.display());
}

fn files(folder: &Path) -> BTreeMap<String, String> {
    let Ok(entries) = fs::read_dir(folder) else { return BTreeMap::new() };
    let read = |path: PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        (name, fs::read_to_string(&path).expect("read"))
    };
    entries.map(|entry| read(entry.expect("listed").path())).collect()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for entry in fs::read_dir(from).expect("listed") {
        let entry = entry.expect("listed");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}

/// Slack names at most some of those who used an emoji, and says how many there are. What a later page says is used.
#[test]
fn every_row_of_an_emoji_has_the_count_of_the_latest_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = |path: &str, reactions: &str| {
        let path = folder.path().join("api").join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        let message = format!(
            r#"{{"type":"message","user":"U1","text":"a","ts":"1600000001.000000","thread_ts":"1600000001.000000","reactions":[{reactions}]}}"#
        );
        fs::write(path, format!(r#"{{"ok":true,"messages":[{message}],"message":{message}}}"#))
            .expect("written");
    };
    let emoji =
        |name: &str, users: &str, count: &str| format!(r#"{{"name":"{name}","users":[{users}]{count}}}"#);
    page(
        "conversations.history/C1/00001.json",
        &[emoji("eyes", r#""U1","U2""#, r#","count":9"#), emoji("wave", r#""U1""#, r#","count":1"#)]
            .join(","),
    );
    page(
        "conversations.replies/C1/1600000001.000000-00001.json",
        &[emoji("eyes", r#""U2""#, r#","count":7"#), emoji("wave", r#""U2""#, "")].join(","),
    );
    page("reactions.get/C1/1600000001.000000.json", &emoji("eyes", r#""U3""#, r#","count":8"#));
    let batch = BatchFolder::new(folder.path().into(), "20240301120000".parse().expect("a batch"));
    transform(&batch, &Folder(batch.csv()), &TransformOptions::default(), &()).expect("transformed");
    let table = fs::read_to_string(batch.csv().join("reaction_data.csv")).expect("read");
    let rows: Vec<_> = table
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect::<Vec<_>>())
        .map(|row| (row[4], row[3], row[7]))
        .collect();
    let expected = [
        ("eyes", "U1", "8"),
        ("eyes", "U2", "8"),
        ("eyes", "U3", "8"),
        ("wave", "U1", "1"),
        ("wave", "U2", "1"),
    ];
    assert_eq!(rows, expected);
}

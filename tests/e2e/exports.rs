//! Official exports, imported and merged, against `checks/export_oracle.py`.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::support::{Home, community, files, must_agree, rcwg, shared};

/// Imports, transforms and merges exports in their order, and compares the master with the oracle.
fn check(exports: &[PathBuf]) -> Home {
    let home = Home::new();
    let import = [OsString::from("import")].into_iter().chain(exports.iter().map(Into::into));
    home.run(0, import);
    home.run(0, ["transform"]);
    home.run(0, ["merge"]);
    compare(&home, exports);
    home
}

fn compare(home: &Home, exports: &[PathBuf]) {
    let master = home.data("master/csv");
    let arguments =
        exports.iter().map(|path| path.as_os_str()).chain([OsStr::new("--compare"), master.as_os_str()]);
    let said = must_agree("checks/export_oracle.py", arguments);
    assert!(said.is_empty() || said.contains("all rows agree"), "{said}");
}

#[test]
fn a_made_up_export_gives_the_oracles_master() {
    let folder = tempfile::tempdir().expect("a folder");
    community(40, 1_500).write_export(folder.path()).expect("written");
    check(&[folder.path().into()]);
}

#[test]
fn houston_datavis_gives_the_oracles_master() {
    if let Some(export) = shared("exports/houston-datavis") {
        check(&[export]);
    }
}

#[test]
fn viewer_tests_gives_the_oracles_master() {
    if let Some(export) = shared("exports/viewer-tests") {
        check(&[export]);
    }
}

#[test]
fn five_exports_give_one_master_in_whatever_order() {
    let Some(exports) = rcwg() else { return };
    let home = check(&exports);
    let expected = files(&home.data("master/csv"));
    let rows = |table: &str| csv::Reader::from_path(home.data(table)).expect("opened").into_records().count();
    assert_eq!(rows("master/csv/message_data.csv"), 8_084);
    assert_eq!(rows("master/csv/thread_data.csv"), 3_102);
    assert_eq!(rows("master/csv/reaction_data.csv"), 4_601);

    let batches = slack_model::batch::DataHome::new(home.data("")).batches().expect("listed");
    let ids: Vec<_> = batches.iter().map(|batch| batch.id().to_string()).collect();
    for order in [[4, 3, 2, 1, 0], [2, 4, 0, 3, 1]] {
        std::fs::remove_dir_all(home.data("master")).expect("removed");
        home.run(0, ["merge".to_owned()].into_iter().chain(order.map(|at| ids[at].clone())));
        assert!(files(&home.data("master/csv")) == expected, "the order {order:?} gives another master");
    }
    // Merged once more, nothing is written.
    let written = |home: &Home| std::fs::metadata(home.data("master/csv")).and_then(|data| data.modified());
    let before = written(&home).expect("there");
    home.run(0, ["merge".to_owned()].into_iter().chain(ids));
    assert_eq!(written(&home).expect("there"), before);
    home.run(0, ["merge", "--rebuild"]);
    assert!(files(&home.data("master/csv")) == expected, "made anew, the master is another");
}

#[test]
fn an_export_is_kept_byte_for_byte_and_imported_once() {
    let folder = tempfile::tempdir().expect("a folder");
    community(20, 300).write_export(folder.path()).expect("written");
    std::fs::write(folder.path().join("canvases.json"), "[]").expect("written");
    let home = Home::new();
    home.run(0, [OsStr::new("import"), folder.path().as_os_str()]);
    assert!(files(folder.path()) == files(&home.batch().join("export")));
    let again = home.run(0, [OsStr::new("import"), folder.path().as_os_str()]);
    assert!(again.out.contains("which the data home had already"), "{}", again.out);

    // Another export of the same second is another batch, of the next second.
    std::fs::write(folder.path().join("canvases.json"), "[1]").expect("written");
    let first = home.batch();
    home.run(0, [OsStr::new("import"), folder.path().as_os_str()]);
    let batches = slack_model::batch::DataHome::new(home.data("")).batches().expect("listed");
    let seconds: Vec<_> = batches.iter().map(|batch| batch.id().time().micros() / 1_000_000).collect();
    assert!(matches!(seconds[..], [one, next] if next == one + 1), "{seconds:?}");
    assert_eq!(batches[0].root().file_name(), first.file_name());
    std::fs::write(folder.path().join("canvases.json"), "[2]").expect("written");
    let taken_at = ["--taken-at", "2030-01-01"].map(OsStr::new);
    home.run(0, [OsStr::new("import"), folder.path().as_os_str()].into_iter().chain(taken_at));
    assert!(home.data("20300101000000/export/users.json").is_file());
}

#[test]
fn the_sample_is_what_its_readme_says() {
    let home = Home::new();
    let sample = home.folder().join("sample");
    let mut options = slack_sandbox::CommunityOptions::default();
    (options.people, options.messages, options.channels, options.seed) = (25, 600, 6, 1);
    slack_sandbox::Workspace::generate(&options).write_export(&sample).expect("written");
    let zip = crate::support::root().join("data/sample-export.zip");
    home.run(0, [OsStr::new("run"), OsStr::new("--import"), zip.as_os_str()]);
    assert!(files(&sample) == files(&home.batch().join("export")), "make data/sample-export.zip anew");
}

/// Writes an export with one channel and its day files.
fn small_export(folder: &Path, days: &[(&str, &[&str])]) {
    std::fs::create_dir_all(folder.join("general")).expect("made");
    let write = |path: PathBuf, text: &str| std::fs::write(path, text).expect("written");
    write(folder.join("users.json"), r#"[{"id":"U1","name":"ana","team_id":"T1"}]"#);
    write(folder.join("channels.json"), r#"[{"id":"C1","name":"general"}]"#);
    for (day, messages) in days {
        let message = |ts: &&str| format!(r#"{{"type":"message","user":"U1","text":"at {ts}","ts":"{ts}"}}"#);
        let messages: Vec<_> = messages.iter().map(message).collect();
        write(folder.join(format!("general/{day}.json")), &format!("[{}]", messages.join(",")));
    }
}

fn deleted(home: &Home) -> Vec<String> {
    let rows =
        csv::Reader::from_path(home.data("master/csv/message_data.csv")).expect("opened").into_records();
    rows.map(|row| row.expect("read"))
        .filter(|row| !row[14].is_empty())
        .map(|row| row[3].to_owned())
        .collect()
}

#[test]
fn only_what_a_day_file_covers_can_be_deleted() {
    let home = Home::new();
    let (first, second) = (home.folder().join("first"), home.folder().join("second"));
    small_export(
        &first,
        &[
            ("2024-01-01", &["1704110400.000000", "1704114000.000000", "1704117600.000000"]),
            ("2024-02-01", &["1706788800.000000"]),
        ],
    );
    // The same day once more without its middle message; and a file whose odd timestamps span years.
    small_export(
        &second,
        &[
            ("2024-01-01", &["1704110400.000000", "1704117600.000000"]),
            ("2024-03-01", &["0000000001.000000", "1709294400.000000", "9999999999.000000"]),
        ],
    );
    home.run(0, [OsStr::new("run"), OsStr::new("--import"), first.as_os_str(), second.as_os_str()]);
    assert_eq!(deleted(&home), ["1704114000.000000"]);
    assert!(home.data("20240301120000").is_dir(), "the batch is named after a day that has been");
}

#[test]
fn several_exports_in_one_folder_are_not_guessed_at() {
    let home = Home::new();
    for name in ["both/one", "both/two"] {
        small_export(&home.folder().join(name), &[("2024-01-01", &["1704110400.000000"])]);
    }
    let ran = home.run(1, ["import", "both"]);
    assert!(ran.err.contains("holds several exports") && ran.err.contains("one"), "{}", ran.err);
}

#[test]
fn a_whole_export_fills_the_gaps_of_a_damaged_one() {
    let home = Home::new();
    let export = home.folder().join("export");
    small_export(&export, &[("2024-01-01", &["1704110400.000000"]), ("2024-01-02", &["1704196800.000000"])]);
    // A link is no file that can be kept.
    let day = export.join("general/2024-01-01.json");
    std::fs::rename(&day, home.folder().join("aside.json")).expect("moved");
    std::os::unix::fs::symlink(home.folder().join("aside.json"), &day).expect("linked");
    home.run(3, ["run", "--import", "export"]);
    std::fs::remove_file(&day).expect("removed");
    std::fs::rename(home.folder().join("aside.json"), &day).expect("moved back");
    home.run(0, ["run", "--import", "export"]);
    assert!(files(&export) == files(&home.batch().join("export")));
    assert_eq!(
        csv::Reader::from_path(home.data("master/csv/message_data.csv"))
            .expect("opened")
            .into_records()
            .count(),
        2
    );
}

#[test]
fn a_person_without_a_full_name_is_still_called_something() {
    let home = Home::new();
    let export = home.folder().join("export");
    small_export(&export, &[("2024-01-01", &["1704110400.000000"])]);
    let ran = home.run(0, ["run", "--import", "export"]);
    assert!(ran.out.contains("busiest people:   ana (1)"), "{}", ran.out);
    // Nor does one that no user list holds go without.
    std::fs::write(export.join("users.json"), "[]").expect("written");
    let ran = Home::new().run(0, [OsStr::new("run"), OsStr::new("--import"), export.as_os_str()]);
    assert!(ran.out.contains("busiest people:   Unknown person 1 (1)"), "{}", ran.out);
}

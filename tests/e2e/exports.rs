//! Official exports, imported and merged, against `checks/export_oracle.py`.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

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

    // Another export of the same newest message is no second reading of the first.
    std::fs::write(folder.path().join("canvases.json"), "[1]").expect("written");
    let other = home.run(1, [OsStr::new("import"), folder.path().as_os_str()]);
    assert!(other.err.contains("say when this export was taken"), "{}", other.err);
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

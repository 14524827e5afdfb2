//! Raw pages that go, and everything that must work without them.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use slack_model::batch::{BatchFolder, DataHome, Metadata};
use slack_sandbox::{PlayOptions, Sandbox};

use crate::support::{Home, community, files, sandbox};

const RUN: [&str; 5] = ["run", "--types", "public,private,im,mpim", "--rate", "unlimited"];

fn batches(home: &Home) -> Vec<BatchFolder> {
    DataHome::new(home.data("")).batches().expect("listed")
}

fn pages(batch: &BatchFolder) -> usize {
    files(&batch.api()).len() + files(&batch.export()).len()
}

/// The same data home in another place.
fn copied(home: &Home) -> Home {
    let copy = Home::new();
    for (path, bytes) in files(&home.data("")) {
        let path = copy.data("").join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, bytes).expect("written");
    }
    copy
}

/// The calls of a run, by method.
fn calls(home: &Home, sandbox: &Sandbox) -> BTreeMap<String, usize> {
    let from = sandbox.log().len();
    home.run_against(sandbox, 0, [&RUN[..], &["--files", "all"]].concat());
    let mut calls = BTreeMap::new();
    for sent in &sandbox.log()[from..] {
        *calls.entry(sent.method.clone()).or_default() += 1;
    }
    calls
}

/// The master's tables.
fn master(home: &Home) -> BTreeMap<PathBuf, Vec<u8>> {
    files(&home.data("master/csv"))
}

#[test]
fn what_is_pruned_is_missed_by_nothing() {
    let sandbox = sandbox(community(15, 800)).start_blocking().expect("started");
    let home = Home::new();
    home.run_against(&sandbox, 0, [&RUN[..], &["--files", "all"]].concat());
    sandbox.advance(&PlayOptions::default());
    home.run_against(&sandbox, 0, [&RUN[..], &["--files", "all"]].concat());
    let [old, new] = &batches(&home)[..] else { panic!("two batches") };
    let (before, kept) = (files(&home.data("")), pages(new));
    let twin = copied(&home);

    let trial = home.run(0, ["prune", "--keep", "1 batch", "--dry-run", "--json"]).json();
    assert_eq!(trial["stages"][0]["batches"], serde_json::json!([old.id().to_string()]));
    assert_eq!(trial["stages"][0]["pages"].as_u64(), Some(pages(old) as u64));
    let same = |path: &Path| before.get(path) == files(&home.data("")).get(path);
    assert!(before.keys().filter(|path| !path.starts_with(".lock")).all(|path| same(path)), "it was a trial");

    let told = home.run(0, ["prune", "--keep", "1 batch"]).out;
    assert!(told.contains("removed") && told.contains(&old.id().to_string()), "{told}");
    assert_eq!((pages(old), pages(new)), (0, kept));
    let id = old.id().to_string();
    let after = files(&home.data(""));
    let is_metadata = |path: &Path| path.ends_with("metadata/metadata.csv");
    for (path, bytes) in before.iter().filter(|(path, _)| !path.starts_with(Path::new(&id).join("api"))) {
        assert!(is_metadata(path) || path.starts_with(".lock") || after.get(path) == Some(bytes), "{path:?}");
    }

    // What needs pages says so, and what does not goes on as ever.
    let refused = home.run(2, ["transform", &id]).err;
    assert!(refused.contains("were removed on 20") && refused.contains("stay"), "{refused}");
    home.run(0, ["transform"]);
    assert!(home.run(0, ["status"]).out.contains(", pages pruned on 20"));
    assert!(home.run(0, ["verify"]).out.contains("pages pruned on 20"));
    assert!(home.run(0, ["prune", "--keep", "1 batch"]).out.contains("removed 0 pages of 0 batches"));
    let merged = master(&home);
    home.run(0, ["merge", "--rebuild"]);
    assert_eq!(master(&home), merged);
    // A master that was lost is made again from tables alone.
    fs::remove_dir_all(home.data("master")).expect("removed");
    home.run(0, ["merge"]);
    assert_eq!(master(&home), merged);

    // A capture asks no more than it would have.
    sandbox.advance(&PlayOptions::default());
    assert_eq!(calls(&home, &sandbox), calls(&twin, &sandbox));
    home.run(0, ["verify"]);
}

#[test]
fn what_is_not_whole_in_the_master_keeps_its_pages() {
    let sandbox = sandbox(community(8, 80)).start_blocking().expect("started");
    let home = Home::new();
    home.run_against(&sandbox, 0, RUN);
    home.run_against(&sandbox, 0, [&["extract"], &RUN[1..]].concat());
    home.run_against(&sandbox, 0, [&["extract"], &RUN[1..]].concat());
    let [merged, captured, broken] = &batches(&home)[..] else { panic!("three batches") };
    let mut metadata = Metadata::read(&broken.metadata()).expect("read");
    metadata.set("status", "failed");
    metadata.write(&broken.metadata()).expect("written");
    home.run(0, ["transform", &captured.id().to_string()]);
    let told = home.run(0, ["prune", "--keep", "0d"]).out;
    assert!(
        home.run(0, ["prune"]).out.contains("removed 0 pages"),
        "all are kept unless something else is said"
    );
    assert!(told.contains("the master does not hold it") && told.contains("has not ended"), "{told}");
    assert_eq!(pages(merged), 0);
    assert!(pages(captured) > 0 && pages(broken) > 0);
    // The newest one is gone on with, and no older one in its place.
    home.run_against(&sandbox, 0, ["run", "--rate", "unlimited"]);
    assert_eq!(batches(&home).len(), 3);
    home.run(0, ["prune", "--keep", "0d"]);
    assert_eq!([merged, captured, broken].map(pages), [0, 0, 0]);
    home.run(2, ["prune", "--keep", "some"]);
}

#[test]
fn a_batch_that_holds_nothing_takes_the_place_of_none() {
    let sandbox = sandbox(community(8, 80)).start_blocking().expect("started");
    let home = Home::new();
    home.run_against(&sandbox, 0, RUN);
    // A channel that nobody wrote in, and a capture that failed.
    let empty = home.folder().join("empty");
    fs::create_dir_all(empty.join("quiet")).expect("made");
    fs::write(empty.join("users.json"), "[]").expect("written");
    fs::write(empty.join("channels.json"), r#"[{"id":"C0QUIET001","name":"quiet"}]"#).expect("written");
    home.run(0, ["run", "--import", "empty", "--taken-at", "2090-01-01", "--same-workspace"]);
    let [good, empty] = &batches(&home)[..] else { panic!("two batches") };
    assert!(pages(empty) > 0);
    let told = home.run(0, ["prune", "--keep", "1 batches"]).out;
    assert!(told.contains("removed 0 pages of 0 batches"), "{told}");
    assert!(pages(good) > 0);

    home.run_against(&sandbox, 0, RUN);
    let all = batches(&home);
    let newer = all.iter().find(|batch| ![good.id(), empty.id()].contains(&batch.id())).expect("a third");
    let mut metadata = Metadata::read(&newer.metadata()).expect("read");
    let status = metadata.get("status").to_owned();
    metadata.set("status", "failed");
    metadata.write(&newer.metadata()).expect("written");
    home.run(0, ["prune", "--keep", "1 batches"]);
    assert!(pages(good) > 0, "what failed takes the place of none");
    metadata.set("status", status);
    metadata.write(&newer.metadata()).expect("written");
    fs::write(
        newer.csv().join("message_data.csv"),
        fs::read(good.csv().join("message_data.csv")).expect("read"),
    )
    .expect("written");
    home.run(0, ["merge"]);
    home.run(0, ["prune", "--keep", "1 batches"]);
    assert_eq!((pages(good), pages(newer) > 0), (0, true), "a good one does");
}

#[test]
fn a_batch_of_which_records_were_set_aside_keeps_its_pages() {
    let home = Home::new();
    let export = home.folder().join("export");
    community(8, 60).write_export(&export).expect("written");
    let day = files(&export).into_keys().find(|path| path.components().count() == 2).expect("a day's file");
    let mut text = fs::read_to_string(export.join(&day)).expect("read");
    text.insert_str(text.find('[').expect("a list") + 1, "17,");
    fs::write(export.join(&day), text).expect("written");
    home.run(3, ["run", "--import", "export"]);
    assert!(home.run(0, ["prune", "--keep", "0d"]).out.contains("could not be read"));
    assert!(home.batch().join("export").is_dir());
}

#[test]
fn a_run_prunes_where_the_file_says_so_and_knows_the_export_again() {
    let home = Home::new();
    community(8, 60).write_export(&home.folder().join("export")).expect("written");
    fs::write(home.folder().join("slack-analytics.toml"), "[retention]\nraw = '0 batches'\n")
        .expect("written");
    let import = ["run", "--import", "export"].map(OsStr::new);
    let told = home.run(0, import).out;
    assert!(told.contains(" prune: ") && !home.batch().join("export").exists(), "{told}");
    let merged = master(&home);
    assert!(home.run(0, import).out.contains("which the data home had already"));
    assert_eq!(master(&home), merged);
    // Another export with the same newest message is another one.
    let export = home.folder().join("export");
    let day = files(&export).into_keys().find(|path| path.components().count() == 2).expect("a day's file");
    let text = fs::read_to_string(export.join(&day)).expect("read");
    let other = text.replacen("\"text\":\"", "\"text\":\"Another ", 1);
    assert_ne!(other, text);
    fs::write(export.join(&day), other).expect("written");
    home.run(0, import);
    assert_eq!(batches(&home).iter().map(pages).collect::<Vec<_>>(), [0, 0]);
    // What nothing reads is nowhere but in the pages.
    fs::write(export.join("general-notes.txt"), "new").expect("written");
    let told = home.run(3, import).out;
    assert!(told.contains("files that nothing has read are nowhere else"), "{told}");
    let kept: Vec<_> = batches(&home).iter().map(|batch| pages(batch) > 0).collect();
    assert_eq!(kept, [false, false, true]);
}

#[test]
fn a_capture_that_goes_on_is_merged_again_before_its_pages_go() {
    let sandbox = sandbox(community(10, 300)).start_blocking().expect("started");
    let home = Home::new();
    home.run_against(&sandbox, 0, RUN);
    let [batch] = &batches(&home)[..] else { panic!("one batch") };
    let kept = || {
        let stage = home.run(0, ["--json", "prune", "--keep", "0d", "--dry-run"]).json()["stages"][0].clone();
        stage["kept"].as_array().expect("a list").len()
    };
    assert_eq!(kept(), 0, "all of it is in the master");
    // As though the run had been killed after what it had captured was merged.
    let mut metadata = Metadata::read(&batch.metadata()).expect("read");
    metadata.set("status", "running");
    metadata.write(&batch.metadata()).expect("written");
    home.run_against(&sandbox, 0, ["extract", "--resume", "--rate", "unlimited"]);
    assert_eq!(kept(), 1, "its new pages are in no table");
    home.run(0, ["transform"]);
    assert_eq!(kept(), 1, "its new tables are not in the master");
    let merged = home.run(0, ["--json", "merge"]).json();
    assert_eq!(merged["stages"][0]["batches"].as_array().expect("a list").len(), 1);
}

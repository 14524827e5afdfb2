//! Masters on the disk: only what changes is written, and what is broken is left alone and named.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use slack_merge::{Error, MergeOptions, merge_folder, merged_batches};
use slack_model::batch::{BatchFolder, DataHome};
use tempfile::TempDir;

const MEMBERS: &str = "channel,user_id,first_batch,last_batch\n";
const FIRST: &str = "20240101000000";
const SECOND: &str = "20240102000000";

struct Home {
    folder: TempDir,
}

impl Home {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    fn master(&self) -> PathBuf {
        DataHome::new(self.folder.path()).master_csv()
    }

    /// A batch with some members, each as `channel,user`.
    fn batch(&self, id: &str, members: &[&str]) -> BatchFolder {
        let batch = BatchFolder::new(self.folder.path().join(id), id.parse().expect("a batch"));
        fs::create_dir_all(batch.csv()).expect("made");
        let rows: String = members.iter().map(|member| format!("{member},{id},{id}\n")).collect();
        fs::write(batch.csv().join("member_data.csv"), format!("{MEMBERS}{rows}")).expect("written");
        let about = format!("batch,source,status,team_id,team_name\n{id},api,complete,T1,\n");
        fs::write(batch.csv().join("batch_data.csv"), about).expect("written");
        batch
    }

    fn merge(&self, batches: &[BatchFolder]) -> Result<(), Error> {
        merge_folder(&self.master(), batches, &MergeOptions::default()).map(drop)
    }

    fn members(&self) -> String {
        fs::read_to_string(self.master().join("member_data.csv")).expect("read")
    }

    /// What lies in the data home's folder of the master.
    fn beside(&self) -> Vec<String> {
        let names = fs::read_dir(self.folder.path().join("master")).expect("listed");
        names.map(|entry| entry.expect("listed").file_name().to_string_lossy().into_owned()).collect()
    }
}

/// What tells whether anything was written in a folder: its own and its files' times, and which files they are.
fn traces(folder: &Path) -> BTreeMap<PathBuf, (SystemTime, u64)> {
    #[cfg(unix)]
    let number = |metadata: &fs::Metadata| std::os::unix::fs::MetadataExt::ino(metadata);
    #[cfg(not(unix))]
    let number = |_: &fs::Metadata| 0;
    let files = fs::read_dir(folder).expect("listed").map(|entry| entry.expect("listed").path());
    files
        .chain([folder.into(), folder.parent().expect("a parent").into()])
        .map(|path| {
            let metadata = fs::metadata(&path).expect("there");
            (path, (metadata.modified().expect("known"), number(&metadata)))
        })
        .collect()
}

#[test]
fn merging_again_writes_nothing() {
    let home = Home::new();
    let batches = [home.batch(FIRST, &["C1,U1"]), home.batch(SECOND, &["C1,U1", "C1,U2"])];
    home.merge(&batches).expect("merged");
    let expected = format!("{MEMBERS}C1,U1,{FIRST},{SECOND}\nC1,U2,{SECOND},{SECOND}\n");
    assert_eq!(home.members(), expected);
    let before = traces(&home.master());
    for again in [&batches[..], &batches[..1], &batches[1..], &[]] {
        home.merge(again).expect("merged");
        assert_eq!(traces(&home.master()), before);
    }
}

#[test]
fn tables_without_a_change_stay_the_same_files() {
    let home = Home::new();
    home.merge(&[home.batch(FIRST, &["C1,U1"])]).expect("merged");
    let before = traces(&home.master());
    // The same members as another batch saw them, and a batch that saw none.
    let second = home.batch(SECOND, &[]);
    home.merge(&[second]).expect("merged");
    let after = traces(&home.master());
    let file = |name: &str| home.master().join(name);
    assert_eq!(before[&file("member_data.csv")], after[&file("member_data.csv")]);
    assert_ne!(before[&file("batch_data.csv")], after[&file("batch_data.csv")]);
    assert_eq!(home.beside(), ["csv"]);
}

#[test]
fn more_batches_than_are_open_at_once_are_merged() {
    let home = Home::new();
    let batches: Vec<_> = (0..150)
        .map(|number| home.batch(&format!("2024010100{:02}{:02}", number / 60, number % 60), &["C1,U1"]))
        .collect();
    home.merge(&batches).expect("merged");
    assert_eq!(merged_batches(&home.master()).expect("read").len(), 150);
    assert_eq!(home.members(), format!("{MEMBERS}C1,U1,20240101000000,20240101000229\n"));
}

#[test]
fn a_table_that_is_not_sorted_is_an_error_with_its_place() {
    let home = Home::new();
    home.merge(&[home.batch(FIRST, &["C1,U1", "C2,U1"])]).expect("merged");
    let broken = home.batch(SECOND, &["C1,U1", "C1,U3", "C1,U2"]);
    let path = broken.csv().join("member_data.csv");
    let error = home.merge(&[broken]).expect_err("not sorted");
    let expected =
        format!("{}, line 4: the row of key (C1, U2) is out of order or there twice", path.display());
    assert_eq!(error.to_string(), expected);
    assert_eq!(home.beside(), ["csv"]);

    let twice = format!("{MEMBERS}C1,U1,{FIRST},{FIRST}\n\"C1\",U1,{FIRST},{FIRST}\n");
    fs::write(home.master().join("member_data.csv"), &twice).expect("written");
    let error = home.merge(&[home.batch(SECOND, &["C1,U2"])]).expect_err("there twice");
    let path = home.master().join("member_data.csv");
    let expected =
        format!("{}, line 3: the row of key (C1, U1) is out of order or there twice", path.display());
    assert_eq!(error.to_string(), expected);
    assert!(error.source().is_none());
    assert_eq!(home.members(), twice);
    assert_eq!(home.beside(), ["csv"]);
}

#[test]
fn a_first_merge_that_is_refused_leaves_nothing() {
    let home = Home::new();
    let broken = home.batch(FIRST, &["C1,U2", "C1,U1"]);
    assert!(matches!(home.merge(&[broken]), Err(Error::Unsorted { .. })));
    assert!(!home.folder.path().join("master").exists());
}

#[test]
fn a_batch_of_another_workspace_keeps_all_out() {
    let home = Home::new();
    let (first, second) = (home.batch(FIRST, &["C1,U1"]), home.batch(SECOND, &["C1,U2"]));
    let about = format!("batch,source,status,team_id,team_name\n{SECOND},api,complete,T2,\n");
    fs::write(second.csv().join("batch_data.csv"), about).expect("written");
    assert!(matches!(home.merge(&[first, second]), Err(Error::OtherTeam { .. })));
    assert!(!home.master().exists());
}

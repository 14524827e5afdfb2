//! What a batch of an import is named after, and when an export is known to be there.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use slack_extract::{Capture, Error, FindingKind, OfficialExport, Source, Verification, prune, verify};
use slack_model::batch::{DataHome, Metadata};
use slack_model::{BatchId, Time, TransformOptions, transform_folder};
use tempfile::TempDir;

const TEAM: &str = "T7HOME";

struct Exports {
    folder: TempDir,
}

impl Exports {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    fn home(&self) -> DataHome {
        DataHome::new(self.folder.path().join("home"))
    }

    /// An export with messages in a public and in a private channel, at these seconds.
    fn export(&self, name: &str, public: &[u32], private: &[u32]) -> PathBuf {
        self.of_workspace(name, ("C7PUB", TEAM), public, private)
    }

    fn of_workspace(&self, name: &str, (id, team): (&str, &str), public: &[u32], private: &[u32]) -> PathBuf {
        let root = self.folder.path().join(name);
        let write = |path: &str, value: Value| {
            let path = root.join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, value.to_string()).expect("written");
        };
        let messages = |seconds: &[u32]| {
            let message = |second: &u32| json!({"type": "message", "user": "U7ROZ", "team": team, "ts": format!("{second}.000100"), "text": "x"});
            Value::from(seconds.iter().map(message).collect::<Vec<_>>())
        };
        write("users.json", json!([{"id": "U7ROZ", "name": "roza", "team_id": "T7GUEST"}]));
        write("channels.json", json!([{"id": id, "name": "open"}]));
        write("groups.json", json!([{"id": format!("G{}", &id[1..]), "name": "closed"}]));
        write("open/2024-01-01.json", messages(public));
        write("closed/2024-01-01.json", messages(private));
        root
    }

    fn import(&self, path: &Path) -> Result<Capture, Error> {
        OfficialExport::new(path).capture(&self.home(), &())
    }
}

fn id(seconds: i64) -> BatchId {
    BatchId::at(Time::from_seconds(seconds).expect("a time"))
}

#[test]
fn a_batch_is_named_after_what_all_may_read() {
    let exports = Exports::new();
    let path = exports.export("one", &[1_700_000_000, 1_700_000_050], &[1_700_000_999]);
    let capture = exports.import(&path).expect("imported");
    assert_eq!(capture.batch.id(), id(1_700_000_050));
    // Until when its lists hold is known inside of the batch alone.
    let metadata = Metadata::read(&capture.batch.metadata()).expect("read");
    assert_eq!(metadata.get(Metadata::LISTS_UNTIL), id(1_700_000_999).to_string());
    assert_eq!(metadata.get("team_id"), TEAM);
    let named = exports.export("named", &[1_700_000_000], &[]);
    let mut export = OfficialExport::new(&named);
    let capture =
        export.taken_at(Time::from_seconds(1_600_000_000).expect("a time")).capture(&exports.home(), &());
    assert_eq!(capture.expect("imported").batch.id(), id(1_600_000_000));
}

#[test]
fn an_export_of_private_talk_alone_is_named_after_its_import() {
    let exports = Exports::new();
    let path = exports.export("one", &[], &[1_700_000_999]);
    let before = chrono::Utc::now();
    let capture = exports.import(&path).expect("imported");
    assert!(capture.batch.id() >= BatchId::from(before), "{}", capture.batch.id());
}

#[test]
fn another_export_of_the_same_second_gets_the_next_one() {
    let exports = Exports::new();
    let first = exports.export("first", &[1_700_000_000], &[]);
    let second = exports.export("second", &[1_700_000_000], &[1_700_000_005]);
    let third = exports.export("third", &[1_700_000_000], &[1_700_000_006]);
    let ids: Vec<_> =
        [&first, &second, &third].map(|path| exports.import(path).expect("imported").batch.id()).into();
    assert_eq!(ids, [0, 1, 2].map(|more| id(1_700_000_000 + more)));
    for (path, id) in [(&second, ids[1]), (&third, ids[2])] {
        let again = exports.import(path).expect("known");
        assert!(again.was_there);
        assert_eq!(again.batch.id(), id);
    }
}

#[test]
fn an_export_is_known_by_its_files_whatever_its_batch_is_called() {
    let exports = Exports::new();
    let path = exports.export("one", &[1_700_000_000], &[1_700_000_005]);
    let first = exports.import(&path).expect("imported").batch;
    // An earlier version kept no digest, and named batches after private messages too.
    let mut metadata = Metadata::read(&first.metadata()).expect("read");
    metadata.set("export_digest", "");
    metadata.write(&first.metadata()).expect("written");
    let older = exports.home().batch(id(1_700_000_005));
    fs::rename(first.root(), older.root()).expect("renamed");
    let again = exports.import(&path).expect("known");
    assert!(again.was_there);
    assert_eq!(again.batch.id(), older.id());
    assert_eq!(exports.home().batches().expect("listed").len(), 1);
}

#[test]
fn files_that_were_changed_after_the_import_are_a_problem() {
    let exports = Exports::new();
    let path = exports.export("one", &[1_700_000_000], &[1_700_000_005]);
    let batch = exports.import(&path).expect("imported").batch;
    let check = |expected: &[(FindingKind, &str)]| {
        let Verification { problems, .. } = verify(&exports.home(), &batch, &()).expect("verified");
        let found: Vec<_> = problems.iter().map(|problem| (problem.kind, problem.path.as_str())).collect();
        assert_eq!(found, expected);
    };
    let changed = [(FindingKind::OtherBytes, "export")];
    check(&[]);
    let day = batch.export().join("open/2024-01-01.json");
    let whole = fs::read_to_string(&day).expect("read");
    // As long as before, and JSON still.
    fs::write(&day, whole.replace(r#""text":"x""#, r#""text":"y""#)).expect("written");
    check(&changed);
    fs::remove_file(&day).expect("removed");
    check(&changed);
    fs::write(&day, &whole).expect("written");
    let added = batch.export().join("open/2024-01-09.json");
    fs::write(&added, "[]").expect("written");
    check(&changed);
    fs::rename(&added, batch.root().join("2024-01-09.json")).expect("moved");
    check(&[]);
    // An earlier version kept no digest.
    let mut metadata = Metadata::read(&batch.metadata()).expect("read");
    metadata.set("export_digest", "");
    metadata.write(&batch.metadata()).expect("written");
    fs::remove_file(&day).expect("removed");
    check(&[]);
}

#[test]
fn a_whole_export_repairs_a_damaged_one() {
    let exports = Exports::new();
    let path = exports.export("one", &[1_700_000_000, 1_700_000_050], &[1_700_000_005]);
    // A link is not followed: the import is a partial one.
    #[cfg(unix)]
    std::os::unix::fs::symlink("/nowhere", path.join("open/2024-01-02.json")).expect("linked");
    let damaged = exports.import(&path).expect("imported");
    assert!(damaged.n_gaps > 0);
    fs::remove_file(path.join("open/2024-01-02.json")).expect("removed");
    fs::copy(path.join("open/2024-01-01.json"), path.join("open/2024-01-02.json")).expect("copied");
    let whole = exports.import(&path).expect("imported");
    assert_eq!((whole.batch.id(), whole.was_there, whole.n_gaps), (damaged.batch.id(), false, 0));
    assert!(whole.batch.export().join("open/2024-01-02.json").is_file());
    assert_eq!(exports.home().batches().expect("listed").len(), 1);
}

#[test]
fn a_whole_export_is_taken_after_a_damaged_one_was_pruned() {
    let exports = Exports::new();
    let path = exports.export("one", &[1_700_000_000], &[]);
    #[cfg(unix)]
    std::os::unix::fs::symlink("/nowhere", path.join("open/2024-01-02.json")).expect("linked");
    let damaged = exports.import(&path).expect("imported").batch;
    transform_folder(&damaged, &TransformOptions::default(), &()).expect("transformed");
    prune(&damaged, chrono::Utc::now()).expect("pruned");
    fs::remove_file(path.join("open/2024-01-02.json")).expect("removed");
    fs::copy(path.join("open/2024-01-01.json"), path.join("open/2024-01-02.json")).expect("copied");
    let whole = exports.import(&path).expect("imported");
    assert!(!whole.was_there);
    assert_ne!(whole.batch.id(), damaged.id());
}

#[test]
fn channels_and_messages_tell_the_workspace() {
    let exports = Exports::new();
    exports.import(&exports.export("one", &[1_700_000_000], &[])).expect("imported");
    // Other channels and another team; other channels, and no word of a team; the same team; the same channels.
    for (name, id, team, is_other) in [
        ("other", "C7X", "T7OTHER", true),
        ("unknown", "C7Y", "", true),
        ("team", "C7Z", TEAM, false),
        ("channels", "C7PUB", "T7OTHER", false),
    ] {
        let path = exports.of_workspace(name, (id, team), &[1_700_001_000], &[]);
        match exports.import(&path) {
            Ok(capture) => {
                assert!(!is_other, "{name}");
                let metadata = Metadata::read(&capture.batch.metadata()).expect("read");
                assert_eq!(metadata.get("team_id"), TEAM, "{name}");
            }
            Err(Error::OtherWorkspace { .. }) => {
                assert!(is_other, "{name}");
                let capture = OfficialExport::new(&path).same_workspace(true).capture(&exports.home(), &());
                let metadata = Metadata::read(&capture.expect("imported").batch.metadata()).expect("read");
                assert_eq!(metadata.get("team_id"), TEAM, "{name}");
            }
            Err(other) => panic!("{name}: {other}"),
        }
    }
}

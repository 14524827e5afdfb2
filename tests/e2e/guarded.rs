//! Who may read a data home, and where links in it lead.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Home, community, files, ran};

/// The command line under a umask.
fn under(umask: &str, home: &Home, arguments: &[&str]) -> Command {
    let mut shell = Command::new("sh");
    let script = format!("umask {umask} && exec \"$0\" \"$@\"");
    shell.args(["-c", &script, env!("CARGO_BIN_EXE_slack-analytics")]).args(arguments);
    shell.current_dir(home.folder());
    shell
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).expect("there").permissions().mode() & 0o777
}

/// Every file and folder below a folder, and itself.
fn all(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![folder.to_path_buf()];
    let mut at = 0;
    while at < found.len() {
        if found[at].is_dir() {
            found
                .extend(fs::read_dir(&found[at]).expect("listed").map(|entry| entry.expect("listed").path()));
        }
        at += 1;
    }
    found
}

#[test]
fn nobody_else_reads_what_is_made_whatever_the_umask() {
    for umask in ["000", "022", "027"] {
        let home = Home::new();
        community(8, 80).write_export(&home.folder().join("export")).expect("written");
        for arguments in [
            &["--data", "home", "run", "--import", "export"][..],
            &["--data", "home", "load", "--search"],
            &["--data", "home", "report", "--anonymous"],
            &["--data", "home", "pack"],
            &["--data", "home", "load", "--sqlite", "elsewhere.db"],
        ] {
            ran(0, &mut under(umask, &home, arguments));
        }
        let made = all(&home.folder().join("home"));
        assert!(made.len() > 60, "{}", made.len());
        for path in made.iter().chain([&home.folder().join("elsewhere.db")]) {
            let expected = if path.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(mode(path) | (expected & 0o100), expected, "{} under {umask}", path.display());
        }
        let told = ran(0, &mut under(umask, &home, &["--data", "home", "status"]));
        assert!(!told.err.contains("chmod"), "{}", told.err);
    }
}

#[test]
fn a_report_that_is_handed_on_has_the_users_own_permissions() {
    let home = Home::new();
    community(8, 80).write_export(&home.folder().join("export")).expect("written");
    for (umask, permissions) in [("022", 0o644), ("027", 0o640), ("077", 0o600)] {
        ran(0, &mut under(umask, &home, &["run", "--import", "export"]));
        ran(0, &mut under(umask, &home, &["report", "--out", "for-the-board.html"]));
        assert_eq!(mode(&home.folder().join("for-the-board.html")), permissions);
        assert_eq!(mode(&home.data("report.html")), 0o600);
    }
}

#[test]
fn a_data_home_that_others_may_look_into_is_told_with_the_command_that_ends_it() {
    let home = Home::new();
    community(8, 80).write_export(&home.folder().join("export")).expect("written");
    fs::create_dir(home.data("")).expect("made");
    fs::set_permissions(home.data(""), fs::Permissions::from_mode(0o755)).expect("set");
    for arguments in [&["run", "--import", "export"][..], &["status"], &["doctor"]] {
        let output = home.command().args(arguments).output().expect("it runs");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(told.matches("chmod -R go= ./data").count(), 1, "{arguments:?}: {told}");
    }
    let told = home.run(0, ["status", "--json"]).json();
    assert_eq!(told["stages"][0]["advice"], "chmod -R go= ./data");
    assert_eq!(mode(&home.data("")), 0o755, "it is its owner's to change");
    let mended = Command::new("sh").args(["-c", "chmod -R go= ./data"]).current_dir(home.folder()).status();
    assert!(mended.expect("it runs").success());
    assert!(!home.run(0, ["status"]).err.contains("chmod"));
}

#[test]
fn nothing_outside_of_the_data_home_is_removed_or_written() {
    let original = Home::new();
    community(8, 80).write_export(&original.folder().join("export")).expect("written");
    original.run(0, ["run", "--import", "export"]);
    let batch = original.batch();
    let batch = batch.file_name().expect("a name").to_str().expect("UTF-8").to_owned();
    let in_batch = |name: &str| format!("{batch}/{name}");
    for place in [
        ".lock".to_owned(),
        ".shown".into(),
        ".import".into(),
        "master".into(),
        "master/csv".into(),
        "master/.rebuilt".into(),
        "master/.csv.next".into(),
        "metrics".into(),
        "references".into(),
        "slack.db".into(),
        in_batch("csv"),
        in_batch(".csv.next"),
        in_batch("metadata"),
        in_batch("metadata/set_aside.csv"),
        in_batch("metrics"),
        in_batch(".shown"),
        in_batch("export"),
    ] {
        let home = Home::new();
        let copied = Command::new("cp").arg("-r").arg(original.data("")).arg(home.data("")).status();
        assert!(copied.expect("cp runs").success());
        let outside = home.folder().join("outside");
        fs::create_dir_all(outside.join("public/csv")).expect("made");
        for name in ["precious.txt", "message_data.csv", "metadata.csv", "public/csv/user_data.csv"] {
            fs::write(outside.join(name), "keep").expect("written");
        }
        let before = files(&outside);
        for to in [outside.clone(), outside.join("precious.txt"), outside.join("nothing")] {
            let link = home.data(&place);
            let _ = fs::remove_dir_all(&link);
            let _ = fs::remove_file(&link);
            symlink(&to, &link).expect("linked");
            for arguments in [&["merge", "--rebuild"][..], &["report"], &["prune", "--keep", "0d"]] {
                let output = home.command().args(arguments).output().expect("it runs");
                let told = String::from_utf8_lossy(&output.stderr).into_owned();
                assert_eq!(output.status.code(), Some(1), "{place} {arguments:?}: {told}");
                assert!(
                    told.contains("is a link") && told.contains("hint: "),
                    "{place} {arguments:?}: {told}"
                );
            }
            assert_eq!(files(&outside), before, "{place} -> {}", to.display());
            assert!(!outside.join("nothing").exists(), "{place}");
        }
    }
}

#[test]
fn a_data_home_may_itself_be_a_link() {
    let home = Home::new();
    community(8, 80).write_export(&home.folder().join("export")).expect("written");
    fs::create_dir(home.folder().join("disk")).expect("made");
    symlink(home.folder().join("disk"), home.folder().join("data")).expect("linked");
    home.run(0, ["run", "--import", "export"]);
    assert!(home.folder().join("disk/master/csv/message_data.csv").is_file());
}

//! A capture's memory does not grow with the workspace, nor an import's with what a zip expands to.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use slack_sandbox::CommunityOptions;
use slack_sandbox::Workspace;

use crate::support::{Home, sandbox};

/// Bytes that a capture or import may take at the most.
const MOST: u64 = 100_000_000;

/// The most memory that a process has held, in bytes; `None` where the system does not say, or it has ended.
fn peak(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}

/// Runs a command, which may hold [`MOST`] bytes.
fn run_small(command: &mut Command) -> ExitStatus {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("started");
    let mut most = None;
    while child.try_wait().expect("looked").is_none() {
        most = most.max(peak(child.id()));
        std::thread::sleep(Duration::from_millis(2));
    }
    match most {
        Some(most) => assert!(most < MOST, "{most} bytes"),
        None => eprintln!("not checked: the system does not say how much memory a process holds"),
    }
    eprintln!("a process held {most:?} bytes at the most");
    child.wait().expect("ended")
}

#[test]
fn an_import_stays_small_whatever_a_zip_expands_to() {
    let home = Home::new();
    let path = home.folder().join("export.zip");
    let mut zip = zip::ZipWriter::new(File::create(&path).expect("created"));
    let mut begin = |name: &str, bytes: &[u8], times| {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("begun");
        (0..times).for_each(|_| zip.write_all(bytes).expect("written"));
    };
    begin("channels.json", br#"[{"id":"C1","name":"plants"}]"#, 1);
    begin("plants/2023-11-14.json", br#"[{"type":"message","user":"U1","ts":"1700000000.000100"}]"#, 1);
    begin("notes.bin", &vec![b' '; 1 << 20], 300);
    zip.finish().expect("finished");

    let import = [OsStr::new("import"), path.as_os_str()];
    assert_eq!(run_small(home.command().args(import)).code(), Some(3));
    let export = home.batch().join("export");
    assert!(!export.join("notes.bin").exists());
    let requests = fs::read_to_string(home.batch().join("metadata/requests.csv")).expect("read");
    assert!(requests.contains("export/notes.bin,gap,it expands too much"), "{requests}");
    assert!(home.run(2, ["import", "export.zip", "--import-limit", "ration=1"]).err.contains("entry-bytes"));

    fs::remove_dir_all(home.batch()).expect("removed");
    let raised = [OsStr::new("--import-limit"), OsStr::new("ratio=2000")];
    assert_eq!(run_small(home.command().args(import).args(raised)).code(), Some(0));
    assert_eq!(fs::metadata(export.join("notes.bin")).expect("there").len(), 300 << 20);

    // As a setting, for every import.
    fs::write(home.folder().join("slack-analytics.toml"), "[import]\nimport-limit = [\"entries=2\"]\n")
        .expect("written");
    for command in [&["import", "export.zip"][..], &["run", "--import", "export.zip"]] {
        let refused = home.run(1, command).err;
        assert!(
            refused.contains("limit entries is 2 (raise it with --import-limit entries=NUMBER)"),
            "{refused}"
        );
    }
}

#[test]
fn a_capture_and_a_refresh_stay_small() {
    let mut options = CommunityOptions::default();
    (options.people, options.channels, options.messages) = (300, 12, 20_000);
    (options.threads, options.huge_thread) = (Some(800), 3_000);
    let sandbox = sandbox(Workspace::generate(&options)).start_blocking().expect("started");
    let home = Home::new();
    for _ in 0..2 {
        let mut command = home.command();
        command.env("SLACK_API_URL", sandbox.url()).env("SLACK_USER_TOKEN", sandbox.token());
        command.args(["extract", "--rate", "unlimited", "--files", "all"]);
        assert!(run_small(&mut command).success());
        home.run(0, ["transform"]);
        home.run(0, ["merge"]);
    }
}

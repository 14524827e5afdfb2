//! A capture's memory does not grow with the workspace.

use std::process::Stdio;
use std::time::Duration;

use slack_sandbox::CommunityOptions;
use slack_sandbox::Workspace;

use crate::support::{Home, sandbox};

/// Bytes that a capture may take at the most.
const MOST: u64 = 100_000_000;

/// The most memory that a process has held, in bytes; `None` where the system does not say, or it has ended.
fn peak(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
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
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("started");
        let mut most = None;
        while child.try_wait().expect("looked").is_none() {
            most = most.max(peak(child.id()));
            std::thread::sleep(Duration::from_millis(2));
        }
        assert!(child.wait().expect("ended").success());
        match most {
            Some(most) => assert!(most < MOST, "{most} bytes"),
            None => eprintln!("not checked: the system does not say how much memory a process holds"),
        }
        eprintln!("a capture held {most:?} bytes at the most");
        home.run(0, ["transform"]);
        home.run(0, ["merge"]);
    }
}

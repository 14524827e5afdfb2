//! Slack's own Python client against the sandbox. `SLACK_TEST_PYTHON` names a Python that has `slack_sdk`.

#![allow(clippy::print_stderr, reason = "a test says what it could not test")]

use std::path::Path;
use std::process::Command;

use slack_sandbox::{CommunityOptions, Fault, Sandbox, Workspace};

#[test]
fn slacks_python_client_reads_everything() {
    let Ok(python) = std::env::var("SLACK_TEST_PYTHON") else {
        eprintln!("SLACK_TEST_PYTHON is not set: not tested with slack_sdk");
        return;
    };
    let mut options = CommunityOptions::default();
    (options.people, options.channels, options.messages) = (60, 8, 1500);
    let workspace = Workspace::generate(&options);
    let quiet = workspace.visible_channels().last().expect("a channel").id.to_string();
    let sandbox = Sandbox::builder(workspace)
        .rate_limits(false)
        .channel_error("C0CLOSED", "not_in_channel")
        .first_answers("team.info", 2, Fault::RateLimited { retry_after: 1 })
        .start_blocking()
        .expect("started");
    let workspace = sandbox.workspace();
    let channels: Vec<_> = workspace.visible_channels().collect();
    let history: usize = channels.iter().map(|channel| channel.top_level().len()).sum();
    let threads = channels.iter().flat_map(|channel| channel.threads().map(|ts| channel.replies(ts).len()));
    let members: usize = channels.iter().map(|channel| channel.members.len()).sum();
    let expected = format!(
        r#"{{"users":{},"channels":{},"history":{history},"replies":{},"members":{members},"files":{}}}"#,
        workspace.users.len(),
        channels.len(),
        threads.sum::<usize>(),
        workspace.visible_files().count(),
    );
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/slack_sdk_client.py");
    let status = Command::new(python)
        .arg(script)
        .args([&format!("{}/", sandbox.url()), sandbox.token(), &quiet, &expected])
        .status()
        .expect("the Python of SLACK_TEST_PYTHON runs");
    assert!(status.success());
}

//! Batches read again: what they cover, and every damage found.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::support::{Home, community, files, rows_without, sandbox};

const ALL: [&str; 7] =
    ["extract", "--types", "public,private,im,mpim", "--files", "all", "--rate", "unlimited"];

/// What `verify --json` says of the newest batch.
fn verify(home: &Home, code: i32) -> Value {
    let json = home.run(code, ["verify", "--json"]).json();
    json["stages"].as_array().expect("stages").last().expect("a batch").clone()
}

/// The kinds of the problems.
fn problems(verified: &Value) -> Vec<&str> {
    let problems = verified["problems"].as_array().expect("problems").iter();
    problems.map(|problem| problem["what"].as_str().expect("a kind")).collect()
}

/// Rows of a table by channel, which is its first column.
fn by_channel(table: &Path) -> BTreeMap<String, u64> {
    let mut rows = BTreeMap::new();
    for row in rows_without(table, &[]) {
        *rows.entry(row[0].clone()).or_default() += 1;
    }
    rows
}

/// The coverage must say what the batch's tables say.
fn check_coverage(home: &Home, verified: &Value) {
    home.run(0, ["transform"]);
    let csv = home.batch().join("csv");
    for (table, column) in [("message_data.csv", "messages"), ("thread_data.csv", "replies")] {
        let rows = by_channel(&csv.join(table));
        assert!(rows.len() > 2);
        for channel in verified["channels"].as_array().expect("channels") {
            let id = channel["channel"].as_str().expect("an id");
            let wanted = rows.get(id).copied().unwrap_or_default();
            assert_eq!(channel[column].as_u64(), Some(wanted), "{table}: {channel}");
        }
        let sum: u64 = rows.values().sum();
        let told = verified["channels"].as_array().expect("channels").iter();
        assert_eq!(told.map(|channel| channel[column].as_u64().expect("a number")).sum::<u64>(), sum);
    }
}

#[test]
fn a_capture_is_sound_and_its_coverage_is_that_of_its_tables() {
    let sandbox = sandbox(community(20, 2_000)).start_blocking().expect("started");
    let home = Home::new();
    home.run_against(&sandbox, 0, ALL);
    let verified = verify(&home, 0);
    assert_eq!((problems(&verified), &verified["gap_count"]), (Vec::new(), &Value::from(0)));
    assert!(verified["hosted_files"].as_u64() > Some(10), "{verified}");
    check_coverage(&home, &verified);
    let told = home.run(0, ["verify"]).out;
    assert!(told.contains("0 problems, 0 gaps") && told.contains("channel\tname\t"), "{told}");
    let general = told.lines().find(|line| line.contains("\tgeneral\t")).expect("there");
    assert!(general.ends_with("\t0\t0"), "{general}");
}

#[test]
fn a_refresh_is_sound_and_says_what_it_left_to_earlier_batches() {
    let sandbox = sandbox(community(15, 600)).start_blocking().expect("started");
    let home = Home::new();
    home.run_against(&sandbox, 0, ["run", "--rate", "unlimited"]);
    home.run_against(&sandbox, 0, ["run", "--rate", "unlimited"]);
    let verified = verify(&home, 0);
    let sum = |name: &str| -> u64 {
        let channels = verified["channels"].as_array().expect("channels").iter();
        channels.map(|channel| channel[name].as_u64().expect("a number")).sum()
    };
    assert!(sum("threads_shown") > 0 && sum("threads_not_asked") == sum("threads_shown"), "{verified}");
    assert!(home.run(0, ["verify"]).out.contains("unchanged since an earlier batch"));
}

#[test]
fn a_hosted_file_that_changed_is_found() {
    let sandbox = sandbox(community(20, 2_000)).start_blocking().expect("started");
    let home = Home::new();
    home.run_against(&sandbox, 0, ALL);
    let hosted: Vec<_> = files(&home.batch().join("files")).into_iter().collect();
    let (name, bytes) = hosted.iter().find(|(_, bytes)| bytes.len() > 10).expect("a file");
    let path = home.batch().join("files").join(name);
    let mut changed = bytes.clone();
    changed[5] ^= 1;
    for (bytes, why) in [(&changed, "its SHA-256"), (&bytes[..9].to_vec(), "it has 9 bytes")] {
        fs::write(&path, bytes).expect("written");
        let verified = verify(&home, 3);
        assert_eq!(problems(&verified), ["other_bytes"], "{verified}");
        let problem = &verified["problems"][0];
        assert!(problem["why"].as_str().is_some_and(|said| said.starts_with(why)), "{problem}");
        let below = Path::new(problem["path"].as_str().expect("a path")).to_path_buf();
        assert_eq!(home.data("").join(below), path);
    }
    fs::remove_file(&path).expect("removed");
    assert_eq!(problems(&verify(&home, 3)), ["missing_file"]);
    fs::write(&path, bytes).expect("written");
    verify(&home, 0);
    let list = home.batch().join("metadata/files.csv");
    let rows = fs::read_to_string(&list).expect("read");
    let kept = rows.lines().take(rows.lines().count() - 1).map(|line| format!("{line}\n"));
    fs::write(&list, kept.collect::<String>()).expect("written");
    assert_eq!(problems(&verify(&home, 3)), ["missing_row"]);
}

#[test]
fn a_capture_that_was_killed_is_told_until_it_has_gone_on() {
    let sandbox = sandbox(community(15, 600)).start_blocking().expect("started");
    let home = Home::new();
    let mut arguments = ALL.to_vec();
    // However far it has come, it is broken off and nothing else.
    for n_files in [8, 20, 40, 60, 80, 100] {
        let mut command = home.command();
        command.env("SLACK_API_URL", sandbox.url()).env("SLACK_USER_TOKEN", sandbox.token());
        command.args(&arguments).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("started");
        while files(&home.data("")).len() < n_files && child.try_wait().expect("looked").is_none() {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        child.kill().expect("killed");
        child.wait().expect("ended");
        let verified = verify(&home, 3);
        assert_eq!(problems(&verified), ["broken_off"], "{verified}");
        arguments = vec!["extract", "--resume", "--rate", "unlimited"];
    }
    home.run_against(&sandbox, 0, &arguments);
    let verified = verify(&home, 0);
    check_coverage(&home, &verified);
}

#[test]
fn a_recorded_gap_is_told_with_what_it_would_take() {
    let workspace = community(20, 400);
    let channel = workspace.visible_channels().next().expect("a channel").id.clone();
    let sandbox = sandbox(workspace)
        .channel_error(channel.as_str(), "not_in_channel")
        .start_blocking()
        .expect("started");
    let home = Home::new();
    home.run_against(&sandbox, 3, ["extract", "--rate", "unlimited"]);
    let told = home.run(3, ["verify"]).out;
    let gap = format!("gap: conversations.history {channel}: not_in_channel: join the channel");
    assert!(told.contains(&gap) && !told.contains("problem:"), "{told}");
    let verified = verify(&home, 3);
    let channels = verified["channels"].as_array().expect("channels").iter();
    let row = channels.into_iter().find(|row| row["channel"] == channel.as_str()).expect("there");
    assert!(row["gaps"].as_u64() > Some(1) && row["walked_to"].is_null(), "{row}");
}

#[test]
fn an_export_is_checked_too() {
    let home = Home::new();
    community(20, 600).write_export(&home.folder().join("export")).expect("written");
    home.run(0, ["import", "export"]);
    let verified = verify(&home, 0);
    check_coverage(&home, &verified);
    let export = home.batch().join("export");
    let day = files(&export).into_keys().find(|path| path.starts_with("general")).expect("a day");
    let bytes = fs::read(export.join(&day)).expect("read");
    fs::write(export.join(&day), &bytes[..bytes.len() - 3]).expect("cut");
    let verified = verify(&home, 3);
    assert_eq!(problems(&verified), ["unreadable", "other_bytes"]);
    let channels = verified["channels"].as_array().expect("channels").iter();
    let general = channels.into_iter().find(|channel| channel["name"] == "general").expect("there");
    assert_eq!(general["problems"], 1);
}

#[test]
fn batches_are_verified_by_name_or_all() {
    let home = Home::new();
    assert!(home.run(2, ["verify"]).err.contains("no data home"), "a slip is no sound archive");
    assert!(!home.data("").exists(), "to look makes nothing");
    for (name, people) in [("one", 10), ("two", 12)] {
        community(people, 100).write_export(&home.folder().join(name)).expect("written");
    }
    home.run(0, ["import", "one", "--taken-at", "2026-01-01"]);
    home.run(0, ["import", "two", "--taken-at", "2026-02-01"]);
    let all = home.run(0, ["verify", "--json"]).json();
    assert_eq!(all["stages"].as_array().map(Vec::len), Some(2));
    let one = home.run(0, ["verify", "20260101000000", "--json"]).json();
    assert_eq!(one["stages"][0]["batch"], "20260101000000");
    home.run(1, ["verify", "20010101000000"]);
    // Nobody else is kept out while batches are read.
    let _lock = slack_model::batch::DataHome::new(home.data("")).lock("a test").expect("free");
    home.run(0, ["verify"]);
}

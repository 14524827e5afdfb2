//! The doctor: what a capture needs, looked at before it begins.

use std::fs;

use serde_json::Value;
use slack_sandbox::Sandbox;

use crate::support::{Home, Ran, community, of_workspace, ran, sandbox};

fn stages(ran: &Ran) -> Vec<Value> {
    ran.json()["stages"].as_array().expect("stages").clone()
}

/// The checks that are not as they should be: name, health, and what was found.
fn findings(ran: &Ran) -> Vec<(String, String, String)> {
    let text = |stage: &Value, key: &str| stage[key].as_str().expect("a text").to_owned();
    let stages = stages(ran).into_iter().filter(|stage| stage["health"] != "ok");
    stages.map(|stage| (text(&stage, "stage"), text(&stage, "health"), text(&stage, "what"))).collect()
}

fn doctor(home: &Home, sandbox: &Sandbox, code: i32, arguments: &[&str]) -> Ran {
    home.run_against(sandbox, code, [&["doctor", "--json"], arguments].concat())
}

#[test]
fn all_is_well_where_all_is_well() {
    let sandbox = sandbox(community(10, 100)).start_blocking().expect("started");
    let home = Home::new();
    let told =
        home.run_against(&sandbox, 0, ["doctor", "--types", "public,private,im,mpim", "--parts", "all"]);
    let names: Vec<&str> = told.out.lines().filter_map(|line| line.get(..10)).map(str::trim).collect();
    assert_eq!(names, ["token", "api", "clock", "scopes", "plan", "data home", "disk"], "{}", told.out);
    assert!(told.out.lines().all(|line| line.get(11..13) == Some("ok")), "{}", told.out);
    assert!(told.out.contains("SLACK_USER_TOKEN of the environment"), "{}", told.out);
    assert!(!told.out.contains(sandbox.token()) && told.err.is_empty());
    assert_eq!(sandbox.log().len(), 2, "it costs two calls");
    assert!(!home.data("").exists(), "it leaves nothing behind");
    home.run_against(&sandbox, 0, ["run", "--rate", "unlimited"]);
    let stages = stages(&doctor(&home, &sandbox, 0, &[]));
    assert_eq!(stages.last().expect("checks")["stage"], "workspace");
}

#[test]
fn a_scope_that_is_missing_is_named_with_what_it_costs() {
    let sandbox = sandbox(community(10, 100))
        .scopes(["channels:read", "channels:history", "users:read", "users:read.email"])
        .start_blocking()
        .expect("started");
    let home = Home::new();
    let what = ["--parts", "users,messages"];
    assert_eq!(findings(&doctor(&home, &sandbox, 0, &what)), []);
    let found = findings(&doctor(&home, &sandbox, 3, &["--parts", "users,messages,pins"]));
    let warning = |what: &str| ("scopes".to_owned(), "warning".to_owned(), what.to_owned());
    assert_eq!(found, [warning("without pins:read: pins of the channels")]);
    let found = findings(&doctor(&home, &sandbox, 3, &[&what[..], &["--types", "public,im"]].concat()));
    assert_eq!(
        found,
        [
            warning("without im:history: direct messages"),
            warning("without im:read: the direct conversations")
        ]
    );
    // What the doctor says is missing is what a capture has gaps for.
    home.run_against(&sandbox, 0, [&["extract", "--rate", "unlimited"], &what[..]].concat());
    let told = doctor(&home, &sandbox, 1, &["--types", "im", "--parts", "messages"]);
    assert!(told.err.contains("add the scope im:read to the app and install it again"), "{}", told.err);
}

#[test]
fn a_plan_without_user_groups_is_told() {
    let sandbox = sandbox(community(10, 100))
        .method_error("usergroups.list", "plan_upgrade_required")
        .start_blocking()
        .expect("started");
    let home = Home::new();
    let found = findings(&doctor(&home, &sandbox, 3, &[]));
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].0.as_str(), found[0].1.as_str()), ("plan", "warning"));
    assert_eq!(findings(&doctor(&home, &sandbox, 0, &["--parts", "messages"])), []);
}

#[test]
fn a_token_that_is_none_or_wrong_is_a_problem() {
    let sandbox = sandbox(community(10, 100)).token("xoxb-a-very-secret").start_blocking().expect("started");
    let home = Home::new();
    let told = home.run(1, ["doctor"]);
    assert!(told.out.contains("there is none") && told.err.contains("slack-analytics manifest"), "{told:?}");
    // A bot's token does, but not for everything.
    let lines = format!("SLACK_API_URL={}\nSLACK_ACCESS_TOKEN={}\n", sandbox.url(), sandbox.token());
    fs::write(home.folder().join(".env"), lines).expect("written");
    let told = home.run(3, ["doctor"]);
    assert!(told.out.contains("a bot's, in SLACK_ACCESS_TOKEN of the .env file"), "{}", told.out);
    assert!(!told.out.contains("very-secret"));
    // A token of the environment is not sent to the address of a file.
    let mut command = home.command();
    let told = ran(1, command.env("SLACK_USER_TOKEN", "xoxp-a-very-secret-other").arg("doctor"));
    assert!(told.err.contains("SLACK_API_URL is set in .env"), "{}", told.err);
    command.env("SLACK_API_URL", sandbox.url());
    let told = ran(1, &mut command);
    assert!(told.err.contains("Slack refuses the token: invalid_auth: the token is wrong"), "{}", told.err);
    assert!(!told.out.contains("very-secret") && !told.err.contains("very-secret"));
}

#[test]
fn a_server_that_is_not_there_is_a_problem() {
    let home = Home::new();
    for (url, why) in [
        ("http://127.0.0.1:9/api", "connection_failed (Connection refused"),
        ("http://example.org/api", "the token would travel unencrypted"),
    ] {
        let mut command = home.command();
        command.env("SLACK_API_URL", url).env("SLACK_USER_TOKEN", "xoxp-any");
        let told = ran(1, command.arg("doctor"));
        assert!(told.err.contains(why), "{}", told.err);
        assert!(told.out.contains("data home"), "the rest is looked at all the same");
    }
}

#[test]
fn a_data_home_that_cannot_take_a_capture_is_a_problem() {
    let sandbox = sandbox(community(10, 100)).start_blocking().expect("started");
    let home = Home::new();
    home.run_against(&sandbox, 0, ["extract", "--rate", "unlimited"]);
    let lock = slack_model::batch::DataHome::new(home.data("")).lock("a test").expect("free");
    let found = findings(&doctor(&home, &sandbox, 1, &[]));
    assert_eq!(found.len(), 1);
    assert!(found[0].2.contains("is in use by another run"), "{found:?}");
    drop(lock);
    // As a kill leaves it.
    let path = home.batch().join("metadata/metadata.csv");
    let metadata = fs::read_to_string(&path).expect("read").replace("status,complete", "status,running");
    fs::write(&path, metadata).expect("written");
    let told = home.run_against(&sandbox, 0, ["doctor"]);
    assert!(told.out.contains("was broken off; the next run goes on with it"), "{}", told.out);
    let file = home.folder().join("a-file");
    fs::write(&file, "no folder").expect("written");
    let told = home.run_against(&sandbox, 1, ["--data", "a-file", "doctor"]);
    assert!(told.err.contains("a-file is no folder"), "{}", told.err);

    let export = home.folder().join("export");
    community(5, 50).write_export(&export).expect("written");
    of_workspace(&export, "T0THER");
    home.run(0, ["--data", "other", "run", "--import", "export"]);
    let told = home.run_against(&sandbox, 1, ["--data", "other", "doctor"]);
    assert!(told.err.contains("give each workspace a data home of its own"), "{}", told.err);
}

//! The file that init writes, and what it says beside.

use std::fs;

use crate::support::{Home, community, sandbox};

#[test]
fn init_writes_a_file_that_changes_nothing_and_prints_a_manifest() {
    let home = Home::new();
    let told = home.run(0, ["init", "--yes"]);
    let manifest: serde_json::Value =
        serde_json::from_str(&told.out).expect("the manifest, and nothing else");
    assert_eq!(manifest["display_information"]["name"], "Slack analytics");
    assert!(told.err.contains("wrote slack-analytics.toml") && told.err.contains(".env"), "{}", told.err);
    assert!(!told.err.contains("Git"), "{}", told.err);
    let config = home.run(0, ["config", "--json"]).json();
    let options = config["stages"][0]["options"].as_array().expect("options").clone();
    assert!(options.len() > 40);
    assert!(options.iter().all(|option| option["origin"]["kind"] == "default"), "{options:?}");
}

#[test]
fn a_file_that_is_there_stays() {
    let home = Home::new();
    let path = home.folder().join("slack-analytics.toml");
    fs::write(&path, "quiet = true\n").expect("written");
    let told = home.run(2, ["init", "--yes"]);
    assert!(told.err.contains("is there already") && told.err.contains("--force"), "{}", told.err);
    assert_eq!(fs::read_to_string(&path).expect("read"), "quiet = true\n");
    home.run(0, ["init", "--yes", "--force"]);
    assert!(fs::read_to_string(&path).expect("read").contains("[capture]"));
    home.run(0, ["--config", "other.toml", "init", "--yes", "--set", "quiet=true"]);
    assert!(fs::read_to_string(home.folder().join("other.toml")).expect("read").contains("\nquiet = true\n"));
}

#[test]
fn what_is_chosen_is_captured_and_in_the_manifest() {
    let sandbox = sandbox(community(8, 60)).start_blocking().expect("started");
    let home = Home::new();
    let set = [
        "capture.types=public,im",
        "capture.parts=users,messages",
        "capture.leave-channel=random",
        "capture.rate=unlimited",
        "metrics.timezone=Europe/Berlin",
        "retention.raw=365d",
    ];
    let arguments =
        ["init".to_owned()].into_iter().chain(set.iter().flat_map(|set| ["--set".into(), (*set).to_owned()]));
    let told = home.run(0, arguments);
    assert!(told.out.contains("im:history") && !told.out.contains("pins:read"), "{}", told.out);
    home.run_against(&sandbox, 0, ["run"]);
    let metadata = slack_model::batch::Metadata::read(&home.batch().join("metadata")).expect("read");
    assert_eq!(metadata.get("option.types"), "public_channel,im");
    assert_eq!(metadata.get("option.leave"), "random");
    assert!(fs::read_to_string(home.data("metrics/measured.csv")).expect("read").contains("Europe/Berlin"));
}

#[test]
fn what_no_command_would_take_is_not_written() {
    let home = Home::new();
    for set in
        ["capture.since=soon", "capture.sinse=30d", "capture.since", "database.postgres=postgres://me:pw@h/d"]
    {
        let told = home.run(2, ["init", "--yes", "--set", set]);
        assert!(!told.err.contains("me:pw"), "{}", told.err);
    }
    assert!(!home.folder().join("slack-analytics.toml").exists());
}

#[test]
fn a_repository_is_told_what_must_not_be_committed() {
    let home = Home::new();
    fs::create_dir(home.folder().join(".git")).expect("made");
    let told = home.run(0, ["init", "--yes"]);
    assert!(told.err.contains("put .env and data into its .gitignore"), "{}", told.err);
    fs::write(home.folder().join(".gitignore"), "/data/\n.env\n").expect("written");
    let told = home.run(0, ["init", "--yes", "--force"]);
    assert!(!told.err.contains(".gitignore"), "{}", told.err);
}

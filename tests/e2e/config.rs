//! Options in slack-analytics.toml and the environment: what counts before what, and what is refused.

use std::fs;

use serde_json::Value;
use slack_model::batch::{DataHome, Metadata};

use crate::support::{Home, community, ran, sandbox};

fn write(home: &Home, toml: &str) {
    fs::write(home.folder().join("slack-analytics.toml"), toml).expect("written");
}

/// The newest batch's metadata.
fn newest(home: &Home) -> Metadata {
    let batches = DataHome::new(home.data("")).batches().expect("listed");
    Metadata::read(&batches.last().expect("a batch").metadata()).expect("read")
}

fn batches(home: &Home) -> usize {
    DataHome::new(home.data("")).batches().expect("listed").len()
}

#[test]
fn the_command_line_counts_before_the_environment_before_the_file() {
    let sandbox = sandbox(community(8, 60)).start_blocking().expect("started");
    let home = Home::new();
    write(
        &home,
        "[capture]\ntypes = ['public', 'im']\nrate = 'unlimited'\nparts = ['users', 'messages']\nfull = true\n",
    );
    let extract = |variables: &[(&str, &str)], arguments: &[&str]| {
        let mut command = home.command();
        command.env("SLACK_API_URL", sandbox.url()).env("SLACK_USER_TOKEN", sandbox.token());
        ran(0, command.envs(variables.iter().copied()).arg("extract").args(arguments));
        newest(&home)
    };
    let of_file = extract(&[], &[]);
    assert_eq!(of_file.get("option.types"), "public_channel,im");
    assert_eq!((of_file.get("option.parts"), of_file.get("option.full")), ("users,messages", "true"));
    let variable = [("SLACK_ANALYTICS_CAPTURE_TYPES", "private,mpim")];
    assert_eq!(extract(&variable, &[]).get("option.types"), "private_channel,mpim");
    let said = extract(&variable, &["--types", "public", "--full=false"]);
    assert_eq!((said.get("option.types"), said.get("option.full")), ("public_channel", "false"));
    // What excludes another option on the command line drops it from the file.
    let since = extract(&[], &["--since", "2020-01-01"]);
    assert_eq!((since.get("option.full"), since.get("option.oldest")), ("false", "1577836800.000000"));
    home.run(2, ["extract", "--full", "--since", "2020-01-01"]);
}

#[test]
fn a_run_goes_on_whatever_the_file_says() {
    let sandbox = sandbox(community(8, 60)).start_blocking().expect("started");
    let home = Home::new();
    write(&home, "[capture]\ntypes = ['public', 'private']\nrate = 'unlimited'\n");
    home.run_against(&sandbox, 0, ["extract"]);
    let batch = home.batch().join("metadata");
    let mut metadata = Metadata::read(&batch).expect("read");
    metadata.set("status", "running");
    metadata.write(&batch).expect("written");
    home.run_against(&sandbox, 0, ["run"]);
    assert_eq!((batches(&home), newest(&home).get("status")), (1, "complete"));
    metadata.write(&batch).expect("written");
    home.run_against(&sandbox, 0, ["run", "--types", "public"]);
    assert_eq!(batches(&home), 2, "the command line says what to capture");
}

#[test]
fn an_import_is_no_capture_of_the_files() {
    let home = Home::new();
    community(8, 60).write_export(&home.folder().join("export")).expect("written");
    write(&home, "quiet = true\n[capture]\nchannel = ['general']\nsince = '30d'\n");
    let told = home.run(0, ["run", "--import", "export"]);
    assert_eq!((told.out.as_str(), told.err.as_str()), ("", ""), "it is quiet");
    assert!(!home.run(0, ["--quiet=false", "status"]).out.is_empty());
    home.run(2, ["run", "--import", "export", "--channel", "general"]);
}

#[test]
fn a_file_elsewhere_has_its_paths_and_its_token_beside_it() {
    let sandbox = sandbox(community(8, 60)).start_blocking().expect("started");
    let home = Home::new();
    let there = home.folder().join("etc/slack");
    fs::create_dir_all(&there).expect("made");
    fs::write(there.join("own.toml"), "data = '../kept'\n[capture]\nrate = 'unlimited'\n").expect("written");
    let env = format!("SLACK_USER_TOKEN={}\nSLACK_API_URL={}\n", sandbox.token(), sandbox.url());
    fs::write(there.join(".env"), env).expect("written");
    home.run(0, ["--config", "etc/slack/own.toml", "extract"]);
    let kept = home.folder().join("etc/kept");
    assert_eq!(DataHome::new(&kept).batches().expect("listed").len(), 1);
    let mut command = home.command();
    let told =
        ran(0, command.env("SLACK_ANALYTICS_CONFIG", there.join("own.toml")).args(["status", "--json"]));
    assert_eq!(told.json()["stages"][0]["stage"], "batch");
    // The environment's own name of the data home counts before the file's.
    let mut command = home.command();
    command.env("SLACK_DATA_HOME", "other").args(["--config", "etc/slack/own.toml", "status"]);
    assert!(ran(0, &mut command).out.contains("no batch in other"));
    assert!(home.run(2, ["--config", "not-there.toml", "status"]).err.contains("not-there.toml"));
}

#[test]
fn what_is_wrong_in_the_file_stops_every_command_but_help_and_init() {
    let home = Home::new();
    write(&home, "\n[capture]\nsinse = '30d'\n");
    let told = home.run(2, ["status"]);
    let why = "error: slack-analytics.toml:3: there is no key sinse in [capture]; did you mean since?";
    assert!(told.err.starts_with(why), "{}", told.err);
    home.run(0, ["extract", "--help"]);
    home.run(0, ["init", "--yes", "--force"]);
    home.run(0, ["status"]);
    write(&home, "[capture]\nsince = '30d'\nfull = true\n");
    assert!(home.run(2, ["extract"]).err.contains("exclude each other"));
    write(&home, "slack_user_token = 'xoxp-secret-1'\n");
    let told = home.run(2, ["extract"]);
    assert!(told.err.contains(".env") && !told.err.contains("xoxp-secret-1"), "{}", told.err);
}

#[test]
fn config_says_what_holds_and_where_it_stands() {
    let home = Home::new();
    write(&home, "[capture]\n\ntypes = ['public', 'im']\n[database]\nschema = 'community'\n");
    let mut command = home.command();
    command.env("SLACK_ANALYTICS_DATABASE_POSTGRES", "postgres://me:hidden@localhost/slack");
    command.env("SLACK_ANALYTICS_CAPTURE_SINSE", "30d");
    let told = ran(0, command.args(["config", "--json"])).json();
    let config = &told["stages"][0];
    assert_eq!(config["unknown_variables"], serde_json::json!(["SLACK_ANALYTICS_CAPTURE_SINSE"]));
    let option = |section: &str, key: &str| {
        let all = config["options"].as_array().expect("options").iter();
        let found = all.filter(|option| option["section"] == section && option["key"] == key);
        let found: Vec<&Value> = found.collect();
        assert_eq!(found.len(), 1, "[{section}] {key}");
        found[0].clone()
    };
    let types = option("capture", "types");
    assert_eq!(types["value"], serde_json::json!(["public", "im"]));
    assert_eq!((&types["origin"]["kind"], &types["origin"]["line"]), (&"file".into(), &3.into()));
    assert_eq!(types["variable"], "SLACK_ANALYTICS_CAPTURE_TYPES");
    let postgres = option("database", "postgres");
    assert_eq!(postgres["origin"]["variable"], "SLACK_ANALYTICS_DATABASE_POSTGRES");
    assert!(!told.to_string().contains("hidden@"));
    assert_eq!(option("graph", "resolution")["origin"]["kind"], "default");
    let text = home.run(0, ["config"]).out;
    assert!(text.contains("types = [\"public\", \"im\"]"), "{text}");
    assert!(text.lines().any(|line| line.ends_with("# slack-analytics.toml:5")), "{text}");
}

#[test]
fn a_run_measures_in_the_time_zone_of_the_file() {
    let home = Home::new();
    community(12, 400).write_export(&home.folder().join("export")).expect("written");
    home.run(0, ["run", "--import", "export"]);
    let table = |name: &str| fs::read_to_string(home.data("metrics").join(name)).expect("read");
    let utc = table("activity_by_hour.csv");
    assert_eq!(table("measured.csv"), "key,value\nchannels,\nsince,\ntimezone,UTC\nuntil,\n");
    write(&home, "[metrics]\ntimezone = 'Asia/Kolkata'\n");
    home.run(0, ["run", "--import", "export"]);
    let (here, months) = (table("activity_by_hour.csv"), table("edge_by_month.csv"));
    assert_ne!(here, utc);
    assert!(table("measured.csv").contains("\ntimezone,Asia/Kolkata\n"));
    home.run(0, ["metrics", "--out", "again"]);
    assert_eq!(fs::read_to_string(home.folder().join("again/activity_by_hour.csv")).expect("read"), here);
    home.run(0, ["graph"]);
    assert_eq!(table("edge_by_month.csv"), months, "months begin when they do in the other tables");
    home.run(0, ["metrics", "--timezone", "UTC", "--only", "activity_by_hour"]);
    assert_eq!(table("activity_by_hour.csv"), utc);
    assert!(table("measured.csv").contains("\nactivity_by_hour.timezone,UTC\n"));
    write(&home, "[metrics]\ntimezone = 'Mars/Olympus'\n");
    assert!(
        home.run(2, ["run", "--import", "export"]).err.contains("slack-analytics.toml:2: [metrics] timezone")
    );
}

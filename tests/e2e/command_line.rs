//! The command line: exit codes, the lock, what is printed, and the zips.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::process::Stdio;

use crate::support::{Home, community, files, of_workspace, ran};

/// A data home with a small export run through all stages.
fn measured() -> Home {
    let home = Home::new();
    let export = home.folder().join("export");
    community(20, 300).write_export(&export).expect("written");
    home.run(0, [OsStr::new("run"), OsStr::new("--import"), export.as_os_str()]);
    home
}

#[test]
fn wrong_usage_is_exit_code_2() {
    let home = Home::new();
    for arguments in [
        &["unknown"][..],
        &["import"],
        &["extract"],
        &["metrics"],
        &["load"],
        &["extract", "--rate", "0"],
        &["transform", "yesterday"],
        &["import", "a", "b", "--taken-at", "2024-01-01"],
        &["run", "--import", "export", "--channel", "general"],
        &["demo", "--people", "0"],
    ] {
        let ran = home.run(2, arguments);
        assert!(!ran.err.is_empty() && ran.out.is_empty(), "{arguments:?}");
    }
    assert!(home.run(2, ["extract"]).err.contains("SLACK_USER_TOKEN"));
}

#[test]
fn every_command_has_help_with_examples() {
    let home = Home::new();
    let help = home.run(0, ["--help"]).out;
    assert!(help.contains("Exit codes") && help.contains("slack-analytics demo"));
    for command in [
        "extract",
        "import",
        "transform",
        "merge",
        "metrics",
        "graph",
        "load",
        "pack",
        "status",
        "verify",
        "manifest",
        "doctor",
        "demo",
        "run",
        "config",
        "init",
        "prune",
        "schedule",
    ] {
        assert!(help.contains(command));
        let help = home.run(0, [command, "--help"]).out;
        assert!(help.contains(&format!("Examples:\n  slack-analytics {command}")), "{command}: {help}");
    }
}

#[test]
fn a_second_run_is_kept_out() {
    let home = measured();
    let lock = slack_model::batch::DataHome::new(home.data("")).lock("a test").expect("free");
    let ran = home.run(1, ["run", "--import", "export"]);
    assert!(ran.err.contains("is in use (a test, process"), "{}", ran.err);
    home.run(0, ["status"]);
    drop(lock);
    home.run(0, ["run", "--import", "export"]);
}

#[test]
fn quiet_is_quiet_and_json_is_one_object() {
    let home = measured();
    let quiet = home.run(0, ["--quiet", "metrics"]);
    assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("", ""));
    let json = home.run(0, ["run", "--import", "export", "--json"]).json();
    assert_eq!(json["command"], "run");
    assert_eq!(json["status"], "done");
    let stages: Vec<_> =
        json["stages"].as_array().expect("stages").iter().map(|stage| stage["stage"].as_str()).collect();
    let measured = ["metrics", "graph", "report"];
    let expected = [&["import", "transform", "merge"][..], &measured, &measured, &["summary"]].concat();
    assert_eq!(stages, expected.into_iter().map(Some).collect::<Vec<_>>());
    let merge = &json["stages"][2]["tables"]["message_data"];
    assert_eq!((merge["added"].as_u64(), merge["changed"].as_u64()), (Some(0), Some(0)));
}

#[test]
fn status_tells_of_batches_and_master() {
    let home = Home::new();
    assert!(home.run(0, ["status"]).out.contains("no batch"));
    let home = measured();
    let json = home.run(0, ["status", "--json"]).json();
    let (batch, last_run, master) = (&json["stages"][0], &json["stages"][1], &json["stages"][2]);
    assert_eq!(last_run["finished_at"], batch["finished_at"]);
    assert_eq!(batch["state"], "merged");
    assert_eq!(batch["source"], "export");
    assert!(batch["first"].as_str() < batch["last"].as_str());
    let rows = |table: &str| {
        let path = home.data(&format!("master/csv/{table}.csv"));
        csv::Reader::from_path(path).expect("opened").into_records().count() as u64
    };
    for table in ["message_data", "user_data", "window_data"] {
        assert_eq!(master["rows"][table].as_u64(), Some(rows(table)), "{table}");
    }
}

#[test]
fn the_data_home_comes_from_the_environment_too() {
    let home = Home::new();
    let export = home.folder().join("export");
    community(5, 50).write_export(&export).expect("written");
    let mut command = home.command();
    ran(0, command.env("SLACK_DATA_HOME", "elsewhere").arg("import").arg(&export));
    assert!(home.folder().join("elsewhere").is_dir() && !home.data("").exists());
}

#[test]
fn pack_writes_the_raw_and_the_measured() {
    let home = measured();
    home.run(0, ["pack"]);
    let batch = home.batch();
    let name = batch.file_name().expect("named").to_string_lossy().into_owned();
    for (zip, folders) in [("raw", ["export", "metadata"]), ("metrics", ["csv", "metrics"])] {
        let file = fs::File::open(home.data(&format!("{name}-{zip}.zip"))).expect("packed");
        let mut archive = zip::ZipArchive::new(file).expect("a zip");
        let mut packed = BTreeSet::new();
        for entry in 0..archive.len() {
            let mut entry = archive.by_index(entry).expect("read");
            let path = entry.enclosed_name().expect("safe");
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut entry, &mut bytes).expect("read");
            let inner = path.strip_prefix(&name).expect("below the batch's name").to_path_buf();
            assert!(fs::read(batch.join(&inner)).expect("there") == bytes, "{}", inner.display());
            packed.insert(inner);
        }
        for folder in folders {
            let there: BTreeSet<_> = files(&batch.join(folder))
                .into_keys()
                .map(|path| std::path::Path::new(folder).join(path))
                .collect();
            assert!(!there.is_empty() && there.is_subset(&packed), "{zip}: {folder}");
        }
    }
}

#[test]
fn a_batch_is_measured_on_its_own() {
    let home = measured();
    let batch = home.batch().file_name().expect("named").to_string_lossy().into_owned();
    fs::remove_dir_all(home.batch().join("metrics")).expect("removed");
    home.run(0, ["graph", &batch]);
    let there: Vec<_> = files(&home.batch().join("metrics")).into_keys().collect();
    let made = [
        "community_by_month.csv",
        "community_data.csv",
        "edge_by_month.csv",
        "edge_data.csv",
        "graph.gexf",
        "graph.svg",
        "graph_measures.csv",
        "graph_measures_by_month.csv",
        "measured.csv",
        "network_data.csv",
        "newcomer_data.csv",
        "node_data.csv",
        "node_measures.csv",
    ];
    assert_eq!(there, made.map(std::path::PathBuf::from));
    home.run(0, ["metrics", &batch, "--only", "emoji_data", "--timezone", "Europe/Berlin"]);
    assert!(home.batch().join("metrics/emoji_data.csv").is_file());
    let ran = home.run(1, ["metrics", "20010101000000"]);
    assert!(ran.err.contains("there is no batch 20010101000000"), "{}", ran.err);
}

#[test]
fn two_workspaces_do_not_mix() {
    let home = measured();
    let export = home.folder().join("other");
    community(5, 50).write_export(&export).expect("written");
    // Other channels, and messages that name another workspace.
    let channels = fs::read_to_string(export.join("channels.json")).expect("read");
    let others = channels.replace("\"id\":\"C", "\"id\":\"C9");
    assert_ne!(others, channels);
    fs::write(export.join("channels.json"), others).expect("written");
    of_workspace(&export, "T0THER");
    let import =
        [OsStr::new("import"), export.as_os_str(), OsStr::new("--taken-at"), OsStr::new("2030-01-01")];
    let ran = home.run(1, import);
    assert!(ran.err.contains("the export is of workspace T0THER, the data home of T"), "{}", ran.err);
    // Where no message names a workspace, nothing shows that it is the same one.
    of_workspace(&export, "");
    let ran = home.run(1, import);
    assert!(ran.err.contains("give each workspace a data home of its own"), "{}", ran.err);
    assert!(!home.data("20300101000000").exists(), "the other workspace's export stays out");
    home.run(0, ["merge"]);

    // It is known before there is a master, too.
    let both = Home::new();
    both.run(0, [OsStr::new("import"), home.folder().join("export").as_os_str()]);
    let ran = both.run(1, import);
    assert!(ran.err.contains("--same-workspace"), "{}", ran.err);
    both.run(0, import.into_iter().chain([OsStr::new("--same-workspace")]));
    both.run(0, ["transform"]);
    both.run(0, ["merge"]);
}

#[test]
fn the_operator_opens_what_no_list_names_and_nothing_else() {
    let home = Home::new();
    let export = home.folder().join("export");
    community(8, 120).write_export(&export).expect("written");
    fs::write(export.join("channels.json"), "[]").expect("written");
    let ran = home.run(0, [OsStr::new("run"), OsStr::new("--import"), export.as_os_str()]);
    assert!(ran.out.contains("--assume-public NAME") && ran.out.contains("general"), "{}", ran.out);
    let report = || fs::read_to_string(home.data("report.html")).expect("read");
    assert!(!report().contains("\"general\""));
    let public = home.data("references/public_channels.csv");
    for (name, why) in [("nosuch", "channel not found"), ("D0000000000", "channel not found")] {
        let ran = home.run(2, ["merge", "--assume-public", name]);
        assert!(ran.err.contains(why), "{}", ran.err);
        assert!(!fs::read_to_string(&public).unwrap_or_default().contains(name), "it would open a later one");
    }
    // A person's name may be that of a folder of direct messages.
    let users = csv::Reader::from_path(home.data("master/csv/user_data.csv")).expect("opened").into_records();
    let person = users.map(|row| row.expect("a user")[1].to_owned()).next().expect("somebody");
    let ran = home.run(2, ["merge", "--assume-public", &person]);
    assert!(ran.err.contains("is the name of a person"), "{}", ran.err);
    home.run(0, ["merge", "--assume-public", "#general"]);
    home.run(0, ["report"]);
    assert!(report().contains("\"general\""));
    let status = home.run(0, ["status"]);
    assert!(!status.out.contains(": general,") && status.out.contains("no list names"), "{}", status.out);
}

#[test]
fn the_demo_needs_nothing() {
    let home = Home::new();
    let ran = home.run(0, ["demo", "--people", "30", "--messages", "600", "--seed", "3"]);
    assert!(ran.out.contains("busiest channels") && ran.out.contains("graph.gexf"), "{}", ran.out);
    assert!(home.data("demo/metrics/graph.gexf").is_file());
    home.run(0, ["demo", "--people", "30", "--messages", "600"]);
    // A folder of that name that no demo made is not the demo's to replace.
    fs::remove_file(home.data("demo/made-up.txt")).expect("removed");
    let ran = home.run(2, ["demo", "--people", "30", "--messages", "600"]);
    assert!(ran.err.contains("is no demo's folder") && home.data("demo/metrics").is_dir(), "{}", ran.err);
}

#[test]
fn an_extraction_by_environment_file_runs_to_the_graph() {
    let home = Home::new();
    let sandbox = crate::support::sandbox(community(20, 300)).start_blocking().expect("started");
    let lines = format!(
        "SLACK_API_URL={}\nSLACK_ACCESS_TOKEN={}\nSLACK_CLIENT_TOKEN=unused\nSLACK_SIGN_TOKEN=unused\n",
        sandbox.url(),
        sandbox.token()
    );
    fs::write(home.folder().join(".env"), lines).expect("written");
    home.run(0, ["run", "--rate", "unlimited"]);
    assert!(home.data("metrics/graph.gexf").is_file());
    let types: BTreeSet<_> =
        sandbox.log().into_iter().flat_map(|sent| sent.query).filter(|(name, _)| name == "types").collect();
    assert_eq!(types, BTreeSet::from([("types".to_owned(), "public_channel".to_owned())]));
}

#[test]
fn nobody_listening_stops_no_work() {
    let home = Home::new();
    let export = home.folder().join("export");
    community(10, 100).write_export(&export).expect("written");
    let mut run =
        home.command().args(["run", "--import", "export"]).stdout(Stdio::piped()).spawn().expect("begun");
    drop(run.stdout.take());
    assert_eq!(run.wait().expect("ended").code(), Some(0));
    assert!(home.data("metrics/graph.gexf").is_file());
}

#[test]
fn a_master_is_not_made_anew_from_less() {
    let home = measured();
    let before = files(&home.data("master"));
    let aside = home.folder().join("archived");
    fs::rename(home.batch(), &aside).expect("moved");
    let ran = home.run(2, ["merge", "--rebuild"]);
    assert!(ran.err.contains("which is not here to be merged again"), "{}", ran.err);
    assert!(files(&home.data("master")) == before);
}

#[test]
fn a_capture_that_was_broken_off_is_not_taken_for_everything() {
    let home = Home::new();
    let sandbox = crate::support::sandbox(community(20, 300)).start_blocking().expect("started");
    home.run_against(&sandbox, 0, ["extract", "--rate", "unlimited"]);
    // As a kill in mid-capture leaves it.
    let path = home.batch().join("metadata/metadata.csv");
    let metadata = fs::read_to_string(&path).expect("read").replace("status,complete", "status,running");
    fs::write(&path, metadata).expect("written");
    let ran = home.run(3, ["transform"]);
    assert!(ran.out.contains("the capture was broken off"), "{}", ran.out);
    assert!(home.run(0, ["status"]).out.contains("api broken off transformed"));
}

#[test]
fn a_failure_is_told_in_json_too() {
    let home = Home::new();
    let json = home.run(1, ["import", "missing", "--json"]).json();
    assert_eq!(json["status"], "failed");
    assert!(json["error"].as_str().is_some_and(|error| error.contains("missing")), "{json}");
}

#[test]
fn a_run_takes_up_what_an_earlier_one_left() {
    let home = Home::new();
    for (name, people) in [("one", 10), ("two", 12)] {
        community(people, 100).write_export(&home.folder().join(name)).expect("written");
    }
    home.run(0, ["import", "one", "--taken-at", "2026-01-01"]);
    home.run(0, ["run", "--import", "two", "--taken-at", "2026-02-01"]);
    let json = home.run(0, ["status", "--json"]).json();
    assert_eq!(json["stages"][0]["state"], "merged", "{json}");
}

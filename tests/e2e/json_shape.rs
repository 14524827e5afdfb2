//! What `--json` prints is what docs/json.md says, key by key.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Map, Value};

use crate::private_postgres::TestDatabase;
use crate::support::{Home, community, root, sandbox};

/// A key of the document: its types, and whether it is there only at times.
#[derive(Debug)]
struct Key {
    types: Vec<String>,
    is_optional: bool,
}

/// A part of the document: what an object holds, and the commands that print it.
#[derive(Debug, Default)]
struct Shape {
    keys: BTreeMap<String, Key>,
    commands: BTreeSet<String>,
}

/// The texts of a line that stand in backquotes.
fn quoted(line: &str) -> Vec<String> {
    line.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The shapes by stage; that of the whole object has no name.
fn documented() -> BTreeMap<String, Shape> {
    let text = fs::read_to_string(root().join("docs/json.md")).expect("read");
    let mut shapes: BTreeMap<String, Shape> = BTreeMap::new();
    let mut stage = String::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            stage = quoted(heading).remove(0);
        } else if let Some(commands) = line.strip_prefix("Commands: ") {
            shapes.entry(stage.clone()).or_default().commands.extend(quoted(commands));
        } else if line.starts_with("| `") {
            let cells: Vec<_> = line.split('|').map(str::trim).collect();
            let name = quoted(cells[1]).remove(0);
            let is_optional = name.ends_with('?');
            let types = cells[2].split(" or ").map(str::to_owned).collect();
            let key = Key { types, is_optional };
            shapes.entry(stage.clone()).or_default().keys.insert(name.trim_end_matches('?').into(), key);
        }
    }
    shapes
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "map",
    }
}

impl Shape {
    fn check(&self, object: &Map<String, Value>, what: &str) {
        for (name, value) in object.iter().filter(|(name, _)| *name != "stage" || what.is_empty()) {
            let key = self.keys.get(name).unwrap_or_else(|| panic!("{what}: {name} is not documented"));
            assert!(key.types.iter().any(|wanted| wanted == kind(value)), "{what}: {name}: {value}");
        }
        for (name, _) in self.keys.iter().filter(|(_, key)| !key.is_optional) {
            assert!(object.contains_key(name), "{what}: {name} is not there");
        }
    }
}

/// Checks what a command printed, and notes the stages that it showed.
fn check(shapes: &BTreeMap<String, Shape>, printed: &Value, seen: &mut BTreeSet<String>) {
    let object = printed.as_object().expect("an object");
    shapes[""].check(object, "");
    let command = object["command"].as_str().unwrap_or_default();
    assert_eq!(object["status"] == "failed", object.contains_key("error"), "{command}");
    assert_eq!(object.contains_key("error"), object.contains_key("hint"), "{command}");
    for stage in object["stages"].as_array().expect("stages") {
        let stage = stage.as_object().expect("an object");
        let name = stage["stage"].as_str().expect("a name");
        let name = if command == "doctor" { "*" } else { name };
        let shape = shapes.get(name).unwrap_or_else(|| panic!("{command}: {name} is not documented"));
        assert!(shape.commands.contains(command), "{command} shows {name}");
        shape.check(stage, &format!("{command}: {name}"));
        seen.insert(name.into());
    }
}

/// What a server prints when it is told to end.
fn served(home: &Home) -> Value {
    let port =
        TcpListener::bind(("127.0.0.1", 0)).and_then(|free| free.local_addr()).expect("a free port").port();
    let mut command = home.command();
    command.args(["--json", "serve", "--port", &port.to_string()]).stdout(Stdio::piped());
    let server = command.spawn().expect("started");
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(Command::new("kill").arg(server.id().to_string()).status().expect("kill runs").success());
    let output = server.wait_with_output().expect("it ends");
    serde_json::from_slice(&output.stdout).expect("one object")
}

#[test]
fn every_command_prints_what_is_documented() {
    let shapes = documented();
    let mut seen = BTreeSet::new();
    let (home, database) = (Home::new(), TestDatabase::create());
    community(15, 200).write_export(&home.folder().join("export")).expect("written");
    let url = database.url.as_str();
    for (code, arguments) in [
        (0, &["status"][..]),
        (0, &["pack"]),
        (0, &["run", "--import", "export"]),
        (0, &["import", "export"]),
        (0, &["transform"]),
        (0, &["merge"]),
        (0, &["metrics"]),
        (0, &["graph"]),
        (0, &["report"]),
        (0, &["prune", "--keep", "all"]),
        (0, &["schedule", "cron"]),
        (0, &["schedule", "systemd"]),
        (0, &["config"]),
        (0, &["init", "--yes"]),
        (0, &["load"]),
        (0, &["load", "--postgres", url, "--plan"]),
        (0, &["load", "--postgres", url]),
        (0, &["sql", "SELECT 1.5 AS x, NULL AS y"]),
        (0, &["pack"]),
        (0, &["status"]),
        (0, &["verify"]),
        (0, &["manifest"]),
        (0, &["completions", "bash"]),
        (0, &["man"]),
        (0, &["man", "--out", "pages"]),
        (1, &["doctor"]),
        (0, &["demo", "--people", "20", "--messages", "300"]),
        (1, &["import", "missing"]),
        (1, &["metrics", "20010101000000"]),
        (2, &["extract"]),
        (2, &["graph", "--no-such-option"]),
        (2, &["unknown"]),
        (2, &[]),
    ] {
        let printed = home.run(code, ["--json"].iter().chain(arguments)).json();
        let status = ["done", "failed", "failed", "gaps"][code as usize];
        assert_eq!(printed["status"], status, "{arguments:?}");
        check(&shapes, &printed, &mut seen);
    }
    // Channels that no list names are withheld, until the operator says that they are public.
    let unlisted = Home::new();
    let export = unlisted.folder().join("export");
    community(15, 200).write_export(&export).expect("written");
    fs::write(export.join("channels.json"), "[]").expect("written");
    for (stage, arguments) in [
        ("withheld", &["run", "--import", "export"][..]),
        ("withheld", &["status"]),
        ("visibility", &["merge", "--assume-public", "general"]),
    ] {
        let printed = unlisted.run(0, ["--json"].iter().chain(arguments)).json();
        let stages = printed["stages"].as_array().expect("a list");
        assert!(stages.iter().any(|printed| printed["stage"] == stage), "{arguments:?}: {stages:?}");
        check(&shapes, &printed, &mut seen);
    }
    // What an earlier version drew of them goes.
    fs::remove_file(unlisted.data("format.toml")).expect("removed");
    fs::remove_file(unlisted.data("references/public_channels.csv")).expect("removed");
    let printed = unlisted.run(0, ["--json", "merge"]).json();
    check(&shapes, &printed, &mut seen);
    assert!(!unlisted.data("report.html").exists(), "{printed}");
    let empty = Home::new();
    fs::create_dir(empty.data("")).expect("made");
    check(&shapes, &empty.run(0, ["--json", "verify"]).json(), &mut seen);
    let sandbox = sandbox(community(15, 200)).start_blocking().expect("started");
    let printed = empty.run_against(&sandbox, 0, ["--json", "run", "--rate", "unlimited"]).json();
    check(&shapes, &printed, &mut seen);
    check(&shapes, &served(&home), &mut seen);
    let all: BTreeSet<String> = shapes.into_keys().filter(|stage| !stage.is_empty()).collect();
    assert_eq!(seen, all, "stages that are documented and were not seen");
}

//! The database holds what the tables hold.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use crate::private_postgres::TestDatabase;
use crate::support::{Home, community, ran, rcwg};

/// What psql prints for a query.
fn psql(database: &TestDatabase, query: &str) -> String {
    let mut command = Command::new("psql");
    ran(0, command.args(["-X", "-A", "-t", "-c", query]).arg(&database.url)).out.trim().to_owned()
}

fn rows(table: &Path) -> usize {
    csv::Reader::from_path(table).expect("opened").into_byte_records().count()
}

/// Loads a data home twice and compares each table's rows with its file's.
fn check(home: &Home) {
    let database = TestDatabase::create();
    for _ in 0..2 {
        home.run(0, ["load", "--postgres", &database.url]);
        let mut tables = 0;
        for folder in ["master/csv", "metrics"] {
            for (name, _) in crate::support::files(&home.data(folder)) {
                if name.extension().is_none_or(|extension| extension != "csv") {
                    continue;
                }
                let table = name.file_stem().expect("named").to_string_lossy().into_owned();
                let count = psql(&database, &format!("select count(*) from slack.{table}"));
                assert_eq!(count, rows(&home.data(folder).join(&name)).to_string(), "{table}");
                tables += 1;
            }
        }
        assert_eq!(tables, 12 + 27);
    }
    // Exact to the microsecond, and to the byte.
    let file = home.data("master/csv/message_data.csv");
    let mut reader = csv::Reader::from_path(file).expect("opened");
    let header = reader.headers().expect("read").clone();
    let at = |name: &str| header.iter().position(|column| column == name).expect("a column");
    let (ts, text, mut bytes) = (at("ts"), at("text"), 0);
    let mut micros: i128 = 0;
    for record in reader.records() {
        let record = record.expect("read");
        bytes += record[text].len();
        micros += record[ts].replace('.', "").parse::<i128>().expect("a ts");
    }
    let query = "select sum(octet_length(text)), sum((extract(epoch from time) * 1000000)::numeric(30)) from slack.message_data";
    assert_eq!(psql(&database, query), format!("{bytes}|{micros}"));
}

#[test]
fn a_made_up_community_is_loaded_whole() {
    let home = Home::new();
    let export = home.folder().join("export");
    community(30, 800).write_export(&export).expect("written");
    home.run(0, ["run", "--import", "export"]);
    check(&home);
}

#[test]
fn five_exports_are_loaded_whole() {
    let Some(exports) = rcwg() else { return };
    let home = Home::new();
    home.run(
        0,
        ["run", "--import"].map(OsStr::new).into_iter().chain(exports.iter().map(|path| path.as_os_str())),
    );
    check(&home);
}

#[test]
fn a_database_that_is_not_there_is_said() {
    let home = Home::new();
    let export = home.folder().join("export");
    community(5, 50).write_export(&export).expect("written");
    home.run(0, ["run", "--import", "export"]);
    let database = TestDatabase::create();
    let (server, name) = database.url.rsplit_once('/').expect("a path");
    let ran = home.run(1, ["load", "--postgres", &format!("{server}/{name}_missing")]);
    assert!(ran.err.contains("_missing"), "{}", ran.err);
    psql(&database, "create schema slack");
    psql(&database, "create table slack.schema_version (version int)");
    home.run(0, ["load", "--postgres", &database.url, "--schema", "community"]);
    assert_eq!(psql(&database, "select count(*) > 0 from community.message_data"), "t");

    // Another workspace has no place in the same schema.
    let users = std::fs::read_to_string(export.join("users.json")).expect("read");
    let team = serde_json::from_str::<serde_json::Value>(&users).expect("JSON")[0]["team_id"].clone();
    let users = users.replace(team.as_str().expect("a team"), "T0THER");
    std::fs::write(export.join("users.json"), users).expect("written");
    let other = Home::new();
    other.run(0, [OsStr::new("run"), OsStr::new("--import"), export.as_os_str()]);
    let ran = other.run(1, ["load", "--postgres", &database.url, "--schema", "community"]);
    assert!(ran.err.contains("schema community holds workspace"), "{}", ran.err);
}

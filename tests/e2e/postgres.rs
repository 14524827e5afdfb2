//! The database holds what the tables hold.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use crate::private_postgres::TestDatabase;
use crate::support::{Home, community, files, must_agree, of_workspace, python, rcwg};

/// What psql prints for a query.
fn psql(database: &TestDatabase, query: &str) -> String {
    String::from_utf8(psql_bytes(database, query)).expect("UTF-8").trim().to_owned()
}

fn psql_bytes(database: &TestDatabase, query: &str) -> Vec<u8> {
    let mut command = Command::new("psql");
    let output =
        command.args(["-X", "-A", "-t", "-c", query]).arg(&database.url).output().expect("psql runs");
    assert!(output.status.success(), "{query}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A table's columns as the files write them: how SQL writes each, and whether it is a fraction.
fn columns(database: &TestDatabase, table: &str) -> Vec<(String, bool)> {
    let query = format!(
        "select column_name, data_type from information_schema.columns
         where table_schema = 'slack' and table_name = '{table}' and is_generated = 'NEVER' order by ordinal_position"
    );
    let written = |line: &str| {
        let (column, kind) = line.split_once('|').expect("a name and a type");
        let sql = match kind {
            "timestamp with time zone" => {
                format!(
                    "to_char(\"{column}\" at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') as \"{column}\""
                )
            }
            "boolean" => format!(
                "case when \"{column}\" then 'true' when not \"{column}\" then 'false' end as \"{column}\""
            ),
            _ => format!("\"{column}\""),
        };
        (sql, kind == "double precision")
    };
    psql(database, &query).lines().map(written).collect()
}

/// The rows of CSV in the order of their fields, fractions as numbers.
fn records(csv: &[u8], columns: &[String], fractions: &[bool]) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(csv);
    let header = reader.headers().expect("a header").clone();
    let places: Vec<_> = columns.iter().map(|name| header.iter().position(|column| column == name)).collect();
    let field = |record: &csv::StringRecord, at: usize| {
        let field = places[at].map(|place| record[place].to_owned()).unwrap_or_default();
        let fraction = field.parse::<f64>().ok().filter(|_| fractions[at]);
        fraction.map_or(field, |fraction| format!("{fraction:e}"))
    };
    let mut rows: Vec<Vec<String>> = reader
        .records()
        .map(|record| record.expect("read"))
        .map(|record| (0..columns.len()).map(|at| field(&record, at)).collect())
        .collect();
    rows.sort();
    rows
}

/// Loads a data home twice and compares every value of each table with its file's, to the byte.
fn check(home: &Home, tables_of_master: usize) {
    let database = TestDatabase::create();
    // Of what a vacuum makes at its own time, the maps of free space and what words are found by are no part.
    let size = "with own as (select * from pg_class where relnamespace = 'slack'::regnamespace)
        select sum(pg_relation_size(oid)) from pg_class
        where oid in (select reltoastrelid from own where relkind = 'r') or oid in (select own.oid from own
            left join pg_am on pg_am.oid = relam where relkind in ('r', 'i') and amname <> 'gin')";
    let mut sizes = Vec::new();
    for time in 0..2 {
        let told = home
            .run(0, ["--json", "load", "--include-private", "--include-dms", "--postgres", &database.url])
            .json();
        sizes.push(psql(&database, size));
        let (mut tables, mut values) = (0, 0);
        for folder in ["master/csv", "metrics"] {
            for (name, csv) in files(&home.data(folder)) {
                // What the tables were measured with is no table of the database.
                let is_table = name.extension().is_some_and(|extension| extension == "csv");
                if !is_table || name == Path::new("measured.csv") {
                    continue;
                }
                let table = name.file_stem().expect("named").to_string_lossy().into_owned();
                let numbers = &told["stages"][0]["tables"][&table];
                if time > 0 {
                    assert_eq!((&numbers["sent"], &numbers["written"]), (&0.into(), &0.into()), "{table}");
                }
                let columns = columns(&database, &table);
                let list: Vec<_> = columns.iter().map(|(sql, _)| sql.as_str()).collect();
                let copy = format!(
                    "copy (select {} from slack.{table}) to stdout (format csv, header)",
                    list.join(", ")
                );
                let loaded = psql_bytes(&database, &copy);
                let names = csv::Reader::from_reader(&*loaded).headers().expect("a header").clone();
                let names: Vec<_> = names.iter().map(str::to_owned).collect();
                let fractions: Vec<_> = columns.iter().map(|(_, is_fraction)| *is_fraction).collect();
                let (found, wanted) =
                    (records(&loaded, &names, &fractions), records(&csv, &names, &fractions));
                assert_eq!(numbers["rows"], wanted.len(), "{table}");
                let differ = found.iter().zip(&wanted).find(|(found, wanted)| found != wanted);
                assert_eq!((found.len(), differ), (wanted.len(), None), "{table}");
                values += wanted.len() * names.len();
                tables += 1;
            }
        }
        assert_eq!(
            tables,
            tables_of_master + crate::support::catalogue().len() - slack_model::rows::TABLES.len()
        );
        assert!(values > 10_000, "{values} values");
    }
    assert_eq!(sizes[0], sizes[1], "a load that brings nothing leaves the tables as large as they were");
}

#[test]
fn a_made_up_community_is_loaded_whole() {
    let home = Home::new();
    let export = home.folder().join("export");
    community(30, 800).write_export(&export).expect("written");
    home.run(0, ["run", "--import", "export"]);
    check(&home, 12);
}

#[test]
fn a_generated_master_is_loaded_whole() {
    let Some(_) = python() else { return };
    let home = Home::new();
    let master = home.data("master/csv");
    must_agree(
        "bench/generate_master.py",
        [master.as_os_str(), OsStr::new("--messages"), OsStr::new("20000")],
    );
    home.run(0, ["metrics"]);
    home.run(0, ["graph", "--format", "svg"]);
    check(&home, 7);
}

#[test]
fn five_exports_are_loaded_whole() {
    let Some(exports) = rcwg() else { return };
    let home = Home::new();
    home.run(
        0,
        ["run", "--import"].map(OsStr::new).into_iter().chain(exports.iter().map(|path| path.as_os_str())),
    );
    check(&home, 12);
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
    of_workspace(&export, "T0THER");
    let other = Home::new();
    other.run(0, [OsStr::new("run"), OsStr::new("--import"), export.as_os_str()]);
    let ran = other.run(1, ["load", "--postgres", &database.url, "--schema", "community"]);
    assert!(ran.err.contains("schema community holds workspace"), "{}", ran.err);
}

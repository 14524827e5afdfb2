//! A file holds what a server holds: the same tables, views, columns and rows.

use std::ffi::OsStr;

use slack_model::Folder;
use slack_sqlite::{load, open};
use slack_store::Input;

use crate::private_postgres::TestDatabase;
use crate::support::{Home, community, ran, rcwg};

/// What only one of them has: texts' digests, which are part of a key there; who may read what; how far it was loaded.
const TABLES_OF_THEIR_OWN: &[&str] =
    &["load_block", "load_now", "refinery_schema_history", "schema_version", "v_reader", "zone_data"];

/// Rows of fields, the first one the header.
fn records(csv: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    let row = |record: csv::StringRecord| record.iter().map(str::to_owned).collect();
    reader.records().map(|record| row(record.expect("read"))).collect()
}

/// The answer of the server.
fn of_server(database: &TestDatabase, query: &str) -> Vec<Vec<String>> {
    let mut command = std::process::Command::new("psql");
    command.env("PGOPTIONS", "-c search_path=slack").args(["-X", "--csv", "-c", query]).arg(&database.url);
    records(&ran(0, &mut command).out)
}

/// The answer of the file.
fn of_file(home: &Home, query: &str) -> Vec<Vec<String>> {
    records(&home.run(0, ["sql", "--format", "csv", query]).out)
}

/// A column of the server's as the file has it.
fn as_in_file(name: &str, kind: &str) -> String {
    match kind {
        "timestamptz" => {
            format!(
                "to_char(\"{name}\" AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS \"{name}\""
            )
        }
        "bool" => format!("\"{name}\"::int AS \"{name}\""),
        _ => format!("\"{name}\""),
    }
}

/// Rows in an order of their own; fractions as both write them.
fn comparable(mut rows: Vec<Vec<String>>, kinds: &[&str]) -> Vec<Vec<String>> {
    for row in rows.iter_mut().skip(1) {
        for (value, kind) in row.iter_mut().zip(kinds) {
            if let (true, Ok(number)) = (matches!(*kind, "numeric" | "float8"), value.parse::<f64>()) {
                // SQLite keeps whole numbers as such, which have no zero below zero.
                *value = format!("{:?}", number + 0.0);
            }
        }
    }
    rows[1..].sort();
    rows
}

/// Loads a data home into both, and compares.
fn check(home: &Home) {
    let database = TestDatabase::create();
    let (master, metrics) = (Folder(home.data("master/csv")), Folder(home.data("metrics")));
    // By the crates: the command leaves private conversations out.
    let catalogue = crate::support::catalogue();
    let input = Input::new(&master, Some(&metrics)).with_catalogue(&catalogue);
    let options = slack_pg::LoadOptions::default();
    slack_pg::load(&mut database.client(), &input, &options, &()).expect("loaded");
    let mut connection = open(&home.data("slack.db")).expect("opened");
    for is_first in [true, false] {
        let summary = load(&mut connection, &input, &()).expect("loaded");
        for table in &summary.tables {
            assert_eq!((table.unreadable, table.refused), (0, 0), "{table:?}");
            assert_eq!(table.unknown_columns, [""; 0], "{}", table.table);
            assert!(is_first || table.sent == 0, "{table:?}");
        }
    }

    let columns = "SELECT c.relname, a.attname, t.typname FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
        WHERE c.relnamespace = 'slack'::regnamespace AND c.relkind IN ('r', 'v') AND a.attnum > 0
            AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY c.relname COLLATE \"C\", a.attnum";
    let columns = of_server(&database, columns);
    let mut columns: Vec<_> = columns[1..].to_vec();
    columns.retain(|column| !TABLES_OF_THEIR_OWN.contains(&column[0].as_str()));
    let in_file = "SELECT t.name, c.name FROM pragma_table_list AS t, pragma_table_info(t.name) AS c
        WHERE t.schema = 'main' AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, c.cid";
    let mut in_file = of_file(home, in_file)[1..].to_vec();
    in_file.retain(|column| !TABLES_OF_THEIR_OWN.contains(&column[0].as_str()));
    let names: Vec<_> = columns.iter().map(|column| column[..2].to_vec()).collect();
    assert_eq!(names, in_file);

    let n_tables = columns.chunk_by(|one, other| one[0] == other[0]).map(|columns| {
        let table = &columns[0][0];
        let kinds: Vec<_> = columns.iter().map(|column| column[2].as_str()).collect();
        let shown: Vec<_> = columns.iter().map(|column| as_in_file(&column[1], &column[2])).collect();
        let there = of_server(&database, &format!("SELECT {} FROM {table}", shown.join(", ")));
        let here = of_file(home, &format!("SELECT * FROM {table}"));
        let (there, here) = (comparable(there, &kinds), comparable(here, &kinds));
        assert_eq!(here.len(), there.len(), "rows of {table}");
        for (here, there) in here.iter().zip(&there) {
            assert_eq!(here, there, "{table}");
        }
    });
    let n_of_master = slack_model::rows::TABLES.len();
    let n_of_metrics = crate::support::catalogue().len() - n_of_master;
    // The views, and the table of columns.
    assert_eq!(n_tables.count(), n_of_master + n_of_metrics + 17 + 1);
}

#[test]
fn a_made_up_community_is_the_same_in_both() {
    let home = Home::new();
    community(30, 800).write_export(&home.folder().join("export")).expect("written");
    home.run(0, ["run", "--import", "export"]);
    check(&home);
}

#[test]
fn five_exports_are_the_same_in_both() {
    let Some(exports) = rcwg() else { return };
    let home = Home::new();
    home.run(
        0,
        ["run", "--import"].map(OsStr::new).into_iter().chain(exports.iter().map(|path| path.as_os_str())),
    );
    check(&home);
}

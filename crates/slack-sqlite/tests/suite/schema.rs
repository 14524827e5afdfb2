use crate::loads::{LoadOptions, load, metric_names};
use rusqlite::Connection;
use slack_model::rows::{
    CommunityRow, Edge, GraphMeasure, MonthlyCommunity, MonthlyEdge, MonthlyGraphMeasure, NetworkEdge,
    NewcomerRow, Node, NodeMeasures, TABLES,
};
use slack_model::{MemoryTables, Table};
use slack_sqlite::{Error, Migration};

use crate::master::{MASTER, TestFile, everything, rows, tables};

fn made() -> (TestFile, Connection) {
    let file = TestFile::new();
    let mut connection = file.open();
    let nothing = MemoryTables::default();
    load(&mut connection, &nothing, None, &LoadOptions::default(), &()).expect("made");
    (file, connection)
}

fn columns(connection: &Connection, table: &str) -> Vec<String> {
    rows(connection, &format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid"))
}

#[test]
fn the_tables_are_those_of_the_contract() {
    let (_file, connection) = made();
    // Those of the metrics stage are compared with slack-pg's in the project's own tests.
    let graph = [
        Node::SCHEMA,
        Edge::SCHEMA,
        NodeMeasures::SCHEMA,
        NetworkEdge::SCHEMA,
        GraphMeasure::SCHEMA,
        MonthlyGraphMeasure::SCHEMA,
        CommunityRow::SCHEMA,
        MonthlyCommunity::SCHEMA,
        NewcomerRow::SCHEMA,
        MonthlyEdge::SCHEMA,
    ];
    for table in TABLES.iter().chain(&graph) {
        let expected: Vec<_> = table.columns.iter().map(|column| column.name).collect();
        assert_eq!(columns(&connection, table.name), expected, "{}", table.name);
        let key = format!("SELECT name FROM pragma_table_info('{}') WHERE pk > 0 ORDER BY pk", table.name);
        assert_eq!(rows(&connection, &key), table.key, "{}", table.name);
    }
    let made = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict ORDER BY name";
    let mut expected: Vec<_> = TABLES.iter().map(|table| table.name).chain(metric_names()).collect();
    expected.extend(["catalogue_data", "load_block", "load_now"]);
    expected.sort_unstable();
    assert_eq!(rows(&connection, made), expected);
}

#[test]
fn foreign_keys_are_those_of_slack_pg() {
    let (_file, connection) = made();
    let query = "SELECT t.name || ' ' || f.\"table\" FROM pragma_table_list AS t, pragma_foreign_key_list(t.name) AS f
                 ORDER BY 1";
    let expected = [
        "channel_alias_data channel_data",
        "file_data channel_data",
        "file_data user_data",
        "member_data channel_data",
        "member_data user_data",
        "message_data channel_data",
        "message_data user_data",
        "message_revision_data channel_data",
        "reaction_data channel_data",
        "reaction_data user_data",
        "thread_data channel_data",
        "thread_data user_data",
        "usergroup_member_data user_data",
        "usergroup_member_data usergroup_data",
        "window_data channel_data",
    ];
    assert_eq!(rows(&connection, query), expected);
}

#[test]
fn every_table_and_column_has_a_comment() {
    let (_file, connection) = made();
    let statements = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
                      AND sql LIKE '%STRICT%'";
    let statements = rows(&connection, statements);
    assert_eq!(statements.len(), TABLES.len() + metric_names().len() + 3);
    for statement in statements {
        let mut lines = statement.lines().skip(1).map(str::trim);
        assert!(lines.next().is_some_and(|line| line.starts_with("-- ")), "{statement}");
        let mut is_told = false;
        for line in lines.skip_while(|line| line.starts_with("-- ")) {
            if line.starts_with("PRIMARY KEY") || line.starts_with(')') {
                continue;
            }
            assert!(is_told || line.contains("-- "), "{line}");
            is_told = line.starts_with("-- ");
        }
    }
}

#[test]
fn a_newer_schema_is_left_alone() {
    let (file, mut connection) = made();
    connection.pragma_update(None, "user_version", 99).expect("set");
    let state = everything(&connection);
    let error = load(&mut connection, &MemoryTables::default(), None, &LoadOptions::default(), &());
    let known = Migration::ALL.len();
    let expected = format!(
        "{} is of version 99, this program knows up to {known}: use a newer program",
        file.path.display()
    );
    assert_eq!(error.expect_err("newer").to_string(), expected);
    assert_eq!(everything(&connection), state);
}

/// What a step does, and how the program that was released with it left a file.
fn old_file(steps: &[Migration]) -> TestFile {
    let file = TestFile::new();
    let connection = Connection::open(&file.path).expect("opened");
    for step in steps {
        let name = format!("{:04}_{}.sql", step.version, step.name);
        let sql = concat!(env!("CARGO_MANIFEST_DIR"), "/sql/migrations");
        let sql = std::fs::read_to_string(std::path::Path::new(sql).join(name)).expect("read");
        connection.execute_batch(&sql).expect(step.name);
    }
    let application_id = i32::from_be_bytes(*b"SLKA");
    connection.pragma_update(None, "application_id", application_id).expect("set");
    connection.pragma_update(None, "user_version", steps.last().map_or(0, |step| step.version)).expect("set");
    file
}

#[test]
fn a_file_of_any_age_becomes_the_same_as_a_new_one_and_keeps_its_rows() {
    let (_fresh, fresh) = made();
    let schema = "SELECT sql FROM sqlite_schema ORDER BY type, name";
    let user =
        "INSERT INTO user_data (id, name, known, last_batch) VALUES ('U7', 'eve', 1, '20200101000000')";
    for steps in 1..Migration::ALL.len() {
        let file = old_file(&Migration::ALL[..steps]);
        Connection::open(&file.path).and_then(|old| old.execute(user, [])).expect("inserted");
        let mut connection = file.open();
        let loaded =
            load(&mut connection, &tables(MASTER), None, &LoadOptions::default(), &()).expect("loaded");
        assert_eq!(loaded.migrations.len(), Migration::ALL[steps..].len());
        assert_eq!(rows(&connection, schema), rows(&fresh, schema), "{steps} steps");
        let users = "SELECT id, name, last_batch, values_batch FROM user_data ORDER BY id";
        let expected = [
            "U1,ann,20200913000000,",
            "U2,bob,20200913000000,",
            "U7,eve,20200101000000,",
            "U9,,20200913000000,",
        ];
        assert_eq!(rows(&connection, users), expected, "{steps} steps");
    }
}

#[test]
fn a_failed_migration_leaves_nothing() {
    let (_file, mut connection) = made();
    let change =
        "DROP TABLE load_block; DROP TABLE load_now; PRAGMA user_version = 3; CREATE TABLE load_now (ours)";
    connection.execute_batch(change).expect("changed");
    let error = load(&mut connection, &MemoryTables::default(), None, &LoadOptions::default(), &());
    assert!(matches!(error, Err(Error::Statement { .. })), "{error:?}");
    assert_eq!(rows(&connection, "SELECT name FROM sqlite_schema WHERE name LIKE 'load_%'"), ["load_now"]);
    assert_eq!(rows(&connection, "PRAGMA user_version"), ["3"]);
}

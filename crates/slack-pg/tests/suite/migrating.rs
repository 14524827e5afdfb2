use crate::loads::metric_names;
use postgres::Client;
use slack_pg::{Error, Migration, migrate, plan};

use crate::private_postgres::TestDatabase;

/// One text for each row of a query.
fn texts(client: &mut Client, query: &str) -> Vec<String> {
    client.query(query, &[]).expect(query).iter().map(|row| row.get(0)).collect()
}

/// The table of versions as this program's first two versions made it.
const OLD_HISTORY: &str = "
CREATE TABLE schema_version (
    version integer PRIMARY KEY,
    name text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE schema_version IS 'The migrations that made this schema what it is';
COMMENT ON COLUMN schema_version.version IS 'The version that the migration led to';
COMMENT ON COLUMN schema_version.name IS 'What the migration brought';
COMMENT ON COLUMN schema_version.applied_at IS 'When it was carried out';
";

/// A database whose schema the program's first two versions made, by so many steps.
fn old_schema(steps: usize) -> TestDatabase {
    let database = TestDatabase::create();
    let mut client = database.client();
    client.batch_execute("CREATE SCHEMA slack; SET search_path TO slack").expect("made");
    client.batch_execute(OLD_HISTORY).expect("made");
    for step in &Migration::all()[..steps] {
        client.batch_execute(step.sql()).expect(step.name);
        let record = "INSERT INTO schema_version (version, name) VALUES ($1, $2)";
        client.execute(record, &[&step.version, &step.name]).expect("recorded");
    }
    database
}

/// A database whose schema was made by so many of this program's steps, recorded as `model` has them.
fn schema_of(steps: usize, model: &TestDatabase) -> TestDatabase {
    let history = "SELECT version, name, checksum FROM slack.schema_version ORDER BY version";
    let history = model.client().query(history, &[]).expect("read");

    let database = TestDatabase::create();
    let mut client = database.client();
    let new_history = OLD_HISTORY.replace("applied_at", "applied_on");
    client
        .batch_execute(&format!("CREATE SCHEMA slack; SET search_path TO slack; {new_history}"))
        .expect("made");
    client
        .batch_execute(
            "ALTER TABLE schema_version ADD checksum text NOT NULL; COMMENT ON COLUMN schema_version.checksum
             IS 'Digest of its name, version and text, by which a change of them is seen'",
        )
        .expect("made");
    for (step, row) in Migration::all()[..steps].iter().zip(&history) {
        client.batch_execute(step.sql()).expect(step.name);
        let (version, name, checksum): (i32, &str, &str) = (row.get(0), row.get(1), row.get(2));
        let record = "INSERT INTO schema_version (version, name, checksum) VALUES ($1, $2, $3)";
        client.execute(record, &[&version, &name, &checksum]).expect("recorded");
    }
    database
}

#[test]
fn a_schema_of_any_age_becomes_the_same_as_a_new_one() {
    let fresh = TestDatabase::create();
    migrate(&mut fresh.client(), "slack").expect("made");
    let expected = fresh.schema_dump();
    assert!(expected.contains("CREATE VIEW slack.v_messages") && expected.contains("CREATE TRIGGER"));
    let all = Migration::all();
    for steps in 0..=2 {
        let database = old_schema(steps);
        let mut client = database.client();
        assert_eq!(plan(&mut client, "slack").expect("planned"), all[steps..]);
        assert_eq!(migrate(&mut client, "slack").expect("made"), all[steps..]);
        assert_eq!(database.schema_dump(), expected, "{steps} steps of the first versions");
    }
    for steps in 0..all.len() {
        let database = schema_of(steps, &fresh);
        assert_eq!(migrate(&mut database.client(), "slack").expect("made"), all[steps..]);
        assert_eq!(database.schema_dump(), expected, "{steps} steps");
    }
}

#[test]
fn migrating_again_does_nothing() {
    let database = TestDatabase::create();
    let mut client = database.client();
    assert_eq!(migrate(&mut client, "slack").expect("made"), Migration::all());
    assert_eq!(migrate(&mut client, "slack").expect("found"), []);
    let versions =
        texts(&mut client, "SELECT version::text FROM slack.schema_version ORDER BY schema_version.version");
    assert_eq!(versions, Migration::all().iter().map(|step| step.version.to_string()).collect::<Vec<_>>());
}

#[test]
fn who_may_only_read_can_ask_what_is_to_do_and_migrate_where_nothing_is() {
    let database = TestDatabase::create();
    let mut client = database.client();
    let reader = "DROP ROLE IF EXISTS slack_test_plan; CREATE ROLE slack_test_plan; SET ROLE slack_test_plan";
    client.batch_execute(reader).expect("a reader");
    assert_eq!(plan(&mut client, "slack").expect("planned"), Migration::all());
    assert!(matches!(migrate(&mut client, "slack"), Err(Error::NoRights { .. })));
    client.batch_execute("RESET ROLE").expect("reset");
    assert_eq!(texts(&mut client, "SELECT nspname::text FROM pg_namespace WHERE nspname = 'slack'"), [""; 0]);

    migrate(&mut client, "slack").expect("made");
    client
        .batch_execute(
            "GRANT USAGE ON SCHEMA slack TO slack_test_plan; GRANT SELECT ON slack.schema_version TO slack_test_plan;
             SET ROLE slack_test_plan; SET default_transaction_read_only = on",
        )
        .expect("granted");
    assert_eq!(plan(&mut client, "slack").expect("planned"), []);
    client.batch_execute("SET default_transaction_read_only = off").expect("set");
    assert_eq!(migrate(&mut client, "slack").expect("nothing to do"), []);
    client
        .batch_execute("RESET ROLE; DROP OWNED BY slack_test_plan; DROP ROLE slack_test_plan")
        .expect("gone");
}

#[test]
fn a_step_that_was_changed_or_left_out_is_an_error() {
    let database = TestDatabase::create();
    let mut client = database.client();
    migrate(&mut client, "slack").expect("made");
    let mut transaction = client.transaction().expect("begun");
    transaction
        .batch_execute("UPDATE slack.schema_version SET checksum = '1' WHERE version = 2")
        .expect("changed");
    for error in [migrate(&mut transaction, "slack"), plan(&mut transaction, "slack")] {
        assert_eq!(
            error.expect_err("changed").to_string(),
            "schema slack was made by a migration 2 (metric_tables) that differs from this program's: load into a \
             new schema, or use the program that made this one"
        );
    }
    transaction.rollback().expect("rolled back");
    client.batch_execute("DELETE FROM slack.schema_version WHERE version = 2").expect("deleted");
    let error = migrate(&mut client, "slack").expect_err("left out");
    assert!(matches!(error, Error::SkippedMigration { version: 2, .. }), "{error:?}");

    // The first versions kept no checksum: a name tells.
    let old = old_schema(2);
    let mut client = old.client();
    client
        .batch_execute("UPDATE slack.schema_version SET name = 'other' WHERE version = 1")
        .expect("changed");
    let error = migrate(&mut client, "slack").expect_err("another step");
    assert!(matches!(error, Error::ChangedMigration { version: 1, .. }), "{error:?}");
}

#[test]
fn a_newer_schema_is_left_alone() {
    let known = Migration::all().last().expect("there are steps").version;
    let current = TestDatabase::create();
    migrate(&mut current.client(), "slack").expect("made");
    for database in [old_schema(2), current] {
        let mut client = database.client();
        let mark = "SELECT string_agg(column_name, ',' ORDER BY ordinal_position)::text
                    FROM information_schema.columns WHERE table_name = 'schema_version'";
        let columns = texts(&mut client, mark);
        let last = if columns[0].contains("checksum") { ", now(), '1'" } else { "" };
        client
            .batch_execute(&format!("INSERT INTO slack.schema_version VALUES (99, 'from the future'{last})"))
            .expect("inserted");
        for error in [migrate(&mut client, "slack"), plan(&mut client, "slack")] {
            assert_eq!(
                error.expect_err("newer").to_string(),
                format!(
                    "schema slack is of version 99, this program knows up to {known}: use a newer program"
                )
            );
        }
        assert_eq!(texts(&mut client, mark), columns);
    }
}

#[test]
fn a_failed_migration_leaves_nothing() {
    let database = TestDatabase::create();
    let mut client = database.client();
    client.batch_execute("CREATE SCHEMA slack; CREATE TABLE slack.tag_data (ours text)").expect("made");
    let error = migrate(&mut client, "slack").expect_err("a table is in the way");
    assert_eq!(error.to_string(), "cannot bring schema slack to version 2 (metric_tables)");
    let made = texts(&mut client, "SELECT tablename::text FROM pg_tables WHERE schemaname = 'slack'");
    assert_eq!(made, ["tag_data"]);
}

#[test]
fn an_embedders_transaction_decides_and_its_search_path_stays() {
    let database = TestDatabase::create();
    let mut client = database.client();
    let mut transaction = client.transaction().expect("begun");
    transaction.batch_execute("SET LOCAL search_path TO elsewhere, public").expect("set");
    assert_eq!(migrate(&mut transaction, "a \"b\"").expect("made"), Migration::all());
    let row = transaction.query_one("SHOW search_path", &[]).expect("shown");
    assert_eq!(row.get::<_, &str>(0), "elsewhere, public");
    for table in metric_names() {
        transaction.batch_execute(&format!("TABLE \"a \"\"b\"\"\".{table}")).expect(table);
    }
    transaction.rollback().expect("rolled back");
    assert_eq!(plan(&mut client, "a \"b\"").expect("planned"), Migration::all());
}

#[test]
fn names_that_postgres_would_change_are_refused() {
    let database = TestDatabase::create();
    for name in ["", "pg_slack", &"x".repeat(64)] {
        let error = migrate(&mut database.client(), name);
        assert!(matches!(error, Err(Error::SchemaName { .. })), "{name:?}");
    }
}

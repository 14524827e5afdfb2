use postgres::Client;
use slack_model::rows::TABLES;
use slack_pg::{Error, METRIC_TABLES, Migration, migrate};

use crate::private_postgres::TestDatabase;

/// The columns of the metric tables, as their description says.
const METRIC_COLUMNS: &[(&str, &str)] = &[
    (
        "conversation_data",
        "channel, type, subtype, ts, thread_ts, time, kind, user_id, name, real_name, text, city, country, iso, channel_gap_s, thread_gap_s, user_gap_s",
    ),
    ("tag_data", "channel, ts, position, user_id, type, tag, label"),
    (
        "useractive_data",
        "user_id, name, invite_date, join_date, message_count, first_message_date, last_message_date, reaction_count, first_reaction_date, last_reaction_date, reply_count, channel_count, active_days, reactions_received, mentions_received",
    ),
    (
        "aggr_by_channel",
        "channel, name, type, posts, replies, threads, users, reactions, first_post, last_post",
    ),
    ("aggr_by_channel_user", "channel, user_id, posts, replies"),
    ("number_channel_user", "channel, users"),
    ("max_by_channel_user", "channel_id, channel_name, user_id, user_name, posts"),
    ("aggr_by_thread", "channel, thread_ts, messages, users, last_message, duration_s"),
    ("aggr_by_thread_user", "channel, thread_ts, user_id, messages"),
    ("cube_by_month", "month, channel, user_id, posts, replies"),
    (
        "response_data",
        "channel, thread_ts, user_id, first_response, responder, response_s, responders, replies",
    ),
    ("response_by_channel", "channel, threads, answered, median_response_s, p90_response_s"),
    (
        "activity_by_day",
        "date, posts, replies, reactions, people, active, new_posters, people_7d, people_28d, stickiness",
    ),
    ("activity_by_hour", "weekday, hour, posts"),
    ("retention_by_cohort", "cohort, months_since, people, cohort_size"),
    ("health_by_channel", "channel, posts, people, absence_factor, gini, burstiness"),
    ("emoji_data", "reaction, count, users, messages"),
    ("node_data", "Id, Label, type, name, iso, country, city, channel_type, channel_class"),
    ("edge_data", "Source, Target, Type, Weight, relate, channel, first_time, last_time"),
];

/// One text for each row of a query.
fn texts(client: &mut Client, query: &str) -> Vec<String> {
    client.query(query, &[]).expect(query).iter().map(|row| row.get(0)).collect()
}

fn columns(client: &mut Client, table: &str) -> Vec<String> {
    texts(
        client,
        &format!(
            "SELECT column_name::text FROM information_schema.columns
             WHERE table_schema = 'slack' AND table_name = '{table}' AND is_generated = 'NEVER'
             ORDER BY ordinal_position"
        ),
    )
}

#[test]
fn the_tables_are_those_of_the_contract() {
    let database = TestDatabase::create();
    let mut client = database.client();
    migrate(&mut client, "slack").expect("made");
    for table in TABLES {
        let expected: Vec<_> = table.columns.iter().map(|column| column.name).collect();
        assert_eq!(columns(&mut client, table.name), expected, "{}", table.name);
    }
    assert_eq!(METRIC_COLUMNS.iter().map(|(table, _)| *table).collect::<Vec<_>>(), METRIC_TABLES);
    for (table, expected) in METRIC_COLUMNS {
        assert_eq!(columns(&mut client, table).join(", "), *expected, "{table}");
    }
    let made = texts(&mut client, "SELECT tablename::text FROM pg_tables WHERE schemaname = 'slack'");
    assert_eq!(made.len(), TABLES.len() + METRIC_TABLES.len() + ["zone_data", "schema_version"].len());
}

#[test]
fn keys_are_those_of_the_contract() {
    let database = TestDatabase::create();
    let mut client = database.client();
    migrate(&mut client, "slack").expect("made");
    for table in TABLES {
        let key = texts(
            &mut client,
            &format!(
                "SELECT column_name::text FROM information_schema.key_column_usage
                 JOIN information_schema.table_constraints USING (constraint_schema, constraint_name)
                 WHERE constraint_type = 'PRIMARY KEY' AND constraint_schema = 'slack'
                   AND key_column_usage.table_name = '{}' ORDER BY ordinal_position",
                table.name
            ),
        );
        let expected: Vec<_> = match table.name {
            // A text may be longer than an index entry: its digest stands for it.
            "message_revision_data" => vec!["channel", "ts", "edited_ts", "text_md5"],
            _ => table.key.to_vec(),
        };
        assert_eq!(key, expected, "{}", table.name);
    }
    let mut foreign = texts(
        &mut client,
        "SELECT one.relname || ' ' || other.relname FROM pg_constraint
         JOIN pg_class one ON one.oid = conrelid JOIN pg_class other ON other.oid = confrelid
         WHERE contype = 'f' AND connamespace = 'slack'::regnamespace",
    );
    foreign.sort();
    let expected = [
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
    ];
    assert_eq!(foreign, expected);
}

#[test]
fn every_table_and_column_has_a_comment() {
    let database = TestDatabase::create();
    let mut client = database.client();
    migrate(&mut client, "slack").expect("made");
    let bare = texts(
        &mut client,
        "SELECT c.relname || coalesce('.' || a.attname, '') FROM pg_class c
         LEFT JOIN LATERAL (
            SELECT attnum, attname FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
            UNION ALL SELECT 0, NULL
         ) a ON true
         LEFT JOIN pg_description d
            ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = a.attnum
         WHERE c.relnamespace = 'slack'::regnamespace AND c.relkind = 'r' AND d.description IS NULL",
    );
    assert_eq!(bare, [""; 0]);
    let described = "SELECT obj_description('slack.message_data'::regclass)";
    assert!(texts(&mut client, described)[0].starts_with("A message as a reader sees it"));
}

#[test]
fn migrating_again_does_nothing() {
    let database = TestDatabase::create();
    let mut client = database.client();
    assert_eq!(migrate(&mut client, "slack").expect("made"), Migration::ALL);
    assert_eq!(migrate(&mut client, "slack").expect("found"), []);
    let versions = texts(&mut client, "SELECT version::text FROM slack.schema_version ORDER BY version");
    assert_eq!(versions, ["1", "2", "3"]);
}

#[test]
fn an_older_schema_gets_the_steps_it_lacks() {
    let database = TestDatabase::create();
    let mut client = database.client();
    migrate(&mut client, "slack").expect("made");
    let drops = METRIC_TABLES.iter().map(|table| format!("DROP TABLE slack.{table};")).collect::<String>();
    client.batch_execute(&drops).expect("dropped");
    client.batch_execute("DROP TABLE slack.zone_data").expect("dropped");
    client.batch_execute("DELETE FROM slack.schema_version WHERE version > 1").expect("deleted");
    assert_eq!(migrate(&mut client, "slack").expect("made"), Migration::ALL[1..]);
    assert_eq!(columns(&mut client, "emoji_data").len(), 4);
}

#[test]
fn a_newer_schema_is_left_alone() {
    let database = TestDatabase::create();
    let mut client = database.client();
    migrate(&mut client, "slack").expect("made");
    client
        .batch_execute("INSERT INTO slack.schema_version VALUES (99, 'from the future')")
        .expect("inserted");
    let error = migrate(&mut client, "slack").expect_err("newer");
    assert!(matches!(error, Error::NewerSchema { found: 99, .. }), "{error:?}");
    assert_eq!(
        error.to_string(),
        "schema slack is of version 99, this program knows up to 3: use a newer program"
    );
}

#[test]
fn a_failed_migration_leaves_nothing() {
    let database = TestDatabase::create();
    let mut client = database.client();
    client.batch_execute("CREATE SCHEMA slack; CREATE TABLE slack.tag_data (ours text)").expect("made");
    let error = migrate(&mut client, "slack").expect_err("a table is in the way");
    assert!(matches!(error, Error::Statement { .. }), "{error:?}");
    let made = texts(&mut client, "SELECT tablename::text FROM pg_tables WHERE schemaname = 'slack'");
    assert_eq!(made, ["tag_data"]);
}

#[test]
fn names_that_postgres_would_change_are_refused() {
    let database = TestDatabase::create();
    for name in ["", "pg_slack", &"x".repeat(64)] {
        let error = migrate(&mut database.client(), name);
        assert!(matches!(error, Err(Error::SchemaName { .. })), "{name:?}");
    }
}

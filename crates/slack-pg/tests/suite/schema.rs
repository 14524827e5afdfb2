use crate::loads::metric_names;
use postgres::Client;
use slack_model::Table;
use slack_model::rows::{
    CommunityRow, GraphMeasure, MonthlyCommunity, MonthlyEdge, MonthlyGraphMeasure, NetworkEdge, NewcomerRow,
    NodeMeasures, TABLES,
};
use slack_pg::migrate;

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

/// Tables of the database's own.
const OWN_TABLES: [&str; 3] = ["load_block", "schema_version", "zone_data"];

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

fn key(client: &mut Client, table: &str) -> Vec<String> {
    texts(
        client,
        &format!(
            "SELECT column_name::text FROM information_schema.key_column_usage
             JOIN information_schema.table_constraints USING (constraint_schema, constraint_name)
             WHERE constraint_type = 'PRIMARY KEY' AND constraint_schema = 'slack'
               AND key_column_usage.table_name = '{table}' ORDER BY ordinal_position"
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
    let graph = [
        NodeMeasures::SCHEMA,
        NetworkEdge::SCHEMA,
        GraphMeasure::SCHEMA,
        MonthlyGraphMeasure::SCHEMA,
        CommunityRow::SCHEMA,
        MonthlyCommunity::SCHEMA,
        NewcomerRow::SCHEMA,
        MonthlyEdge::SCHEMA,
    ];
    for table in &graph {
        let expected: Vec<_> = table.columns.iter().map(|column| column.name).collect();
        assert_eq!(columns(&mut client, table.name), expected, "{}", table.name);
        assert_eq!(key(&mut client, table.name), table.key, "{}", table.name);
    }
    let metrics = METRIC_COLUMNS.iter().map(|(table, _)| *table).chain(graph.iter().map(|table| table.name));
    assert_eq!(metrics.collect::<Vec<_>>(), metric_names());
    for (table, expected) in METRIC_COLUMNS {
        assert_eq!(columns(&mut client, table).join(", "), *expected, "{table}");
    }
    let made = texts(&mut client, "SELECT tablename::text FROM pg_tables WHERE schemaname = 'slack'");
    assert_eq!(made.len(), TABLES.len() + metric_names().len() + OWN_TABLES.len());
}

#[test]
fn keys_are_those_of_the_contract() {
    let database = TestDatabase::create();
    let mut client = database.client();
    migrate(&mut client, "slack").expect("made");
    for table in TABLES {
        let key = key(&mut client, table.name);
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
    assert_eq!(foreign, expected);
}

#[test]
fn every_table_view_and_column_has_a_comment() {
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
         WHERE c.relnamespace = 'slack'::regnamespace AND c.relkind IN ('r', 'v', 'm') AND d.description IS NULL",
    );
    assert_eq!(bare, [""; 0]);
    let described = "SELECT obj_description('slack.message_data'::regclass)";
    assert!(texts(&mut client, described)[0].starts_with("A message as a reader sees it"));
}

#[test]
fn whoever_changes_a_table_makes_the_loader_forget_it() {
    let database = TestDatabase::create();
    let mut client = database.client();
    migrate(&mut client, "slack").expect("made");
    let watched = texts(
        &mut client,
        "SELECT DISTINCT event_object_table::text FROM information_schema.triggers
         WHERE trigger_schema = 'slack' AND trigger_name = 'forget_load' ORDER BY 1",
    );
    let mut data: Vec<_> = TABLES.iter().map(|table| table.name).chain(metric_names()).collect();
    data.push("zone_data");
    data.sort_unstable();
    assert_eq!(watched, data);

    let remember = "
        INSERT INTO slack.load_block VALUES ('emoji_data', 'x', '{a}', '{a}', 1), ('tag_data', 'x', '{a}', '{a}', 1)
        ON CONFLICT DO NOTHING";
    client
        .batch_execute(
            "CREATE ROLE slack_test_writer; GRANT USAGE ON SCHEMA slack TO slack_test_writer;
             GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON slack.emoji_data TO slack_test_writer",
        )
        .expect("a writer");
    let remembered = "SELECT table_name FROM slack.load_block ORDER BY 1";
    for change in [
        "INSERT INTO slack.emoji_data VALUES ('tada')",
        "UPDATE slack.emoji_data SET count = 2",
        "DELETE FROM slack.emoji_data",
        "TRUNCATE slack.emoji_data",
    ] {
        client.batch_execute(remember).expect("remembered");
        let mut loading = client.transaction().expect("begun");
        loading.batch_execute(&format!("SET LOCAL slack_analytics.loading = 'on'; {change}")).expect(change);
        loading.rollback().expect("rolled back");
        assert_eq!(texts(&mut client, remembered), ["emoji_data", "tag_data"], "a load's own {change}");
        client
            .batch_execute(&format!(
                "SET ROLE slack_test_writer; SET search_path = ''; {change}; RESET ALL; RESET ROLE"
            ))
            .expect(change);
        assert_eq!(texts(&mut client, remembered), ["tag_data"], "{change}");
    }
    // Nobody else may put the function on a table of their own: it would act there with its owner's rights.
    let theirs = "SET ROLE slack_test_writer; CREATE TEMPORARY TABLE theirs (x text);
        CREATE TRIGGER t AFTER INSERT ON theirs FOR EACH STATEMENT EXECUTE FUNCTION slack.forget_load()";
    assert!(client.batch_execute(theirs).is_err());
    client
        .batch_execute("RESET ROLE; DROP OWNED BY slack_test_writer; DROP ROLE slack_test_writer")
        .expect("gone");
}

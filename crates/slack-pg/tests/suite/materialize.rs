use crate::loads::{LoadOptions, load, metric_names};
use slack_pg::{Error, MaterializeSummary, Materialized, drop_materialized, materialize};

use crate::master::{MASTER, METRICS, tables};
use crate::private_postgres::TestDatabase;

const ZONES: &[u8] = b"tz,cc,country,city,coord\nMoon/Base,XX,Moon,Base,+0000+00000\n";

/// A database with the small master in it.
fn loaded() -> TestDatabase {
    let database = TestDatabase::create();
    load(&mut database.client(), &tables(MASTER), Some(&tables(METRICS)), &LoadOptions::default(), &())
        .expect("loaded");
    database
}

fn measured(client: &mut postgres::Client) -> MaterializeSummary {
    materialize(client, "slack", ZONES, &()).expect("measured")
}

fn outcomes(summary: &MaterializeSummary, outcome: Materialized) -> Vec<&'static str> {
    let views = summary.views.iter().filter(|view| view.outcome == outcome);
    views.map(|view| view.table).collect()
}

fn number(client: &mut postgres::Client, query: &str) -> i64 {
    client.query_one(query, &[]).expect(query).get(0)
}

/// Tables that no query gives: references, which are an input, and the measures of the network.
const NOT_COMPUTED: [&str; 8] = [
    "tag_data",
    "node_measures",
    "network_data",
    "graph_measures",
    "graph_measures_by_month",
    "community_data",
    "community_by_month",
    "newcomer_data",
];

/// The metric tables that have a view.
fn computed() -> impl Iterator<Item = &'static str> {
    metric_names().into_iter().filter(|table| !NOT_COMPUTED.contains(table))
}

const POSTS_OF_ALL: &str =
    "SELECT posts FROM slack.mv_cube_by_month WHERE month = '' AND channel = '' AND user_id = ''";

const ONE_MORE_POST: &str = "INSERT INTO slack.message_data (channel, ts, user_id, text)
    VALUES ('C1', '1600000004.000000', 'U2', 'one more')";

#[test]
fn views_are_made_once_and_refreshed_after_that() {
    let database = loaded();
    let mut client = database.client();
    let first = measured(&mut client);
    assert!(computed().all(|table| first.views.iter().any(|view| view.table == table)));
    assert_eq!(outcomes(&first, Materialized::Made).len(), first.views.len());
    assert_eq!(number(&mut client, POSTS_OF_ALL), 2);

    client.batch_execute(ONE_MORE_POST).expect("inserted");
    assert_eq!(number(&mut client, POSTS_OF_ALL), 2);
    let second = measured(&mut client);
    assert_eq!(outcomes(&second, Materialized::Refreshed).len(), first.views.len());
    assert_eq!(number(&mut client, POSTS_OF_ALL), 3);
    let settings = "SELECT current_setting('search_path') || ' ' || current_setting('jit')";
    let changed: String = client.query_one(settings, &[]).expect("settings").get(0);
    let fresh: String = database.client().query_one(settings, &[]).expect("settings").get(0);
    assert_eq!(changed, fresh);
}

#[test]
fn a_view_that_is_defined_otherwise_is_made_again_with_those_that_read_it() {
    let database = loaded();
    let mut client = database.client();
    measured(&mut client);
    client
        .batch_execute("COMMENT ON MATERIALIZED VIEW slack.mv_aggr_by_channel_user IS 'of an older program'")
        .expect("commented");
    let remade = [
        "aggr_by_channel_user",
        "aggr_by_channel",
        "number_channel_user",
        "max_by_channel_user",
        "health_by_channel",
    ];
    assert_eq!(outcomes(&measured(&mut client), Materialized::Remade), remade);
    assert_eq!(outcomes(&measured(&mut client), Materialized::Remade), [""; 0]);

    // What others built upon a view is not dropped with it.
    client
        .batch_execute(
            "CREATE VIEW slack.ours AS SELECT * FROM slack.mv_emoji_data;
             COMMENT ON MATERIALIZED VIEW slack.mv_emoji_data IS 'of an older program'",
        )
        .expect("made");
    let error = materialize(&mut client, "slack", ZONES, &()).expect_err("a view is in the way");
    assert_eq!(error.to_string(), "cannot drop mv_emoji_data");
    assert!(drop_materialized(&mut client, "slack").is_err());
    assert_eq!(number(&mut client, "SELECT count(*) FROM slack.ours"), 2);
}

#[test]
fn views_can_be_dropped_and_made_again() {
    let database = loaded();
    let mut client = database.client();
    let made = measured(&mut client).views.len();
    assert_eq!(drop_materialized(&mut client, "slack").expect("dropped"), made);
    assert_eq!(number(&mut client, "SELECT count(*) FROM pg_matviews"), 0);
    assert_eq!(drop_materialized(&mut client, "slack").expect("nothing to drop"), 0);
    assert_eq!(outcomes(&measured(&mut client), Materialized::Made).len(), made);
}

#[test]
fn readers_go_on_while_views_are_refreshed() {
    let database = loaded();
    let (mut client, mut reader) = (database.client(), database.client());
    measured(&mut client);
    client.batch_execute(ONE_MORE_POST).expect("inserted");

    let mut transaction = client.transaction().expect("begun");
    materialize(&mut transaction, "slack", ZONES, &()).expect("refreshed");
    // The refresh holds its locks until the transaction ends: who had to wait for one would fail.
    reader.batch_execute("SET lock_timeout = '1s'").expect("set");
    for table in computed() {
        number(&mut reader, &format!("SELECT count(*) FROM slack.mv_{table}"));
    }
    assert_eq!(number(&mut reader, POSTS_OF_ALL), 2);
    let busy = materialize(&mut reader, "slack", ZONES, &());
    assert!(matches!(busy, Err(Error::Busy { .. })), "{busy:?}");
    transaction.commit().expect("committed");
    assert_eq!(number(&mut reader, POSTS_OF_ALL), 3);
}

#[test]
fn views_and_their_columns_have_comments_and_keys() {
    let database = loaded();
    let mut client = database.client();
    measured(&mut client);
    let bare = "SELECT count(*) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relkind = 'm' AND a.attnum > 0 AND col_description(c.oid, a.attnum) IS NULL";
    assert_eq!(number(&mut client, bare), 0);
    let without = "SELECT count(*) FROM pg_class c WHERE c.relkind = 'm' AND (
            obj_description(c.oid, 'pg_class') NOT LIKE '%UTC%'
            OR NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique))";
    assert_eq!(number(&mut client, without), 0);
}

#[test]
fn zones_become_those_that_are_given() {
    let database = loaded();
    let mut client = database.client();
    client.batch_execute("UPDATE slack.user_data SET tz = 'Moon/Base' WHERE id = 'U1'").expect("updated");
    measured(&mut client);
    let moon =
        "SELECT count(*) FROM slack.mv_node_data WHERE country = 'Moon' AND iso = 'XX' AND city = 'Base'";
    assert_eq!(number(&mut client, moon), 1);
    materialize(&mut client, "slack", b"tz,country\nMoon/Far,Moon\n", &()).expect("measured");
    assert_eq!(number(&mut client, moon), 0);
    assert_eq!(number(&mut client, "SELECT count(*) FROM slack.zone_data"), 1);
    let error = materialize(&mut client, "slack", b"cc\nXX\n", &()).expect_err("no names of zones");
    assert_eq!(error.to_string(), "zone_data has no column tz");
}

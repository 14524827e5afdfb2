use crate::loads::{LoadOptions, LoadSummary, TableLoad, load, metric_names};
use slack_model::MemoryTables;
use slack_pg::Error;

use crate::master::{MASTER, METRICS, everything, rows_of, tables};
use crate::private_postgres::TestDatabase;

fn load_both(client: &mut postgres::Client, master: &MemoryTables, metrics: &MemoryTables) -> LoadSummary {
    load(client, master, Some(metrics), &LoadOptions::default(), &()).expect("loaded")
}

fn of<'a>(summary: &'a LoadSummary, table: &str) -> &'a TableLoad {
    summary.tables.iter().find(|loaded| loaded.table == table).expect("every table is in the summary")
}

#[test]
fn an_empty_load_makes_empty_tables() {
    let database = TestDatabase::create();
    let mut client = database.client();
    let nothing = MemoryTables::default();
    let summary = load_both(&mut client, &nothing, &nothing);
    assert_eq!(summary.migrations.len(), slack_pg::Migration::all().len());
    assert_eq!(summary.tables.len(), slack_model::rows::TABLES.len() + metric_names().len());
    for table in &summary.tables {
        assert_eq!((table.rows, table.written, table.deleted), (0, 0, 0), "{}", table.table);
        assert_eq!(rows_of(&mut client, table.table), [""; 0]);
    }
}

#[test]
fn a_second_load_of_the_same_touches_nothing() {
    let database = TestDatabase::create();
    let mut client = database.client();
    let (master, metrics) = (tables(MASTER), tables(METRICS));
    let first = load_both(&mut client, &master, &metrics);
    let state = everything(&mut client);
    for (table, csv) in MASTER.iter().chain(METRICS) {
        let records = csv.lines().count() - 1;
        let loaded = of(&first, table);
        assert_eq!((loaded.rows, loaded.written), (records as u64, records as u64), "{table}");
        assert_eq!(rows_of(&mut client, table).len(), records, "{table}");
    }

    let second = load_both(&mut client, &master, &metrics);
    assert!(second.migrations.is_empty());
    for table in &second.tables {
        assert_eq!((table.rows, table.written, table.deleted), (of(&first, table.table).rows, 0, 0));
    }
    assert_eq!(everything(&mut client), state);
}

#[test]
fn rows_of_the_master_stay_and_rows_of_metrics_go() {
    let database = TestDatabase::create();
    let mut client = database.client();
    load_both(&mut client, &tables(MASTER), &tables(METRICS));

    let master = tables(&[("user_data", "id,name,known\nU2,robert,true\nU3,cleo,true\n")]);
    let metrics =
        tables(&[("aggr_by_channel_user", "channel,user_id,posts,replies\nC1,U2,5,1\nC1,U3,1,0\n")]);
    let summary = load_both(&mut client, &master, &metrics);
    let (users, posters) = (of(&summary, "user_data"), of(&summary, "aggr_by_channel_user"));
    assert_eq!((users.written, users.deleted), (2, 0));
    assert_eq!((posters.written, posters.deleted), (2, 1));
    assert_eq!(of(&summary, "cube_by_month").deleted, 3);

    let names = client.query("SELECT id, name FROM slack.user_data ORDER BY id", &[]).expect("users");
    let names: Vec<(String, String)> = names.iter().map(|row| (row.get(0), row.get(1))).collect();
    let expected = [("U1", "ann"), ("U2", "robert"), ("U3", "cleo"), ("U9", "")];
    assert_eq!(names, expected.map(|(id, name)| (id.to_owned(), name.to_owned())));
    // A column that the new input lacks keeps what is there.
    let row = client.query_one("SELECT last_batch FROM slack.user_data WHERE id = 'U2'", &[]).expect("U2");
    assert_eq!(row.get::<_, &str>(0), "20200913000000");
    assert_eq!(rows_of(&mut client, "aggr_by_channel_user"), ["(C1,U2,5,1)", "(C1,U3,1,0)"]);

    let state = everything(&mut client);
    load(&mut client, &tables(MASTER), None, &LoadOptions::default(), &()).expect("loaded");
    assert_eq!(rows_of(&mut client, "aggr_by_channel_user"), ["(C1,U2,5,1)", "(C1,U3,1,0)"]);
    assert_ne!(everything(&mut client), state);
}

#[test]
fn a_failure_in_the_middle_leaves_the_old_state() {
    let database = TestDatabase::create();
    let mut client = database.client();
    let master = tables(MASTER);
    load_both(&mut client, &master, &tables(METRICS));
    let state = everything(&mut client);

    let changed = tables(&[("user_data", "id,name,known\nU1,anna,true\n")]);
    let short = tables(&[("activity_by_day", "date,posts\n2020-09-13,1\n2020-09-14\n")]);
    let error = load(&mut client, &changed, Some(&short), &LoadOptions::default(), &());
    assert_eq!(error.expect_err("a short record").to_string(), "cannot read activity_by_day");
    assert_eq!(everything(&mut client), state);

    let stranger = tables(&[("member_data", "channel,user_id\nC1,U404\n")]);
    let error = load(&mut client, &stranger, None, &LoadOptions::default(), &());
    assert!(matches!(error, Err(Error::Table { table: "member_data", .. })), "{error:?}");
    assert_eq!(everything(&mut client), state);
}

/// A channel of so many messages, a second apart.
fn channel(messages: u32, text: impl Fn(u32) -> String) -> MemoryTables {
    let mut csv = String::from("channel,ts,time,text\n");
    for second in 0..messages {
        csv.push_str(&format!("C1,16{second:08}.000000,2020-09-13T12:26:40.000100Z,{}\n", text(second)));
    }
    let master = tables(MASTER);
    master.insert("message_data", csv);
    master
}

/// Options under which every table that is empty is filled before its keys are built.
fn bulk() -> LoadOptions {
    let mut options = LoadOptions::default();
    options.bulk_from = 0;
    options
}

/// Keys and indexes as the server describes them.
fn keys_and_indexes(client: &mut postgres::Client) -> Vec<String> {
    let query =
        "SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
         WHERE connamespace = 'slack'::regnamespace
         UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'slack' ORDER BY 1";
    client.query(query, &[]).expect("the catalog").iter().map(|row| row.get(0)).collect()
}

#[test]
fn large_tables_get_their_keys_back() {
    let (slow, fast) = (TestDatabase::create(), TestDatabase::create());
    let (mut slow, mut fast) = (slow.client(), fast.client());
    let (master, metrics) = (tables(MASTER), tables(METRICS));
    let expected = load_both(&mut slow, &master, &metrics);
    let summary = load(&mut fast, &master, Some(&metrics), &bulk(), &()).expect("loaded");
    assert_eq!(summary, expected);
    let rows = |client: &mut postgres::Client| {
        let tables = everything(client).into_iter().filter(|(table, _)| table != "schema_version");
        tables.collect::<Vec<_>>()
    };
    assert_eq!(rows(&mut fast), rows(&mut slow));
    let keys = keys_and_indexes(&mut fast);
    assert!(keys.len() > 50, "{keys:?}");
    assert_eq!(keys, keys_and_indexes(&mut slow));
    let again = load(&mut fast, &master, Some(&metrics), &bulk(), &()).expect("loaded");
    assert!(again.tables.iter().all(|table| (table.sent, table.written, table.deleted) == (0, 0, 0)));
}

#[test]
fn only_blocks_that_differ_are_sent() {
    let database = TestDatabase::create();
    let mut client = database.client();
    let options = LoadOptions::default();
    let text = |second: u32| format!("message {second}");
    let first = load(&mut client, &channel(20_000, text), None, &options, &()).expect("loaded");
    assert_eq!((of(&first, "message_data").sent, of(&first, "message_data").written), (20_000, 20_000));

    let edited = channel(20_001, |second| if second == 7_000 { "edited".into() } else { text(second) });
    let second = load(&mut client, &edited, None, &options, &()).expect("loaded");
    let messages = of(&second, "message_data");
    assert_eq!((messages.rows, messages.written), (20_001, 2));
    assert!(messages.sent < 12_000, "{} rows sent", messages.sent);

    let third = load(&mut client, &edited, None, &options, &()).expect("loaded");
    assert_eq!(of(&third, "message_data").sent, 0);
    let mut all = LoadOptions::default();
    all.compare_all = true;
    let fourth = load(&mut client, &edited, None, &all, &()).expect("loaded");
    assert_eq!((of(&fourth, "message_data").sent, of(&fourth, "message_data").written), (20_001, 0));
}

#[test]
fn a_table_that_someone_else_changes_is_compared_again() {
    let database = TestDatabase::create();
    let mut client = database.client();
    let (master, metrics) = (tables(MASTER), tables(METRICS));
    load_both(&mut client, &master, &metrics);
    let state = everything(&mut client);
    for change in [
        "UPDATE slack.message_data SET text = 'changed' WHERE user_id = 'U1'",
        "DELETE FROM slack.reaction_data",
        "INSERT INTO slack.cube_by_month (month, posts) VALUES ('2020-10', 3)",
        "TRUNCATE slack.edge_data",
    ] {
        client.batch_execute(change).expect(change);
        let summary = load_both(&mut client, &master, &metrics);
        let touched: u64 = summary.tables.iter().map(|table| table.written + table.deleted).sum();
        assert!(touched > 0, "{change}");
        assert_eq!(everything(&mut client), state, "{change}");
    }
}

/// Days as a metric table has them, of which those are left out.
fn days(n: u64, without: impl Fn(u64) -> bool) -> MemoryTables {
    let mut csv = String::from("channel,user_id,posts,replies\n");
    for day in (0..n).filter(|day| !without(*day)) {
        csv.push_str(&format!("C1,U{day:06},{},0\n", day % 7));
    }
    tables(&[("aggr_by_channel_user", &csv)])
}

/// Says which days are left out.
type Without = fn(u64) -> bool;

#[test]
fn vanished_rows_go_from_wherever_they_are() {
    let database = TestDatabase::create();
    let mut client = database.client();
    let master = tables(MASTER);
    let n = 10_000;
    load_both(&mut client, &master, &days(n, |_| false));
    let cases: [(&str, Without); 6] = [
        ("one", |day| day == 4_321),
        ("the first", |day| day < 700),
        ("the last", |day| day >= 9_000),
        ("every tenth", |day| day.is_multiple_of(10)),
        ("none", |_| false),
        ("all", |_| true),
    ];
    let mut before = n;
    for (what, without) in cases {
        let kept = (0..n).filter(|day| !without(*day)).count() as u64;
        let summary = load_both(&mut client, &master, &days(n, without));
        let table = of(&summary, "aggr_by_channel_user");
        assert_eq!(before + table.written - table.deleted, kept, "{what}");
        let rows = client.query_one("SELECT count(*) FROM slack.aggr_by_channel_user", &[]).expect("counted");
        assert_eq!(rows.get::<_, i64>(0), kept as i64, "{what}");
        before = kept;
    }
}

#[test]
fn rows_out_of_order_or_twice_are_loaded_once() {
    let rows = "channel,user_id,posts,replies\nC1,U2,1,0\nC1,U1,1,0\nC1,U1,2,0\n";
    for options in [LoadOptions::default(), bulk()] {
        let database = TestDatabase::create();
        let mut client = database.client();
        for _ in 0..2 {
            let metrics = tables(&[("aggr_by_channel_user", rows)]);
            load(&mut client, &tables(MASTER), Some(&metrics), &options, &()).expect("loaded");
            assert_eq!(rows_of(&mut client, "aggr_by_channel_user"), ["(C1,U1,2,0)", "(C1,U2,1,0)"]);
        }
    }
}

#[test]
fn what_is_no_value_is_left_out_and_told() {
    let database = TestDatabase::create();
    let mut client = database.client();
    let master = tables(MASTER);
    let long = "x".repeat(3_000);
    master.insert("message_data", format!(
        "channel,ts,time,reply_count,text\nC1,1600000000.000100,no time,many,\"a\n\"\n{long},1600000000.000200,,,b\n"
    ));
    master.insert("user_data", "id,known\nU1,true\nU2,perhaps\nU9,false\n");
    master.insert("thread_data", "channel,ts\n");
    for name in ["reaction_data", "member_data"] {
        master.insert(name, "channel,ts,user_id,reaction\n");
    }
    // What could not be loaded is told each time.
    for sent in [1, 1] {
        let summary = load(&mut client, &master, None, &LoadOptions::default(), &()).expect("loaded");
        let (messages, users) = (of(&summary, "message_data"), of(&summary, "user_data"));
        assert_eq!((messages.rows, messages.sent, messages.unreadable, messages.refused), (2, sent, 2, 1));
        assert_eq!(messages.refusals, ["message_data.csv, line 4: channel is too long"]);
        assert_eq!(
            (users.refused, users.refusals.as_slice()),
            (1, ["user_data.csv, line 3: known is missing or no value of its type".to_owned()].as_slice())
        );
        let row =
            client.query_one("SELECT ts, time IS NULL, text FROM slack.message_data", &[]).expect("one row");
        assert_eq!((row.get(0), row.get(1), row.get(2)), ("1600000000.000100", true, "a\n"));
    }
}

#[test]
fn input_that_is_no_table_is_named() {
    let database = TestDatabase::create();
    let mut client = database.client();
    let options = LoadOptions::default();
    let error = load(&mut client, &tables(&[("member_data", "channel\nC1\n")]), None, &options, &());
    assert_eq!(error.expect_err("no key").to_string(), "member_data has no column user_id");
    let error = load(&mut client, &tables(&[("member_data", "channel,user_id\nC1\n")]), None, &options, &());
    assert_eq!(error.expect_err("a short record").to_string(), "cannot read member_data");
    assert_eq!(everything(&mut client), []);
}

#[test]
fn two_loads_at_once_do_not_mix() {
    let database = TestDatabase::create();
    let (mut one, mut two) = (database.client(), database.client());
    let master = tables(MASTER);
    let mut transaction = one.transaction().expect("begun");
    for _ in 0..2 {
        load(&mut transaction, &master, None, &LoadOptions::default(), &()).expect("loaded");
    }
    let busy = load(&mut two, &master, None, &LoadOptions::default(), &());
    assert!(matches!(busy, Err(Error::Busy { .. })), "{busy:?}");
    // The embedder's transaction decides: rolled back, nothing of the load is left.
    transaction.rollback().expect("rolled back");
    assert_eq!(everything(&mut two), []);
    load(&mut two, &master, None, &LoadOptions::default(), &()).expect("loaded");
}

#[test]
fn an_embedders_search_path_stays_as_it_was() {
    let database = TestDatabase::create();
    let mut client = database.client();
    let mut transaction = client.transaction().expect("begun");
    transaction.batch_execute("SET LOCAL search_path TO elsewhere, public").expect("set");
    let mut options = LoadOptions::default();
    options.schema = "Two \"words\"".into();
    load(&mut transaction, &tables(MASTER), Some(&tables(METRICS)), &options, &()).expect("loaded");
    let row = transaction.query_one("SHOW search_path", &[]).expect("shown");
    assert_eq!(row.get::<_, &str>(0), "elsewhere, public");
    let row = transaction.query_one("SELECT count(*) FROM \"Two \"\"words\"\"\".user_data", &[]);
    assert_eq!(row.expect("counted").get::<_, i64>(0), 3);
}

#[test]
fn a_folder_that_became_a_channel_stands_once() {
    let database = TestDatabase::create();
    let mut client = database.client();
    let second = "C2,message,,1600000005.000000,,2020-09-13T12:26:45.000000Z,,U1,there\n";
    let folder = |id: &str, is_joined: bool| {
        let master = tables(MASTER);
        let csv = |table: &str| String::from_utf8(master.get(table).expect(table)).expect("UTF-8");
        let channels = csv("channel_data") + &format!("{id},there,channel,confidential,,,\n");
        let messages = csv("message_data") + &second.replace("C2", id);
        master.insert("channel_data", channels);
        master.insert("message_data", messages);
        master.insert("member_data", csv("member_data") + &format!("{id},U1\n"));
        let aliases = if is_joined { "X2,C2,messages,,\n" } else { "" };
        master
            .insert("channel_alias_data", format!("alias,channel,reason,first_batch,last_batch\n{aliases}"));
        master
    };
    load_ok(&mut client, &folder("X2", false));
    let channels =
        "SELECT id || ' ' || (SELECT count(*) FROM slack.message_data WHERE channel = id) || ' ' ||
        (SELECT count(*) FROM slack.member_data WHERE channel = id) FROM slack.channel_data ORDER BY id";
    assert_eq!(texts(&mut client, channels), ["C1 3 2", "X2 1 1"]);
    let joined = load_ok(&mut client, &folder("C2", true));
    assert_eq!(texts(&mut client, channels), ["C1 3 2", "C2 1 1"]);
    assert_eq!(
        ["channel_data", "message_data", "member_data"].map(|table| of(&joined, table).deleted),
        [1, 1, 1]
    );
    assert_eq!(of(&load_ok(&mut client, &folder("C2", true)), "message_data").deleted, 0);
    // A rebuilt master without the join has the folder again.
    load_ok(&mut client, &folder("X2", false));
    assert_eq!(texts(&mut client, channels), ["C1 3 2", "C2 1 1", "X2 1 1"]);
}

fn load_ok(client: &mut postgres::Client, master: &MemoryTables) -> LoadSummary {
    load(client, master, None, &LoadOptions::default(), &()).expect("loaded")
}

/// One text for each row of a query.
fn texts(client: &mut postgres::Client, query: &str) -> Vec<String> {
    client.query(query, &[]).expect(query).iter().map(|row| row.get(0)).collect()
}

use slack_model::MemoryTables;
use slack_pg::{Error, LoadOptions, LoadSummary, METRIC_TABLES, TableLoad, load};

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
    assert_eq!(summary.tables.len(), slack_model::rows::TABLES.len() + METRIC_TABLES.len());
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
    assert_eq!(second.migrations, []);
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

    let bad_date = tables(&[("activity_by_day", "date,posts\n2020-09-13,1\n2020-13-13,1\n")]);
    let changed = tables(&[("user_data", "id,name,known\nU1,anna,true\n")]);
    let error = load(&mut client, &changed, Some(&bad_date), &LoadOptions::default(), &());
    let error = error.expect_err("there is no 13th month");
    assert_eq!(error.to_string(), "cannot load activity_by_day (line 3, column date)");
    assert_eq!(everything(&mut client), state);

    let stranger = tables(&[("member_data", "channel,user_id\nC1,U404\n")]);
    let error = load(&mut client, &stranger, None, &LoadOptions::default(), &());
    assert!(matches!(error, Err(Error::Table { table: "member_data", .. })), "{error:?}");
    assert_eq!(everything(&mut client), state);
}

#[test]
fn the_servers_reason_is_told_when_it_stops_in_the_middle_of_a_long_table() {
    let database = TestDatabase::create();
    let mut csv = String::from("channel,ts,time\nC1,1600000000.000100,no time\n");
    for second in 0..200_000 {
        csv.push_str(&format!("C1,16{second:08}.000000,2020-09-13T12:26:40.000100Z\n"));
    }
    let master = tables(&[("message_data", &csv)]);
    let error = load(&mut database.client(), &master, None, &LoadOptions::default(), &());
    let error = error.expect_err("that is no time");
    assert_eq!(error.to_string(), "cannot load message_data (line 2, column time)");
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

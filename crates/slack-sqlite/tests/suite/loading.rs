use crate::loads::{LoadOptions, LoadSummary, TableLoad, load, metric_names};
use rusqlite::Connection;
use slack_model::MemoryTables;
use slack_sqlite::Error;

use crate::master::{MASTER, METRICS, TestFile, everything, rows, rows_of, tables};

fn load_master(connection: &mut Connection, master: &MemoryTables) -> slack_sqlite::Result<LoadSummary> {
    load(connection, master, None, &LoadOptions::default(), &())
}

fn load_both(connection: &mut Connection, master: &MemoryTables, metrics: &MemoryTables) -> LoadSummary {
    load(connection, master, Some(metrics), &LoadOptions::default(), &()).expect("loaded")
}

fn of<'a>(summary: &'a LoadSummary, table: &str) -> &'a TableLoad {
    summary.tables.iter().find(|loaded| loaded.table == table).expect("every table is in the summary")
}

#[test]
fn an_empty_load_makes_empty_tables() {
    let file = TestFile::new();
    let mut connection = file.open();
    let nothing = MemoryTables::default();
    let summary = load_both(&mut connection, &nothing, &nothing);
    assert_eq!(summary.migrations.len(), slack_sqlite::Migration::ALL.len());
    assert_eq!(summary.tables.len(), slack_model::rows::TABLES.len() + metric_names().len());
    for table in &summary.tables {
        assert_eq!((table.rows, table.written, table.deleted), (0, 0, 0), "{}", table.table);
        assert_eq!(rows_of(&connection, table.table), [""; 0]);
    }
}

#[test]
fn a_second_load_of_the_same_compares_nothing() {
    let file = TestFile::new();
    let mut connection = file.open();
    let (master, metrics) = (tables(MASTER), tables(METRICS));
    let first = load_both(&mut connection, &master, &metrics);
    let state = everything(&connection);
    for (table, csv) in MASTER.iter().chain(METRICS) {
        let records = csv.lines().count() - 1;
        let loaded = of(&first, table);
        assert_eq!((loaded.rows, loaded.written), (records as u64, records as u64), "{table}");
        assert_eq!(rows_of(&connection, table).len(), records, "{table}");
    }

    let second = load_both(&mut connection, &master, &metrics);
    assert!(second.migrations.is_empty());
    for table in &second.tables {
        let rows = of(&first, table.table).rows;
        assert_eq!((table.rows, table.sent, table.written, table.deleted), (rows, 0, 0, 0));
    }
    assert_eq!(everything(&connection), state);

    let mut all = LoadOptions::default();
    all.compare_all = true;
    let third = load(&mut connection, &master, Some(&metrics), &all, &()).expect("loaded");
    assert!(third.tables.iter().all(|table| (table.sent, table.written) == (table.rows, 0)));
    assert_eq!(everything(&connection), state);
}

#[test]
fn rows_of_the_master_stay_and_rows_of_metrics_go() {
    let file = TestFile::new();
    let mut connection = file.open();
    load_both(&mut connection, &tables(MASTER), &tables(METRICS));

    let master = tables(&[("user_data", "id,name,known\nU2,robert,true\nU3,cleo,true\n")]);
    let metrics =
        tables(&[("aggr_by_channel_user", "channel,user_id,posts,replies\nC1,U2,5,1\nC1,U3,1,0\n")]);
    let summary = load_both(&mut connection, &master, &metrics);
    let (users, posters) = (of(&summary, "user_data"), of(&summary, "aggr_by_channel_user"));
    assert_eq!((users.written, users.deleted), (2, 0));
    assert_eq!((posters.written, posters.deleted), (2, 1));
    assert_eq!(of(&summary, "cube_by_month").deleted, 3);

    let names = rows(&connection, "SELECT id, name FROM user_data ORDER BY id");
    assert_eq!(names, ["U1,ann", "U2,robert", "U3,cleo", "U9,"]);
    // A column that the new input lacks keeps what is there.
    assert_eq!(rows(&connection, "SELECT last_batch FROM user_data WHERE id = 'U2'"), ["20200913000000"]);
    assert_eq!(rows_of(&connection, "aggr_by_channel_user"), ["C1,U2,5,1", "C1,U3,1,0"]);

    let state = everything(&connection);
    load_master(&mut connection, &tables(MASTER)).expect("loaded");
    assert_eq!(rows_of(&connection, "aggr_by_channel_user"), ["C1,U2,5,1", "C1,U3,1,0"]);
    assert_ne!(everything(&connection), state);
}

#[test]
fn a_failure_in_the_middle_leaves_the_old_state() {
    let file = TestFile::new();
    let mut connection = file.open();
    load_both(&mut connection, &tables(MASTER), &tables(METRICS));
    let state = everything(&connection);

    let changed = tables(&[("user_data", "id,name,known\nU1,anna,true\n")]);
    let short = tables(&[("activity_by_day", "date,posts\n2020-09-13,1\n2020-09-14\n")]);
    let error = load(&mut connection, &changed, Some(&short), &LoadOptions::default(), &());
    assert_eq!(error.expect_err("a short record").to_string(), "cannot read activity_by_day");
    assert_eq!(everything(&connection), state);

    let stranger = tables(&[("member_data", "channel,user_id\nC1,U1\nC1,U404\n")]);
    let error = load_master(&mut connection, &stranger).expect_err("an unknown user");
    assert!(matches!(error, Error::Table { table: "member_data", line: Some(3), .. }), "{error:?}");
    assert_eq!(error.to_string(), "cannot load member_data (line 3 of its file)");
    assert_eq!(everything(&connection), state);
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

#[test]
fn only_blocks_that_differ_are_compared() {
    let file = TestFile::new();
    let mut connection = file.open();
    let text = |second: u32| format!("message {second}");
    let first = load_master(&mut connection, &channel(20_000, text)).expect("loaded");
    assert_eq!((of(&first, "message_data").sent, of(&first, "message_data").written), (20_000, 20_000));

    let edited = channel(20_001, |second| if second == 7_000 { "edited".into() } else { text(second) });
    let second = load_master(&mut connection, &edited).expect("loaded");
    let messages = of(&second, "message_data");
    assert_eq!((messages.rows, messages.written), (20_001, 2));
    assert!(messages.sent < 12_000, "{} rows compared", messages.sent);

    let third = load_master(&mut connection, &edited).expect("loaded");
    assert_eq!(of(&third, "message_data").sent, 0);
}

#[test]
fn a_table_that_someone_else_changes_is_compared_again() {
    let file = TestFile::new();
    let mut connection = file.open();
    let (master, metrics) = (tables(MASTER), tables(METRICS));
    load_both(&mut connection, &master, &metrics);
    let state = everything(&connection);
    for change in [
        "UPDATE message_data SET text = 'changed' WHERE user_id = 'U1'",
        "DELETE FROM reaction_data",
        "INSERT INTO cube_by_month (month, posts) VALUES ('2020-10', 3)",
        "REPLACE INTO number_channel_user (channel, users) VALUES ('C1', 77)",
        "DELETE FROM edge_data",
    ] {
        file.open().execute_batch(change).expect(change);
        let summary = load_both(&mut connection, &master, &metrics);
        let touched: u64 = summary.tables.iter().map(|table| table.written + table.deleted).sum();
        assert!(touched > 0, "{change}");
        assert_eq!(everything(&connection), state, "{change}");
    }
}

#[test]
fn every_table_has_its_triggers() {
    let file = TestFile::new();
    let mut connection = file.open();
    load_both(&mut connection, &tables(MASTER), &tables(METRICS));
    for table in slack_model::rows::TABLES.iter().map(|table| table.name).chain(metric_names()) {
        let triggers =
            "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'forget!_%' ESCAPE '!'
                        AND tbl_name = '{}' ORDER BY name";
        let triggers = rows(&connection, &triggers.replace("{}", table));
        assert_eq!(triggers.len(), 3, "{table}");
        for (trigger, event) in triggers.iter().zip(["DELETE", "INSERT", "UPDATE"]) {
            assert!(trigger.contains(&format!("AFTER {event} ON {table}")), "{trigger}");
            assert!(trigger.contains(&format!("WHERE table_name = '{table}';")), "{trigger}");
        }
    }
}

/// Which rows are left out.
type Without = fn(u64) -> bool;

/// Posters as a metric table has them, of which those are left out.
fn posters(n: u64, without: impl Fn(u64) -> bool) -> MemoryTables {
    let mut csv = String::from("channel,user_id,posts,replies\n");
    for user in (0..n).filter(|user| !without(*user)) {
        csv.push_str(&format!("C1,U{user:06},{},0\n", user % 7));
    }
    tables(&[("aggr_by_channel_user", &csv)])
}

#[test]
fn vanished_rows_go_from_wherever_they_are() {
    let file = TestFile::new();
    let mut connection = file.open();
    let master = tables(MASTER);
    let n = 10_000;
    load_both(&mut connection, &master, &posters(n, |_| false));
    let cases: [(_, Without); 6] = [
        ("one", |user| user == 4_321),
        ("the first", |user| user < 700),
        ("the last", |user| user >= 9_000),
        ("every tenth", |user| user.is_multiple_of(10)),
        ("none", |_| false),
        ("all", |_| true),
    ];
    let mut before = n;
    for (what, without) in cases {
        let kept = (0..n).filter(|user| !without(*user)).count() as u64;
        let summary = load_both(&mut connection, &master, &posters(n, without));
        let table = of(&summary, "aggr_by_channel_user");
        assert_eq!(before + table.written - table.deleted, kept, "{what}");
        assert_eq!(
            rows(&connection, "SELECT count(*) FROM aggr_by_channel_user"),
            [kept.to_string()],
            "{what}"
        );
        before = kept;
    }
}

#[test]
fn rows_out_of_order_or_twice_are_loaded_once() {
    let unsorted = "channel,user_id,posts,replies\nC1,U2,1,0\nC1,U1,1,0\nC1,U1,2,0\n";
    let users = "id,name,known\nU1,ann,true\nU1,anna,true\n";
    let file = TestFile::new();
    let mut connection = file.open();
    for (written, deleted) in [(2, 0), (0, 0), (1, 1)] {
        let metrics = tables(&[("aggr_by_channel_user", unsorted)]);
        let master = tables(&[("user_data", users)]);
        let summary = load_both(&mut connection, &master, &metrics);
        let posters = of(&summary, "aggr_by_channel_user");
        assert_eq!((posters.rows, posters.written, posters.deleted), (3, written, deleted));
        assert_eq!(rows_of(&connection, "aggr_by_channel_user"), ["C1,U1,2,0", "C1,U2,1,0"]);
        assert_eq!(rows(&connection, "SELECT name FROM user_data"), ["anna"]);
        if written == 0 {
            let change = "DELETE FROM aggr_by_channel_user WHERE user_id = 'U2';
                          INSERT INTO aggr_by_channel_user VALUES ('C1', 'U3', 1, 1)";
            connection.execute_batch(change).expect("changed");
        }
    }
}

#[test]
fn what_is_no_value_is_left_out_and_told() {
    let file = TestFile::new();
    let mut connection = file.open();
    let master = tables(MASTER);
    let messages = "channel,ts,time,reply_count,text\nC1,1600000000.000100,no time,many,\"a\n\"\n";
    master.insert("message_data", messages);
    master.insert("user_data", "id,known\nU1,true\nU2,perhaps\nU9,false\n");
    master.insert("thread_data", "channel,ts\n");
    for name in ["reaction_data", "member_data"] {
        master.insert(name, "channel,ts,user_id,reaction\n");
    }
    // What could not be loaded is told each time.
    for written in [1, 0] {
        let summary = load_master(&mut connection, &master).expect("loaded");
        let (messages, users) = (of(&summary, "message_data"), of(&summary, "user_data"));
        assert_eq!((messages.rows, messages.written, messages.unreadable), (1, written, 2));
        assert_eq!((users.rows, users.sent, users.refused), (3, 2, 1));
        assert_eq!(users.refusals, ["user_data.csv, line 3: known is missing or no value of its type"]);
        let message = rows(&connection, "SELECT ts, time IS NULL, text FROM message_data");
        assert_eq!(message, ["1600000000.000100,1,a\n"]);
    }
}

#[test]
fn input_that_is_no_table_is_named() {
    let file = TestFile::new();
    let mut connection = file.open();
    let error = load_master(&mut connection, &tables(&[("member_data", "channel\nC1\n")]));
    assert_eq!(error.expect_err("no key").to_string(), "member_data has no column user_id");
    let error = load_master(&mut connection, &tables(&[("member_data", "channel,user_id\nC1\n")]));
    assert_eq!(error.expect_err("a short record").to_string(), "cannot read member_data");
    assert_eq!(everything(&connection), []);
}

#[test]
fn another_workspace_has_no_place() {
    let file = TestFile::new();
    let mut connection = file.open();
    let of_team = |team: &str| {
        let batch =
            format!("batch,source,status,team_id,team_name\n20200913000000,export,complete,{team},\n");
        tables(&[("batch_data", &batch)])
    };
    load_master(&mut connection, &of_team("T1")).expect("loaded");
    let error = load_master(&mut connection, &of_team("T2")).expect_err("another workspace");
    let path = file.path.display();
    let expected =
        format!("{path} holds workspace T1, the master is of T2; give each workspace a file of its own");
    assert_eq!(error.to_string(), expected);
    load_master(&mut connection, &of_team("T1")).expect("loaded");
}

#[test]
fn a_folder_that_became_a_channel_stands_once() {
    let file = TestFile::new();
    let mut connection = file.open();
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
    load_ok(&mut connection, &folder("X2", false));
    let channels = "SELECT id || ' ' || (SELECT count(*) FROM message_data WHERE channel = id) || ' ' ||
        (SELECT count(*) FROM member_data WHERE channel = id) FROM channel_data ORDER BY id";
    assert_eq!(rows(&connection, channels), ["C1 3 2", "X2 1 1"]);
    let joined = load_ok(&mut connection, &folder("C2", true));
    assert_eq!(rows(&connection, channels), ["C1 3 2", "C2 1 1"]);
    assert_eq!(
        ["channel_data", "message_data", "member_data"].map(|table| of(&joined, table).deleted),
        [1, 1, 1]
    );
    assert_eq!(of(&load_ok(&mut connection, &folder("C2", true)), "message_data").deleted, 0);
    // A rebuilt master without the join has the folder again.
    load_ok(&mut connection, &folder("X2", false));
    assert_eq!(rows(&connection, channels), ["C1 3 2", "C2 1 1", "X2 1 1"]);
}

fn load_ok(connection: &mut Connection, master: &MemoryTables) -> LoadSummary {
    load_master(connection, master).expect("loaded")
}

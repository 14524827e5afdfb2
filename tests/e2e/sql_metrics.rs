//! The metrics that the database works out by itself are those of the metrics stage: every table, column and row.

use std::ffi::OsStr;
use std::fs;

use postgres::Client;
use slack_metrics::{EdgeByMonth, MetricOptions, ZONES, measure_with};
use slack_model::{DerivedFolder, Folder, MemoryTables};
use slack_pg::{LoadOptions, load, materialize, migrate};
use slack_store::Input;

use crate::private_postgres::TestDatabase;
use crate::support::{Home, catalogue, community, must_agree, python, rcwg, root};

/// One text for each row of a query.
fn texts(client: &mut Client, query: &str) -> Vec<String> {
    client.query(query, &[]).expect(query).iter().map(|row| row.get(0)).collect()
}

/// Compares each view with the table that was loaded: columns with their types, and rows as often as they are there.
fn views_are_the_tables(client: &mut Client) {
    let views = texts(client, "SELECT matviewname::text FROM pg_matviews WHERE schemaname = 'slack'");
    assert_eq!(views.len(), slack_metrics::TABLES.len(), "tag_data has none, edge_by_month has one");
    for view in views {
        let table = view.strip_prefix("mv_").expect("named after a table");
        let columns = |client: &mut Client, relation: &str| {
            let query = format!(
                "SELECT concat_ws(' ', attname, format_type(atttypid, atttypmod), attcollation) FROM pg_attribute
                 WHERE attrelid = 'slack.{relation}'::regclass AND attnum > 0 ORDER BY attnum"
            );
            texts(client, &query)
        };
        assert_eq!(columns(client, &view), columns(client, table), "{table}");
        for (one, other) in [(view.as_str(), table), (table, view.as_str())] {
            let query = format!(
                "SELECT rest::text FROM (SELECT * FROM slack.{one} EXCEPT ALL SELECT * FROM slack.{other}) AS rest LIMIT 5"
            );
            assert_eq!(texts(client, &query), [""; 0], "{one} has what {other} lacks");
        }
    }
}

/// Loads a data home with the command line, and lets the database measure it.
fn check(home: &Home) {
    let database = TestDatabase::create();
    home.run(0, ["load", "--postgres", &database.url]);
    let mut client = database.client();
    let summary = materialize(&mut client, "slack", ZONES, &()).expect("measured");
    assert!(summary.views.iter().all(|view| view.rows > 0), "{:?}", summary.views);
    views_are_the_tables(&mut client);
    materialize(&mut client, "slack", ZONES, &()).expect("measured again");
    views_are_the_tables(&mut client);
}

#[test]
fn a_made_up_communitys_metrics_are_the_databases() {
    let home = Home::new();
    community(30, 800).write_export(&home.folder().join("export")).expect("written");
    home.run(0, ["run", "--import", "export"]);
    check(&home);
}

#[test]
fn five_exports_metrics_are_the_databases() {
    let Some(exports) = rcwg() else { return };
    let home = Home::new();
    let run =
        ["run", "--import"].map(OsStr::new).into_iter().chain(exports.iter().map(|path| path.as_os_str()));
    home.run(0, run);
    check(&home);
}

#[test]
fn a_generated_masters_metrics_are_the_databases() {
    let Some(_) = python() else { return };
    let home = Home::new();
    let master = home.data("master/csv");
    must_agree(
        "bench/generate_master.py",
        [master.as_os_str(), OsStr::new("--messages"), OsStr::new("100000")],
    );
    let metrics = DerivedFolder(home.data("metrics"));
    measure_with(&Folder(master), &metrics, &MetricOptions::default(), &(), &[&EdgeByMonth])
        .expect("measured");
    check(&home);
}

/// Loads a master that was made by hand, and lets the database measure it.
fn check_tables(master: &MemoryTables) {
    let metrics = MemoryTables::default();
    measure_with(master, &metrics, &MetricOptions::default(), &(), &[&EdgeByMonth]).expect("measured");
    let database = TestDatabase::create();
    let mut client = database.client();
    migrate(&mut client, "slack").expect("made");
    // The metrics stage counts what names nobody listed, too.
    let drops = texts(
        &mut client,
        "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I;', conrelid::regclass, conname) FROM pg_constraint
         WHERE contype = 'f' AND connamespace = 'slack'::regnamespace",
    );
    client.batch_execute(&drops.concat()).expect("dropped");
    client.batch_execute("ALTER TABLE slack.user_data ALTER known DROP NOT NULL").expect("altered");
    load(
        &mut client,
        &Input::new(master, Some(&metrics)).with_catalogue(&catalogue()),
        &LoadOptions::default(),
        &(),
    )
    .expect("loaded");
    materialize(&mut client, "slack", ZONES, &()).expect("measured");
    views_are_the_tables(&mut client);
}

fn tables(contents: &[(&'static str, &str)]) -> MemoryTables {
    let tables = MemoryTables::default();
    for (table, csv) in contents {
        tables.insert(table, *csv);
    }
    tables
}

#[test]
fn the_golden_cases_are_measured_alike() {
    let golden = root().join("crates/slack-metrics/tests/golden");
    let mut cases = 0;
    for case in fs::read_dir(golden).expect("listed").map(|case| case.expect("listed").path()) {
        // The database's days are those of UTC.
        if case.join("timezone").exists() {
            continue;
        }
        let master = MemoryTables::default();
        for table in slack_model::rows::TABLES {
            if let Ok(csv) = fs::read(case.join(table.file_name())) {
                master.insert(table.name, csv);
            }
        }
        check_tables(&master);
        cases += 1;
    }
    assert!(cases >= 8, "{cases}");
}

const USERS: &str = "id,name,real_name,tz,is_bot,known,first_batch\n\
    U1,ann,Ann A.,Europe/Kiev,false,true,20000229123456\n\
    U2,bob,,,,true,20241231235959\n\
    U3,cleo,Cleo,Etc/UTC,false,true,\n\
    U4,dot,Dot,No/Where,true,true,20200301000000\n";

const CHANNELS: &str = "id,name,type,class\nC1,general,channel,public\nC2,quiet,group,confidential\n";

#[test]
fn an_empty_workspace_is_measured_alike() {
    check_tables(&tables(&[]));
    check_tables(&tables(&[("user_data", USERS), ("channel_data", CHANNELS)]));
}

#[test]
fn a_single_message_is_measured_alike() {
    let message =
        "channel,subtype,ts,thread_ts,user_id,bot_id,text\nC1,,1600000000.000100,,U2,,\"hi, <@U1>\"\n";
    check_tables(&tables(&[("user_data", USERS), ("channel_data", CHANNELS), ("message_data", message)]));
}

#[test]
fn times_long_ago_and_far_ahead_are_measured_alike() {
    // The first microseconds that a timestamp can name, the last second of nine digits and the first of eleven (in the
    // year 2286), leap days, and both ends of a month and of a year.
    let messages = "channel,subtype,ts,thread_ts,user_id,bot_id,text\n\
        C1,,0000000000.000000,,U1,,\n\
        C1,,0000000000.000001,0000000000.000001,U2,,\n\
        C1,,0951782400.000000,,U1,,<#C2>\n\
        C1,,0999999999.999999,,U2,,\n\
        C1,,1709164799.999999,,U1,,\n\
        C1,,1709164800.000000,,U1,,\n\
        C1,,1735689599.999999,,U3,,\n\
        C1,,1735689600.000000,,U3,,\n\
        C1,,10000000000.000009,,U1,,\n";
    let replies = "channel,subtype,ts,thread_ts,user_id,bot_id,text\n\
        C1,,10000000000.000008,0000000000.000001,U3,,late\n";
    let reactions = "channel,ts,user_id,reaction\nC1,0000000000.000000,U2,+1\nC1,10000000000.000009,U2,+1\n";
    check_tables(&tables(&[
        ("user_data", USERS),
        ("channel_data", CHANNELS),
        ("message_data", messages),
        ("thread_data", replies),
        ("reaction_data", reactions),
    ]));
}

#[test]
fn ties_bots_and_threads_without_a_beginning_are_measured_alike() {
    let messages = "channel,subtype,ts,thread_ts,user_id,bot_id,text\n\
        C1,channel_join,1600000000.000000,,U1,,\n\
        C1,,1600000001.000000,1600000001.000000,U1,,<@U2> <@U9> <#C2>\n\
        C1,,1600000002.000000,,U2,,\n\
        C1,bot_message,1600000003.000000,1600000003.000000,,B1,\n\
        C1,,1600000004.000000,,U4,,\n\
        C1,,1600000005.000000,,USLACKBOT,,\n\
        C1,thread_broadcast,1600000006.000000,1600000001.000000,U2,,\n\
        C1,channel_topic,1600000007.000000,,U2,,\n\
        C2,channel_leave,1600000000.000000,,U1,,\n\
        C2,,1600000001.000000,,U1,,\n\
        C2,,1600000001.000001,1600000001.000001,U3,,\n";
    let replies = "channel,subtype,ts,thread_ts,user_id,bot_id,text\n\
        C1,,1600000003.500000,1600000003.000000,U3,,\n\
        C1,,1600000005.500000,1600000001.000000,U1,,\n\
        C1,thread_broadcast,1600000006.000000,1600000001.000000,U2,,\n\
        C1,,1600000008.000000,1500000000.000000,U3,,\n\
        C1,,1600000009.000000,1600000001.000000,U3,,\n\
        C2,,1600000002.000000,1600000001.000001,U3,,\n";
    let reactions = "channel,ts,user_id,reaction\n\
        C1,1600000001.000000,U1,+1\n\
        C1,1600000001.000000,U2,+1\n\
        C1,1600000001.000000,U2,tada\n\
        C1,1600000003.000000,U4,+1\n\
        C1,1600000777.000000,U3,gone\n\
        C2,1600000002.000000,U2,+1\n";
    check_tables(&tables(&[
        ("user_data", USERS),
        ("channel_data", CHANNELS),
        ("message_data", messages),
        ("thread_data", replies),
        ("reaction_data", reactions),
    ]));
}

//! Whatever stands in the files: nothing is lost without a word, and the next load finds its way.

use crate::loads::{LoadOptions, LoadSummary, TableLoad, load};
use slack_model::MemoryTables;
use slack_pg::{Error, grant_read, index_texts};

use crate::master::{MASTER, METRICS, everything, rows_of, tables};
use crate::private_postgres::TestDatabase;

fn loaded(client: &mut postgres::Client, master: &MemoryTables, metrics: &MemoryTables) -> LoadSummary {
    load(client, master, Some(metrics), &LoadOptions::default(), &()).expect("loaded")
}

fn of<'a>(summary: &'a LoadSummary, table: &str) -> &'a TableLoad {
    summary.tables.iter().find(|loaded| loaded.table == table).expect("every table is in the summary")
}

fn bulk() -> LoadOptions {
    let mut options = LoadOptions::default();
    options.bulk_from = 0;
    options
}

/// Posts of people in a channel, as a metric table has them.
fn posters(names: impl Iterator<Item = String>) -> MemoryTables {
    let mut csv = String::from("channel,user_id,posts,replies\n");
    names.for_each(|name| csv.push_str(&format!("C1,{name},1,0\n")));
    tables(&[("aggr_by_channel_user", &csv)])
}

#[test]
fn long_messages_are_loaded_whatever_is_indexed() {
    let database = TestDatabase::create();
    let mut client = database.client();
    let master = tables(MASTER);
    loaded(&mut client, &master, &tables(METRICS));
    index_texts(&mut client, "slack").expect("indexed");
    // More than a megabyte of different words is more than an index of words holds.
    let words: String = (0..300_000).map(|number| format!("w{number} ")).collect();
    for text in ["long ".repeat(500), words] {
        let csv = format!("channel,ts,text\nC1,1600000000.000100,{text}\n");
        master.insert("message_data", csv);
        let summary = load(&mut client, &master, None, &LoadOptions::default(), &()).expect("loaded");
        assert_eq!(of(&summary, "message_data").refused, 0);
        let length = "SELECT length(text) FROM slack.message_data WHERE ts = '1600000000.000100'";
        assert_eq!(client.query_one(length, &[]).expect("there").get::<_, i32>(0), text.len() as i32);
    }
}

#[test]
fn a_stray_row_costs_no_others() {
    let database = TestDatabase::create();
    let mut client = database.client();
    let master = tables(MASTER);
    let names = || (0..6_000).map(|number| format!("U{number:05}"));
    let count = |client: &mut postgres::Client| -> i64 {
        let query = "SELECT count(*) FROM slack.aggr_by_channel_user";
        client.query_one(query, &[]).expect("counted").get(0)
    };
    loaded(&mut client, &master, &posters(names()));
    // One that belongs at the end stands in the middle, and goes again.
    let stray = names().take(3_000).chain(["Z".to_owned()]).chain(names().skip(3_000));
    loaded(&mut client, &master, &posters(stray));
    assert_eq!(count(&mut client), 6_001);
    loaded(&mut client, &master, &posters(names()));
    assert_eq!(count(&mut client), 6_000);
    // The same new one before and after rows that are known.
    let twice = ["A".to_owned()].into_iter().chain(names()).chain(["A".to_owned()]);
    loaded(&mut client, &master, &posters(twice));
    assert_eq!(count(&mut client), 6_001);
    loaded(&mut client, &master, &posters(names()));
    assert_eq!(count(&mut client), 6_000);
}

#[test]
fn the_same_rows_several_times_are_loaded_once() {
    let revision = "C1,1600000000.000100,,20200913000000,twice\n";
    let revisions = format!(
        "channel,ts,edited_ts,batch,text\n{revision}{revision}C1,1600000000.000100,,20200913000000,tw\0ice\n"
    );
    for options in [LoadOptions::default(), bulk()] {
        let database = TestDatabase::create();
        let mut client = database.client();
        let master = tables(MASTER);
        master.insert("message_revision_data", revisions.as_str());
        master.insert("user_data", "id,name,known\nU1,old,true\nU2,bob,true\nU9,x,true\nU1,new,true\n");
        for _ in 0..2 {
            load(&mut client, &master, None, &options, &()).expect("loaded");
            assert_eq!(rows_of(&mut client, "message_revision_data").len(), 1);
            let name = client.query_one("SELECT name FROM slack.user_data WHERE id = 'U1'", &[]).expect("U1");
            assert_eq!(name.get::<_, &str>(0), "new");
        }
    }
}

#[test]
fn keys_that_are_none_or_odd_are_told_each_time() {
    let database = TestDatabase::create();
    let mut client = database.client();
    let master = tables(MASTER);
    let metrics = tables(&[
        ("activity_by_day", "date,posts\n,1\n2020-09-13,2\nn/a,3\n"),
        ("activity_by_hour", "weekday,hour,posts\n1,0,1\n40000,0,1\n"),
        ("emoji_data", "reaction,count\n\0tada,1\ntada,2\n"),
    ]);
    for _ in 0..3 {
        let summary = loaded(&mut client, &master, &metrics);
        assert_eq!((of(&summary, "activity_by_day").rows, of(&summary, "activity_by_day").refused), (3, 2));
        assert_eq!(of(&summary, "activity_by_hour").refused, 1);
        assert_eq!(rows_of(&mut client, "activity_by_day").len(), 1);
        assert_eq!(rows_of(&mut client, "emoji_data"), ["(tada,2,,)"]);
    }
    master.insert("message_data", "channel,ts,user_id,text\nC1,1600000000.000100,\0,hello\n");
    loaded(&mut client, &master, &metrics);
}

#[test]
fn rows_that_name_what_could_not_be_loaded_say_so() {
    for options in [LoadOptions::default(), bulk()] {
        let database = TestDatabase::create();
        let mut client = database.client();
        let master = tables(MASTER);
        master.insert("user_data", "id,known\nU1,true\nU2,perhaps\nU9,true\n");
        let error = load(&mut client, &master, None, &options, &()).expect_err("U2 wrote a reply");
        assert!(matches!(error, Error::Orphans { .. }), "{error:?}");
        let told = error.to_string();
        assert!(told.contains("user_data.csv, line 3: known is missing"), "{told}");
        assert_eq!(everything(&mut client), []);
    }
}

#[test]
fn a_broken_topic_or_name_stops_nothing() {
    let database = TestDatabase::create();
    let mut client = database.client();
    let master = tables(MASTER);
    master.insert(
        "channel_data",
        b"id,name,type,class,is_archived,topic\nC1,general,channel,public,yes,\xff\n".as_slice(),
    );
    master.insert(
        "batch_data",
        b"batch,source,status,team_id,team_name\n20200913000000,export,complete,T1,\xfe\n".as_slice(),
    );
    let summary = load(&mut client, &master, None, &LoadOptions::default(), &()).expect("loaded");
    let channels = of(&summary, "channel_data");
    assert_eq!((channels.no_utf8, channels.unreadable), (1, 1));
}

#[test]
fn an_embedder_who_goes_on_is_watched_again() {
    let database = TestDatabase::create();
    let mut client = database.client();
    let master = tables(MASTER);
    let mut transaction = client.transaction().expect("begun");
    load(&mut transaction, &master, None, &LoadOptions::default(), &()).expect("loaded");
    transaction.batch_execute("DELETE FROM slack.reaction_data").expect("deleted");
    transaction.commit().expect("committed");
    let summary = load(&mut client, &master, None, &LoadOptions::default(), &()).expect("loaded");
    assert_eq!(of(&summary, "reaction_data").written, 2);
}

#[test]
fn a_metric_column_that_is_gone_is_emptied() {
    let database = TestDatabase::create();
    let mut client = database.client();
    let master = tables(MASTER);
    loaded(&mut client, &master, &tables(&[("number_channel_user", "channel,users\nC1,2\n")]));
    loaded(&mut client, &master, &tables(&[("number_channel_user", "channel\nC1\n")]));
    assert_eq!(rows_of(&mut client, "number_channel_user"), ["(C1,)"]);
}

#[test]
fn who_reads_everything_is_no_reader_and_others_tables_are_theirs() {
    let database = TestDatabase::create();
    let mut client = database.client();
    loaded(&mut client, &tables(MASTER), &tables(METRICS));
    let (member, reader) =
        (format!("member_{}", std::process::id()), format!("plain_{}", std::process::id()));
    client
        .batch_execute(&format!(
            "CREATE ROLE {member} SUPERUSER; CREATE TABLE slack.message_backup AS SELECT * FROM slack.message_data"
        ))
        .expect("made");
    let error = grant_read(&mut client, "slack", &member).expect_err("a superuser reads everything");
    assert!(matches!(error, Error::ReadsPrivate { .. }), "{error:?}");
    grant_read(&mut client, "slack", &reader).expect("granted");
    client.batch_execute(&format!("SET ROLE {reader}")).expect("set");
    assert!(client.query("SELECT count(*) FROM slack.v_messages", &[]).is_ok());
    assert!(client.query("SELECT count(*) FROM slack.message_backup", &[]).is_err());
    let drop = format!("RESET ROLE; DROP OWNED BY {reader}; DROP ROLE {reader}; DROP ROLE {member}");
    client.batch_execute(&drop).expect("gone");
}

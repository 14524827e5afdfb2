use crate::loads::{LoadOptions, load};
use slack_model::rows::{Message, Revision};
use slack_model::{MemoryTables, Table, TableSink, TableWriter};

use crate::master::{MASTER, METRICS, tables};
use crate::private_postgres::TestDatabase;

const TEXTS: &[&str] = &[
    "",
    " ",
    "\\.",
    "a\n\\.\nb",
    "\\N",
    "NULL",
    "\\n is no line end",
    "say \"hi\", it's",
    "\"",
    "line\nfeed\r\nand\rreturn\ttab",
    "👩‍👩‍👧 שלום \u{202e}abc\u{202c} é e\u{301} \u{FFFE}\u{1}\u{1b}[0m",
    "ends in a backslash\\",
];

fn insert<T: Table>(tables: &MemoryTables, rows: &[T]) {
    let mut writer = TableWriter::new(Vec::new(), &T::SCHEMA).expect("a header");
    for row in rows {
        writer.write_row(row).expect("sorted");
    }
    let (csv, _) = writer.finish().expect("written");
    tables.finish(&T::SCHEMA, csv).expect("kept");
}

fn message(second: usize, text: &str) -> Message {
    let ts = format!("{}.000001", 1_600_000_000 + second);
    let ts = slack_model::Ts::parse(ts.as_bytes()).expect("a timestamp");
    Message { text: text.into(), ..Message::new("C1".into(), ts) }
}

#[test]
fn texts_come_back_byte_for_byte() {
    let database = TestDatabase::create();
    let master = tables(MASTER);
    let messages: Vec<_> = TEXTS.iter().enumerate().map(|(second, text)| message(second, text)).collect();
    insert(&master, &messages);
    let mut client = database.client();
    let summary = load(&mut client, &master, None, &LoadOptions::default(), &()).expect("loaded");
    assert!(summary.tables.iter().all(|table| table.nul_characters == 0));
    let rows = client.query("SELECT text FROM slack.message_data ORDER BY ts", &[]).expect("messages");
    let found: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(found, TEXTS);
}

#[test]
fn nul_characters_are_removed_and_counted() {
    let database = TestDatabase::create();
    let master = tables(MASTER);
    insert(&master, &[message(0, "a\0b\0"), message(1, "plain")]);
    let mut client = database.client();
    let summary = load(&mut client, &master, None, &LoadOptions::default(), &()).expect("loaded");
    let counts: Vec<_> = summary.tables.iter().map(|table| table.nul_characters).collect();
    assert_eq!(counts.iter().sum::<u64>(), 2);
    let rows = client.query("SELECT text FROM slack.message_data ORDER BY ts", &[]).expect("messages");
    let found: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(found, ["ab", "plain"]);
}

/// `SELECT query` gives one row with one text.
fn shown(client: &mut postgres::Client, query: &str) -> Option<String> {
    client.query_one(&format!("SELECT ({query})::text"), &[]).expect(query).get(0)
}

#[test]
fn a_value_of_each_kind_is_exact() {
    let database = TestDatabase::create();
    let mut client = database.client();
    let (master, metrics) = (tables(MASTER), tables(METRICS));
    load(&mut client, &master, Some(&metrics), &LoadOptions::default(), &()).expect("loaded");
    client.batch_execute("SET search_path TO slack; SET timezone TO 'UTC'").expect("set");
    for (query, expected) in [
        // Timestamps, times and microseconds.
        ("SELECT ts FROM message_data WHERE user_id = 'U1'", Some("1600000000.000100")),
        ("SELECT time FROM message_data WHERE user_id = 'U1'", Some("2020-09-13 12:26:40.0001+00")),
        (
            "SELECT sum((extract(epoch FROM time) * 1000000)::bigint - replace(ts, '.', '')::bigint) FROM message_data",
            Some("0"),
        ),
        // Ids, and what is not known.
        ("SELECT user_id FROM message_data WHERE text = 'beep'", None),
        ("SELECT thread_ts FROM message_data WHERE text = 'beep'", None),
        ("SELECT subtype FROM message_data WHERE text = 'hello'", Some("")),
        ("SELECT name FROM user_data WHERE id = 'U9'", Some("")),
        // Booleans and whole numbers.
        ("SELECT known FROM user_data WHERE id = 'U9'", Some("false")),
        ("SELECT is_bot FROM user_data WHERE id = 'U2'", None),
        ("SELECT is_bot FROM user_data WHERE id = 'U1'", Some("false")),
        ("SELECT tz_offset FROM user_data WHERE id = 'U1'", Some("3600")),
        ("SELECT size FROM file_data", Some("9007199254740993")),
        // Decimals, fractions, dates.
        ("SELECT median_response_s FROM response_by_channel", Some("2.999900")),
        ("SELECT p90_response_s FROM response_by_channel", None),
        ("SELECT stickiness FROM activity_by_day", Some("0.333333")),
        ("SELECT date FROM activity_by_day", Some("2020-09-13")),
        ("SELECT people_28d FROM activity_by_day", None),
        // Empty parts of a key.
        ("SELECT posts FROM cube_by_month WHERE month = '' AND channel = '' AND user_id = ''", Some("2")),
        ("SELECT thread_ts FROM window_data", Some("")),
        ("SELECT count(*) FROM message_revision_data WHERE edited_ts = ''", Some("1")),
        ("SELECT \"Weight\" FROM edge_data WHERE \"Source\" = 'U2'", Some("1")),
    ] {
        assert_eq!(shown(&mut client, query).as_deref(), expected, "{query}");
    }
}

#[test]
fn texts_longer_than_an_index_entry_can_be_revisions() {
    let database = TestDatabase::create();
    let master = tables(MASTER);
    // Hardly compressible, so that the server could not squeeze it into an index entry.
    let long = |seed: u32| -> String {
        let mut state = seed;
        std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from_u32(0x4e00 + (state >> 16) % 20_000).unwrap_or('x')
        })
        .take(40_000)
        .collect()
    };
    let mut texts = [long(1), long(2), String::new()];
    texts.sort();
    let revision = |text: &String| Revision {
        channel: "C1".into(),
        ts: slack_model::Ts::parse(b"1600000000.000100").expect("a timestamp"),
        edited_ts: None,
        batch: None,
        text: text.clone(),
    };
    insert(&master, &texts.each_ref().map(revision));
    let mut client = database.client();
    for written in [3, 0] {
        let summary = load(&mut client, &master, None, &LoadOptions::default(), &()).expect("loaded");
        let table = summary.tables.iter().find(|table| table.table == "message_revision_data");
        assert_eq!(table.map(|table| table.written), Some(written));
    }
    let rows = client.query("SELECT text FROM slack.message_revision_data", &[]).expect("revisions");
    let mut found: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    found.sort();
    assert_eq!(found, texts);
}

#[test]
fn columns_are_matched_by_name_and_unknown_ones_are_told() {
    let database = TestDatabase::create();
    let master = tables(&[("user_data", "mood,known,name,id\nfine,true,ann,U1\n")]);
    let mut client = database.client();
    let summary = load(&mut client, &master, None, &LoadOptions::default(), &()).expect("loaded");
    assert_eq!(summary.tables[0].unknown_columns, ["mood"]);
    client.batch_execute("SET search_path TO slack").expect("set");
    assert_eq!(shown(&mut client, "SELECT id || name || known FROM user_data").as_deref(), Some("U1anntrue"));
}

use crate::loads::{LoadOptions, load};
use slack_model::rows::{Message, Revision};
use slack_model::{MemoryTables, Table, TableSink, TableWriter};

use crate::master::{MASTER, METRICS, TestFile, rows, tables};

const TEXTS: &[&str] = &[
    "",
    " ",
    "\\.",
    "NULL",
    "say \"hi\", it's",
    "\"",
    "line\nfeed\r\nand\rreturn\ttab",
    "12",
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
    let file = TestFile::new();
    let master = tables(MASTER);
    let messages: Vec<_> = TEXTS.iter().enumerate().map(|(second, text)| message(second, text)).collect();
    insert(&master, &messages);
    let mut connection = file.open();
    let summary = load(&mut connection, &master, None, &LoadOptions::default(), &()).expect("loaded");
    assert!(summary.tables.iter().all(|table| table.nul_characters == 0));
    assert_eq!(rows(&connection, "SELECT text FROM message_data ORDER BY ts"), TEXTS);
    assert_eq!(rows(&connection, "SELECT DISTINCT typeof(text) FROM message_data"), ["text"]);
}

#[test]
fn nul_characters_are_removed_and_counted() {
    let file = TestFile::new();
    let master = tables(MASTER);
    insert(&master, &[message(0, "a\0b\0"), message(1, "plain")]);
    let mut connection = file.open();
    // What was changed is told each time.
    for written in [2, 0] {
        let summary = load(&mut connection, &master, None, &LoadOptions::default(), &()).expect("loaded");
        let messages = summary.tables.iter().find(|table| table.table == "message_data").expect("loaded");
        assert_eq!((messages.nul_characters, messages.written), (2, written));
    }
    assert_eq!(
        rows(&connection, "SELECT text, length(text) FROM message_data ORDER BY ts"),
        ["ab,2", "plain,5"]
    );
}

#[test]
fn a_value_of_each_kind_is_exact() {
    let file = TestFile::new();
    let mut connection = file.open();
    let (master, metrics) = (tables(MASTER), tables(METRICS));
    load(&mut connection, &master, Some(&metrics), &LoadOptions::default(), &()).expect("loaded");
    for (query, expected) in [
        // Timestamps, times and microseconds.
        ("SELECT ts FROM message_data WHERE user_id = 'U1'", "1600000000.000100"),
        ("SELECT time FROM message_data WHERE user_id = 'U1'", "2020-09-13T12:26:40.000100Z"),
        ("SELECT unixepoch(time) FROM message_data WHERE user_id = 'U1'", "1600000000"),
        ("SELECT strftime('%Y-%m', time) FROM message_data WHERE user_id = 'U1'", "2020-09"),
        // Ids, and what is not known.
        ("SELECT user_id IS NULL FROM message_data WHERE text = 'beep'", "1"),
        ("SELECT thread_ts IS NULL FROM message_data WHERE text = 'beep'", "1"),
        ("SELECT subtype = '' FROM message_data WHERE text = 'hello'", "1"),
        ("SELECT name = '' FROM user_data WHERE id = 'U9'", "1"),
        // Booleans and whole numbers.
        ("SELECT known FROM user_data WHERE id = 'U9'", "0"),
        ("SELECT is_bot IS NULL FROM user_data WHERE id = 'U2'", "1"),
        ("SELECT is_bot FROM user_data WHERE id = 'U1'", "0"),
        ("SELECT tz_offset FROM user_data WHERE id = 'U1'", "3600"),
        ("SELECT size FROM file_data", "9007199254740993"),
        // Decimals, fractions, dates.
        ("SELECT median_response_s FROM response_by_channel", "2.9999"),
        ("SELECT printf('%.6f', median_response_s) FROM response_by_channel", "2.999900"),
        ("SELECT p90_response_s IS NULL FROM response_by_channel", "1"),
        ("SELECT stickiness FROM activity_by_day", "0.333333"),
        ("SELECT date FROM activity_by_day", "2020-09-13"),
        ("SELECT people_28d IS NULL FROM activity_by_day", "1"),
        // Empty parts of a key.
        ("SELECT posts FROM cube_by_month WHERE month = '' AND channel = '' AND user_id = ''", "2"),
        ("SELECT thread_ts = '' FROM window_data", "1"),
        ("SELECT count(*) FROM message_revision_data WHERE edited_ts = ''", "1"),
        ("SELECT \"Weight\" FROM edge_data WHERE \"Source\" = 'U2'", "1"),
    ] {
        assert_eq!(rows(&connection, query), [expected], "{query}");
    }
}

#[test]
fn long_texts_can_be_revisions() {
    let file = TestFile::new();
    let master = tables(MASTER);
    let mut texts = ["x".repeat(100_000), "x".repeat(100_001), String::new()];
    texts.sort();
    let revision = |text: &String| Revision {
        channel: "C1".into(),
        ts: slack_model::Ts::parse(b"1600000000.000100").expect("a timestamp"),
        edited_ts: None,
        batch: None,
        text: text.clone(),
    };
    insert(&master, &texts.each_ref().map(revision));
    let mut connection = file.open();
    for written in [3, 0] {
        let mut options = LoadOptions::default();
        options.compare_all = true;
        let summary = load(&mut connection, &master, None, &options, &()).expect("loaded");
        let table = summary.tables.iter().find(|table| table.table == "message_revision_data");
        assert_eq!(table.map(|table| table.written), Some(written));
    }
    assert_eq!(rows(&connection, "SELECT text FROM message_revision_data ORDER BY text"), texts);
}

#[test]
fn columns_are_matched_by_name_and_unknown_ones_are_told() {
    let file = TestFile::new();
    let master = tables(&[("user_data", "mood,known,name,id\nfine,true,ann,U1\n")]);
    let mut connection = file.open();
    let summary = load(&mut connection, &master, None, &LoadOptions::default(), &()).expect("loaded");
    assert_eq!(summary.tables[0].unknown_columns, ["mood"]);
    assert_eq!(rows(&connection, "SELECT id || name || known FROM user_data"), ["U1ann1"]);
}

slack_model::table! {
    /// What a metric of one's own says of a channel.
    struct OwnRow in "own_by_channel" by (channel) {
        /// The channel.
        open channel: slack_model::ChannelId,
        /// When it was open.
        open is_open_at: Option<slack_model::Time>,
        /// Whether it is.
        open was_open: Option<bool>,
        /// The day's `quote` */.
        private quote: String,
    }
}

#[test]
fn a_table_of_ones_own_is_typed_and_commented() {
    use slack_model::Table as _;
    let file = TestFile::new();
    let mut connection = file.open();
    let own = tables(&[(
        "own_by_channel",
        "channel,is_open_at,was_open,quote\nC1,2020-01-01T00:00:00.000000Z,true,q\nC2,never,no,\n",
    )]);
    let (master, catalogue) = (tables(MASTER), [OwnRow::SCHEMA]);
    let input = slack_store::Input::new(&master, Some(&own)).with_catalogue(&catalogue);
    slack_sqlite::load(&mut connection, &input, &()).expect("loaded");
    let summary = slack_sqlite::load(&mut connection, &input, &()).expect("loaded");
    assert_eq!(summary.tables.last().map(|table| (table.rows, table.unreadable)), Some((2, 2)));
    let query = "SELECT concat_ws('|', channel, is_open_at, was_open, quote) FROM own_by_channel ORDER BY 1";
    assert_eq!(rows(&connection, query), ["C1|2020-01-01T00:00:00.000000Z|1|q", "C2|"]);
    let made = rows(&connection, "SELECT sql FROM sqlite_schema WHERE name = 'own_by_channel'");
    assert!(made[0].contains("\"was_open\" INTEGER, -- Whether it is"), "{made:?}");
    assert!(made[0].contains("-- The day's quote * /"), "{made:?}");
    let listed = "SELECT sensitivity FROM catalogue_data WHERE column_name = 'quote'";
    assert_eq!(rows(&connection, listed), ["private"]);
}

use crate::loads::{LoadOptions, load};
use proptest::prelude::*;
use rusqlite::Connection;
use rusqlite::limits::Limit;
use slack_model::MemoryTables;
use slack_sqlite::{Error, index_texts};

use crate::master::{MASTER, TestFile, rows, tables};

fn load_master(connection: &mut Connection, master: &MemoryTables) {
    load(connection, master, None, &LoadOptions::default(), &()).expect("loaded");
}

/// The texts that a query of FTS5's finds.
fn found(connection: &Connection, query: &str) -> Vec<String> {
    let mut statement = connection
        .prepare("SELECT text FROM search_messages WHERE search_messages MATCH ?1 ORDER BY text")
        .expect("prepared");
    let texts = statement.query_map([query], |row| row.get(0)).expect("asked");
    texts.collect::<rusqlite::Result<_>>().expect("found")
}

/// Whether the index holds exactly the words of the texts, as FTS5 itself compares them.
fn is_whole(connection: &Connection) -> bool {
    let check = "INSERT INTO search_messages (search_messages, rank) VALUES ('integrity-check', 1)";
    let count = "SELECT (SELECT count(*) FROM v_messages) = (SELECT count(*) FROM search_document)";
    connection.execute(check, []).is_ok() && rows(connection, count) == ["1"]
}

#[test]
fn words_are_found_in_messages_and_replies() {
    let file = TestFile::new();
    let mut connection = file.open();
    let master = tables(MASTER);
    master.insert(
        "thread_data",
        "channel,ts,thread_ts,text,user_id\nC1,1600000003.000000,1600000000.000100,Übung *macht* den MEISTER,U2\n",
    );
    load_master(&mut connection, &master);
    assert_eq!(index_texts(&mut connection).expect("indexed"), 4);
    for (query, text) in [
        ("hello", "hello"),
        ("ubung", "Übung *macht* den MEISTER"),
        ("meis*", "Übung *macht* den MEISTER"),
        ("\"macht den\"", "Übung *macht* den MEISTER"),
        ("NOTHING OR beep", "beep"),
    ] {
        assert_eq!(found(&connection, query), [text], "{query}");
    }
    assert_eq!(found(&connection, "nothing"), [""; 0]);
    let row = "SELECT * FROM search_messages WHERE search_messages MATCH 'macht'";
    assert_eq!(rows(&connection, row), ["C1,general,1600000003.000000,,bob,Übung *macht* den MEISTER"]);
    assert!(is_whole(&connection));
}

#[test]
fn a_load_keeps_the_index_up_to_date() {
    let file = TestFile::new();
    let mut connection = file.open();
    load_master(&mut connection, &tables(MASTER));
    index_texts(&mut connection).expect("indexed");
    let master = tables(MASTER);
    master.insert(
        "message_data",
        "channel,ts,text\nC1,1600000000.000100,goodbye\nC1,1600000009.000000,a new hello\n",
    );
    load_master(&mut connection, &master);
    assert_eq!(found(&connection, "hello"), ["a new hello"]);
    assert_eq!(found(&connection, "goodbye"), ["goodbye"]);
    assert!(is_whole(&connection));
    let again = load(&mut connection, &master, None, &LoadOptions::default(), &()).expect("loaded");
    assert!(again.tables.iter().all(|table| table.sent == 0));
    assert_eq!(index_texts(&mut connection).expect("indexed anew"), 5);
    assert!(is_whole(&connection));
}

#[test]
fn a_file_without_tables_has_no_index() {
    let file = TestFile::new();
    let error = index_texts(&mut file.open()).expect_err("nothing was loaded");
    assert!(matches!(error, Error::NoTable { .. }), "{error:?}");
}

/// A change to a message (or reply) of a second, by its place among the texts.
fn change() -> impl Strategy<Value = String> {
    let table = prop_oneof![Just("message_data"), Just("thread_data")];
    (table, 0..4u8, 0..3u8, 0..3usize).prop_map(|(table, second, deed, text)| {
        let (ts, text) = (format!("160000000{second}.000000"), ["one two", "two", "three"][text]);
        match deed {
            0 => format!("DELETE FROM {table} WHERE ts = '{ts}'"),
            1 => format!("UPDATE {table} SET text = '{text}', type = 'changed' WHERE ts = '{ts}'"),
            _ => format!(
                "INSERT INTO {table} (channel, ts, text) VALUES ('C1', '{ts}', '{text}')
                 ON CONFLICT (channel, ts) DO UPDATE SET text = excluded.text WHERE text IS NOT excluded.text"
            ),
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_index_is_that_of_the_texts(changes in proptest::collection::vec(change(), 1..25)) {
        let mut connection = Connection::open_in_memory().expect("opened");
        load_master(&mut connection, &tables(&[("channel_data", "id\nC1\n")]));
        index_texts(&mut connection).expect("indexed");
        for change in &changes {
            connection.execute_batch(change).expect(change);
            prop_assert!(is_whole(&connection), "{}", change);
        }
        let with = "SELECT count(*) FROM v_messages WHERE text LIKE '%two%'";
        prop_assert_eq!(vec![found(&connection, "two").len().to_string()], rows(&connection, with));
    }
}

#[test]
fn no_word_of_what_was_withdrawn_stays_in_the_file() {
    let file = TestFile::new();
    let mut connection = file.open();
    let master = tables(MASTER);
    let channels = "id,name,type,class\nC1,general,channel,public\n";
    let messages: String = (0..3_000).map(|n| format!("C1,16000{n:05}.000000,word{n} of all\n")).collect();
    master.insert("channel_data", format!("{channels}C2,plans,channel,public\n"));
    // As the index writes words, the text does not: what is found in small letters is from the index.
    let secret = "C2,1600000000.000000,about QXVORBILT\nC2,1600000001.000000,QXVORBILTS\n";
    // A long text that is edited leaves its words in free pages.
    let long = secret.replace("about", &"QXVORBILTRA ".repeat(5_000));
    for texts in [&*long, secret] {
        master.insert("message_data", format!("channel,ts,text\n{messages}{texts}"));
        load_master(&mut connection, &master);
        index_texts(&mut connection).expect("indexed");
    }
    let occurrences = || {
        let bytes = std::fs::read(&file.path).expect("read");
        let is_of = |word: &[u8]| bytes.windows(word.len()).filter(|part| *part == word).count();
        (is_of(b"qxvorbilt"), is_of(b"QXVORBILT"))
    };
    let (indexed, written) = occurrences();
    assert!(indexed > 0 && written > 0, "{indexed} {written}");

    let visible = tables(MASTER);
    visible.insert("channel_data", channels);
    visible.insert("message_data", format!("channel,ts,text\n{messages}"));
    let mut options = LoadOptions::default();
    options.withheld.channels.insert("C2".into());
    let loaded = load(&mut connection, &visible, None, &options, &()).expect("loaded");
    assert_eq!(loaded.withdrawn.rows, 3);
    assert_eq!(occurrences(), (0, 0));
    assert_eq!(found(&connection, "qxvorbilt*"), [""; 0]);
    assert_eq!(found(&connection, "word2999"), ["word2999 of all"]);
    assert!(is_whole(&connection));
    for left in ["-wal", "-journal"] {
        assert!(!std::path::Path::new(&format!("{}{left}", file.path.display())).exists());
    }
}

#[test]
fn a_file_that_cannot_be_written_anew_is_told_of() {
    let file = TestFile::new();
    let mut connection = file.open();
    load_master(&mut connection, &tables(MASTER));
    // SQLite attaches the new file to the connection.
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0).expect("set");
    let mut options = LoadOptions::default();
    options.withheld.channels.insert("C1".into());
    let error = load(&mut connection, &tables(&[]), None, &options, &()).expect_err("not written anew");
    assert!(matches!(error, Error::NotOverwritten { .. }), "{error:?}");
    assert!(error.to_string().contains("run VACUUM"), "{error}");
    // The load itself is done.
    assert_eq!(rows(&connection, "SELECT count(*) FROM message_data"), ["0"]);
}

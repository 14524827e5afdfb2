//! What becomes of the file: beside readers, beside another load, full, read-only, somebody else's.

use std::time::Duration;

use crate::loads::{LoadOptions, LoadSummary, load};
use rusqlite::{Connection, OpenFlags};
use slack_model::MemoryTables;
use slack_sqlite::{Error, open};

use crate::master::{MASTER, METRICS, TestFile, everything, rows, rows_of, tables};

fn load_master(connection: &mut Connection, master: &MemoryTables) -> slack_sqlite::Result<LoadSummary> {
    load(connection, master, None, &LoadOptions::default(), &())
}

/// The master of which the messages say something else.
fn changed(text: &str) -> MemoryTables {
    let master = tables(MASTER);
    let row =
        |second: u32| format!("C1,16{second:08}.000000,2020-09-13T12:26:40.000100Z,{}\n", text.repeat(40));
    let rows: String = (0..2_000).map(row).collect();
    master.insert("message_data", format!("channel,ts,time,text\n{rows}"));
    master
}

#[test]
fn a_load_leaves_one_file() {
    let file = TestFile::new();
    for text in ["one", "two", "two"] {
        let mut connection = file.open();
        load_master(&mut connection, &changed(text)).expect("loaded");
        assert_eq!(file.files(), ["slack.db"]);
        assert_eq!(rows(&connection, "PRAGMA journal_mode"), ["delete"]);
        assert_eq!(rows(&connection, "PRAGMA integrity_check"), ["ok"]);
        assert_eq!(rows(&connection, "SELECT 1 FROM pragma_foreign_key_check"), [""; 0]);
    }
}

#[test]
fn what_the_connection_was_set_to_stays() {
    let file = TestFile::new();
    let mut connection = file.open();
    let settings = ["foreign_keys", "cache_size", "busy_timeout"];
    for (name, value) in settings.iter().zip([0, 77, 123]) {
        connection.pragma_update(None, name, value).expect("set");
    }
    for text in ["one", "two"] {
        load_master(&mut connection, &changed(text)).expect("loaded");
        let found = settings.map(|name| rows(&connection, &format!("PRAGMA {name}")).join(""));
        assert_eq!(found, ["0", "77", "123"]);
    }
}

/// A listener that looks at the file in the middle of a load.
struct Reader<'f> {
    file: &'f TestFile,
    expected: &'f [String],
}

impl slack_model::Progress for Reader<'_> {
    fn report(&self, step: slack_model::Step<'_>) {
        if step.task == "edge_data" {
            let connection = Connection::open(&self.file.path).expect("opened");
            connection.busy_timeout(Duration::ZERO).expect("set");
            assert_eq!(rows_of(&connection, "message_data"), self.expected);
        }
    }
}

#[test]
fn readers_see_the_old_state_while_a_load_lasts() {
    let file = TestFile::new();
    let mut connection = file.open();
    load_master(&mut connection, &changed("old")).expect("loaded");
    let old = rows_of(&connection, "message_data");
    let reader = Reader { file: &file, expected: &old };
    let metrics = tables(METRICS);
    load(&mut connection, &changed("new"), Some(&metrics), &LoadOptions::default(), &reader).expect("loaded");
    assert_ne!(rows_of(&connection, "message_data"), old);
}

#[test]
fn a_reader_in_the_middle_of_a_query_is_not_disturbed() {
    let file = TestFile::new();
    let mut connection = file.open();
    load_master(&mut connection, &changed("old")).expect("loaded");
    let count = "SELECT count(*) FROM message_data WHERE text LIKE 'old%'";
    let mut reader = file.open();
    // One that began before the load keeps its file from getting a log, and the load from ending.
    let transaction = reader.transaction().expect("begun");
    assert_eq!(rows(&transaction, count), ["2000"]);
    connection.busy_timeout(Duration::from_millis(50)).expect("set");
    let error = load_master(&mut connection, &changed("new")).expect_err("a reader is in the way");
    assert!(matches!(error, Error::Busy { .. }), "{error:?}");
    assert_eq!(rows(&transaction, count), ["2000"]);
    transaction.commit().expect("ended");
    load_master(&mut connection, &changed("new")).expect("loaded");
    assert_eq!(rows(&reader, count), ["0"]);
    assert_eq!(file.files(), ["slack.db"]);
}

#[test]
fn a_second_load_at_the_same_time_is_told_so() {
    for is_first in [true, false] {
        let file = TestFile::new();
        if !is_first {
            load_master(&mut file.open(), &changed("old")).expect("loaded");
        }
        let mut one = file.open();
        let writing = one.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).expect("begun");
        let mut two = file.open();
        two.busy_timeout(Duration::from_millis(50)).expect("set");
        let error = load_master(&mut two, &changed("new")).expect_err("the other writes");
        let expected = "is in use: another load, or a long query, is under way; try again when it is done";
        assert!(error.to_string().ends_with(expected), "{error}");
        assert!(error.to_string().starts_with(&file.path.display().to_string()), "{error}");
        drop(writing);
        load_master(&mut two, &changed("new")).expect("loaded");
    }
}

#[test]
fn a_full_disk_changes_nothing() {
    let file = TestFile::new();
    let mut connection = file.open();
    connection.pragma_update(None, "max_page_count", 20).expect("set");
    let error = load_master(&mut connection, &tables(MASTER)).map(drop).expect_err("no room for the tables");
    assert!(matches!(error, Error::DiskFull { .. }), "{error:?}");
    assert_eq!(everything(&connection), []);

    connection.pragma_update(None, "max_page_count", 1_000_000).expect("set");
    load_master(&mut connection, &tables(MASTER)).expect("loaded");
    let state = everything(&connection);
    let pages: u32 = connection.pragma_query_value(None, "page_count", |row| row.get(0)).expect("read");
    connection.pragma_update(None, "max_page_count", pages + 10).expect("set");
    let error = load_master(&mut connection, &changed("new")).expect_err("no room for the rows");
    let expected =
        format!("no room left for {}: cannot load message_data; nothing was changed", file.path.display());
    assert_eq!(error.to_string(), expected);
    assert_eq!(everything(&connection), state);
    assert_eq!(file.files(), ["slack.db"]);
}

#[test]
fn a_read_only_file_is_told() {
    let file = TestFile::new();
    load_master(&mut file.open(), &tables(MASTER)).expect("loaded");
    let mut connection =
        Connection::open_with_flags(&file.path, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("opened");
    let error = load_master(&mut connection, &changed("new")).expect_err("read-only");
    assert!(
        error.to_string().starts_with(&format!("{} is read-only: cannot ", file.path.display())),
        "{error}"
    );
}

#[test]
fn what_is_no_file_of_ours_is_left_alone() {
    let file = TestFile::new();
    std::fs::write(&file.path, "id,name\n".repeat(1_000)).expect("written");
    let error = load_master(&mut file.open(), &tables(MASTER)).expect_err("a table of values");
    assert_eq!(error.to_string(), format!("{} is no SQLite database", file.path.display()));
    assert_eq!(std::fs::read(&file.path).expect("read").len(), 8_000);

    let file = TestFile::new();
    file.open().execute_batch("CREATE TABLE bookmarks (url TEXT)").expect("made");
    let before = std::fs::read(&file.path).expect("read");
    let error = load_master(&mut file.open(), &tables(MASTER)).expect_err("another program's");
    assert!(matches!(error, Error::OtherProgram { .. }), "{error:?}");
    assert_eq!(std::fs::read(&file.path).expect("read"), before);

    let missing = file.path.with_file_name("missing").join("slack.db");
    let error = open(&missing).expect_err("no folder");
    assert!(matches!(error, Error::Open { .. }), "{error:?}");
    assert!(error.to_string().contains(&missing.display().to_string()), "{error}");
}

#[test]
fn a_table_that_someone_removed_is_made_again() {
    let file = TestFile::new();
    let mut connection = file.open();
    let all = |connection: &mut Connection| {
        load(connection, &tables(MASTER), Some(&tables(METRICS)), &LoadOptions::default(), &())
            .expect("loaded");
        rows(connection, "SELECT count(*) FROM member_data")
    };
    let before = all(&mut connection);
    connection.execute_batch("DROP TABLE member_data").expect("dropped");
    assert_eq!(all(&mut connection), before);
}

#[test]
fn a_database_in_memory_takes_a_load() {
    let mut connection = Connection::open_in_memory().expect("opened");
    for _ in 0..2 {
        load_master(&mut connection, &tables(MASTER)).expect("loaded");
    }
    assert_eq!(rows(&connection, "SELECT count(*) FROM message_data"), ["3"]);
}

use crate::loads::{LoadOptions, load};
use rusqlite::Connection;
use slack_sqlite::{Error, Reader, ValueRef};

use crate::master::{MASTER, METRICS, TestFile, tables};

fn loaded() -> (TestFile, Reader) {
    let file = TestFile::new();
    let metrics = tables(METRICS);
    load(&mut file.open(), &tables(MASTER), Some(&metrics), &LoadOptions::default(), &()).expect("loaded");
    let reader = Reader::open(&file.path).expect("opened");
    (file, reader)
}

fn refused(reader: &Reader, sql: &str) -> Error {
    let mut query = match reader.query(sql) {
        Ok(query) => query,
        Err(error) => return error,
    };
    let mut rows = query.rows([]).expect("no parameters");
    loop {
        match rows.next() {
            Ok(Some(_)) => {}
            Ok(None) => panic!("{sql} was answered"),
            Err(error) => return error,
        }
    }
}

#[test]
fn values_have_types() {
    let (_file, reader) = loaded();
    let mut query = reader
        .query("SELECT id, tz_offset AS \"offset\", 0.5, NULL, x'00ff' FROM user_data WHERE id = :id")
        .expect("understood");
    assert_eq!(query.columns(), ["id", "offset", "0.5", "NULL", "x'00ff'"]);
    for (id, offset) in [("U1", ValueRef::Integer(3_600)), ("U2", ValueRef::Null)] {
        let mut rows = query.rows(&[(":id", id)]).expect("answered");
        let row = rows.next().expect("worked out").expect("a row");
        let values: Vec<_> = row.values().collect::<Result<_, _>>().expect("values");
        let expected = [
            ValueRef::Text(id.as_bytes()),
            offset,
            ValueRef::Real(0.5),
            ValueRef::Null,
            ValueRef::Blob(&[0, 255]),
        ];
        assert_eq!(values, expected);
        assert!(rows.next().expect("worked out").is_none());
    }
    assert!(matches!(query.rows(["one", "too many"]), Err(Error::Query { .. })));
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let (_file, reader) = loaded();
    for (sql, message, offset) in [
        ("SELECT mood FROM user_data", "no such column: mood", Some(7)),
        ("SELECT id FROM users", "no such table: users", None),
        ("SELECT id FORM user_data", "near \"user_data\": syntax error", Some(15)),
        ("SELECT 1; SELECT 2", "there is more than one statement", None),
        ("-- nothing", "SQL is empty or comment only", None),
        ("SELECT json('{')", "malformed JSON", None),
    ] {
        let Error::Query { message: found, offset: place } = refused(&reader, sql) else { panic!("{sql}") };
        assert_eq!((found.as_str(), place), (message, offset), "{sql}");
    }
}

#[test]
fn nothing_is_written() {
    let (file, reader) = loaded();
    let before = std::fs::read(&file.path).expect("read");
    for sql in [
        "DELETE FROM user_data",
        "INSERT INTO user_data (id, known) VALUES ('U5', 1) RETURNING id",
        "CREATE TABLE mine (x)",
        "DROP VIEW v_users",
        "PRAGMA user_version = 7",
        "PRAGMA journal_mode = WAL",
        "VACUUM",
        "BEGIN",
    ] {
        let error = refused(&reader, sql);
        assert!(matches!(error, Error::NotAQuery), "{sql}: {error:?}");
    }
    let other = file.path.with_file_name("other.db");
    Connection::open(&other).expect("opened").execute_batch("CREATE TABLE other (x)").expect("made");
    let copy = file.path.with_file_name("copy.db");
    for sql in [format!("ATTACH '{}' AS o", other.display()), format!("VACUUM INTO '{}'", copy.display())] {
        refused(&reader, &sql);
    }
    assert_eq!(file.files(), ["other.db", "slack.db"]);
    assert_eq!(std::fs::read(&file.path).expect("read"), before);
    for sql in [
        "EXPLAIN SELECT 1",
        "VALUES (1)",
        "WITH a AS (SELECT 1) SELECT * FROM a",
        "PRAGMA table_info(user_data)",
    ] {
        assert!(reader.query(sql).is_ok(), "{sql}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_told() {
    let file = TestFile::new();
    let path = file.path.display().to_string();
    assert_eq!(Reader::open(&file.path).expect_err("no file").to_string(), format!("there is no {path}"));
    std::fs::write(&file.path, "no database at all, and long enough to see it").expect("written");
    let error = Reader::open(&file.path).expect_err("no database");
    assert_eq!(error.to_string(), format!("{path} is no SQLite database"));
}

#[test]
fn a_load_that_was_broken_off_is_taken_back() {
    let (file, reader) = loaded();
    drop(reader);
    let writer = file.open();
    writer.pragma_update(None, "cache_size", 2).expect("set");
    writer.execute_batch("BEGIN; UPDATE load_block SET last_key = hex(zeroblob(9000))").expect("written");
    // What a kill would leave: a file that was written to in part, and the journal beside it.
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("slack.db");
    let journal = |path: &std::path::Path| path.with_file_name("slack.db-journal");
    std::fs::copy(&file.path, &copy).expect("copied");
    std::fs::copy(journal(&file.path), journal(&copy)).expect("copied");
    let reader = Reader::open(&copy).expect("opened");
    let mut query =
        reader.query("SELECT count(*) FROM load_block WHERE length(last_key) > 9000").expect("asked");
    let mut rows = query.rows([]).expect("answered");
    let row = rows.next().expect("worked out").expect("a row");
    assert_eq!(row.values().next().expect("a value").expect("read"), ValueRef::Integer(0));
    assert!(!journal(&copy).exists());
}

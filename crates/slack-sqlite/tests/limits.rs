//! What queries may use.

#[path = "suite/loads.rs"]
mod loads;

use std::time::Duration;

use loads::{LoadOptions, load};
use slack_model::MemoryTables;
use slack_sqlite::{Error, QueryLimits, Reader, open};

const ENDLESS: &str = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c";

fn reader(folder: &std::path::Path) -> Reader {
    let file = folder.join("slack.db");
    let master = MemoryTables::default();
    master.insert("user_data", "id,name,known\nU1,ann,true\n");
    load(&mut open(&file).expect("opened"), &master, None, &LoadOptions::default(), &()).expect("loaded");
    Reader::open(&file).expect("opened")
}

#[test]
fn a_query_ends_at_its_limits() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut reader = reader(folder.path());
    let mut limits = QueryLimits::default();
    (limits.time, limits.memory) = (Duration::from_millis(200), 64 << 20);
    reader.limit(limits).expect("set");
    let mut query = reader.query("SELECT name FROM user_data").expect("understood");
    let mut rows = query.rows([]).expect("begun");
    assert!(rows.next().expect("read").is_some(), "within the limits");
    let mut query = reader.query("SELECT zeroblob(17 * 1024 * 1024)").expect("understood");
    let too_long = query.rows([]).and_then(|mut rows| rows.next().map(|_| ())).expect_err("refused");
    assert!(matches!(too_long, Error::ValueLimit { limit } if limit == 16 << 20), "{too_long}");
    // Time between two rows is not SQLite's.
    let mut query = reader.query(ENDLESS).expect("understood");
    let mut rows = query.rows([]).expect("begun");
    rows.next().expect("the first one");
    std::thread::sleep(limits.time * 2);
    rows.next().expect("the second one");
    let ended = loop {
        match rows.next() {
            Ok(row) => assert!(row.is_some(), "it has no end"),
            Err(error) => break error,
        }
    };
    assert!(matches!(ended, Error::TimeLimit { limit } if limit == limits.time), "{ended}");
}

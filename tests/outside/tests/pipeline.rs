//! The whole pipeline with parts of one's own, and who gets to see what they make.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use outside::{Counter, Diary, Questions, SECRET};
use slack_model::{Folder, Shown};
use slack_pipeline::{Pipeline, RunOptions, Subject};
use slack_serve::{Current, Folders, ServeOptions, Server, Snapshot};

#[path = "../../../crates/slack-pg/tests/private_postgres/mod.rs"]
mod private_postgres;

const TABLE: &str = "questions_by_channel";

/// A data home in which the pipeline ran with a source and a metric of one's own.
fn ran(folder: &tempfile::TempDir) -> Pipeline<'static> {
    let pipeline = Pipeline::open(folder.path().join("data"), &()).expect("opened").with_metric(Questions);
    let run = pipeline.run(&mut Diary, &RunOptions::default()).expect("ran");
    assert_eq!((run.gaps, run.has_gaps), (0, false));
    let table =
        std::fs::read_to_string(pipeline.home().metrics().join(format!("{TABLE}.csv"))).expect("measured");
    assert_eq!(table, format!("channel,posts,asking,first_text\nC1,2,0.500000,{SECRET}\n"));
    pipeline
}

#[test]
fn a_store_of_ones_own_gets_every_table() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = ran(&folder);
    let mut counter = Counter::default();
    pipeline.load(&mut counter, Shown::default()).expect("loaded");
    assert_eq!((counter.0["message_data"], counter.0["conversation_data"], counter.0[TABLE]), (2, 2, 1));
}

#[test]
fn sqlite_has_the_metrics_table_typed_and_commented() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = ran(&folder);
    let file = folder.path().join("slack.db");
    let mut connection = slack_sqlite::open(&file).expect("opened");
    pipeline.load(&mut slack_sqlite::Database::new(&mut connection), Shown::default()).expect("loaded");
    let one = |query: &str| -> String { connection.query_row(query, [], |row| row.get(0)).expect(query) };
    assert_eq!(one(&format!("SELECT posts || ' ' || asking FROM {TABLE}")), "2 0.5");
    let made = one(&format!("SELECT sql FROM sqlite_schema WHERE name = '{TABLE}'"));
    assert!(made.contains("\"asking\" REAL, -- The share of them that ask, from 0 to 1"), "{made}");
}

#[test]
fn a_reader_of_postgres_sees_its_open_columns_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = ran(&folder);
    let database = private_postgres::TestDatabase::create();
    let mut client = database.client();
    let options = slack_pg::LoadOptions::default();
    pipeline.load(&mut slack_pg::Database::new(&mut client, options), Shown::default()).expect("loaded");
    slack_pg::grant_read(&mut client, "slack", "outside_reader").expect("granted");
    client.batch_execute("ALTER ROLE outside_reader LOGIN").expect("may log in");
    let mut reader = database.client_as("outside_reader");
    let row = reader
        .query_one(&format!("SELECT posts, asking::text, col_description(to_regclass('slack.{TABLE}'), 3) FROM slack.{TABLE}"), &[])
        .expect("may read");
    let (posts, asking, comment): (i64, &str, &str) = (row.get(0), row.get(1), row.get(2));
    assert_eq!((posts, asking, comment), (2, "0.500000", "The share of them that ask, from 0 to 1"));
    let error = reader.query(&format!("SELECT first_text FROM slack.{TABLE}"), &[]).expect_err("withheld");
    assert!(error.to_string().contains("permission denied") || error.code().is_some(), "{error}");
    drop(reader);
    client.batch_execute("DROP OWNED BY outside_reader; DROP ROLE outside_reader").expect("dropped");
}

#[test]
fn neither_the_report_nor_the_server_tells_its_private_column() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = ran(&folder);
    let read = pipeline.read_report(&Subject::Master, &Default::default()).expect("read");
    let mut page = Vec::new();
    read.report.write_html(&mut page).expect("written");
    assert!(!String::from_utf8_lossy(&page).contains(SECRET));

    let folders = Folders::new(read.tables, read.metrics);
    let current = Current::new(Snapshot::page(page).with_folders(folders));
    let mut options = ServeOptions::new(([127, 0, 0, 1], 0).into());
    options.catalogue = pipeline.catalogue();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let server = runtime.block_on(Server::bind(&options)).expect("bound");
    let address = server.url().trim_start_matches("http://").trim_end_matches('/').to_owned();
    runtime.spawn(server.run(current, std::future::pending()));
    let get = |path: &str| {
        let mut stream = TcpStream::connect(&address).expect("connected");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").expect("asked");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answered");
        answer
    };
    let table = get(&format!("/metrics/{TABLE}.csv"));
    assert!(
        table.starts_with("HTTP/1.1 200") && table.contains("channel,posts,asking,first_text"),
        "{table}"
    );
    assert!(table.contains("C1,2,0.500000,\n") && !table.contains(SECRET), "{table}");
    assert!(get("/tables").contains(TABLE));
    assert!(
        get("/tables/message_data.csv").contains(SECRET),
        "what was written in a visible channel is served"
    );
}

#[test]
fn the_metric_is_measured_for_what_is_visible_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = ran(&folder);
    let visible = pipeline.visible(&Subject::Master, Shown::default()).expect("visible");
    assert_eq!(visible.left_out, 0);
    let tables = Folder(visible.metrics.expect("measured"));
    let rows = slack_model::RawReader::open(&tables, &<outside::QuestionRow as slack_model::Table>::SCHEMA);
    assert!(rows.expect("read").is_some());
}

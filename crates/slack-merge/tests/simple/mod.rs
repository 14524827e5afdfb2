//! What a merge should give, worked out in the plainest way: every row in memory, every window asked about every row.

use std::collections::BTreeMap;

use slack_model::rows::{File, TABLES, Window, WindowScope};
use slack_model::{BatchId, ByteRecord, Kind, MemoryTables, Schema, Table, TableReader, TableWriter, Ts};

type Row = Vec<String>;

/// A value in the order of its column.
type Part = (usize, String);

/// Merges sets of tables.
pub(crate) fn merged(sources: &[&MemoryTables]) -> BTreeMap<&'static str, String> {
    let windows: Vec<Window> = sources
        .iter()
        .filter_map(|source| TableReader::open(*source, &Window::SCHEMA).expect("opened"))
        .flat_map(|reader| reader.rows().map(|row| row.expect("a window")))
        .collect();
    let mut tables = BTreeMap::new();
    for schema in
        TABLES.iter().filter(|schema| sources.iter().any(|source| source.get(schema.name).is_some()))
    {
        let mut rows: BTreeMap<Vec<Part>, Row> = BTreeMap::new();
        for row in sources.iter().flat_map(|source| read(source, schema)) {
            let key = key(schema, &row);
            let joined = match rows.get(&key) {
                Some(other) => join(schema, &row, other),
                None => row,
            };
            rows.insert(key, joined);
        }
        let mut writer = TableWriter::new(Vec::new(), schema).expect("begun");
        for mut row in rows.into_values() {
            if let Some(at) = schema.position("deleted_batch") {
                row[at] = deleted(schema, &row, &windows);
            }
            writer.write(&ByteRecord::from(row)).expect("written");
        }
        let csv = writer.finish().expect("finished").0;
        tables.insert(schema.name, String::from_utf8(csv).expect("UTF-8"));
    }
    tables
}

/// The rows of a table.
pub(crate) fn read(tables: &MemoryTables, schema: &Schema) -> Vec<Row> {
    let mut rows = Vec::new();
    let Some(mut reader) = TableReader::open(tables, schema).expect("opened") else { return rows };
    let mut record = ByteRecord::new();
    while reader.read(&mut record).expect("read") {
        rows.push(record.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect());
    }
    rows
}

/// A row's key.
pub(crate) fn key(schema: &Schema, row: &Row) -> Vec<Part> {
    let part = |column: &&str| {
        let at = schema.position(column).expect("a column");
        let is_number = matches!(schema.columns[at].kind, Kind::Ts | Kind::Int);
        (if is_number { row[at].len() } else { 0 }, row[at].clone())
    };
    schema.key.iter().map(part).collect()
}

/// Whether a row only says that there is something.
pub(crate) fn is_below(schema: &Schema, row: &Row) -> bool {
    let value = |column| &row[schema.position(column).expect("a column")];
    match schema.name {
        "user_data" => value("known") != "true",
        "channel_data" => value("is_private").is_empty(),
        "message_data" | "thread_data" => value("subtype") == "tombstone",
        "file_data" => File::is_gone(value("mode").as_bytes()),
        _ => false,
    }
}

fn join(schema: &Schema, one: &Row, other: &Row) -> Row {
    let (one_below, other_below) = (is_below(schema, one), is_below(schema, other));
    if one_below != other_below {
        return if one_below { other.clone() } else { one.clone() };
    }
    let is_revision = schema.name == "message_revision_data";
    let is_first = |name: &str| if is_revision { name == "batch" } else { name == "first_batch" };
    let is_first =
        |at: usize| is_first(schema.columns[at].name) && !schema.key.contains(&schema.columns[at].name);
    let age = |row: &Row| schema.position("last_batch").map(|at| row[at].clone());
    let values = |row: &Row| -> Row {
        let counts = |at: &usize| schema.columns[*at].name != "deleted_batch" && !is_first(*at);
        (0..row.len()).filter(counts).map(|at| row[at].clone()).collect()
    };
    let is_newer = (age(one), values(one)) >= (age(other), values(other));
    let (newer, older) = if is_newer { (one, other) } else { (other, one) };
    let mut joined = newer.clone();
    for at in 0..joined.len() {
        if is_first(at) {
            joined[at] = [newer, older].into_iter().map(|row| &row[at]).min().expect("two").clone();
        } else if matches!(schema.columns[at].name, "path" | "sha256") {
            joined[at] = newer[at].clone().max(older[at].clone());
        }
    }
    joined
}

fn deleted(schema: &Schema, row: &Row, windows: &[Window]) -> String {
    let value = |column| &row[schema.position(column).expect("a column")];
    if is_below(schema, row) {
        return value("first_batch").clone();
    }
    let ts = Ts::parse(value("ts").as_bytes()).expect("a timestamp");
    let thread = Ts::parse(value("thread_ts").as_bytes());
    let seen = BatchId::parse(value("last_batch").as_bytes()).expect("a batch");
    let is_reply = schema.name == "thread_data";
    let misses = |window: &&Window| {
        let is_inside = |ts| window.oldest <= ts && ts <= window.latest;
        let covers = match window.scope {
            WindowScope::All => is_inside(ts),
            WindowScope::Messages => !is_reply && is_inside(ts),
            WindowScope::Thread => is_reply && window.thread_ts == thread && is_inside(ts),
            WindowScope::Threads => {
                is_reply && thread.is_some_and(|thread| window.oldest <= thread) && ts <= window.latest
            }
            _ => false,
        };
        window.channel.as_str() == value("channel") && window.batch > seen && covers
    };
    let first = windows.iter().filter(misses).map(|window| window.batch).min();
    first.map(|batch| batch.to_string()).unwrap_or_default()
}

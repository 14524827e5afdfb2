//! What a merge should give, worked out in the plainest way: every row in memory, every window asked about every row.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use slack_model::rows::{Channel, ClassedBy, File, TABLES, Window, WindowScope};
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
            if let Some(at) = schema.position("class") {
                row[at] = class(schema, &row).into();
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

/// Whether no list names a channel.
fn is_unlisted(schema: &Schema, row: &Row) -> bool {
    schema.position("is_private").is_some_and(|at| row[at].is_empty())
}

/// The class of a channel.
fn class(schema: &Schema, row: &Row) -> &'static str {
    let value = |column| row[schema.position(column).expect("a column")].as_bytes();
    let row = ClassedBy {
        id: value("id"),
        name: value("name"),
        kind: value("type"),
        is_private: value("is_private"),
        last_batch: value("last_batch"),
        confidential_at: value("confidential_at"),
    };
    Channel::class_of(row, &BTreeSet::new())
}

/// The last batch that tells of a channel as confidential, or, where `is_unknown`, only did not know it as public.
fn confidential(schema: &Schema, row: &Row, is_unknown: bool) -> String {
    let value = |column| row[schema.position(column).expect("a column")].clone();
    let tells = value("is_private") == "true" || is_unknown && value("is_private").is_empty();
    value("confidential_at").max(if tells { value("last_batch") } else { String::new() })
}

/// How much a row knows of what it is about; what knows less is void beside what knows more.
pub(crate) fn rank(schema: &Schema, row: &Row) -> u8 {
    let value = |column| &row[schema.position(column).expect("a column")];
    match schema.name {
        "user_data" if value("known") == "true" => 2,
        "user_data" => {
            u8::from(["name", "real_name", "display_name"].iter().any(|name| !value(name).is_empty()))
        }
        "channel_data" if is_unlisted(schema, row) => u8::from(value("type") == "canvas"),
        "channel_data" => 2,
        "message_data" | "thread_data" => u8::from(value("subtype") != "tombstone"),
        "file_data" => u8::from(!File::is_gone(value("mode").as_bytes())),
        _ => 1,
    }
}

/// The columns that follow a version of their own, that version's column, and that of their batch.
fn versioned(schema: &Schema) -> (Vec<&'static str>, &'static str, &'static str) {
    match schema.name {
        "user_data" => {
            let others = ["first_batch", "last_batch", "values_batch"];
            let columns = schema.columns.iter().map(|column| column.name);
            (columns.filter(|column| !others.contains(column)).collect(), "updated", "values_batch")
        }
        "message_data" | "thread_data" => (vec!["edited_ts", "text"], "edited_ts", "text_batch"),
        _ => (vec![], "", ""),
    }
}

/// Joins two rows of one key, each column by what the contract says of it.
fn join(schema: &Schema, one: &Row, other: &Row) -> Row {
    let mut joined = match rank(schema, one).cmp(&rank(schema, other)) {
        Ordering::Less => other.clone(),
        Ordering::Greater => one.clone(),
        Ordering::Equal => join_equals(schema, one, other),
    };
    if let Some(at) = schema.position("confidential_at") {
        let known = rank(schema, &joined);
        let until = |row| confidential(schema, row, rank(schema, row) < known);
        joined[at] = until(one).max(until(other));
        // What the row says itself is not said twice.
        let unsaid = Row::from_iter(
            joined.iter().enumerate().map(
                |(column, value)| {
                    if column == at { String::new() } else { value.clone() }
                },
            ),
        );
        if confidential(schema, &unsaid, false) == joined[at] {
            joined[at].clear();
        }
    }
    joined
}

/// Joins two rows of one rank.
fn join_equals(schema: &Schema, one: &Row, other: &Row) -> Row {
    let (of_version, version, version_batch) = versioned(schema);
    let value =
        |row: &Row, column: &str| schema.position(column).map(|at| row[at].clone()).unwrap_or_default();
    let stated = |row: &Row| {
        let batch = value(row, version_batch);
        let batch = if batch.is_empty() { value(row, "last_batch") } else { batch };
        let number: f64 = value(row, version).parse().unwrap_or_default();
        let values: Row = of_version.iter().map(|column| value(row, column)).collect();
        ((number * 1e6) as i64, batch, values)
    };
    let first = if schema.name == "message_revision_data" { "batch" } else { "first_batch" };
    let is_apart = |column: &str| {
        (column == first && !schema.key.contains(&column))
            || ["deleted_batch", "path", "sha256", version_batch].contains(&column)
            || of_version.contains(&column)
    };
    let seen = |row: &Row| {
        let columns = schema.columns.iter().map(|column| column.name).filter(|column| !is_apart(column));
        (value(row, "last_batch"), columns.map(|column| value(row, column)).collect::<Row>())
    };
    let newer = if seen(one) >= seen(other) { one } else { other };
    let later = if stated(one) >= stated(other) { one } else { other };
    let joined = schema.columns.iter().map(|column| match column.name {
        name if name == version_batch => {
            let (_, batch, _) = stated(later);
            if batch == value(newer, "last_batch") { String::new() } else { batch }
        }
        name if of_version.contains(&name) => value(later, name),
        name if name == first && is_apart(name) => value(one, name).min(value(other, name)),
        "path" | "sha256" => value(one, column.name).max(value(other, column.name)),
        name => value(newer, name),
    });
    joined.collect()
}

fn deleted(schema: &Schema, row: &Row, windows: &[Window]) -> String {
    let value = |column| &row[schema.position(column).expect("a column")];
    if rank(schema, row) == 0 {
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

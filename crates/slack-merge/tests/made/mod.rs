//! Made-up batches: edits, deletions, tombstones, users and channels that no list holds, files, windows.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use slack_model::rows::{
    Batch, Channel, File, Message, Reaction, Reply, Revision, User, Window, WindowScope,
};
use slack_model::{BatchId, MemoryTables, Table, TableWriter, Ts};

/// What a batch saw of a message.
#[derive(Debug, Clone)]
pub(crate) struct Sighting {
    channel: u8,
    ts: u8,
    /// The thread's first message; the message is a reply where it is another one.
    thread: Option<u8>,
    text: u8,
    edited: Option<u8>,
    is_tombstone: bool,
    replies: u8,
    reactors: BTreeSet<u8>,
}

/// What a batch knew of a user: a stranger may have a name, from the messages.
#[derive(Debug, Clone)]
struct Person {
    id: u8,
    known: bool,
    name: Option<u8>,
    updated: Option<u8>,
}

/// A batch, as small numbers.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(crate) day: u8,
    sightings: Vec<Sighting>,
    windows: Vec<(u8, u8, u8, u8)>,
    users: Vec<Person>,
    files: Vec<(u8, u8, u8, bool)>,
    /// Each with whether it is a canvas, and what a list says of it.
    channels: Vec<(u8, bool, Option<bool>)>,
}

fn sighting() -> impl Strategy<Value = Sighting> {
    let reactors = proptest::collection::btree_set(0..3u8, 0..3);
    let place = (0..2u8, 0..6u8, proptest::option::of(0..6u8));
    let content = (0..3u8, proptest::option::of(0..3u8), proptest::bool::weighted(0.2), 0..3u8, reactors);
    (place, content).prop_map(|((channel, ts, thread), (text, edited, is_tombstone, replies, reactors))| {
        Sighting { channel, ts, thread, text, edited, is_tombstone, replies, reactors }
    })
}

fn person() -> impl Strategy<Value = Person> {
    let (name, updated) = (proptest::option::of(0..3u8), proptest::option::of(0..3u8));
    (0..3u8, any::<bool>(), name, updated).prop_map(|(id, known, name, updated)| Person {
        id,
        known,
        name,
        updated,
    })
}

pub(crate) fn made() -> impl Strategy<Value = Made> {
    (
        1..28u8,
        proptest::collection::vec(sighting(), 0..8),
        proptest::collection::vec((0..2u8, 0..6u8, 0..6u8, 0..4u8), 0..3),
        proptest::collection::vec(person(), 0..3),
        proptest::collection::vec((0..2u8, 0..2u8, 0..3u8, any::<bool>()), 0..3),
        proptest::collection::vec((0..2u8, any::<bool>(), proptest::option::of(any::<bool>())), 0..3),
    )
        .prop_map(|(day, sightings, windows, users, files, channels)| Made {
            day,
            sightings,
            windows,
            users,
            files,
            channels,
        })
}

fn ts(number: u8) -> Ts {
    Ts::from_micros(1_600_000_000_000_000 + i64::from(number)).expect("in range")
}

fn channel(number: u8) -> slack_model::ChannelId {
    format!("C{number}").into()
}

/// The tables of a made-up batch, as transform would write them.
pub(crate) fn tables(made: &Made) -> MemoryTables {
    let batch: BatchId = format!("202401{:02}000000", made.day).parse().expect("a batch");
    let (first_batch, last_batch) = (Some(batch), Some(batch));
    let tables = MemoryTables::default();
    let mut messages: BTreeMap<(u8, u8), &Sighting> = BTreeMap::new();
    for sighting in &made.sightings {
        messages.insert((sighting.channel, sighting.ts), sighting);
    }
    let rows: Vec<Message> = messages
        .values()
        .map(|seen| Message {
            subtype: if seen.is_tombstone { Message::TOMBSTONE.into() } else { String::new() },
            thread_ts: seen.thread.map(ts),
            reply_count: Some(seen.replies.into()),
            user_id: Some(format!("U{}", seen.text).into()),
            edited_ts: seen.edited.map(|edited| ts(10 + edited)),
            text: if seen.is_tombstone { "gone".into() } else { format!("a \"text\",\n{}", seen.text) },
            deleted_batch: seen.is_tombstone.then_some(batch),
            first_batch,
            last_batch,
            ..Message::new(channel(seen.channel), ts(seen.ts))
        })
        .collect();
    put(&tables, rows.iter().filter(|row| row.is_in_channel()).cloned().collect::<Vec<Message>>());
    put(&tables, rows.iter().filter_map(Message::to_reply).collect::<Vec<Reply>>());
    let kept = rows.iter().filter(|row| row.subtype.is_empty());
    let revision = |row: &Message| Revision {
        channel: row.channel.clone(),
        ts: row.ts,
        edited_ts: row.edited_ts,
        batch: first_batch,
        text: row.text.clone(),
    };
    put(&tables, kept.map(revision).collect::<Vec<_>>());
    let reactions = messages.values().flat_map(|seen| {
        seen.reactors.iter().map(|user| Reaction {
            channel: channel(seen.channel),
            ts: ts(seen.ts),
            thread_ts: None,
            user_id: format!("U{user}").into(),
            reaction: "+1".into(),
            first_batch,
            last_batch,
            count: Some(seen.reactors.len() as u64),
        })
    });
    put(&tables, reactions.collect::<Vec<_>>());
    let points = rows.iter().filter(|row| !row.subtype.is_empty());
    let points = points.map(|row| (row.channel.clone(), row.ts, row.ts, WindowScope::All));
    let windows = made.windows.iter().map(|&(number, from, to, scope)| {
        let scopes = [WindowScope::All, WindowScope::Messages, WindowScope::Thread, WindowScope::Threads];
        let scope = scopes[usize::from(scope)];
        (channel(number), ts(from.min(to)), ts(from.max(to)), scope)
    });
    let window = |(channel, oldest, latest, scope)| Window {
        thread_ts: (scope == WindowScope::Thread).then_some(oldest),
        channel,
        oldest,
        latest,
        scope,
        batch,
    };
    put(&tables, points.chain(windows).map(window).collect::<Vec<_>>());
    put(
        &tables,
        made.users
            .iter()
            .map(|person| User {
                real_name: person.name.map(|name| format!("name {name}")).unwrap_or_default(),
                known: person.known,
                // Numbers of several lengths.
                updated: person.updated.map(|updated| i64::from(updated) * 7),
                ..User::unknown(format!("U{}", person.id).into(), batch)
            })
            .collect::<Vec<_>>(),
    );
    put(
        &tables,
        made.files
            .iter()
            .map(|&(id, number, name, fetched)| File {
                id: format!("F{id}").into(),
                channel: channel(number),
                ts: None,
                name: format!("name {name}"),
                title: String::new(),
                mimetype: String::new(),
                filetype: String::new(),
                size: None,
                mode: if name == 0 { "tombstone".into() } else { "hosted".into() },
                time: None,
                user_id: None,
                path: if fetched { format!("{batch}/files/F{id}") } else { String::new() },
                sha256: if fetched { format!("hash {batch}") } else { String::new() },
                first_batch,
                last_batch,
            })
            .collect::<Vec<_>>(),
    );
    let channels = made.channels.iter().map(|&(number, is_canvas, is_private)| {
        let kind = if is_canvas { Channel::CANVAS } else { "channel" };
        let unlisted = Channel::unlisted(channel(number), format!("name {number}"), kind, batch);
        Channel { is_private, ..unlisted }
    });
    put(&tables, channels.collect::<Vec<_>>());
    let about = Batch {
        batch,
        source: "api".into(),
        status: "complete".into(),
        team_id: None,
        team_name: String::new(),
    };
    put(&tables, vec![about]);
    tables
}

fn put<T: Table>(tables: &MemoryTables, mut rows: Vec<T>) {
    rows.sort_by(T::compare_keys);
    rows.dedup_by(|one, other| one.compare_keys(other).is_eq());
    let mut writer = TableWriter::new(Vec::new(), &T::SCHEMA).expect("begun");
    rows.iter().for_each(|row| writer.write_row(row).expect("written"));
    tables.insert(T::SCHEMA.name, writer.finish().expect("finished").0);
}

/// The same batch number always names the same batch, as in a data home.
pub(crate) fn distinct(mut batches: Vec<Made>) -> Vec<Made> {
    batches.sort_by_key(|made| made.day);
    batches.dedup_by_key(|made| made.day);
    batches
}

/// The tables' CSV.
pub(crate) fn content(tables: &MemoryTables) -> BTreeMap<&'static str, String> {
    let text = |name| String::from_utf8(tables.get(name).expect("listed")).expect("UTF-8");
    tables.names().into_iter().map(|name| (name, text(name))).collect()
}

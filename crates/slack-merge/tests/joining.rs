//! Folders that no list names, and the channels that they turn out to be.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use slack_merge::{Error, JoinReason, MergeOptions, MergeSummary, merge_folder};
use slack_model::batch::{BatchFolder, DataHome};
use slack_model::rows::{
    Batch, Channel, ChannelAlias, File, Member, Message, Reaction, Revision, Window, WindowScope,
};
use slack_model::{BatchId, ChannelId, Folder, Table, TableReader, TableSink, TableWriter, Ts};
use tempfile::TempDir;

/// A message as a batch saw it.
#[derive(Debug, Clone)]
struct Seen {
    channel: u8,
    second: u8,
    author: &'static str,
    subtype: &'static str,
    text: String,
    edited: Option<u8>,
}

/// An export, or what the API gave: with a list of channels, or with names of folders alone.
#[derive(Debug, Clone)]
struct Taken {
    day: u8,
    has_list: bool,
    messages: Vec<Seen>,
}

fn seen(channel: u8, second: u8, text: &str) -> Seen {
    Seen { channel, second, author: "U1", subtype: "", text: text.into(), edited: None }
}

fn taken(day: u8, has_list: bool, messages: &[Seen]) -> Taken {
    Taken { day, has_list, messages: messages.to_vec() }
}

fn name(channel: u8) -> String {
    format!("name-{channel}")
}

fn listed(channel: u8) -> ChannelId {
    format!("C{channel}").into()
}

fn folder(channel: u8) -> ChannelId {
    ChannelId::of_folder(&name(channel))
}

fn ts(second: u8) -> Ts {
    Ts::from_micros(1_600_000_000_000_000 + i64::from(second) * 1_000_000).expect("a time")
}

fn write<T: Table>(csv: &Path, mut rows: Vec<T>) {
    rows.sort_by(T::compare_keys);
    rows.dedup_by(|one, other| one.compare_keys(other).is_eq());
    let sink = Folder(csv.into());
    let mut writer = TableWriter::new(sink.create(&T::SCHEMA).expect("begun"), &T::SCHEMA).expect("begun");
    rows.iter().for_each(|row| writer.write_row(row).expect("written"));
    sink.finish(&T::SCHEMA, writer.finish().expect("written").0).expect("written");
}

struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn master(&self) -> PathBuf {
        DataHome::new(self.0.path()).master_csv()
    }

    fn batch(&self, taken: &Taken) -> BatchFolder {
        let id: BatchId = format!("202401{:02}000000", taken.day).parse().expect("a batch");
        let batch = BatchFolder::new(self.0.path().join(id.to_string()), id);
        let csv = batch.csv();
        let channel_of = |channel| if taken.has_list { listed(channel) } else { folder(channel) };
        let (first_batch, last_batch) = (Some(id), Some(id));
        let channels: BTreeSet<u8> = taken.messages.iter().map(|seen| seen.channel).collect();
        let rows = channels.iter().map(|channel| {
            let unlisted = Channel::unlisted(channel_of(*channel), name(*channel), "channel", id);
            if taken.has_list { Channel { is_private: Some(*channel == 1), ..unlisted } } else { unlisted }
        });
        write(&csv, rows.collect::<Vec<_>>());
        let messages: BTreeMap<(u8, u8), &Seen> =
            taken.messages.iter().map(|seen| ((seen.channel, seen.second), seen)).collect();
        let row = |seen: &&Seen| Message {
            channel: channel_of(seen.channel),
            kind: "message".into(),
            subtype: seen.subtype.into(),
            ts: ts(seen.second),
            thread_ts: None,
            time: None,
            reply_count: None,
            reply_users_count: None,
            latest_reply: None,
            user_id: Some(seen.author.into()),
            bot_id: None,
            username: String::new(),
            edited_ts: seen.edited.map(ts),
            text: seen.text.clone(),
            deleted_batch: None,
            first_batch,
            last_batch,
            text_batch: None,
        };
        let rows: Vec<_> = messages.values().map(row).collect();
        let revision = |row: &Message| Revision {
            channel: row.channel.clone(),
            ts: row.ts,
            edited_ts: row.edited_ts,
            batch: first_batch,
            text: row.text.clone(),
        };
        write(&csv, rows.iter().map(revision).collect::<Vec<_>>());
        let reaction = |row: &Message| Reaction {
            channel: row.channel.clone(),
            ts: row.ts,
            thread_ts: None,
            user_id: "U2".into(),
            reaction: "+1".into(),
            first_batch,
            last_batch,
            count: Some(1),
        };
        write(&csv, rows.iter().map(reaction).collect::<Vec<_>>());
        let file = |row: &Message| File {
            id: format!("F{}", row.ts.micros() % 3).into(),
            channel: row.channel.clone(),
            ts: Some(row.ts),
            name: "a.png".into(),
            title: String::new(),
            mimetype: String::new(),
            filetype: String::new(),
            size: None,
            mode: "hosted".into(),
            time: None,
            user_id: None,
            path: String::new(),
            sha256: String::new(),
            first_batch,
            last_batch,
        };
        write(&csv, rows.iter().map(file).collect::<Vec<_>>());
        let window = |row: &Message| Window {
            channel: row.channel.clone(),
            oldest: ts(0),
            latest: row.ts,
            scope: WindowScope::All,
            thread_ts: None,
            batch: id,
        };
        write(&csv, rows.iter().map(window).collect::<Vec<_>>());
        let member = |channel: &u8| Member {
            channel: channel_of(*channel),
            user_id: format!("U{}", taken.day % 3).into(),
            first_batch,
            last_batch,
        };
        write(&csv, channels.iter().map(member).collect::<Vec<_>>());
        write(&csv, rows);
        let about = Batch {
            batch: id,
            source: "export".into(),
            status: "complete".into(),
            team_id: None,
            team_name: String::new(),
        };
        write(&csv, vec![about]);
        batch
    }

    fn merge(&self, batches: &[Taken], options: &MergeOptions) -> Result<MergeSummary, Error> {
        let batches: Vec<_> = batches.iter().map(|taken| self.batch(taken)).collect();
        merge_folder(&self.master(), &batches, options)
    }

    fn rows<T: Table>(&self) -> Vec<T> {
        let reader = TableReader::open(&Folder(self.master()), &T::SCHEMA).expect("opened");
        reader.into_iter().flat_map(TableReader::rows).map(|row| row.expect("read")).collect()
    }

    /// Each message's channel and text.
    fn texts(&self) -> Vec<(String, String)> {
        self.rows::<Message>().into_iter().map(|row| (row.channel.to_string(), row.text)).collect()
    }

    fn content(&self) -> BTreeMap<String, String> {
        let files = fs::read_dir(self.master()).expect("listed").map(|entry| entry.expect("listed").path());
        let named = |path: &PathBuf| path.file_name().expect("a name").to_string_lossy().into_owned();
        files.map(|path| (named(&path), fs::read_to_string(&path).expect("read"))).collect()
    }
}

fn merged(parts: &[&[Taken]], options: &MergeOptions) -> Home {
    let home = Home::new();
    for part in parts {
        home.merge(part, options).expect("merged");
    }
    let beside = fs::read_dir(home.0.path().join("master")).expect("listed").count();
    assert_eq!(beside, 1, "something was left beside the master");
    home
}

#[test]
fn a_shared_message_joins_a_folder_with_its_channel() {
    let folders = taken(1, false, &[seen(1, 1, "hello"), seen(1, 2, "only here"), seen(2, 1, "other")]);
    let lists = taken(2, true, &[seen(1, 1, "hello"), seen(1, 3, "later"), seen(2, 4, "unrelated")]);
    let home = Home::new();
    let first = home.merge(&[folders], &MergeOptions::default()).expect("merged");
    assert_eq!(first.joined, []);
    let second = home.merge(std::slice::from_ref(&lists), &MergeOptions::default()).expect("merged");
    let joined: Vec<_> =
        second.joined.iter().map(|join| (&join.alias, &*join.name, &join.channel, join.reason)).collect();
    assert_eq!(joined, [(&folder(1), "name-1", &listed(1), JoinReason::Messages)]);
    let other = folder(2).to_string();
    let expected =
        [("C1", "hello"), ("C1", "only here"), ("C1", "later"), ("C2", "unrelated"), (&*other, "other")];
    let expected = expected.map(|(channel, text)| (channel.to_owned(), text.to_owned()));
    assert_eq!(home.texts(), expected);
    let (day1, day2) = ("20240101000000".parse().ok(), "20240102000000".parse().ok());
    let row = ChannelAlias {
        alias: folder(1),
        channel: listed(1),
        reason: "messages".into(),
        first_batch: day1,
        last_batch: day1,
    };
    assert_eq!(home.rows::<ChannelAlias>(), std::slice::from_ref(&row));
    let channels: Vec<_> = home.rows::<Channel>().into_iter().map(|row| (row.id, row.is_private)).collect();
    assert_eq!(channels, [(listed(1), Some(true)), (listed(2), Some(false)), (folder(2), None)]);

    // Whatever comes under the folder's name later is the channel's, without another proof.
    let more = taken(3, false, &[seen(1, 7, "more")]);
    let third = home.merge(&[more], &MergeOptions::default()).expect("merged");
    assert_eq!(third.joined, []);
    assert!(home.texts().contains(&("C1".into(), "more".into())));
    let alias = home.rows::<ChannelAlias>();
    assert_eq!(alias, [ChannelAlias { last_batch: "20240103000000".parse().ok(), ..row }]);
    assert_ne!(alias[0].last_batch, day2);
    // And again changes nothing.
    let before = home.content();
    let again = home.merge(&[lists], &MergeOptions::default()).expect("merged");
    assert!(again.tables.values().all(|change| change.is_none()), "{again:?}");
    assert_eq!(home.content(), before);
}

#[test]
fn a_name_a_notice_or_half_a_message_proves_nothing() {
    let own = seen(1, 1, "hello");
    let join = Seen { subtype: "channel_join", ..seen(1, 1, "<@U1> has joined the channel") };
    let cases = [
        ([own.clone(), seen(1, 2, "x")], [seen(1, 1, "hello!"), seen(1, 3, "x")], "other texts and times"),
        (
            [own.clone(), own.clone()],
            [Seen { author: "U9", ..own.clone() }, seen(1, 3, "y")],
            "another author",
        ),
        ([join.clone(), join.clone()], [join.clone(), join], "a notice"),
        ([seen(1, 1, ""), seen(1, 1, "")], [seen(1, 1, ""), seen(1, 1, "")], "no text"),
    ];
    for (folders, lists, what) in cases {
        let home = merged(&[&[taken(1, false, &folders), taken(2, true, &lists)]], &MergeOptions::default());
        assert_eq!(home.rows::<ChannelAlias>(), [], "{what}");
        assert!(home.rows::<Channel>().iter().any(|row| row.id == folder(1)), "{what}");
    }
    // Two channels hold the message: nothing tells which of them it is.
    let twice = taken(2, true, &[own.clone(), Seen { channel: 2, ..own.clone() }]);
    let home = merged(&[&[taken(1, false, &[own]), twice]], &MergeOptions::default());
    assert_eq!(home.rows::<ChannelAlias>(), []);
}

#[test]
fn a_text_from_before_an_edit_proves_as_much() {
    let edited = Seen { edited: Some(9), text: "hello, all".into(), ..seen(1, 1, "") };
    let parts = [
        taken(1, true, &[seen(1, 1, "hello")]),
        taken(3, true, &[edited]),
        taken(2, false, &[seen(1, 1, "hello")]),
    ];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let parts = order.map(|at| parts[at].clone());
        let home = merged(&[&parts[..1], &parts[1..2], &parts[2..]], &MergeOptions::default());
        assert_eq!(home.rows::<ChannelAlias>().len(), 1, "{order:?}");
        assert_eq!(home.texts(), [("C1".to_owned(), "hello, all".to_owned())], "{order:?}");
    }
}

#[test]
fn the_operator_joins_and_opens_what_nothing_proves() {
    let home = Home::new();
    home.merge(
        &[taken(1, false, &[seen(1, 1, "a"), seen(2, 1, "b"), seen(3, 1, "c")])],
        &MergeOptions::default(),
    )
    .expect("merged");
    let class = |home: &Home| {
        home.rows::<Channel>().into_iter().map(|row| (row.id, row.class)).collect::<BTreeMap<_, _>>()
    };
    assert!(class(&home).values().all(|class| class == "confidential"));
    let mut options = MergeOptions::default();
    options.assumed_public = BTreeSet::from([name(2)]);
    options.aliases = vec![(folder(1), listed(1)), (folder(3), folder(1)), (folder(4), listed(4))];
    // No batch is needed.
    let summary = home.merge(&[], &options).expect("merged");
    assert_eq!(summary.joined.len(), 2);
    assert!(
        summary.joined.iter().all(|join| join.reason == JoinReason::Operator && join.channel == listed(1))
    );
    let public = class(&home);
    assert_eq!(public[&folder(2)], "public");
    assert_eq!(public[&listed(1)], "confidential");
    assert_eq!(public.len(), 2);
    let before = home.content();
    home.merge(&[], &options).expect("merged");
    assert_eq!(home.content(), before);
    options.assumed_public.clear();
    let closed = home.merge(&[], &options).expect("merged");
    assert_eq!(closed.tables["channel_data"].changed, 1);
    assert_eq!(class(&home)[&folder(2)], "confidential");

    options.aliases = vec![(folder(1), listed(2))];
    assert!(matches!(home.merge(&[], &options), Err(Error::OtherChannel { .. })));
    options.aliases = vec![(folder(5), folder(6)), (folder(6), folder(5))];
    assert!(matches!(home.merge(&[], &options), Err(Error::CircularAlias { .. })));
    options.aliases = vec![(listed(7), listed(1))];
    let listed = home.merge(&[taken(9, true, &[seen(7, 1, "x")])], &options);
    assert!(matches!(listed, Err(Error::ListedAlias { .. })), "{listed:?}");
    assert_eq!(fs::read_dir(home.0.path().join("master")).expect("listed").count(), 1);
}

#[test]
fn a_canvas_stays_one() {
    let home = Home::new();
    let batch = home.batch(&taken(1, true, &[seen(1, 1, "a comment")]));
    let canvas = Channel {
        kind: Channel::CANVAS.into(),
        ..Channel::unlisted(listed(1), "plan".into(), "channel", batch.id())
    };
    write(&batch.csv(), vec![canvas]);
    let folders = home.batch(&taken(2, false, &[seen(1, 1, "a comment"), seen(1, 2, "another")]));
    let mut options = MergeOptions::default();
    options.assumed_public = BTreeSet::from([name(1)]);
    merge_folder(&home.master(), &[batch, folders], &options).expect("merged");
    let channels: Vec<_> =
        home.rows::<Channel>().into_iter().map(|row| (row.id, row.kind, row.class)).collect();
    assert_eq!(channels, [(listed(1), "canvas".to_owned(), "confidential".to_owned())]);
    assert_eq!(home.texts().len(), 2);
}

#[test]
fn a_master_of_an_earlier_version_is_joined_without_a_batch() {
    let both = [taken(1, false, &[seen(1, 1, "hello")]), taken(2, true, &[seen(1, 1, "hello")])];
    let home = merged(&[&both[..1], &[taken(2, true, &[seen(2, 9, "no proof")])]], &MergeOptions::default());
    // As that version left it: both conversations, and no table of aliases.
    fs::remove_file(home.master().join("channel_alias_data.csv")).expect("removed");
    for table in ["message_data", "message_revision_data", "channel_data"] {
        let path = home.master().join(format!("{table}.csv"));
        let text = fs::read_to_string(&path).expect("read").replace("no proof", "hello");
        let text = text
            .replace("C2,message,,1600000009", "C2,message,,1600000001")
            .replace("C2,1600000009", "C2,1600000001");
        fs::write(&path, text).expect("written");
    }
    let summary = home.merge(&[], &MergeOptions::default()).expect("merged");
    assert_eq!(summary.joined.iter().map(|join| join.channel.as_str()).collect::<Vec<_>>(), ["C2"]);
    assert_eq!(home.texts(), [("C2".to_owned(), "hello".to_owned())]);
}

#[test]
fn more_folders_than_files_may_be_open_are_joined_at_once() {
    let messages: Vec<_> = (0..90).map(|channel| seen(channel, channel, "hello")).collect();
    let parts = [taken(1, false, &messages), taken(2, true, &messages)];
    let home = merged(&[&parts], &MergeOptions::default());
    assert_eq!(home.rows::<ChannelAlias>().len(), 90);
    assert_eq!(home.texts().len(), 90);
    assert_eq!(home.content(), merged(&[&parts[1..], &parts[..1]], &MergeOptions::default()).content());
}

fn export() -> impl Strategy<Value = Taken> {
    let message = (0..3u8, 0..5u8, 0..2u8, proptest::option::of(10..12u8), any::<bool>()).prop_map(
        |(channel, second, text, edited, is_notice)| {
            let subtype = if is_notice { "channel_join" } else { "" };
            // No two channels share a message of their own, but notices are alike.
            let text = if is_notice { "joined".into() } else { format!("{channel} {text}") };
            Seen { edited, subtype, text, ..seen(channel, second, "") }
        },
    );
    (1..28u8, any::<bool>(), proptest::collection::vec(message, 0..6))
        .prop_map(|(day, has_list, messages)| Taken { day, has_list, messages })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Exports with and without lists, in whatever order and however many at once.
    #[test]
    fn order_never_matters(
        parts in proptest::collection::vec(export(), 1..6),
        order in any::<prop::sample::Index>(),
        split in any::<prop::sample::Index>(),
        operator in any::<bool>(),
    ) {
        let mut parts = parts;
        parts.sort_by_key(|part| part.day);
        parts.dedup_by_key(|part| part.day);
        let mut options = MergeOptions::default();
        options.assumed_public = BTreeSet::from([name(2)]);
        if operator {
            options.aliases = vec![(folder(0), listed(0))];
        }
        let at_once = merged(&[&parts], &options).content();
        let one_by_one: Vec<_> = parts.chunks(1).collect();
        prop_assert_eq!(&merged(&one_by_one, &options).content(), &at_once);
        let mut turned = parts.clone();
        turned.rotate_left(order.index(parts.len()));
        turned.reverse();
        let one_by_one: Vec<_> = turned.chunks(1).collect();
        let home = merged(&one_by_one, &options);
        prop_assert_eq!(&home.content(), &at_once);
        let (old, new) = turned.split_at(split.index(turned.len() + 1));
        prop_assert_eq!(&merged(&[old, new], &options).content(), &at_once);
        // Again, and in part, changes nothing.
        home.merge(old, &options).expect("merged");
        prop_assert_eq!(&home.content(), &at_once);
    }
}

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
    /// In an export with a list, which does not name the channel.
    is_unlisted: bool,
}

/// An export, or what the API gave: with a list of channels, or with names of folders alone.
#[derive(Debug, Clone)]
struct Taken {
    day: u8,
    has_list: bool,
    /// The type of its conversations.
    kind: &'static str,
    messages: Vec<Seen>,
}

fn seen(channel: u8, second: u8, text: &str) -> Seen {
    Seen { channel, second, author: "U1", subtype: "", text: text.into(), edited: None, is_unlisted: false }
}

fn taken(day: u8, has_list: bool, messages: &[Seen]) -> Taken {
    Taken { day, has_list, kind: "channel", messages: messages.to_vec() }
}

/// Channels of numbers from 200 on have the names of others.
fn name(channel: u8) -> String {
    format!("name-{}", if channel < 200 { channel } else { channel - 200 })
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
        let is_listed = |seen: &Seen| taken.has_list && !seen.is_unlisted;
        let channel_of =
            |seen: &Seen| if is_listed(seen) { listed(seen.channel) } else { folder(seen.channel) };
        let (first_batch, last_batch) = (Some(id), Some(id));
        let channels = taken.messages.iter().map(|seen| {
            let unlisted = Channel::unlisted(channel_of(seen), name(seen.channel), taken.kind, id);
            let is_private = is_listed(seen).then_some(seen.channel == 1);
            Channel { is_private, ..unlisted }
        });
        write(&csv, channels.collect::<Vec<_>>());
        let messages: BTreeMap<(u8, u8), &Seen> =
            taken.messages.iter().map(|seen| ((seen.channel, seen.second), seen)).collect();
        let row = |seen: &&Seen| Message {
            subtype: seen.subtype.into(),
            time: None,
            user_id: Some(seen.author.into()),
            edited_ts: seen.edited.map(ts),
            text: seen.text.clone(),
            first_batch,
            last_batch,
            ..Message::new(channel_of(seen), ts(seen.second))
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
            id: format!("F{}", 9_000_000_000_000_000 - row.ts.micros()).into(),
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
        let member = |seen: &Seen| Member {
            channel: listed(seen.channel),
            user_id: format!("U{}", taken.day % 3).into(),
            first_batch,
            last_batch,
        };
        let of_lists = taken.messages.iter().filter(|seen| is_listed(seen));
        write(&csv, of_lists.map(member).collect::<Vec<_>>());
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

    // What comes under the folder's name later needs a proof of its own.
    home.merge(&[taken(3, false, &[seen(1, 7, "more")])], &MergeOptions::default()).expect("merged");
    assert!(home.texts().contains(&(folder(1).to_string(), "more".into())));
    assert_eq!(home.rows::<ChannelAlias>(), std::slice::from_ref(&row));
    let more = [seen(1, 7, "more"), seen(1, 3, "later")];
    let fourth = home.merge(&[taken(4, false, &more)], &MergeOptions::default()).expect("merged");
    assert_eq!(fourth.joined, []);
    assert!(home.texts().contains(&("C1".into(), "more".into())));
    assert!(!home.rows::<Channel>().iter().any(|row| row.id == folder(1)));
    let alias = home.rows::<ChannelAlias>();
    assert_eq!(alias, [ChannelAlias { last_batch: "20240104000000".parse().ok(), ..row }]);
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

/// Each order of three parts.
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

#[test]
fn a_folder_of_the_same_name_may_be_another_channel() {
    let parts = [
        taken(1, false, &[seen(1, 1, "secret"), seen(1, 2, "also secret")]),
        taken(2, false, &[seen(1, 3, "new"), seen(1, 4, "newer")]),
        taken(3, true, &[seen(1, 3, "new")]),
    ];
    let x = folder(1).to_string();
    let expected = [("C1", "new"), ("C1", "newer"), (&*x, "secret"), (&*x, "also secret")];
    let expected = expected.map(|(channel, text)| (channel.to_owned(), text.to_owned()));
    let at_once = merged(&[&parts], &MergeOptions::default());
    assert_eq!(at_once.texts(), expected);
    let of_folder: Vec<_> = at_once.rows::<Channel>().into_iter().filter(|row| row.id == folder(1)).collect();
    assert_eq!(of_folder[0].class, "confidential");
    assert_eq!(of_folder[0].last_batch, "20240101000000".parse().ok());
    for order in ORDERS {
        let turned = order.map(|at| parts[at].clone());
        let home = merged(&turned.chunks(1).collect::<Vec<_>>(), &MergeOptions::default());
        assert_eq!(home.content(), at_once.content(), "{order:?}");
        home.merge(&turned, &MergeOptions::default()).expect("merged");
        assert_eq!(home.content(), at_once.content(), "{order:?} again");
    }
}

#[test]
fn rows_that_several_channels_of_a_name_share_prove_nothing() {
    let notice = |second| Seen { subtype: "channel_join", ..seen(1, second, "<@U1> has joined the channel") };
    let parts = [
        taken(1, false, &[seen(1, 1, "secret"), notice(9)]),
        taken(2, false, &[seen(1, 3, "new"), notice(9)]),
        taken(3, true, &[seen(1, 3, "new")]),
    ];
    for order in ORDERS {
        let turned = order.map(|at| parts[at].clone());
        let home = merged(&turned.chunks(1).collect::<Vec<_>>(), &MergeOptions::default());
        let texts = home.texts();
        assert!(texts.contains(&(folder(1).to_string(), "secret".into())), "{order:?}");
        assert!(texts.contains(&("C1".into(), "new".into())), "{order:?}");
        assert!(texts.iter().any(|(_, text)| text.starts_with("<@U1>")), "{order:?}");
    }
    // Two channels' messages of one instant: no text goes to where it does not belong.
    let parts = [
        taken(1, false, &[seen(1, 3, "new"), seen(1, 5, "mine")]),
        taken(2, false, &[seen(1, 5, "secret")]),
        taken(3, true, &[seen(1, 3, "new")]),
    ];
    for order in ORDERS {
        let turned = order.map(|at| parts[at].clone());
        let home = merged(&turned.chunks(1).collect::<Vec<_>>(), &MergeOptions::default());
        assert!(!home.texts().contains(&("C1".into(), "secret".into())), "{order:?}");
        let texts = home.rows::<Revision>();
        assert!(texts.iter().all(|row| row.channel == folder(1) || row.text != "secret"), "{order:?}");
    }
}

#[test]
fn what_is_joined_proves_further_folders() {
    let parts = [
        taken(1, false, &[seen(1, 1, "a"), seen(1, 2, "b")]),
        taken(2, false, &[seen(2, 2, "b"), seen(2, 3, "c")]),
        taken(3, true, &[seen(1, 3, "c")]),
    ];
    for order in ORDERS {
        let turned = order.map(|at| parts[at].clone());
        let home = merged(&turned.chunks(1).collect::<Vec<_>>(), &MergeOptions::default());
        assert!(home.texts().iter().all(|(channel, _)| channel == "C1"), "{order:?}");
        assert_eq!(home.rows::<Channel>().len(), 1, "{order:?}");
        assert_eq!(home.rows::<ChannelAlias>().len(), 2, "{order:?}");
    }
}

#[test]
fn a_folder_is_no_channel_of_its_own_export() {
    let copied = Seen { is_unlisted: true, ..seen(2, 1, "hello") };
    let both = taken(1, true, &[seen(1, 1, "hello"), copied]);
    let lists = taken(2, true, &[seen(1, 1, "hello")]);
    for order in [[0, 1], [1, 0]] {
        let parts = order.map(|at| [&both, &lists][at].clone());
        for parts in [parts.chunks(1).collect::<Vec<_>>(), vec![&parts[..]]] {
            let home = merged(&parts, &MergeOptions::default());
            assert_eq!(home.rows::<ChannelAlias>(), [], "{order:?}");
            assert_eq!(home.texts().len(), 2, "{order:?}");
            home.merge(&[], &MergeOptions::default()).expect("merged");
            assert_eq!(home.rows::<ChannelAlias>(), [], "{order:?}");
        }
    }
}

#[test]
fn people_do_not_turn_into_a_channel() {
    let lists = taken(2, true, &[seen(1, 1, "hello")]);
    for (kind, other, is_joined) in [
        ("im", "channel", false),
        ("mpim", "group", false),
        ("im", "mpim", false),
        ("mpim", "canvas", false),
        ("im", "im", true),
        ("mpim", "mpim", true),
        ("channel", "mpim", true),
        ("group", "channel", true),
    ] {
        let folders = Taken { kind, ..taken(1, false, &[seen(1, 1, "hello")]) };
        let lists = Taken { kind: other, ..lists.clone() };
        for parts in [[folders.clone(), lists.clone()], [lists, folders]] {
            let mut options = MergeOptions::default();
            for said in [vec![], vec![(folder(1), listed(1))]] {
                options.aliases = said;
                let home = merged(&parts.chunks(1).collect::<Vec<_>>(), &options);
                assert_eq!(home.rows::<ChannelAlias>().len(), usize::from(is_joined), "{kind} {other}");
            }
        }
    }
}

#[test]
fn a_list_does_not_open_what_a_later_folder_held() {
    let parts = [taken(1, true, &[seen(2, 1, "hello")]), taken(2, false, &[seen(2, 1, "hello")])];
    for order in [[0, 1], [1, 0]] {
        let turned = order.map(|at| parts[at].clone());
        let home = merged(&turned.chunks(1).collect::<Vec<_>>(), &MergeOptions::default());
        let row = &home.rows::<Channel>()[0];
        assert_eq!((&row.id, &*row.class), (&listed(2), "confidential"));
        assert_eq!(row.confidential_at, "20240102000000".parse().ok());
    }
}

/// What an export holds under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    Nothing,
    /// The channel, or later another one of that name.
    One(bool),
    /// The channel by its list, and the other one as a folder.
    Both,
}

/// How much of each channel's past exports hold: where they begin, in tenths a day, and how much they hold.
type Past = (u8, u8);

/// What an export of a day holds of a channel. Later ones begin and end later.
fn past(channel: u8, day: u8, (speed, length): Past) -> Vec<Seen> {
    let from = day * speed / 10;
    let at = |item: u8| channel % 10 * 60 + channel / 200 * 30 + item * 3;
    let of_item = |item: u8| {
        let message = seen(channel, at(item), &format!("{channel} {item}"));
        let notice = Seen { subtype: "channel_join", ..seen(channel, at(item) + 1, "joined") };
        let edited =
            Seen { edited: Some(250), ..seen(channel, at(item) + 2, &format!("{channel} {item} edited")) };
        let plain = seen(channel, at(item) + 2, &format!("{channel} {item} plain"));
        let more = if day % 28 > 9 + item { edited } else { plain };
        [vec![message], vec![notice; usize::from(item % 2)], vec![more; usize::from(item % 3 / 2)]].concat()
    };
    (from..from + length).filter(|item| *item < 10).flat_map(of_item).collect()
}

fn export(past_of: [Past; 4]) -> impl Strategy<Value = Taken> {
    let held = prop_oneof![Just(Held::Nothing), any::<bool>().prop_map(Held::One), Just(Held::Both)];
    (1..28u8, any::<bool>(), [held.clone(), held]).prop_map(move |(day, has_list, held)| {
        let mut messages = Vec::new();
        for (name, held) in (0..2u8).zip(held) {
            let numbers = match held {
                Held::Nothing => vec![],
                Held::One(is_other) => vec![(if is_other { 200 + name } else { name }, false)],
                Held::Both if has_list => vec![(name, false), (200 + name, true)],
                Held::Both => vec![(name, false)],
            };
            for (channel, is_unlisted) in numbers {
                let number = usize::from(channel % 10 + channel / 200 * 2);
                let seen = past(channel, day, past_of[number]).into_iter();
                messages.extend(seen.map(|seen| Seen { is_unlisted, ..seen }));
            }
        }
        Taken { day, has_list, kind: "channel", messages }
    })
}

fn exports() -> impl Strategy<Value = Vec<Taken>> {
    let past = || (0..5u8, 1..4u8);
    [past(), past(), past(), past()].prop_flat_map(|past| proptest::collection::vec(export(past), 1..7))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Exports with and without lists, in whatever order and however many at once.
    #[test]
    fn order_never_matters(
        parts in exports(),
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
        let whole = merged(&[&parts], &options);
        let at_once = whole.content();
        if !operator {
            for row in whole.rows::<Message>().iter().filter(|row| row.subtype.is_empty()) {
                let of = row.text.split(' ').next().and_then(|number| number.parse().ok()).expect("a number");
                prop_assert!([listed(of), folder(of)].contains(&row.channel), "{row:?}");
            }
        }
        let seen: BTreeSet<_> = parts.iter().flat_map(|part| &part.messages).map(|seen| &seen.text).collect();
        let texts: BTreeSet<_> = whole.rows::<Revision>().into_iter().map(|row| row.text).collect();
        prop_assert_eq!(texts.iter().collect::<BTreeSet<_>>(), seen, "a text is lost");
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

//! What must hold of any workspace.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use proptest::prelude::*;
use slack_metrics::{EdgeByMonth, Error, MetricOptions, TABLES, measure, measure_with};
use slack_model::rows::{Edge, MonthlyEdge};
use slack_model::{ByteRecord, KeyOrder, MemoryTables, Schema, Table, TableReader, Ts};

/// A message of a made-up workspace.
#[derive(Debug, Clone)]
struct Made {
    channel: u8,
    minute: u32,
    /// Minutes since the thread's first message, for a reply.
    reply_after: Option<u32>,
    user: u8,
    subtype: &'static str,
    text: &'static str,
    reactions: u8,
}

fn made() -> impl Strategy<Value = Made> {
    let subtype = prop_oneof![
        6 => Just(""),
        1 => Just("thread_broadcast"),
        1 => Just("channel_join"),
        1 => Just("bot_message"),
        1 => Just("tombstone"),
    ];
    let text = prop_oneof![
        Just("hello"),
        Just(""),
        Just("<@U1> \"and\" <@U9>, <#C1>"),
        Just("a\nb <https://x|l> <!here> <> <@"),
    ];
    let reply_after = prop_oneof![2 => Just(None), 1 => (1u32..500).prop_map(Some)];
    (0u8..5, 0u32..60_000, reply_after, 0u8..7, subtype, text, 0u8..4).prop_map(
        |(channel, minute, reply_after, user, subtype, text, reactions)| Made {
            channel,
            minute,
            reply_after,
            user,
            subtype,
            text,
            reactions,
        },
    )
}

fn ts(minute: u32) -> String {
    let micros = 1_600_000_000_000_000 + i64::from(minute) * 60_000_000 + 100;
    Ts::from_micros(micros).expect("a time of this century").to_string()
}

/// The tables of made-up messages: users U1 to U3 and channels C1 to C3 are listed, the others are not.
fn tables(made: &[Made]) -> MemoryTables {
    let header = "channel,type,subtype,ts,thread_ts,user_id,bot_id,text\n";
    let mut messages = BTreeMap::new();
    let mut replies = BTreeMap::new();
    let mut reactions = BTreeSet::new();
    for message in made {
        let minute = message.minute + message.reply_after.unwrap_or_default();
        let thread_ts = message.reply_after.map(|_| ts(message.minute)).unwrap_or_default();
        let user = if message.user == 0 { String::new() } else { format!("U{}", message.user) };
        let row = format!(
            "C{},message,{},{},{thread_ts},{user},,\"{}\"\n",
            message.channel,
            message.subtype,
            ts(minute),
            message.text.replace('"', "\"\"")
        );
        let key = (message.channel, minute);
        if message.reply_after.is_none() || message.subtype == "thread_broadcast" {
            messages.insert(key, row.clone());
        }
        if message.reply_after.is_some() {
            replies.insert(key, row);
        }
        for user in 0..message.reactions {
            reactions.insert((
                message.channel,
                minute,
                format!("C{},{},joy,U{user}\n", message.channel, ts(minute)),
            ));
        }
    }
    let tables = MemoryTables::default();
    tables.insert("user_data", "id,name,tz\nU1,ada,Europe/Berlin\nU2,bob,\nU3,cy,Asia/Tokyo\n");
    tables.insert("channel_data", "id,name,type\nC1,one,channel\nC2,two,channel\nC3,three,group\n");
    tables.insert("message_data", header.to_owned() + &messages.into_values().collect::<String>());
    tables.insert("thread_data", header.to_owned() + &replies.into_values().collect::<String>());
    let rows: String = reactions.into_iter().map(|(_, _, row)| row).collect();
    tables.insert("reaction_data", "channel,ts,reaction,user_id\n".to_owned() + &rows);
    tables
}

fn measured(tables: &MemoryTables, threads: usize) -> MemoryTables {
    let metrics = MemoryTables::default();
    let mut options = MetricOptions::default();
    options.threads = NonZeroUsize::new(threads);
    measure(tables, &metrics, &options, &()).expect("a sound workspace");
    metrics
}

fn schema(table: &str) -> &'static Schema {
    TABLES.iter().find(|schema| schema.name == table).expect("a built-in table")
}

fn rows(metrics: &MemoryTables, schema: &Schema) -> Vec<ByteRecord> {
    let mut reader = TableReader::open(metrics, schema).expect("a header").expect("the table");
    let mut rows = Vec::new();
    let mut record = ByteRecord::new();
    while reader.read(&mut record).expect("a row") {
        rows.push(record.clone());
    }
    rows
}

/// The sum of a column over the rows that a test picks.
fn sum(metrics: &MemoryTables, table: &str, column: &str, pick: impl Fn(&ByteRecord) -> bool) -> u64 {
    let schema = schema(table);
    let at = schema.position(column).expect("a column");
    let number = |row: &ByteRecord| String::from_utf8_lossy(&row[at]).parse::<u64>().expect("a number");
    rows(metrics, schema).iter().filter(|row| pick(row)).map(number).sum()
}

fn all(_: &ByteRecord) -> bool {
    true
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn threads_change_no_byte(made in proptest::collection::vec(made(), 0..80)) {
        let tables = tables(&made);
        let one = measured(&tables, 1);
        for threads in [2, 5] {
            let several = measured(&tables, threads);
            for table in TABLES {
                prop_assert_eq!(one.get(table.name), several.get(table.name), "{}", table.name);
            }
        }
    }

    #[test]
    fn little_memory_changes_no_byte(made in proptest::collection::vec(made(), 1..80), threads in 1usize..4) {
        let tables = tables(&made);
        let enough = measured(&tables, 1);
        let mut options = MetricOptions::default();
        options.threads = NonZeroUsize::new(threads);
        options.max_memory = Some(0);
        let Err(Error::Memory { needed, .. }) = measure(&tables, &MemoryTables::default(), &options, &()) else {
            panic!("no memory is enough")
        };
        // There is room for what cannot be put aside, and for nothing else.
        options.max_memory = Some(needed);
        let little = MemoryTables::default();
        measure(&tables, &little, &options, &()).expect("just enough memory");
        for table in TABLES {
            prop_assert_eq!(enough.get(table.name), little.get(table.name), "{}", table.name);
        }
    }

    #[test]
    fn choosing_messages_is_measuring_tables_without_the_others(
        made in proptest::collection::vec(made(), 0..80),
        since in 0u32..60_000,
        until in 0u32..60_000,
        channel in 0u8..5,
        by_channel in any::<bool>(),
    ) {
        let time = |minute: u32| ts(minute).parse::<Ts>().expect("a timestamp").time();
        let mut options = MetricOptions::default();
        options.since = Some(time(since));
        options.until = Some(time(until));
        if by_channel {
            options.channels = vec![format!("C{channel}").into()];
        }
        let chosen = MemoryTables::default();
        measure(&tables(&made), &chosen, &options, &()).expect("a sound workspace");
        let is_wanted = |message: &Made| {
            let minute = message.minute + message.reply_after.unwrap_or_default();
            (since..until).contains(&minute) && (!by_channel || message.channel == channel)
        };
        let wanted: Vec<_> = made.iter().filter(|message| is_wanted(message)).cloned().collect();
        // Of messages at the same place the last one counts, so that the others must not come out.
        let shadowed = |message: &&Made| {
            let place = |message: &Made| (message.channel, message.minute + message.reply_after.unwrap_or_default());
            made.iter().filter(|other| place(other) == place(message)).count() > 1
        };
        prop_assume!(!wanted.iter().any(|message| shadowed(&message)));
        let alone = measured(&tables(&wanted), 1);
        for table in TABLES {
            if by_channel && table.name == "aggr_by_channel" {
                // Other channels are listed, and not measured.
                let wanted = format!("C{channel}");
                prop_assert!(rows(&chosen, table).iter().all(|row| row[0] == *wanted.as_bytes()));
            } else {
                prop_assert_eq!(chosen.get(table.name), alone.get(table.name), "{}", table.name);
            }
        }
    }

    #[test]
    fn tables_are_sorted_by_their_unique_key(made in proptest::collection::vec(made(), 0..80)) {
        let metrics = measured(&tables(&made), 2);
        for table in TABLES {
            let order = KeyOrder::of(table);
            for pair in rows(&metrics, table).windows(2) {
                prop_assert!(order.compare(&pair[0], &pair[1]).is_lt(), "{}: {:?}", table.name, pair);
            }
        }
    }

    #[test]
    fn posts_are_counted_once_everywhere(made in proptest::collection::vec(made(), 0..80)) {
        let metrics = measured(&tables(&made), 2);
        let posts = sum(&metrics, "aggr_by_channel_user", "posts", all);
        let conversation = schema("conversation_data");
        let kind = conversation.position("kind").expect("a column");
        let n_posts = rows(&metrics, conversation).iter().filter(|row| &row[kind] == b"post").count();
        prop_assert_eq!(posts, n_posts as u64);
        prop_assert_eq!(posts, sum(&metrics, "activity_by_day", "posts", all));
        prop_assert_eq!(posts, sum(&metrics, "activity_by_hour", "posts", all));
        prop_assert_eq!(posts, sum(&metrics, "health_by_channel", "posts", all));
        // Each of the cube's eight ways to leave coordinates open holds every post once.
        for open in 0..8u8 {
            let is_open = |row: &ByteRecord| (0..3).all(|at| row[at].is_empty() == (open >> at & 1 == 1));
            prop_assert_eq!(posts, sum(&metrics, "cube_by_month", "posts", is_open));
        }
    }

    #[test]
    fn replies_and_reactions_add_up(made in proptest::collection::vec(made(), 0..80)) {
        let metrics = measured(&tables(&made), 2);
        let replies = sum(&metrics, "aggr_by_channel_user", "replies", all);
        prop_assert_eq!(replies, sum(&metrics, "activity_by_day", "replies", all));
        prop_assert_eq!(replies, sum(&metrics, "cube_by_month", "replies", |row| (0..3).all(|at| row[at].is_empty())));
        let answered = sum(&metrics, "response_data", "replies", all);
        prop_assert!(answered <= replies);
        let reactions = sum(&metrics, "emoji_data", "count", all);
        prop_assert!(sum(&metrics, "aggr_by_channel", "reactions", all) <= reactions);
        prop_assert!(sum(&metrics, "useractive_data", "reaction_count", all) <= reactions);
        prop_assert!(sum(&metrics, "edge_data", "Weight", |row| &row[4] == b"reacts") <= reactions);
    }

    #[test]
    fn the_months_of_an_edge_make_up_the_whole(made in proptest::collection::vec(made(), 0..80), threads in 1usize..4) {
        let tables = tables(&made);
        let metrics = MemoryTables::default();
        let mut options = MetricOptions::default();
        options.threads = NonZeroUsize::new(threads);
        measure_with(&tables, &metrics, &options, &(), &[&EdgeByMonth]).expect("a sound workspace");
        // Source, target and relation, and the months or channels that make up the weight.
        let weights = |schema: &Schema| -> BTreeMap<Vec<String>, u64> {
            let column = |name: &str| schema.position(name).expect("a column");
            let columns = ["Source", "Target", "relate"].map(column);
            let mut weights = BTreeMap::new();
            for row in rows(&metrics, schema) {
                let text = |at: usize| String::from_utf8_lossy(&row[at]).into_owned();
                let weight: u64 = text(column("Weight")).parse().expect("a number");
                *weights.entry(columns.map(text).to_vec()).or_default() += weight;
            }
            weights
        };
        prop_assert_eq!(weights(&MonthlyEdge::SCHEMA), weights(&Edge::SCHEMA));
        let keys: Vec<_> = rows(&metrics, &MonthlyEdge::SCHEMA).iter().map(|row| (0..4).map(|at| row[at].to_vec()).collect::<Vec<_>>()).collect();
        prop_assert!(keys.is_sorted_by(|one, other| one < other));
        for row in rows(&metrics, &Edge::SCHEMA) {
            // Reactions happen in the month of their message, as first_time and last_time say.
            let month = |time: &[u8]| time[..7].to_vec();
            let (first, last) = (month(&row[6]), month(&row[7]));
            let of_edge = keys.iter().filter(|key| key[0] == row[0] && key[1] == row[1] && key[2] == row[4]);
            let months: Vec<_> = of_edge.map(|key| key[3].clone()).collect();
            prop_assert!(months.contains(&first) && months.contains(&last));
        }
    }
}

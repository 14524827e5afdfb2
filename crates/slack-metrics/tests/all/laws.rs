//! What must hold of any workspace.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use proptest::prelude::*;
use slack_metrics::{MetricOptions, TABLES, measure};
use slack_model::{ByteRecord, KeyOrder, MemoryTables, Schema, TableReader, Ts};

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
}

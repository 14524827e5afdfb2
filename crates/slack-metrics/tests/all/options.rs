//! What options and metrics of one's own do.

use std::collections::BTreeMap;

use slack_metrics::{Channel, Error, Metric, MetricOptions, Rows, Workspace, measure, measure_with};
use slack_model::MemoryTables;

const MESSAGES: &str = "channel,type,subtype,ts,thread_ts,user_id,bot_id,text\n\
    C1,message,,1600000000.000100,,U1,,one\n\
    C1,message,,1600000060.000100,,U2,,three\n\
    C2,message,,1600000000.000100,,U1,,\n";

fn tables(messages: &str) -> MemoryTables {
    let tables = MemoryTables::default();
    tables.insert("message_data", messages);
    tables
}

fn text(metrics: &MemoryTables, table: &str) -> String {
    String::from_utf8(metrics.get(table).expect("the table")).expect("UTF-8")
}

/// Posts by the length of their text, and what each channel's longest is.
struct Lengths;

slack_model::table! {
    /// Posts by the length of their text.
    struct LengthRow in "posts_by_length" by (length) {
        /// Bytes of the text.
        open length: u64,
        /// Number of posts.
        open posts: u64,
    }
}

impl Metric for Lengths {
    type Row<'r> = LengthRow;
    type Accumulator = BTreeMap<u64, u64>;

    fn channel(&self, channel: &Channel<'_>, _: &mut Rows<'_, Self>) -> Self::Accumulator {
        let mut lengths = BTreeMap::new();
        for post in channel.posts() {
            *lengths.entry(channel.text(post).len() as u64).or_default() += 1;
        }
        lengths
    }

    fn finish(
        &self,
        lengths: Self::Accumulator,
        _: &Workspace,
        rows: &mut Rows<'_, Self>,
    ) -> std::io::Result<()> {
        for (length, posts) in lengths {
            rows.write(&LengthRow { length, posts });
        }
        Ok(())
    }
}

#[test]
fn a_metric_of_ones_own_runs_in_the_same_pass() {
    let metrics = MemoryTables::default();
    let summary = measure_with(&tables(MESSAGES), &metrics, &MetricOptions::default(), &(), &[&Lengths])
        .expect("sound");
    assert_eq!(text(&metrics, "posts_by_length"), "length,posts\n0,1\n3,1\n5,1\n");
    assert_eq!(summary.tables.len(), 20);
    assert_eq!((summary.tables[19].name, summary.tables[19].rows), ("posts_by_length", 3));
    assert_eq!((summary.messages, summary.posts, summary.users, summary.channels), (3, 3, 2, 2));
}

#[test]
fn tables_can_be_chosen() {
    let mut options = MetricOptions::default();
    options.only = vec!["edge_data".into(), "number_channel_user".into()];
    options.skip = vec!["edge_data".into()];
    let metrics = MemoryTables::default();
    measure(&tables(MESSAGES), &metrics, &options, &()).expect("sound");
    assert_eq!(metrics.names(), ["number_channel_user"]);

    options.only = vec!["edges".into()];
    let failure = measure(&tables(MESSAGES), &metrics, &options, &()).expect_err("no such table");
    assert!(matches!(&failure, Error::UnknownTable { name, .. } if name == "edges"), "{failure}");
}

#[test]
fn zones_of_the_data_home_replace_the_embedded_ones() {
    let tables = tables(MESSAGES);
    tables.insert("user_data", "id,name,tz\nU1,ada,Moon/Base\n");
    let mut options = MetricOptions::default();
    options.zones = Some(b"tz,cc,country,city\nMoon/Base,XX,Moon,Base\n".to_vec());
    let metrics = MemoryTables::default();
    measure(&tables, &metrics, &options, &()).expect("sound");
    assert!(text(&metrics, "node_data").contains("U1,ada,user,,XX,Moon,Base,,\n"));
}

#[test]
fn wrong_tables_are_errors_with_a_place() {
    let failure = |messages: &str| {
        let metrics = MemoryTables::default();
        let failure =
            measure(&tables(messages), &metrics, &MetricOptions::default(), &()).expect_err("unsound");
        assert!(metrics.names().is_empty(), "no table is completed");
        failure.to_string()
    };
    let row =
        |channel: &str, ts: &str, thread_ts: &str| format!("{channel},message,,{ts},{thread_ts},U1,,x\n");
    let header = "channel,type,subtype,ts,thread_ts,user_id,bot_id,text\n".to_owned();
    assert_eq!(
        failure(&(header.clone() + &row("C1", "yesterday", ""))),
        "message_data, line 2: \"yesterday\" in column ts is not a Slack timestamp"
    );
    assert_eq!(
        failure(&(header.clone() + &row("C1", "1600000000.000100", "12"))),
        "message_data, line 2: \"12\" in column thread_ts is not a Slack timestamp"
    );
    let sound = row("C1", "1600000000.000100", "");
    assert_eq!(
        failure(&(header.clone() + &sound + &sound)),
        "message_data, line 3: the row is out of order or there twice"
    );
    let other_channel = row("C0", "1600000000.000100", "");
    assert_eq!(
        failure(&(header + &sound + &other_channel)),
        "message_data, line 3: the row is out of order or there twice"
    );
}

#[test]
fn reactions_out_of_order_are_not_lost_in_silence() {
    let tables = tables(MESSAGES);
    let header = "channel,ts,thread_ts,user_id,reaction,first_batch,last_batch\n";
    let reaction =
        |channel: &str, second: u32| format!("{channel},{}.000100,,U1,joy,,\n", 1_600_000_000 + second);
    let rows = reaction("C1", 60) + &reaction("C1", 60).replace("U1", "U2") + &reaction("C1", 0);
    tables.insert("reaction_data", header.to_owned() + &rows);
    let metrics = MemoryTables::default();
    let failure = measure(&tables, &metrics, &MetricOptions::default(), &()).expect_err("unsorted");
    assert_eq!(failure.to_string(), "reaction_data, line 4: the row is out of order or there twice");
}

#[test]
fn lines_may_end_as_windows_ends_them_and_none_is_empty() {
    let measured = |messages: &str| {
        let metrics = MemoryTables::default();
        measure(&tables(messages), &metrics, &MetricOptions::default(), &()).map(|_| metrics)
    };
    let expected = measured(MESSAGES).expect("sound");
    let metrics = measured(&MESSAGES.replace('\n', "\r\n")).expect("sound");
    assert_eq!(text(&metrics, "conversation_data"), text(&expected, "conversation_data"));
    let without_end = measured(MESSAGES.trim_end()).expect("sound");
    assert_eq!(text(&without_end, "conversation_data"), text(&expected, "conversation_data"));
    let quoted = MESSAGES.replace(",one", ",\"one\"").replace(",,", ",\"\",");
    assert_eq!(text(&measured(&quoted).expect("sound"), "tag_data"), text(&expected, "tag_data"));
    let mixed = MESSAGES.replacen("one\n", "one\r\n", 1);
    assert_eq!(
        text(&measured(&mixed).expect("sound"), "conversation_data"),
        text(&expected, "conversation_data")
    );
    let first = "\nC1,message,,1600000000";
    let last = "\nC2,message,,1600000000.000100,,U1,,";
    for (line, messages) in [
        (2, MESSAGES.replace(first, &format!("\n{first}"))),
        (3, MESSAGES.replace("one\n", "one\n\n")),
        (4, MESSAGES.replace("three\n", "three\n\n\n")),
        // A last line without an end, and an empty one before it.
        (4, MESSAGES.replace(last, &format!("\n{last}")).trim_end().to_owned()),
        (4, MESSAGES.replace(last, &format!("\n{last}")).trim_end().replace('\n', "\r\n")),
    ] {
        let failure = measured(&messages).expect_err("an empty line");
        assert_eq!(
            failure.to_string(),
            format!("message_data, line {line}: the line is empty"),
            "{messages:?}"
        );
    }
}

#[test]
fn nothing_gives_empty_tables() {
    let metrics = MemoryTables::default();
    let summary = measure(&MemoryTables::default(), &metrics, &MetricOptions::default(), &()).expect("sound");
    assert_eq!(summary.messages, 0);
    assert_eq!(text(&metrics, "activity_by_day").lines().count(), 1);
    assert_eq!(text(&metrics, "activity_by_hour").lines().count(), 169);
    assert_eq!(text(&metrics, "cube_by_month"), "month,channel,user_id,posts,replies\n,,,0,0\n");
}

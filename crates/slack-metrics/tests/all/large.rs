//! Workspaces so large that tables are cut and channels shared out to threads.

use std::fmt::Write;
use std::num::NonZeroUsize;

use slack_metrics::{MeasureSummary, MetricOptions, TABLES, measure};
use slack_model::MemoryTables;

/// Texts that look like records of the table, end in the middle of lines, and need quotes.
const TEXTS: [&str; 5] = [
    "plain",
    "\"two\nlines, and <@U3>\"",
    "\"of another table:\nC9,message,,1600000000.000000,,U1,,\nC9,message,,1600000001.000000,,U1,,stolen\"",
    "\"he said \"\"hi\"\" to <@U12>\"",
    "",
];

/// Two large channels, a third of a few messages between them, and strangers, types and emoji that come late.
fn tables(n_messages: usize) -> MemoryTables {
    let header = "channel,type,subtype,ts,thread_ts,user_id,bot_id,text\n";
    let (mut messages, mut replies) = (header.to_owned(), header.to_owned());
    let mut reactions = "channel,ts,reaction,user_id\n".to_owned();
    let mut users = "id,name\n".to_owned();
    for user in 1..40 {
        writeln!(users, "U{user:02},name{user}").expect("memory");
    }
    for (channel, n_messages) in [("C1", n_messages), ("C2", 7), ("C3", n_messages / 2)] {
        let mut thread = String::new();
        for number in 0..n_messages {
            let ts = format!("{}.{:06}", 1_600_000_000 + number * 61, number % 1000);
            let user = if number > n_messages / 3 { number % 43 } else { 1 + number % 30 };
            let subtype = if number % 97 == 96 && number > n_messages / 2 { "me_message" } else { "" };
            let text = TEXTS[number * number % TEXTS.len()];
            if number % 5 == 1 {
                let row = format!("{channel},message,{subtype},{ts},{thread},U{user:02},,{text}\n");
                replies.push_str(&row);
            } else {
                thread = ts.clone();
                let row = format!("{channel},message,{subtype},{ts},{ts},U{user:02},,{text}\n");
                messages.push_str(&row);
            }
            if number % 7 == 0 {
                writeln!(reactions, "{channel},{ts},e{},U{:02}", number * 11 / n_messages, number % 50)
                    .expect("memory");
                writeln!(reactions, "{channel},{ts},wave,U{:02}", number % 31).expect("memory");
            }
        }
    }
    let tables = MemoryTables::default();
    tables.insert("message_data", messages);
    tables.insert("thread_data", replies);
    tables.insert("reaction_data", reactions);
    tables.insert("user_data", users);
    tables
}

fn measured(tables: &MemoryTables, threads: usize) -> (MemoryTables, MeasureSummary) {
    let metrics = MemoryTables::default();
    let mut options = MetricOptions::default();
    options.threads = NonZeroUsize::new(threads);
    let summary = measure(tables, &metrics, &options, &()).expect("a sound workspace");
    (metrics, summary)
}

#[test]
fn threads_that_share_tables_and_channels_change_no_byte() {
    let tables = tables(60_000);
    let (one, counted) = measured(&tables, 1);
    assert_eq!(counted.messages, 90_007);
    for threads in [2, 3, 7] {
        let (several, summary) = measured(&tables, threads);
        assert_eq!(summary, counted, "{threads} threads");
        for table in TABLES {
            assert!(one.get(table.name) == several.get(table.name), "{} with {threads} threads", table.name);
        }
    }
}

#[test]
fn a_failure_in_the_middle_of_a_large_table_is_the_same_with_any_number_of_threads() {
    let tables = tables(60_000);
    let mut messages = tables.get("message_data").expect("there");
    // The last row of the first channel once more: out of order.
    let text = String::from_utf8(messages.clone()).expect("UTF-8");
    let at = text.find("\nC2,").expect("a second channel") + 1;
    let from = text[..at - 1].rfind("\nC1,message").expect("a row") + 1;
    messages.splice(at..at, text[from..at].bytes());
    tables.insert("message_data", messages);
    let failure = |threads| {
        let mut options = MetricOptions::default();
        options.threads = NonZeroUsize::new(threads);
        let failure = measure(&tables, &MemoryTables::default(), &options, &()).expect_err("a row twice");
        failure.to_string()
    };
    assert!(failure(1).contains("out of order"), "{}", failure(1));
    assert_eq!(failure(1), failure(2));
    assert_eq!(failure(1), failure(5));
}

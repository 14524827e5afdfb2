//! When a message counts as deleted.

use slack_merge::{MergeOptions, merge_tables};
use slack_model::rows::Message;
use slack_model::{MemoryTables, Table, TableReader};

const MESSAGES: &str = "channel,type,subtype,ts,thread_ts,time,reply_count,reply_users_count,latest_reply,user_id,bot_id,username,edited_ts,text,deleted_batch,first_batch,last_batch,text_batch\n";
const WINDOWS: &str = "channel,oldest,latest,scope,thread_ts,batch\n";

fn message(ts: u32, subtype: &str, text: &str, batch: &str) -> String {
    let deleted = if subtype == "tombstone" { batch } else { "" };
    format!("C1,message,{subtype},160000000{ts}.000000,,,,,,U1,,,,{text},{deleted},{batch},{batch},\n")
}

fn window(from: u32, to: u32, scope: &str, batch: &str) -> String {
    format!("C1,160000000{from}.000000,160000000{to}.000000,{scope},,{batch}\n")
}

/// Merges batches, each some messages and windows, and returns text and deleted_batch of each message.
fn check(batches: &[(String, String)], expected: &[(&str, &str)]) {
    let mut master = MemoryTables::default();
    for (messages, windows) in batches {
        let batch = MemoryTables::default();
        batch.insert("message_data", format!("{MESSAGES}{messages}"));
        batch.insert("window_data", format!("{WINDOWS}{windows}"));
        let merged = MemoryTables::default();
        merge_tables(&master, &[&batch], &merged, &MergeOptions::default()).expect("merged");
        for name in ["message_data", "window_data"] {
            if merged.get(name).is_none() {
                merged.insert(name, master.get(name).expect("there before"));
            }
        }
        master = merged;
    }
    let rows =
        TableReader::open(&master, &Message::SCHEMA).expect("opened").expect("there").rows::<Message>();
    let found: Vec<_> = rows
        .map(|row| row.expect("read"))
        .map(|row| (row.text, row.deleted_batch.map(|batch| batch.to_string()).unwrap_or_default()))
        .collect();
    let expected: Vec<_> =
        expected.iter().map(|(text, batch)| (text.to_string(), batch.to_string())).collect();
    assert_eq!(found, expected);
}

const A: &str = "20240101000000";
const B: &str = "20240102000000";
const C: &str = "20240103000000";

#[test]
fn absence_inside_a_walked_window_is_a_deletion() {
    let first = (message(1, "", "one", A) + &message(2, "", "two", A), String::new());
    let second = (message(2, "", "two", B), window(1, 3, "messages", B));
    check(&[first, second], &[("one", B), ("two", "")]);
}

#[test]
fn absence_outside_of_any_window_is_nothing() {
    let first = (message(1, "", "one", A), String::new());
    check(&[first.clone(), (String::new(), window(2, 3, "messages", B))], &[("one", "")]);
    check(&[first, (String::new(), window(1, 3, "thread", B))], &[("one", "")]);
}

#[test]
fn a_tombstone_keeps_the_last_text() {
    let first = (message(1, "", "one", A), String::new());
    let second = (message(1, "tombstone", "This message was deleted.", B), window(1, 1, "all", B));
    check(&[first.clone(), second.clone()], &[("one", B)]);
    check(&[second.clone(), first], &[("one", B)]);
    check(&[second], &[("This message was deleted.", B)]);
}

#[test]
fn a_message_that_is_seen_again_was_never_deleted() {
    let first = (message(1, "", "one", A), String::new());
    let second = (String::new(), window(1, 1, "all", B));
    let third = (message(1, "", "one again", C), String::new());
    check(&[first.clone(), second.clone(), third.clone()], &[("one again", "")]);
    check(&[third, second, first], &[("one again", "")]);
}

const REPLIES: &str = "channel,type,subtype,ts,thread_ts,time,user_id,bot_id,username,edited_ts,text,deleted_batch,first_batch,last_batch,text_batch\n";

/// The batch that a reply at second 2, in a thread that begins at second 1, counts as deleted by.
fn check_reply(windows: &str, expected: &str) {
    check_reply_to(1, windows, expected);
}

/// The same, in a thread that begins at another second.
fn check_reply_to(thread: u8, windows: &str, expected: &str) {
    let (master, batch, merged) = (MemoryTables::default(), MemoryTables::default(), MemoryTables::default());
    let reply = format!("C1,message,,1600000002.000000,160000000{thread}.000000,,U1,,,,text,,{A},{A},\n");
    master.insert("thread_data", format!("{REPLIES}{reply}"));
    batch.insert("thread_data", REPLIES);
    batch.insert("window_data", format!("{WINDOWS}{windows}"));
    merge_tables(&master, &[&batch], &merged, &MergeOptions::default()).expect("merged");
    let table = merged.get("thread_data").or_else(|| master.get("thread_data")).expect("there");
    let table = String::from_utf8(table).expect("UTF-8");
    assert_eq!(table, format!("{REPLIES}{}", reply.replace(",text,,", &format!(",text,{expected},"))));
}

#[test]
fn a_reply_is_covered_by_its_thread_or_by_all_threads_that_begin_in_a_window() {
    check_reply(&window(1, 9, "all", B), B);
    check_reply(&window(1, 9, "messages", B), "");
    check_reply(&window(1, 9, "threads", B), B);
    // The thread begins before the window: its first message may be hidden, and the thread unread.
    check_reply(&window(2, 9, "threads", B), "");
    check_reply(&window(1, 1, "threads", B), "");
    check_reply(&format!("C1,1600000001.000000,1600000009.000000,thread,1600000001.000000,{C}\n"), C);
    check_reply(&format!("C1,1600000001.000000,1600000009.000000,thread,1600000003.000000,{C}\n"), "");
    // Odd, but covered: a reply before its thread, which alone lies in the window.
    check_reply_to(4, &window(3, 9, "threads", B), B);
    check_reply_to(4, &window(5, 9, "threads", B), "");
    // The first batch that missed it counts.
    let both = window(1, 8, "threads", C) + &window(1, 9, "threads", B);
    check_reply(&both, B);
}

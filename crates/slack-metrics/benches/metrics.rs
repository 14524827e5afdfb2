//! Measures a made-up workspace in memory: `cargo bench -p slack-metrics`.

use std::num::NonZeroUsize;

use divan::Bencher;
use divan::counter::ItemsCount;
use slack_metrics::{MetricOptions, measure};
use slack_model::{MemoryTables, Ts};

fn main() {
    divan::main();
}

#[divan::bench(args = [1, 2], sample_count = 10)]
fn all_tables(bencher: Bencher<'_, '_>, threads: usize) {
    let n_messages = 100_000;
    let tables = workspace(n_messages);
    let mut options = MetricOptions::default();
    options.threads = NonZeroUsize::new(threads);
    bencher
        .counter(ItemsCount::new(n_messages))
        .bench(|| measure(&tables, &MemoryTables::default(), &options, &()));
}

/// Messages in 50 channels by 1,000 users, every third one a reply.
fn workspace(n_messages: usize) -> MemoryTables {
    let mut messages = String::from("channel,type,subtype,ts,thread_ts,user_id,bot_id,text\n");
    let mut replies = messages.clone();
    let mut users = String::from("id,name,real_name,tz,is_bot\n");
    for user in 0..1_000 {
        users += &format!("U{user:04},user{user},User {user},Europe/Berlin,false\n");
    }
    let mut thread = String::new();
    for number in 0..n_messages {
        let channel = number / n_messages.div_ceil(50);
        let user = number * number % 997;
        let ts = 1_600_000_000_000_000 + (number as i64) * 61_000_000;
        let ts = Ts::from_micros(ts).map(|ts| ts.to_string()).unwrap_or_default();
        let text = format!("ship it <@U{:04}> \"today\", see <https://example.org|this>", number % 1_000);
        let (table, thread_ts) = if number % 3 == 2 { (&mut replies, &thread) } else { (&mut messages, &ts) };
        *table += &format!(
            "C{channel:03},message,,{ts},{thread_ts},U{user:04},,\"{}\"\n",
            text.replace('"', "\"\"")
        );
        if number % 3 != 2 {
            thread = ts;
        }
    }
    let tables = MemoryTables::default();
    tables.insert("user_data", users);
    tables.insert("message_data", messages);
    tables.insert("thread_data", replies);
    tables
}

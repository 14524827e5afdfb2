//! Measures merges in memory: `cargo bench -p slack-merge`.

use std::fmt::Write;
use std::num::NonZeroUsize;
use std::ops::Range;

use divan::Bencher;
use divan::counter::ItemsCount;
use slack_merge::{MergeOptions, merge_tables};
use slack_model::{MemoryTables, Ts};

/// Messages of the master, and as many replies.
const MESSAGES: usize = 100_000;

fn main() {
    divan::main();
}

/// A nightly batch: the newest hundredth, some of it known.
#[divan::bench(args = [1, 2], sample_count = 10)]
fn newest_rows(bencher: Bencher<'_, '_>, threads: usize) {
    let batch = tables(MESSAGES * 99 / 100..MESSAGES * 101 / 100, "20250101000000", 1);
    run(bencher, &batch, threads);
}

/// A batch with one row in a hundred, all over the master.
#[divan::bench(args = [1, 2], sample_count = 10)]
fn scattered_rows(bencher: Bencher<'_, '_>, threads: usize) {
    run(bencher, &tables(0..MESSAGES, "20250101000000", 100), threads);
}

/// A batch that the master holds already.
#[divan::bench(args = [1, 2], sample_count = 10)]
fn nothing_new(bencher: Bencher<'_, '_>, threads: usize) {
    run(bencher, &tables(0..MESSAGES, "20240101000000", 100), threads);
}

fn run(bencher: Bencher<'_, '_>, batch: &MemoryTables, threads: usize) {
    let master = tables(0..MESSAGES, "20240101000000", 1);
    let mut options = MergeOptions::default();
    options.threads = NonZeroUsize::new(threads);
    bencher
        .counter(ItemsCount::new(2 * MESSAGES))
        .bench(|| merge_tables(&master, &[batch], &MemoryTables::default(), &options));
}

/// Every so many messages and replies of a range, in 50 channels.
fn tables(range: Range<usize>, batch: &str, every: usize) -> MemoryTables {
    let mut messages = String::from(
        "channel,type,subtype,ts,thread_ts,time,reply_count,reply_users_count,latest_reply,user_id,bot_id,username,\
         edited_ts,text,deleted_batch,first_batch,last_batch,text_batch\n",
    );
    let mut replies = messages.replace("reply_count,reply_users_count,latest_reply,", "");
    for number in range.step_by(every) {
        let channel = number / (MESSAGES / 50);
        let ts = 1_600_000_000_000_000 + (number as i64) * 61_000_000;
        let ts = Ts::from_micros(ts).map(|ts| ts.to_string()).unwrap_or_default();
        let text = format!("ship it <@U{:04}> \"\"today\"\", see <https://example.org|this>", number % 1_000);
        let rest = format!("U{:04},,,,\"{text}\",,{batch},{batch},\n", number * number % 997);
        // Writing to a String cannot fail.
        let _ = write!(messages, "C{channel:03},message,,{ts},,,,,,{rest}");
        let _ = write!(replies, "C{channel:03},message,,{ts},1600000000.000000,,{rest}");
    }
    let tables = MemoryTables::default();
    tables.insert("message_data", messages);
    tables.insert("thread_data", replies);
    tables
}

//! Measures loads into a private server: `cargo bench -p slack-pg`. The server does not wait for the disk;
//! `tests/peers/load.py` compares whole loads, on one that does, with psql's.

#[path = "../tests/private_postgres/mod.rs"]
mod private_postgres;

#[path = "../tests/suite/loads.rs"]
mod loads;

use std::fmt::Write;

use divan::Bencher;
use divan::counter::ItemsCount;
use loads::{LoadOptions, load};
use slack_model::{MemoryTables, Ts};

use self::private_postgres::TestDatabase;

/// Messages of the master.
const MESSAGES: u32 = 200_000;

fn main() {
    divan::main();
}

/// Into an empty schema: without keys at first, or row by row with them.
#[divan::bench(args = [true, false], sample_count = 5)]
fn first(bencher: Bencher<'_, '_>, keys_last: bool) {
    let master = master(0);
    let mut options = LoadOptions::default();
    if !keys_last {
        options.bulk_from = u64::MAX;
    }
    bencher.counter(ItemsCount::new(MESSAGES)).with_inputs(TestDatabase::create).bench_local_values(
        |database| load(&mut database.client(), &master, None, &options, &()).expect("loaded"),
    );
}

/// The same once more: known blocks are left out, or every row is compared.
#[divan::bench(args = [false, true], sample_count = 5)]
fn again(bencher: Bencher<'_, '_>, compare_all: bool) {
    let database = TestDatabase::create();
    let master = master(0);
    let mut options = LoadOptions::default();
    load(&mut database.client(), &master, None, &options, &()).expect("loaded");
    options.compare_all = compare_all;
    bencher
        .counter(ItemsCount::new(MESSAGES))
        .bench_local(|| load(&mut database.client(), &master, None, &options, &()).expect("loaded"));
}

/// The last hundredth has other texts each time.
#[divan::bench(sample_count = 5)]
fn a_hundredth_edited(bencher: Bencher<'_, '_>) {
    let database = TestDatabase::create();
    let mut edition = 0;
    load(&mut database.client(), &master(edition), None, &LoadOptions::default(), &()).expect("loaded");
    bencher
        .counter(ItemsCount::new(MESSAGES))
        .with_inputs(|| {
            edition += 1;
            master(edition)
        })
        .bench_local_values(|master| {
            load(&mut database.client(), &master, None, &LoadOptions::default(), &()).expect("loaded")
        });
}

/// A master of one channel; the last hundredth of its messages says which edition it is.
fn master(edition: u32) -> MemoryTables {
    let mut messages = "channel,type,subtype,ts,thread_ts,time,user_id,text\n".to_owned();
    for number in 0..MESSAGES {
        let ts = Ts::from_micros(1_600_000_000_000_000 + i64::from(number) * 1_000_100).expect("a timestamp");
        let edition = if number >= MESSAGES / 100 * 99 { edition } else { 0 };
        // Writing to a String cannot fail.
        let _ = writeln!(
            messages,
            "C1,message,,{ts},,{},U{},\"message {number}, edition {edition}, of quite an ordinary length\"",
            ts.time(),
            number % 100
        );
    }
    let mut users = "id,name,known\n".to_owned();
    let mut ids: Vec<String> = (0..100).map(|user| format!("U{user}")).collect();
    ids.sort();
    for id in ids {
        let _ = writeln!(users, "{id},name,true");
    }
    let tables = MemoryTables::default();
    tables.insert("message_data", messages);
    tables.insert("user_data", users);
    tables.insert("channel_data", "id,name\nC1,general\n");
    tables
}

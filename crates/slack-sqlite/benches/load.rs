//! Measures loads into a file: `cargo bench -p slack-sqlite`.

#[path = "../tests/suite/loads.rs"]
mod loads;

use std::fmt::Write;

use divan::Bencher;
use divan::counter::ItemsCount;
use loads::{LoadOptions, load};
use slack_model::MemoryTables;
use slack_sqlite::open;
use tempfile::TempDir;

/// Messages of the master.
const MESSAGES: u32 = 200_000;

fn main() {
    divan::main();
}

/// Into a file that is not there.
#[divan::bench(sample_count = 5)]
fn first(bencher: Bencher<'_, '_>) {
    run(bencher, None, &tables(|_| false));
}

/// What the file holds already.
#[divan::bench(sample_count = 5)]
fn again(bencher: Bencher<'_, '_>) {
    run(bencher, Some(&tables(|_| false)), &tables(|_| false));
}

/// One message in a hundred was edited, all over the master.
#[divan::bench(sample_count = 5)]
fn scattered_edits(bencher: Bencher<'_, '_>) {
    run(bencher, Some(&tables(|_| false)), &tables(|second| second % 100 == 0));
}

/// The newest hundredth of the messages was edited.
#[divan::bench(sample_count = 5)]
fn newest_edits(bencher: Bencher<'_, '_>) {
    run(bencher, Some(&tables(|_| false)), &tables(|second| second >= MESSAGES / 100 * 99));
}

fn run(bencher: Bencher<'_, '_>, before: Option<&MemoryTables>, master: &MemoryTables) {
    let load_into = |folder: &TempDir, master: &MemoryTables| {
        let mut connection = open(&folder.path().join("slack.db")).expect("opened");
        load(&mut connection, master, None, &LoadOptions::default(), &()).expect("loaded")
    };
    bencher
        .counter(ItemsCount::new(MESSAGES))
        .with_inputs(|| {
            let folder = tempfile::tempdir().expect("a folder");
            if let Some(before) = before {
                load_into(&folder, before);
            }
            folder
        })
        .bench_local_refs(|folder| load_into(folder, master));
}

/// A master of messages, some of them edited.
fn tables(is_edited: impl Fn(u32) -> bool) -> MemoryTables {
    let mut messages = String::from("channel,type,ts,time,user_id,text,edited_ts,first_batch,last_batch\n");
    for second in 0..MESSAGES {
        let edited = if is_edited(second) { "1700000000.000000" } else { "" };
        let user = second % 997;
        writeln!(
            messages,
            "C1,message,16{second:08}.000000,2020-09-13T12:26:40.000100Z,U{user:03},message number {second} of a long \
             talk about nothing in particular,{edited},20240101000000,20240101000000"
        )
        .expect("written");
    }
    let users: String = (0..997).map(|user| format!("U{user:03},true\n")).collect();
    let tables = MemoryTables::default();
    tables.insert("user_data", format!("id,known\n{users}"));
    tables.insert("channel_data", "id,name\nC1,general\n");
    tables.insert("message_data", messages);
    tables
}

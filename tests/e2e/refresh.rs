//! Days pass in a community, and each capture sees all that changed, for no more calls than that takes.

use std::collections::{BTreeMap, BTreeSet};

use slack_sandbox::{Changes, PlayOptions, Sandbox, Spot};

use crate::support::{Home, community, sandbox};

const RUN: [&str; 4] = ["run", "--types", "public,private,im,mpim", "--rate"];

/// A day on which some two hundred threads change, some of them a year old.
fn busy_day(seed: u64) -> PlayOptions {
    let mut day = PlayOptions::default();
    day.seed = seed;
    (day.posts, day.threads, day.late_replies, day.old_replies, day.first_replies) = (150, 60, 80, 25, 30);
    (day.edits, day.deletions, day.reply_deletions, day.tombstones) = (40, 20, 10, 6);
    (day.reactions, day.unreactions) = (60, 20);
    day
}

/// The rows of a master's table that are not deleted, by channel and timestamp, with some of their columns.
fn present(home: &Home, table: &str, columns: &[&str]) -> BTreeMap<(String, String), Vec<String>> {
    let mut reader = csv::Reader::from_path(home.data(&format!("master/csv/{table}.csv"))).expect("opened");
    let header = reader.headers().expect("read").clone();
    let at = |name: &str| header.iter().position(|column| column == name).expect("a column");
    let places: Vec<usize> = columns.iter().map(|column| at(column)).collect();
    let (channel, ts, deleted) = (at("channel"), at("ts"), at("deleted_batch"));
    let rows = reader.records().map(|row| row.expect("read")).filter(|row| row[deleted].is_empty());
    let value = |row: &csv::StringRecord| places.iter().map(|at| row[*at].to_owned()).collect();
    rows.map(|row| ((row[channel].to_owned(), row[ts].to_owned()), value(&row))).collect()
}

/// Asserts that two masters hold the same, and shows the first rows that differ.
fn assert_same(
    one: &BTreeMap<(String, String), Vec<String>>,
    other: &BTreeMap<(String, String), Vec<String>>,
    what: &str,
) {
    let differs = |key: &&(String, String)| one.get(*key) != other.get(*key);
    let keys: BTreeSet<_> = one.keys().chain(other.keys()).filter(differs).collect();
    let rows: Vec<_> = keys.iter().take(3).map(|key| (key, one.get(*key), other.get(*key))).collect();
    assert!(rows.is_empty(), "{what}: {} differ: {rows:#?}", keys.len());
}

/// The reactions of a master: channel, message, emoji and user.
fn reactions(home: &Home) -> BTreeSet<[String; 4]> {
    let mut reader = csv::Reader::from_path(home.data("master/csv/reaction_data.csv")).expect("opened");
    reader
        .records()
        .map(|row| row.expect("read"))
        .map(|row| [0, 1, 4, 3].map(|at| row[at].to_owned()))
        .collect()
}

fn key(spot: &Spot) -> (String, String) {
    (spot.channel.to_string(), spot.ts.to_string())
}

/// The calls of a sandbox's log from a place on, by method.
fn calls(sandbox: &Sandbox, from: usize) -> BTreeMap<String, usize> {
    let mut calls = BTreeMap::new();
    for sent in &sandbox.log()[from..] {
        *calls.entry(sent.method.clone()).or_default() += 1;
    }
    calls
}

/// What a refresh may cost: a call for each thread that changed (and for each further page of it), and a page of
/// history for each 999 messages of a channel.
fn check_cost(sandbox: &Sandbox, from: usize, changes: &Changes) {
    let calls = calls(sandbox, from);
    let workspace = sandbox.workspace();
    let channels = || workspace.visible_channels();
    let pages = |n: usize, size: usize| n.div_ceil(size).max(1);
    let replies: usize = changes
        .threads
        .iter()
        .map(|spot| {
            let channel = workspace.channel(spot.channel.as_str()).expect("a channel");
            pages(channel.replies(spot.ts).len() + 1, 200)
        })
        .sum();
    let history: usize = channels().map(|channel| pages(channel.top_level().len(), 999)).sum();
    assert!(changes.threads.len() > 150, "{}", changes.threads.len());
    assert!(calls["conversations.replies"] <= replies, "{calls:?}, {replies} pages of threads");
    assert!(calls["conversations.history"] <= history, "{calls:?}, {history} pages of history");
    // The rest are lists: of the workspace, and of each conversation.
    let lists = ["conversations.members", "conversations.info", "files.list", "pins.list", "bookmarks.list"];
    for (method, calls) in calls {
        match method.as_str() {
            "conversations.replies" | "conversations.history" => {}
            method if lists.contains(&method) => assert!(calls <= channels().count(), "{method}: {calls}"),
            "reactions.get" => {
                assert!(calls <= changes.reactions_added.len() + changes.reactions_removed.len())
            }
            method => assert!(calls <= 5, "{method}: {calls}"),
        }
    }
}

#[test]
fn days_pass_and_nothing_is_missed() {
    let sandbox = sandbox(community(40, 6_000)).start_blocking().expect("started");
    let home = Home::new();
    let run = |more: &[&str]| home.run_against(&sandbox, 0, [&RUN[..], &["unlimited"], more].concat());
    run(&[]);
    for day in 1..=2 {
        let changes = sandbox.advance(&busy_day(day));
        assert!(!changes.late_replies.is_empty() && !changes.deleted.is_empty());
        let from = sandbox.log().len();
        run(&[]);
        check_cost(&sandbox, from, &changes);

        // What a capture that knows nothing sees now.
        let fresh = Home::new();
        fresh.run_against(&sandbox, 0, [&RUN[..], &["unlimited"]].concat());
        let columns = ["subtype", "thread_ts", "reply_count", "latest_reply", "user_id", "edited_ts", "text"];
        let messages = present(&home, "message_data", &columns);
        assert_same(&messages, &present(&fresh, "message_data", &columns), &format!("messages of day {day}"));
        let columns = ["subtype", "thread_ts", "user_id"];
        let fresh_replies = present(&fresh, "thread_data", &columns);
        assert_same(&present(&home, "thread_data", &columns), &fresh_replies, "replies");
        let replies = present(&home, "thread_data", &["text"]);
        for late in &changes.late_replies {
            assert!(replies.contains_key(&key(late)), "{late:?}");
        }
        for gone in changes.deleted.iter().chain(&changes.tombstones) {
            assert!(!messages.contains_key(&key(gone)) && !replies.contains_key(&key(gone)), "{gone:?}");
        }
        // An edit or a reaction within a thread that did not change otherwise shows nowhere else: reading all
        // threads sees it.
        run(&["--threads", "all"]);
        let texts = present(&fresh, "thread_data", &["text"]);
        assert_same(&present(&home, "thread_data", &["text"]), &texts, "texts of replies");
        let gone: BTreeSet<_> = changes.deleted.iter().chain(&changes.tombstones).map(key).collect();
        let missing: Vec<_> = reactions(&fresh).difference(&reactions(&home)).cloned().collect();
        assert!(missing.is_empty(), "{missing:?}");
        assert!(gone.iter().all(|key| !messages.contains_key(key)));
    }
}

#[test]
fn what_the_plan_hides_is_not_deleted() {
    let workspace = community(20, 1_500);
    let paid = sandbox(workspace.clone()).start_blocking().expect("started");
    let free = sandbox(workspace).horizon(90).start_blocking().expect("started");
    let home = Home::new();
    home.run_against(&paid, 0, ["run", "--rate", "unlimited"]);
    let before = present(&home, "message_data", &["text"]);
    free.advance(&busy_day(3));
    home.run_against(&free, 0, ["run", "--rate", "unlimited"]);
    let after = present(&home, "message_data", &["text"]);
    let ninety_days_ago = free.workspace().clock.micros() - 90 * 86_400_000_000;
    let is_old =
        |ts: &str| slack_model::Ts::parse(ts.as_bytes()).expect("a timestamp").micros() < ninety_days_ago;
    let old = before.keys().filter(|(_, ts)| is_old(ts));
    assert!(old.clone().count() > 200 && old.clone().all(|key| after.contains_key(key)));
    assert!(before.keys().any(|key| !after.contains_key(key)), "what was deleted in sight is seen");
}

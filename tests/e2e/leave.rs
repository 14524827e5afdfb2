//! Conversations that are left unread.

use std::collections::BTreeSet;

use slack_model::batch::Metadata;

use crate::support::{Home, community, rows_without, sandbox};

/// The channels that a master's or a batch's table names in its first column.
fn channels(table: &std::path::Path) -> BTreeSet<String> {
    rows_without(table, &[]).into_iter().map(|row| row[0].clone()).collect()
}

#[test]
fn what_is_left_is_asked_for_nowhere_and_is_no_gap() {
    let sandbox = sandbox(community(15, 600)).start_blocking().expect("started");
    let home = Home::new();
    home.run_against(&sandbox, 0, ["extract", "--rate", "unlimited", "--full"]);
    home.run(0, ["transform"]);
    let csv = home.batch().join("csv");
    let named: Vec<(String, String)> = rows_without(&csv.join("channel_data.csv"), &[])
        .into_iter()
        .map(|row| (row[0].clone(), row[1].clone()))
        .filter(|(id, _)| channels(&csv.join("message_data.csv")).contains(id))
        .collect();
    let [(by_name, name), (by_id, _), (kept, _), ..] = &named[..] else { panic!("too few: {named:?}") };

    let home = Home::new();
    let from = sandbox.log().len();
    let left = format!("#{name},{by_id}");
    home.run_against(&sandbox, 0, ["run", "--rate", "unlimited", "--leave-channel", &left]);
    let asked: BTreeSet<String> = sandbox.log()[from..]
        .iter()
        .flat_map(|sent| sent.query.iter().filter(|(key, _)| key.starts_with("channel")))
        .map(|(_, value)| value.clone())
        .collect();
    assert!(asked.contains(kept) && !asked.contains(by_name) && !asked.contains(by_id), "{asked:?}");
    let read = channels(&home.data("master/csv/message_data.csv"));
    assert!(read.contains(kept) && !read.contains(by_name) && !read.contains(by_id));
    home.run(0, ["verify"]);

    // What goes on leaves what was left.
    let folder = home.batch().join("metadata");
    let mut metadata = Metadata::read(&folder).expect("read");
    assert_eq!(metadata.get("option.leave"), left);
    metadata.set("status", "running");
    metadata.write(&folder).expect("written");
    std::fs::remove_dir_all(home.batch().join("api/conversations.history")).expect("removed");
    let from = sandbox.log().len();
    home.run_against(&sandbox, 0, ["extract", "--resume", "--rate", "unlimited"]);
    let log = sandbox.log();
    let histories = log[from..].iter().filter(|sent| sent.method == "conversations.history");
    let mut histories = histories.flat_map(|sent| &sent.query).filter(|(key, _)| key == "channel");
    assert!(histories.clone().count() > 0 && histories.all(|(_, id)| id != by_name && id != by_id));

    // What is named and left is left, without a gap.
    let home = Home::new();
    let both =
        ["extract", "--rate", "unlimited", "--channel", kept, "--channel", by_id, "--leave-channel", by_id];
    home.run_against(&sandbox, 0, both);
    assert!(!home.batch().join("api/conversations.history").join(by_id).exists());
}

//! An app of the class that gets 15 messages and one call a minute: it is recognised, said, and reads everything.

use slack_sandbox::Sandbox;

use crate::support::{Home, community};

#[test]
fn the_small_class_is_recognised_and_read_to_the_end() {
    // A minute of Slack's time passes in 10 ms.
    let workspace = community(8, 150);
    let sandbox = Sandbox::builder(workspace).small_class(true).time_scale(6_000.0).start_blocking();
    let sandbox = sandbox.expect("started");
    let home = Home::new();
    let told = home.run_against(&sandbox, 0, ["extract", "--time-scale", "6000"]);
    assert!(told.err.contains("15 messages a page and one page a minute"), "{}", told.err);
    home.run(0, ["transform"]);
    let stored = std::fs::read_to_string(home.batch().join("csv/message_data.csv")).expect("read");
    let workspace = sandbox.workspace();
    let public =
        workspace.visible_channels().filter(|channel| channel.kind == slack_sandbox::ChannelKind::Public);
    let messages: usize = public.map(|channel| channel.top_level().len()).sum();
    assert_eq!(csv::Reader::from_reader(stored.as_bytes()).records().count(), messages);
}

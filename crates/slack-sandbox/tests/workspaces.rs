//! What is served: made-up communities and exports.

#![allow(clippy::print_stderr, reason = "a test says what it could not test")]

#[allow(dead_code, reason = "not every test binary uses all of it")]
mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use common::Client;
use slack_model::ChannelId;
use slack_sandbox::{CommunityOptions, Sandbox, Workspace};

/// All of a workspace as text.
fn everything(workspace: &Workspace) -> String {
    let users = workspace.users.iter().map(|user| user.json.get());
    let files = workspace.files.iter().map(|file| file.json.get());
    let messages =
        workspace.channels.iter().flat_map(|channel| channel.messages()).map(|message| message.json.get());
    let channels = workspace.channels.iter().map(|channel| channel.json.get());
    users.chain(files).chain(channels).chain(messages).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let community = everything(&common::workspace());
    assert_eq!(
        common::sha256(community.as_bytes()),
        common::sha256(everything(&common::workspace()).as_bytes())
    );
    let mut options = CommunityOptions::default();
    (options.people, options.channels, options.messages, options.seed) = (40, 6, 900, 8);
    assert_ne!(everything(&Workspace::generate(&options)), community);
}

#[test]
fn the_default_community_never_changes() {
    let community = everything(&Workspace::generate(&CommunityOptions::default()));
    // What is kept elsewhere of the default community depends on every byte of it.
    assert_eq!(
        common::sha256(community.as_bytes()),
        "9583f5c981f72b8482eb8324bd6ce4e27d3aed788e7b5aaa5f0fa9449bbfaab5"
    );
}

#[test]
fn threads_are_as_many_and_as_long_as_asked() {
    let mut options = CommunityOptions::default();
    (options.people, options.channels, options.messages) = (40, 6, 2000);
    let shape = |options: &CommunityOptions| {
        let workspace = Workspace::generate(options);
        let threads = |channel: &slack_sandbox::Channel| {
            channel.threads().map(|thread| channel.replies(thread).len()).collect::<Vec<_>>()
        };
        let mut lengths: Vec<usize> = workspace.channels.iter().flat_map(threads).collect();
        lengths.sort_unstable();
        (everything(&workspace).lines().map(str::to_owned).collect::<BTreeSet<String>>(), lengths)
    };
    let (plain, many) = shape(&options);
    assert!(many.len() > 150, "{}", many.len());
    options.threads = Some(100);
    assert_eq!(shape(&options).1.len(), 100);
    options.threads = Some(0);
    assert!(shape(&options).1.is_empty());
    (options.threads, options.huge_thread) = (None, 3000);
    let (huge, lengths) = shape(&options);
    assert_eq!(lengths.last(), Some(&3000));
    assert_eq!(lengths[..lengths.len() - 1], many);
    assert_eq!(plain.difference(&huge).count(), 0, "the rest stays");
    assert_eq!(huge.len() - plain.len(), 3001);
}

#[test]
fn a_community_has_all_that_communities_have() {
    let workspace = Workspace::generate(&CommunityOptions::default());
    let messages = || workspace.channels.iter().flat_map(|channel| channel.messages());
    assert_eq!(messages().count(), 8000);
    let text = everything(&workspace);
    for sign in [
        "channel_join",
        "channel_leave",
        "channel_topic",
        "bot_message",
        "thread_broadcast",
        "tombstone",
        "me_message",
        "USLACKBOT",
        "\"edited\"",
        "skin-tone",
        "party-parrot",
        "<!here>",
        "<!subteam^S",
        "<#C",
        "<mailto:",
        "&amp;",
        "&lt;",
        "```",
        "hidden_by_limit",
        "\"external\"",
        "\"hosted\"",
        "日本語",
        "مرحبا",
    ] {
        assert!(text.contains(sign), "{sign}");
    }
    assert!(workspace.channels.iter().all(|channel| channel.orphan_threads().is_empty()));
    let end = CommunityOptions::default().end.micros();
    assert!(messages().all(|message| message.ts.micros() < end));
    assert!(!workspace.usergroups.is_empty() && workspace.files.len() > 50);
    let replies = messages().filter(|message| message.replied_to().is_some()).count();
    assert!((1500..5000).contains(&replies), "{replies} replies");
    let busiest = workspace.channels.iter().map(|channel| channel.messages().len()).max();
    assert!(busiest > Some(1000), "{busiest:?}");
}

#[test]
fn tiny_communities_do_not_fail() {
    for (people, channels, messages) in [(0, 0, 0), (1, 1, 1), (2, 40, 100), (5, 1, 10)] {
        let mut options = CommunityOptions::default();
        (options.people, options.channels, options.messages, options.months) =
            (people, channels, messages, 0);
        assert!(Workspace::generate(&options).channels.len() >= 2);
    }
}

#[test]
fn an_export_is_served_as_it_stands() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    };
    write("users.json", r#"[{"id":"U1","team_id":"T9","name":"ann", "odd": 0.10}]"#);
    write("channels.json", r#"[{"id":"C1","name":"general","members":["U1"]}]"#);
    write("dms.json", "");
    write("general/canvas_in_the_conversation.json", "[]");
    let cut = r#"{"ts":"1600000002.000000", "thread_ts":"1599999999.000000", "n": 12345678901234567890123}"#;
    let shared = r#"{"ts":"1600000001.000000","files":[{"id":"F1","mode":"hosted","size":1.0},{"id":"F2","mode":"tombstone"}]}"#;
    write("general/2020-09-13.json", &format!("[{shared},\n {cut}, {{\"ts\":\"1600000003.000000\"}}]"));
    write("general/2020-09-14.json", r#"[{"ts":"1600000003.000000","text":"later"}]"#);
    write("secret-/2020-09-14.json", r#"[{"ts":"1600000004.000000"}]"#);
    write("nothing/else.json", "[]");
    let workspace = Workspace::from_export(folder.path()).expect("read");
    let unlisted = ChannelId::of_folder("secret-");
    let ids: Vec<_> = workspace.visible_channels().map(|channel| channel.id.clone()).collect();
    assert_eq!(ids, ["C1".into(), unlisted.clone()]);
    assert_eq!(workspace.team.id.as_str(), "T9");
    let sandbox = Sandbox::builder(workspace).rate_limits(false).start_blocking().expect("started");
    let client = Client::of(&sandbox);
    let text = |call: &str| String::from_utf8(client.bytes(call)).expect("UTF-8");
    let page = text("conversations.history?channel=C1");
    let expected = format!(
        r#"{{"ok":true,"messages":[{{"ts":"1600000003.000000","text":"later"}},{shared}],"has_more":false,"#
    );
    assert!(page.starts_with(&expected), "{page}");
    assert!(page.ends_with(r#""orphan_threads":["1599999999.000000"]}"#), "{page}");
    let replies = text("conversations.replies?channel=C1&ts=1599999999.000000");
    assert_eq!(replies, format!(r#"{{"ok":true,"messages":[{cut}],"has_more":false}}"#));
    assert_eq!(
        client.json(&format!("conversations.history?channel={unlisted}"))["messages"][0]["ts"],
        "1600000004.000000"
    );
    assert!(text("users.list").contains(r#"{"id":"U1","team_id":"T9","name":"ann", "odd": 0.10}"#));
    assert!(text("files.list").contains(
        r#"{"id":"F1","mode":"hosted","size":1.0,"channels":["C1"],"groups":[],"ims":[],"shares":{"public":{"C1":[{"ts":"1600000001.000000"}]},"private":{}}}"#
    ));
    assert_eq!(client.json("files.list")["paging"]["total"], 1);
}

#[test]
fn what_is_no_export_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = |folder: &Path| Workspace::from_export(folder).expect_err("no export").to_string();
    assert!(error(folder.path()).contains("is no official export"));
    assert!(error(&folder.path().join("missing")).starts_with("cannot read"));
    fs::write(folder.path().join("users.json"), "[{").expect("written");
    assert!(error(folder.path()).ends_with("users.json is not the JSON of an export"));
}

#[test]
fn real_exports_are_served_message_by_message() {
    let exports = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/exports");
    if !exports.is_dir() {
        eprintln!("{} is missing: real exports are not tested", exports.display());
        return;
    }
    for name in ["rcwg/2024-08-22", "houston-datavis", "viewer-tests"] {
        let folder = exports.join(name);
        let sandbox = Sandbox::builder(Workspace::from_export(&folder).expect(name)).rate_limits(false);
        let sandbox = sandbox.start_blocking().expect("started");
        assert_eq!(served(&sandbox), in_day_files(&folder), "{name}");
    }
}

/// The messages that paging through histories and threads gives: channel and ts with the JSON's hash.
fn served(sandbox: &Sandbox) -> BTreeMap<(String, String), String> {
    #[derive(serde::Deserialize)]
    struct Page<'a> {
        #[serde(borrow)]
        messages: Vec<&'a serde_json::value::RawValue>,
        #[serde(default)]
        orphan_threads: Vec<String>,
        #[serde(default)]
        response_metadata: BTreeMap<String, String>,
    }
    let client = Client::of(sandbox);
    let mut found = BTreeMap::new();
    let mut read = |channel: &str, call: &str| {
        let (mut cursor, mut threads) = (String::new(), BTreeSet::new());
        loop {
            let body =
                client.bytes(&format!("{call}&cursor={}", cursor.replace('=', "%3D").replace('+', "%2B")));
            let page: Page<'_> = serde_json::from_slice(&body).expect("a page");
            for message in page.messages {
                let value: serde_json::Value = serde_json::from_str(message.get()).expect("a message");
                let ts = value["ts"].as_str().expect("a ts").to_owned();
                if value["reply_count"].as_u64() > Some(0) {
                    threads.insert(ts.clone());
                }
                found.insert((channel.to_owned(), ts), common::sha256(message.get().as_bytes()));
            }
            threads.extend(page.orphan_threads);
            cursor = page.response_metadata.get("next_cursor").cloned().unwrap_or_default();
            if cursor.is_empty() {
                return threads;
            }
        }
    };
    for channel in sandbox.workspace().visible_channels() {
        let name = channel.name.as_str();
        for thread in read(name, &format!("conversations.history?channel={}&limit=50", channel.id)) {
            read(name, &format!("conversations.replies?channel={}&ts={thread}&limit=20", channel.id));
        }
    }
    found
}

/// The same from the day files.
fn in_day_files(folder: &Path) -> BTreeMap<(String, String), String> {
    let mut found = BTreeMap::new();
    for channel in fs::read_dir(folder).expect("an export").map(|entry| entry.expect("an entry").path()) {
        let Ok(days) = fs::read_dir(&channel) else { continue };
        let mut days: Vec<_> = days.map(|entry| entry.expect("an entry").path()).collect();
        days.retain(|day| day.file_name().is_some_and(|name| name.to_string_lossy().starts_with("20")));
        days.sort();
        for day in days {
            let text = fs::read_to_string(day).expect("a day file");
            let messages: Vec<&serde_json::value::RawValue> = serde_json::from_str(&text).expect("messages");
            for message in messages {
                let value: serde_json::Value = serde_json::from_str(message.get()).expect("a message");
                let name = channel.file_name().expect("a name").to_string_lossy().into_owned();
                let key = (name, value["ts"].as_str().expect("a ts").to_owned());
                found.insert(key, common::sha256(message.get().as_bytes()));
            }
        }
    }
    found
}

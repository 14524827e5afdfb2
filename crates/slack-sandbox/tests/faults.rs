//! What goes wrong on demand, over HTTP.

#[allow(dead_code, reason = "not every test binary uses all of it")]
mod common;

use std::thread;
use std::time::{Duration, Instant};

use common::{Client, sandbox};
use slack_sandbox::{Fault, FaultRule, Sandbox, SandboxBuilder};

/// A sandbox with faults as the command line takes them.
fn faulty(specs: &[&str], set_up: impl FnOnce(SandboxBuilder) -> SandboxBuilder) -> Sandbox {
    let rules = specs.iter().map(|spec| spec.parse::<FaultRule>().expect("a fault"));
    sandbox(|builder| rules.fold(set_up(builder), SandboxBuilder::fault))
}

/// The status, what `Retry-After` says, and the body.
fn answer(client: &Client, call: &str) -> (u16, Option<u64>, Vec<u8>) {
    let mut answer = client.get(call).expect("an answer");
    let wait = answer.headers().get("retry-after").map(|wait| wait.to_str().expect("text").parse());
    let wait = wait.map(|wait| wait.expect("seconds"));
    (answer.status().as_u16(), wait, answer.body_mut().read_to_vec().expect("a body"))
}

#[test]
fn a_retry_after_blocks_its_method_until_it_has_passed() {
    // 100 seconds of Slack's time are one of real time.
    let sandbox = faulty(&["users.list:429=100:times=1"], |builder| builder.time_scale(100.0));
    let client = Client::of(&sandbox);
    let (status, wait, _) = answer(&client, "users.list");
    let told = Instant::now();
    assert_eq!((status, wait), (429, Some(100)));
    assert_eq!(client.json("team.info")["ok"], true, "no other method is blocked");
    thread::sleep(Duration::from_millis(600));
    let (status, rest, body) = answer(&client, "users.list");
    if told.elapsed() < Duration::from_secs(1) {
        assert_eq!((status, body.as_slice()), (429, br#"{"ok":false,"error":"ratelimited"}"#.as_slice()));
        assert!(rest.is_some_and(|rest| (1..=40).contains(&rest)), "{rest:?}");
        assert_eq!(sandbox.violations(), 1);
    }
    let before = sandbox.violations();
    thread::sleep(Duration::from_secs(1).saturating_sub(told.elapsed()));
    assert_eq!(answer(&client, "users.list").0, 200);
    assert_eq!(sandbox.violations(), before);
    let log = sandbox.log();
    assert_eq!((log[0].status, log[0].retry_after), (429, Some(100)));
    assert_eq!((log[2].retry_after, log[3].retry_after), (rest, None));
    assert!(log.windows(2).all(|pair| pair[0].at <= pair[1].at));
    assert!(log[3].at - log[0].at >= Duration::from_millis(950));
}

#[test]
fn whoever_waits_as_told_by_scaled_limits_violates_nothing() {
    let sandbox = faulty(&[], |builder| builder.rate_limits(true).time_scale(600.0));
    let client = Client::of(&sandbox);
    let mut refused = 0;
    for _ in 0..40 {
        let (status, wait, _) = answer(&client, "users.list?limit=1");
        if status == 429 {
            refused += 1;
            thread::sleep(Duration::from_secs_f64(wait.expect("a wait") as f64 / 600.0));
            assert_eq!(answer(&client, "users.list?limit=1").0, 200);
        }
    }
    assert!(refused > 0, "calls at full speed are too many");
    assert_eq!(sandbox.violations(), 0);
}

#[test]
fn empty_pages_lose_nothing() {
    let whole = |client: &Client, call: &str, key: &str| {
        let (mut found, mut cursor, mut empty) = (Vec::new(), String::new(), 0);
        loop {
            let page = client.json(&format!("{call}&cursor={cursor}"));
            assert_eq!(page["ok"], true, "{page}");
            let list = page[key].as_array().expect(key);
            empty += usize::from(list.is_empty());
            // The rest of a record may hold the server's address.
            found.extend(list.iter().map(|item| {
                if item.is_string() {
                    item.clone()
                } else {
                    item["id"].as_str().or(item["ts"].as_str()).into()
                }
            }));
            let next = page["response_metadata"]["next_cursor"].as_str().unwrap_or_default();
            if next.is_empty() {
                return (found, empty);
            }
            assert_ne!(next.replace('=', "%3D"), cursor, "an empty page has a cursor of its own");
            assert!(key != "messages" || page["has_more"] == true, "{page}");
            cursor = next.replace('=', "%3D");
        }
    };
    let rich = faulty(&[], |builder| builder);
    let poor = faulty(&["*:empty:share=0.5"], |builder| builder.fault_seed(5));
    let workspace = rich.workspace();
    let channel = workspace.visible_channels().max_by_key(|channel| channel.messages().len()).expect("one");
    let thread = channel.threads().max_by_key(|thread| channel.replies(*thread).len()).expect("a thread");
    for (call, key) in [
        (format!("conversations.history?channel={}&limit=40", channel.id), "messages"),
        (format!("conversations.replies?channel={}&ts={thread}&limit=2", channel.id), "messages"),
        (format!("conversations.members?channel={}&limit=5", channel.id), "members"),
        ("conversations.list?limit=1".into(), "channels"),
        ("users.conversations?limit=1".into(), "channels"),
        ("users.list?limit=5".into(), "members"),
    ] {
        let (expected, none) = whole(&Client::of(&rich), &call, key);
        let (found, empty) = whole(&Client::of(&poor), &call, key);
        assert_eq!(none, 0, "{call}");
        assert!(empty > 0, "{call}");
        assert_eq!(found, expected, "{call}");
    }
    let missing = Client::of(&poor).json("conversations.history?channel=C0NONE");
    assert_eq!(missing["error"], "channel_not_found");
}

#[test]
fn hanging_calls_disturb_neither_others_nor_the_end() {
    let sandbox = faulty(&["users.list:hang"], |builder| builder);
    let client = Client::of(&sandbox);
    let hanging = {
        let client = Client::of(&sandbox);
        thread::spawn(move || client.get("users.list").map(|mut answer| answer.body_mut().read_to_vec()))
    };
    while !sandbox.log().iter().any(|sent| sent.method == "users.list" && sent.status == 0) {
        thread::sleep(Duration::from_millis(2));
    }
    assert_eq!(client.json("team.info")["ok"], true);
    drop(client);
    drop(sandbox);
    assert!(!matches!(hanging.join().expect("no panic"), Ok(Ok(_))), "it is never answered");
}

#[test]
fn slow_calls_get_the_true_answer() {
    let sandbox = faulty(&["team.info:slow=0.1:times=1"], |builder| builder);
    let client = Client::of(&sandbox);
    let begun = Instant::now();
    let slow = client.bytes("team.info");
    assert!(begun.elapsed() >= Duration::from_millis(100));
    assert_eq!(slow, client.bytes("team.info"));
}

#[test]
fn errors_come_in_the_body() {
    let specs =
        ["team.info:ratelimited:times=1", "users.list:invalid-cursor:times=1", "emoji.list:404:times=1"];
    let sandbox = faulty(&specs, |builder| builder);
    let client = Client::of(&sandbox);
    let limited = (200, None, br#"{"ok":false,"error":"ratelimited"}"#.to_vec());
    assert_eq!(answer(&client, "team.info"), limited);
    assert_eq!(client.json("team.info")["ok"], true, "it blocks nothing");
    let first = client.json("users.list?limit=5");
    let cursor = first["response_metadata"]["next_cursor"].as_str().expect("a cursor").replace('=', "%3D");
    assert_eq!(client.json(&format!("users.list?limit=5&cursor={cursor}"))["error"], "invalid_cursor");
    assert_eq!(client.json(&format!("users.list?limit=5&cursor={cursor}"))["ok"], true);
    assert_eq!(answer(&client, "emoji.list").0, 404);
}

#[test]
fn downloads_meet_faults_too() {
    let faults = [
        Fault::RateLimited { retry_after: 60 },
        Fault::Status(500),
        Fault::HalfBody,
        Fault::CutConnection,
        Fault::Html,
    ];
    let sandbox = sandbox(|builder| {
        let builder = builder.time_scale(1e6);
        faults.into_iter().fold(builder, |builder, fault| builder.first_answers("download", 1, fault))
    });
    let workspace = sandbox.workspace();
    let file = workspace.files.iter().find(|file| file.mode == "hosted").expect("a hosted file");
    let address = format!("{}/files-pri/T-{}/x", sandbox.url().trim_end_matches("/api"), file.id);
    let client = Client::of(&sandbox);
    assert_eq!(client.file(&address, None).0, 429);
    assert_eq!(client.file(&address, None).0, 500);
    assert_eq!(client.file(&address, None).1.len() as u64, file.size / 2);
    assert!(client.try_file(&address).is_err(), "the connection breaks");
    assert!(client.file(&address, None).1.starts_with(b"<!DOCTYPE html>"));
    assert_eq!(client.file(&address, None).1.len() as u64, file.size);
    let elsewhere = sandbox.url();
    drop(sandbox);

    let elsewhere = format!("{elsewhere}/elsewhere");
    let spec = format!("download:redirect={elsewhere}");
    let moved = faulty(&[&spec], |builder| builder);
    let address = format!("{}/files-pri/T-{}/x", moved.url().trim_end_matches("/api"), file.id);
    assert_eq!(Client::of(&moved).location(&address), (302, elsewhere));
}

#[test]
fn a_token_is_revoked_after_its_calls() {
    let sandbox = sandbox(|builder| builder.revoke_token_after(2));
    let client = Client::of(&sandbox);
    let stranger = Client::with_token(&sandbox, "xoxp-wrong");
    let errors: Vec<_> = (0..4)
        .map(|_| {
            assert_eq!(stranger.json("auth.test")["error"], "invalid_auth");
            client.json("auth.test")["error"].as_str().unwrap_or("none").to_owned()
        })
        .collect();
    assert_eq!(errors, ["none", "none", "token_revoked", "token_revoked"]);
    let address = format!("{}/files-pri/T-F1/x", sandbox.url().trim_end_matches("/api"));
    assert_eq!(client.location(&address), (302, "/signin".into()));
}

#[test]
fn the_small_class_gets_fifteen_objects_at_once() {
    let sandbox = sandbox(|builder| builder.small_class(true));
    let client = Client::of(&sandbox);
    let workspace = sandbox.workspace();
    let channel =
        workspace.visible_channels().max_by_key(|channel| channel.messages().len()).expect("one").id.clone();
    for (limit, expected) in [("", 15), ("&limit=999", 15), ("&limit=4", 4)] {
        let page = client.json(&format!("conversations.history?channel={channel}{limit}"));
        assert_eq!(page["messages"].as_array().map(Vec::len), Some(expected));
        assert_eq!(page["has_more"], true);
    }
    assert!(client.json("users.list")["members"].as_array().is_some_and(|users| users.len() > 15));
}

#[test]
fn what_is_past_the_horizon_is_hidden() {
    let sandbox = sandbox(|builder| builder.horizon(90));
    let client = Client::of(&sandbox);
    let workspace = sandbox.workspace();
    let first = workspace.clock.micros() - 90 * 86_400_000_000;
    let (mut shown, mut cut) = (0, 0);
    for channel in workspace.visible_channels() {
        let page = client.json(&format!("conversations.history?channel={}&limit=999", channel.id));
        let expected = channel.top_level().filter(|message| message.ts.micros() >= first).count();
        assert_eq!(page["messages"].as_array().map(Vec::len), Some(expected), "{}", channel.name);
        shown += expected;
        for thread in channel.threads() {
            let page = client.json(&format!("conversations.replies?channel={}&ts={thread}", channel.id));
            let expected = channel.replies(thread).filter(|reply| reply.ts.micros() >= first).count()
                + usize::from(thread.micros() >= first);
            match expected {
                0 => assert_eq!(page["error"], "thread_not_found"),
                _ => assert_eq!(page["messages"].as_array().map(Vec::len), Some(expected)),
            }
            cut += usize::from(thread.micros() < first);
        }
    }
    assert!(shown > 0 && cut > 0);
    let expected = workspace.visible_files().filter(|file| file.created * 1_000_000 >= first).count();
    assert!(expected < workspace.visible_files().count());
    assert_eq!(client.json("files.list")["paging"]["total"], expected);
}

//! The sandbox over HTTP.

#[allow(dead_code, reason = "not every test binary uses all of it")]
mod common;

use common::{Client, sandbox};
use serde_json::Value;
use slack_sandbox::{Fault, FaultRule, Sandbox, file_bytes};

#[test]
fn every_body_is_in_the_log_with_its_hash() {
    let sandbox = sandbox(|builder| builder);
    let client = Client::of(&sandbox);
    let body = client.bytes("conversations.list?limit=2&token=xoxp-sandbox");
    let sent = sandbox.log();
    assert_eq!(sent.len(), 1);
    assert_eq!(
        (sent[0].method.as_str(), sent[0].status, sent[0].bytes),
        ("conversations.list", 200, body.len())
    );
    assert_eq!(sent[0].sha256, common::sha256(&body));
    assert_eq!(sent[0].query, [("limit".into(), "2".into())]);
}

#[test]
fn canned_bodies_are_sent_byte_for_byte() {
    let odd = r#"{"ok": true, "n": 12345678901234567890123,  "x": 0.10}"#;
    let sandbox = sandbox(|builder| builder.canned("emoji.list", odd).canned("reactions.list", "{}"));
    let client = Client::of(&sandbox);
    assert_eq!(client.bytes("emoji.list?x=1"), odd.as_bytes());
    assert_eq!(client.bytes("reactions.list"), b"{}");
    assert_eq!(client.json("no.such.method")["error"], "unknown_method");
}

#[test]
fn scopes_decide_what_may_be_read() {
    let sandbox = sandbox(|builder| builder.scopes(["channels:read", "users:read"]));
    let client = Client::of(&sandbox);
    assert_eq!(client.json("users.list")["ok"], true);
    let refused = client.json("conversations.list?types=public_channel,im");
    assert_eq!(refused["error"], "missing_scope");
    assert_eq!(
        (&refused["needed"], &refused["provided"]),
        (&"im:read".into(), &"channels:read,users:read".into())
    );
    let channels = client.json("conversations.list");
    let channel = channels["channels"][0]["id"].as_str().expect("an id");
    assert_eq!(
        client.json(&format!("conversations.history?channel={channel}"))["needed"],
        "channels:history"
    );
}

#[test]
fn faults_happen_as_often_as_asked() {
    let mut rule = FaultRule::new(Fault::Status(500));
    (rule.method, rule.times) = (Some("team.info".into()), Some(1));
    let sandbox = sandbox(|builder| {
        let builder = builder.fault(rule);
        let builder = builder.first_answers("emoji.list", 1, Fault::Html);
        let builder = builder.first_answers("usergroups.list", 1, Fault::HalfBody);
        builder
            .first_answers("auth.test", 1, Fault::CutConnection)
            .method_error("team.profile.get", "paid_only")
    });
    let client = Client::of(&sandbox);
    assert_eq!(client.get("team.info").expect("an answer").status().as_u16(), 500);
    assert_eq!(client.json("team.info")["ok"], true);
    assert!(client.bytes("emoji.list").starts_with(b"<!DOCTYPE html>"));
    let half = client.bytes("usergroups.list");
    assert!(serde_json::from_slice::<Value>(&half).is_err());
    assert_eq!(half.len(), client.bytes("usergroups.list").len() / 2);
    let cut = client.get("auth.test").map(|mut answer| answer.body_mut().read_to_vec());
    assert!(!matches!(cut, Ok(Ok(_))), "the connection breaks");
    assert_eq!(client.json("auth.test")["ok"], true);
    assert_eq!(client.json("team.profile.get")["error"], "paid_only");
}

#[test]
fn rate_limits_stop_one_method_and_no_other() {
    let sandbox = sandbox(|builder| builder.rate_limits(true));
    let client = Client::of(&sandbox);
    let answers: Vec<_> = (0..40).map(|_| client.get("emoji.list").expect("an answer")).collect();
    let refused = answers.iter().find(|answer| answer.status().as_u16() == 429).expect("one is too many");
    let wait: u64 = refused.headers()["retry-after"].to_str().expect("text").parse().expect("seconds");
    assert!((1..=60).contains(&wait));
    assert_eq!(client.json("auth.test")["ok"], true);
}

#[test]
fn files_come_whole_or_in_part_and_only_with_the_token() {
    let sandbox = sandbox(|builder| builder);
    let client = Client::of(&sandbox);
    let listed = client.json("files.list?count=1000");
    let file = listed["files"].as_array().expect("files").iter().find(|file| file["mode"] == "hosted");
    let file = file.expect("a hosted file");
    let address = file["url_private"].as_str().expect("an address");
    assert!(address.starts_with(sandbox.url().trim_end_matches("/api")));
    let whole = client.file(address, None).1;
    let id = file["id"].as_str().expect("an id");
    assert_eq!(whole, file_bytes(&id.into(), file["size"].as_u64().expect("a size")));
    assert_eq!(client.file(address, Some("bytes=100-")), (206, whole[100..].to_vec()));
    assert_eq!(client.file(address, Some("bytes=99999999-")).0, 416);
    assert!(Client::with_token(&sandbox, "xoxp-wrong").file(address, None).1.starts_with(b"<!DOCTYPE html>"));
    assert!(sandbox.log().iter().any(|sent| sent.method.starts_with("/files-pri/") && sent.status == 302));
}

#[test]
fn long_reactions_are_cut_in_pages_and_whole_on_demand() {
    let sandbox = sandbox(|builder| builder.most_reactors(1));
    let client = Client::of(&sandbox);
    let workspace = sandbox.workspace();
    let channel = workspace.visible_channels().find(|channel| channel.name == "general").expect("general");
    let page = client.json(&format!("conversations.history?channel={}&limit=999", channel.id));
    let messages = page["messages"].as_array().expect("messages");
    let is_cut = |message: &&Value| message["reactions"][0]["count"].as_u64().is_some_and(|count| count > 1);
    let message = messages.iter().find(is_cut).expect("a message with many reactions");
    assert_eq!(message["reactions"][0]["users"].as_array().map(Vec::len), Some(1));
    let ts = message["ts"].as_str().expect("a ts");
    let whole = client.json(&format!("reactions.get?channel={}&timestamp={ts}&full=true", channel.id));
    let reaction = &whole["message"]["reactions"][0];
    assert_eq!(reaction["users"].as_array().map(|users| users.len() as u64), reaction["count"].as_u64());
}

#[test]
fn a_users_reactions_are_listed_across_channels() {
    let sandbox = sandbox(|builder| builder);
    let client = Client::of(&sandbox);
    let workspace = sandbox.workspace();
    let reactions = |message: &slack_sandbox::Message| {
        let message: Value = serde_json::from_str(message.json.get()).expect("a message");
        message["reactions"].as_array().cloned().unwrap_or_default()
    };
    for user in [&workspace.users[0].id, &workspace.users[5].id] {
        let reacted = |message: &&slack_sandbox::Message| {
            let is_user = |id: &Value| id.as_str() == Some(user.as_str());
            reactions(message)
                .iter()
                .any(|reaction| reaction["users"].as_array().expect("users").iter().any(is_user))
        };
        let messages = workspace.visible_channels().flat_map(|channel| channel.messages()).filter(reacted);
        let mut expected: Vec<_> = messages.map(|message| message.ts.to_string()).collect();
        expected.sort_by(|a, b| b.cmp(a));
        assert!(expected.len() > 3);
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = client.json(&format!("reactions.list?user={user}&limit=3&cursor={cursor}"));
            for item in page["items"].as_array().expect("items") {
                assert_eq!(item["type"], "message");
                assert!(workspace.channel(item["channel"].as_str().expect("a channel")).is_some());
                found.push(item["message"]["ts"].as_str().expect("a ts").to_owned());
            }
            cursor = page["response_metadata"]["next_cursor"].as_str().expect("a cursor").replace('=', "%3D");
            if cursor.is_empty() {
                break;
            }
        }
        assert_eq!(found, expected);
    }
    let own = client.bytes(&format!("reactions.list?user={}", workspace.owner));
    assert_eq!(client.bytes("reactions.list"), own);
    assert_eq!(client.json("reactions.list?user=U0NONE")["error"], "user_not_found");
}

#[test]
fn a_taken_port_is_an_error_and_a_stopped_one_is_free() {
    let first = sandbox(|builder| builder);
    let port = first.url().trim_end_matches("/api").rsplit(':').next().and_then(|port| port.parse().ok());
    let port: u16 = port.expect("a port");
    let again = || Sandbox::builder(common::workspace()).port(port).start_blocking();
    let refused = again().expect_err("the port is taken");
    assert_eq!(refused.to_string(), format!("cannot listen on 127.0.0.1:{port}"));
    drop(first);
    assert!(again().is_ok());
}

#[tokio::test]
async fn it_starts_and_stops_in_async_code() {
    let sandbox = Sandbox::builder(common::workspace()).start().await.expect("started");
    sandbox.stop().await;
}

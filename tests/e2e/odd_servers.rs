//! The program against servers that are odd: what is gone, what is not there, what is not theirs to know.

use std::process::Command;

use serde_json::{Value, json};

use crate::server::{Call, Reply, Server, ok};
use crate::support::{Home, Ran, files, ran};

const SECRET: &str = "xoxp-41-whisper-it";

fn said(mut body: Value) -> Reply {
    body["ok"] = true.into();
    ok(body.to_string())
}

fn refused(code: &str, reason: &str) -> Reply {
    ok(json!({"ok": false, "error": code, "response_metadata": {"messages": [reason]}}).to_string())
}

/// A workspace with a public and a private channel.
fn usual(call: &Call) -> Reply {
    said(match (call.method.as_str(), call.get("types")) {
        ("auth.test", _) => json!({"team_id": "T4", "team": "Four", "user_id": "U4", "user": "ada"}),
        ("users.list", _) => json!({"members": [{"id": "U4", "name": "ada"}]}),
        ("conversations.list", "public_channel") => json!({"channels": [{"id": "C4", "name": "harbour"}]}),
        ("conversations.list", "private_channel") => {
            json!({"channels": [{"id": "C5", "name": "board", "is_private": true}]})
        }
        ("conversations.history", _) => json!({"messages": [{"ts": "1600000000.000100", "user": "U4",
            "thread_ts": "1600000000.000100", "text": "ahoy", "reply_count": 1, "latest_reply": "1600000003.000100"}]}),
        ("conversations.info", _) => json!({"channel": {"id": "C4", "name": "harbour"}}),
        ("conversations.members", _) => json!({"members": ["U4"]}),
        ("users.conversations", _) => json!({"channels": []}),
        ("team.info", _) => json!({"team": {"id": "T4", "name": "Four", "domain": "four"}}),
        ("team.profile.get", _) => json!({"profile": {"fields": []}}),
        ("conversations.list", _) => json!({"channels": []}),
        _ => json!({"usergroups": [], "emoji": {}, "items": [], "bookmarks": [], "files": []}),
    })
}

fn serve(answer: impl Fn(&Call) -> Option<Reply> + Send + Sync + 'static) -> Server {
    Server::start(move |call| answer(call).unwrap_or_else(|| usual(call)))
}

fn command(home: &Home, server: &Server, arguments: &[&str]) -> Command {
    let mut command = home.command();
    command.env("SLACK_API_URL", server.url()).env("SLACK_USER_TOKEN", SECRET).args(arguments);
    command
}

fn run(home: &Home, server: &Server, code: i32, arguments: &[&str]) -> Ran {
    ran(code, &mut command(home, server, arguments))
}

#[test]
fn what_is_gone_is_no_failure_of_every_night_to_come() {
    let server =
        serve(|call| (call.method == "conversations.replies").then(|| refused("thread_not_found", "")));
    let home = Home::new();
    let told = run(&home, &server, 0, &["run", "--rate", "unlimited"]);
    assert!(
        told.out.contains("1 object gone for good, by Slack's account: thread_not_found 1"),
        "{}",
        told.out
    );
    for _ in 0..2 {
        run(&home, &server, 0, &["run", "--rate", "unlimited"]);
        home.run(0, ["verify"]);
    }
    assert_eq!(server.calls("conversations.replies").len(), 1);
}

#[test]
fn a_channel_that_nobody_knows_is_refused_before_anything_is_captured() {
    let server =
        serve(|call| (call.method == "conversations.replies").then(|| refused("thread_not_found", "")));
    let home = Home::new();
    for (arguments, why, hint) in [
        (["run", "--channel", "harbor"], "no conversation is called \"harbor\"", "harbour"),
        (["run", "--leave-channel", "nosuch"], "no conversation is called \"nosuch\"", "--types"),
        (["extract", "--channel", "#board"], "among those of the types asked for", "add private to --types"),
    ] {
        let told = run(&home, &server, 2, &arguments);
        assert!(told.err.contains(why) && told.err.contains(hint), "{}", told.err);
        assert!(told.out.is_empty(), "{}", told.out);
    }
    assert_eq!(server.calls("conversations.history").len(), 0);
    assert_eq!(slack_model::batch::DataHome::new(home.data("")).batches().expect("listed"), []);
    run(&home, &server, 0, &["run", "--rate", "unlimited", "--channel", "harbour"]);
    let before = files(&home.batch());
    // A slip later leaves what there is as it is.
    run(&home, &server, 2, &["run", "--channel", "nosuch"]);
    assert_eq!(files(&home.batch()), before);
}

#[test]
fn an_org_wide_token_must_name_its_workspace() {
    let server = serve(|call| {
        let lists =
            ["conversations.list", "users.list", "users.conversations", "usergroups.list", "files.list"];
        match call.method.as_str() {
            "auth.test" => Some(said(json!({"team_id": "E4", "team": "All", "is_enterprise_install": true}))),
            "auth.teams.list" => {
                Some(said(json!({"teams": [{"id": "T4", "name": "Four"}, {"id": "T5", "name": "Five"}]})))
            }
            "conversations.replies" => Some(refused("thread_not_found", "")),
            method if lists.contains(&method) && call.get("team_id") != "T4" => {
                Some(refused("missing_argument", "[ERROR] missing required field: team_id"))
            }
            _ => None,
        }
    });
    let home = Home::new();
    let told = run(&home, &server, 2, &["run"]);
    assert!(told.err.contains("T4 (Four), T5 (Five)") && told.err.contains("--team T4"), "{}", told.err);
    let told = run(&home, &server, 1, &["doctor"]);
    assert!(told.out.contains("an org-wide token: it reads T4 (Four), T5 (Five)"), "{}", told.out);
    assert!(told.err.contains("--team"), "{}", told.err);
    let told = run(&home, &server, 3, &["doctor", "--team", "T4"]);
    assert!(told.out.contains("for workspace Four (T4)"), "{}", told.out);
    run(&home, &server, 0, &["run", "--rate", "unlimited", "--team", "T4"]);
    let metadata = slack_model::batch::Metadata::read(&home.batch().join("metadata")).expect("read");
    assert_eq!(metadata.get("team_id"), "T4");
}

#[test]
fn a_server_that_echoes_the_token_does_not_publish_it() {
    let server = serve(|call| {
        let echo = format!("cannot let {SECRET} do {}", call.method);
        match call.method.as_str() {
            "auth.test" | "conversations.list" => None,
            "users.list" => Some(refused(&echo, "xoxb-1-other")),
            _ => Some(refused(SECRET, &echo)),
        }
    });
    let home = Home::new();
    let told = run(&home, &server, 3, &["run", "--rate", "unlimited"]);
    let mut texts = format!("{}{}", told.out, told.err);
    assert!(texts.contains("Slack: cannot let [secret] do bookmarks.list"), "{texts}");
    let mut status = home.run(3, ["verify"]);
    texts.push_str(&std::mem::take(&mut status.out));
    for (path, bytes) in files(&home.data("")) {
        texts.push_str(&format!("{}\n{}\n", path.display(), String::from_utf8_lossy(&bytes)));
    }
    assert!(!texts.contains("whisper") && !texts.contains("xoxb-1"));
}

#[test]
fn an_address_with_a_secret_in_it_is_refused_and_not_shown() {
    let home = Home::new();
    for url in ["https://ada:whisper@slack.com/api", "https://slack.com/api?token=whisper", "whisper@x"] {
        for arguments in [["extract"], ["doctor"]] {
            let mut command = home.command();
            command.env("SLACK_API_URL", url).env("SLACK_USER_TOKEN", "xoxp-any").args(arguments);
            let told = ran(1, &mut command);
            assert!(told.err.contains("cannot be the API's address"), "{}", told.err);
            assert!(!format!("{told:?}").contains("whisper"), "{url}: {told:?}");
        }
    }
}

#[test]
fn each_limit_has_an_option_that_its_gap_names() {
    let home = Home::new();
    let server = serve(|call| match call.method.as_str() {
        "users.list" => Some(ok(" ".repeat(1_500_000))),
        "conversations.members" => {
            let next = format!("{}x", call.get("cursor"));
            Some(said(json!({"members": [], "response_metadata": {"next_cursor": next}})))
        }
        "conversations.history" => {
            let headers = vec![("Retry-After", "7200".to_owned())];
            Some(Reply { status: 429, headers, ..ok("") })
        }
        _ => None,
    });
    let limits = ["--max-answer", "1", "--max-wait", "60", "--max-idle-pages", "7", "--attempts", "1"];
    let told = run(&home, &server, 3, &[&["extract", "--rate", "unlimited"], &limits[..]].concat());
    for option in ["raise --max-answer", "raise --max-wait", "raise --max-idle-pages"] {
        assert!(told.out.contains(option), "{option}: {}", told.out);
    }
    assert_eq!(server.calls("conversations.members").len(), 7);
    let told =
        run(&home, &server, 3, &["extract", "--max-pages", "3", "--attempts", "1", "--rate", "unlimited"]);
    assert!(told.out.contains("raise --max-pages"), "{}", told.out);
    let help = home.run(0, ["run", "--help"]).out;
    for option in
        ["--max-answer", "--max-wait", "--max-idle-pages", "--max-pages", "--file-timeout", "--team"]
    {
        assert!(help.contains(option), "{option}");
    }
}

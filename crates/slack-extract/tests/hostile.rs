//! Servers that send too much, too slowly, or what they should not: a capture ends, says what it could not read and
//! which limit it met, and gives nothing away.

mod server;

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use slack_extract::{ApiOptions, Capture, Error, FileBytes, Part, Rate, Source, Token, WebApi, verify};
use slack_model::batch::{DataHome, Request, RequestStatus, RowLog};
use tempfile::TempDir;

use self::server::{Call, Reply, Server, ok};

const SECRET: &str = "xoxp-77-hush-hush";

/// A workspace of one channel, whose thread has two replies, and a user.
fn usual(call: &Call) -> Reply {
    let first = json!({"ts": "1600000000.000100", "thread_ts": "1600000000.000100", "user": "U1", "text": "one",
        "reply_count": 2, "latest_reply": "1600000009.000100"});
    let reply = |ts: &str| json!({"ts": ts, "thread_ts": "1600000000.000100", "user": "U1", "text": "re"});
    let body = match call.method.as_str() {
        "auth.test" => json!({"team_id": "T7", "team": "Seven", "user_id": "U1", "user": "ann"}),
        "users.list" => json!({"members": [{"id": "U1", "name": "ann"}]}),
        "conversations.list" if call.get("types") == "public_channel" => {
            json!({"channels": [{"id": "C7", "name": "plaza"}]})
        }
        "conversations.history" => json!({"messages": [first]}),
        "conversations.replies" => {
            json!({"messages": [first, reply("1600000005.000100"), reply("1600000009.000100")]})
        }
        _ => json!({}),
    };
    ok(said(body))
}

fn said(mut body: Value) -> String {
    body["ok"] = true.into();
    body.to_string()
}

fn refused(code: &str, reasons: &[&str]) -> Reply {
    ok(json!({"ok": false, "error": code, "response_metadata": {"messages": reasons}}).to_string())
}

fn status(status: u16, headers: Vec<(&'static str, String)>) -> Reply {
    Reply { status, headers, ..ok("") }
}

/// A data home that captures from a server.
struct Stage {
    folder: TempDir,
    server: Server,
}

impl Stage {
    fn new(answer: impl Fn(&Call) -> Option<Reply> + Send + Sync + 'static) -> Self {
        let server = Server::start(move |call| answer(call).unwrap_or_else(|| usual(call)));
        Self { folder: tempfile::tempdir().expect("a folder"), server }
    }

    fn home(&self) -> DataHome {
        DataHome::new(self.folder.path())
    }

    fn capture(&self, choose: impl FnOnce(&mut ApiOptions)) -> Result<Capture, Error> {
        let mut options = ApiOptions::default();
        options.rate = Rate::Unlimited;
        options.backoff = Duration::from_millis(1);
        options.attempts = 5;
        choose(&mut options);
        let token = Token::new(SECRET).expect("a token");
        WebApi::new(&self.server.url(), token, options)?.capture(&self.home(), &())
    }

    /// The rows of the newest batch that end so: method, object and error.
    fn rows(&self, status: RequestStatus) -> Vec<(String, String, String)> {
        let batch = self.home().batches().expect("listed").pop().expect("a batch");
        let rows = RowLog::<Request>::readable(&batch.metadata()).expect("opened");
        let object = |row: &Request| row.channel.as_ref().map(ToString::to_string).unwrap_or_default();
        rows.filter(|row| row.status == status)
            .map(|row| (row.method.clone(), object(&row), row.error))
            .collect()
    }
}

/// The gaps of a capture, in words.
fn gaps(capture: &Capture) -> Vec<String> {
    capture.gaps.iter().map(|gap| format!("{}: {}", gap.what, gap.why)).collect()
}

/// Every text below a folder.
fn texts(folder: &Path, found: &mut String) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("listed").path();
        if path.is_dir() {
            texts(&path, found);
        } else {
            found.push_str(&String::from_utf8_lossy(&fs::read(&path).expect("read")));
        }
    }
}

#[test]
fn an_answer_without_end_is_a_gap_that_names_the_limit() {
    let stage = Stage::new(|call| {
        let endless = Reply { body: vec![b' '; 100_000], again: Some(Duration::ZERO), ..ok("") };
        (call.method == "users.list").then_some(endless)
    });
    let capture = stage.capture(|options| options.max_answer = 3_000_000).expect("captured");
    let told = "users.list: answer_larger_than_the_limit (more than 3000000 bytes): raise --max-answer";
    assert_eq!(gaps(&capture), [told]);
    // What the system holds on its way counts as sent too. A large answer is tried once, a small page once.
    assert!(stage.server.sent() < 40_000_000, "{}", stage.server.sent());
    assert_eq!(stage.server.calls("users.list").len(), 2);
    assert_eq!(stage.server.calls("conversations.replies").len(), 1, "the rest is captured");
}

#[test]
fn what_fails_or_is_too_large_is_asked_for_in_small_pages() {
    let stage = Stage::new(|call| {
        let is_large = call.get("limit").parse().is_ok_and(|limit: u32| limit > 100);
        match call.method.as_str() {
            "conversations.replies" if is_large => Some(status(500, Vec::new())),
            "users.list" if is_large => Some(ok(" ".repeat(2_000_000))),
            _ => None,
        }
    });
    let capture = stage.capture(|options| options.max_answer = 1_000_000).expect("captured");
    assert_eq!(gaps(&capture), [""; 0]);
    assert_eq!(stage.server.calls("conversations.replies").len(), 4);
}

#[test]
fn a_wait_that_is_too_long_is_a_gap_and_the_method_is_not_called_again() {
    for (code, headers) in [
        (429, vec![("Retry-After", "7200".to_owned())]),
        (503, vec![("Retry-After", "1000000000000".to_owned())]),
        (503, vec![("Retry-After", "9".repeat(60))]),
        (429, vec![("Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT".to_owned())]),
    ] {
        let reply = status(code, headers.clone());
        let stage = Stage::new(move |call| match call.method.as_str() {
            "conversations.list" => Some(ok(said(json!({"channels": [
                {"id": "C1", "name": "one"}, {"id": "C2", "name": "two"}, {"id": "C3", "name": "three"}]})))),
            "conversations.history" => Some(reply.clone()),
            _ => None,
        });
        let capture = stage.capture(|options| options.parallel = 1).expect("captured");
        let gaps = gaps(&capture);
        assert_eq!(gaps.len(), 3, "{headers:?}: {gaps:?}");
        let names_limit = |gap: &String| gap.contains("asked_to_wait_too_long") && gap.contains("--max-wait");
        assert!(gaps.iter().all(names_limit), "{gaps:?}");
        assert_eq!(stage.server.calls("conversations.history").len(), 1, "{headers:?}");
    }
}

#[test]
fn waits_for_limits_and_waits_after_failures_are_counted_apart() {
    let failing = |code: u16| {
        let stage = Stage::new(move |call| {
            let is_first = call.method == "conversations.history";
            is_first.then(|| status(code, vec![("Retry-After", "0.05".to_owned())]))
        });
        stage.capture(|options| options.max_wait = Duration::from_millis(180)).expect("captured")
    };
    let (limited, failed) = (failing(429), failing(503));
    assert!(limited.waited >= Duration::from_millis(100) && limited.backed_off.is_zero());
    assert!(failed.backed_off >= Duration::from_millis(100) && failed.waited < failed.backed_off);
    // All that a request is asked to wait counts, not each time by itself.
    assert_eq!((limited.calls["conversations.history"].made, limited.n_gaps), (4, 1));
}

#[test]
fn files_without_end_and_without_haste_are_given_up() {
    for (name, pause, path) in [("endless", 0, "F1"), ("slow", 20, "F2")] {
        let port = std::sync::Arc::new(std::sync::OnceLock::<u16>::new());
        let known = std::sync::Arc::clone(&port);
        let stage = Stage::new(move |call| match call.method.as_str() {
            "files.list" => {
                let url = format!("http://127.0.0.1:{}/files/bytes", known.get()?);
                let file = json!({"id": path, "mode": "canvas", "name": "plan", "url_private": url});
                Some(ok(said(json!({"files": [file], "paging": {"pages": 1}}))))
            }
            "bytes" => {
                let again = Some(Duration::from_millis(pause));
                Some(Reply { body: vec![b'x'; if pause == 0 { 50_000 } else { 1 }], again, ..ok("") })
            }
            _ => None,
        });
        port.set(stage.server.port).expect("set once");
        let capture = stage
            .capture(|options| {
                options.files = FileBytes::Download { limit: (pause == 0).then_some(1_000_000) };
                options.file_timeout = Duration::from_millis(400);
            })
            .expect("captured");
        if pause == 0 {
            assert_eq!(capture.files_left["larger_than_the_limit"], 1, "{name}");
            assert_eq!(capture.n_gaps, 0, "{name}: a limit of the user's own is no gap");
        } else {
            assert!(gaps(&capture)[0].contains("file_not_whole_in_time"), "{name}: {:?}", gaps(&capture));
            assert!(gaps(&capture)[0].contains("--file-timeout"), "{name}");
        }
        let mut kept = String::new();
        texts(&stage.home().batches().expect("listed")[0].files(), &mut kept);
        assert!(kept.len() < 1_000, "{name}: {} bytes are kept", kept.len());
    }
}

#[test]
fn a_token_that_a_server_echoes_is_nowhere() {
    for code in
        [SECRET, "Bad Token: xoxp-77-hush-hush", "hush-hush xoxe.xoxp-1-Abc", "x".repeat(500).as_str()]
    {
        let code = code.to_owned();
        let stage = Stage::new(move |call| {
            let reason = format!("the token {SECRET}\u{202e} is not in {}", call.method);
            (call.method != "auth.test" && call.method != "conversations.list")
                .then(|| refused(&code, &[&reason, "xoxb-9-other"]))
        });
        let capture = stage.capture(|_| {}).expect("captured");
        assert!(capture.n_gaps > 5);
        assert!(stage.rows(RequestStatus::Gap).iter().all(|(.., error)| error == "odd_error"));
        let mut told = format!("{:?}", gaps(&capture)) + &format!("{:?}", capture.gap_kinds);
        assert!(told.contains("Slack: the token [secret] is not in users.list; [secret]"), "{told}");
        texts(stage.folder.path(), &mut told);
        for hidden in ["hush-hush", "xoxb-9", "xoxe.", "\u{202e}", &"x".repeat(100)] {
            assert!(!told.contains(hidden), "{hidden:?}");
        }
    }
    let stage = Stage::new(|call| {
        (call.method == "auth.test").then(|| refused("invalid_auth", &["no such token: xoxp-77-hush-hush"]))
    });
    let error = stage.capture(|_| {}).expect_err("refused").to_string();
    assert_eq!(error, "Slack refuses the token: invalid_auth (Slack: no such token: [secret])");
}

#[test]
fn what_is_gone_is_recorded_once_and_asked_for_once() {
    let first = json!({"ts": "1600000000.000100", "thread_ts": "1600000000.000100", "user": "U8", "bot_id": "B8",
        "text": "one", "reply_count": 2, "latest_reply": "1600000009.000100",
        "reactions": [{"name": "eyes", "count": 9, "users": ["U1"]}],
        "files": [{"id": "F8", "mode": "hosted", "file_access": "check_file_info"}]});
    let stage = Stage::new(move |call| {
        Some(match call.method.as_str() {
            "conversations.history" => ok(said(json!({"messages": [first]}))),
            "conversations.replies" => refused("thread_not_found", &[]),
            "reactions.get" => refused("message_not_found", &[]),
            "users.info" => refused("user_not_visible", &[]),
            "bots.info" => refused("bot_not_found", &[]),
            "files.info" => refused("file_deleted", &[]),
            _ => return None,
        })
    });
    let methods = ["conversations.replies", "reactions.get", "users.info", "bots.info", "files.info"];
    for run in 0..3 {
        let with_bytes =
            |options: &mut ApiOptions| options.files = FileBytes::Download { limit: (run == 2).then_some(9) };
        let capture = stage.capture(with_bytes).expect("captured");
        assert_eq!(gaps(&capture), [""; 0], "run {run}");
        assert_eq!(capture.gone.values().sum::<u64>(), if run == 0 { 5 } else { 0 });
        assert_eq!(stage.rows(RequestStatus::Gone).len(), if run == 0 { 5 } else { 0 });
        for method in methods {
            assert_eq!(stage.server.calls(method).len(), 1, "run {run}: {method}");
        }
        let batch = stage.home().batches().expect("listed").pop().expect("a batch");
        let found = verify(&stage.home(), &batch, &()).expect("verified");
        assert_eq!((found.problems, found.n_gaps), (Vec::new(), 0), "run {run}");
        assert_eq!(
            slack_model::batch::Metadata::read(&batch.metadata()).expect("read").get("status"),
            "complete"
        );
    }
    // Everything is asked for again where that is wanted; it is no failure then either.
    assert_eq!(stage.capture(|options| options.full = true).expect("captured").n_gaps, 0);
    assert_eq!(stage.server.calls("users.info").len(), 2);
}

#[test]
fn a_channel_that_cannot_be_read_is_a_gap_each_time() {
    for code in ["not_in_channel", "channel_not_found", "is_archived", "thread_not_found"] {
        let stage =
            Stage::new(move |call| (call.method == "conversations.history").then(|| refused(code, &[])));
        for _ in 0..2 {
            assert_eq!(stage.capture(|_| {}).expect("captured").n_gaps, 1, "{code}");
        }
        assert_eq!(stage.server.calls("conversations.history").len(), 2, "{code}");
    }
}

#[test]
fn replies_that_are_announced_and_not_given_are_told() {
    let stage = Stage::new(|call| {
        let first = json!({"ts": "1600000000.000100", "thread_ts": "1600000000.000100", "user": "U1", "text": "one",
            "reply_count": 2, "latest_reply": "1600000009.000100"});
        let reply =
            json!({"ts": "1600000005.000100", "thread_ts": "1600000000.000100", "user": "U1", "text": "re"});
        let next = if call.get("cursor").is_empty() { "p2" } else { "" };
        // The first message and one reply on every page.
        let page = json!({"messages": [first, reply], "response_metadata": {"next_cursor": next}});
        (call.method == "conversations.replies").then(|| ok(said(page)))
    });
    let capture = stage.capture(|_| {}).expect("captured");
    let told = "conversations.replies C7 1600000000.000100: fewer_replies_than_announced (1 of 2 are missing): Slack \
                counts more replies than it gives; the next run asks again";
    assert_eq!(gaps(&capture), [told]);
}

#[test]
fn an_org_wide_token_reads_the_workspace_that_is_named() {
    let stage = Stage::new(|call| {
        let of_team =
            ["conversations.list", "users.list", "users.conversations", "usergroups.list", "files.list"];
        match call.method.as_str() {
            "auth.test" => {
                Some(ok(said(json!({"team_id": "E5", "team": "All", "is_enterprise_install": true}))))
            }
            "auth.teams.list" if call.get("cursor").is_empty() => Some(ok(said(json!({
                "teams": [{"id": "T5", "name": "Five"}], "response_metadata": {"next_cursor": "x"}})))),
            "auth.teams.list" => Some(ok(said(json!({"teams": [{"id": "T6", "name": "Six"}]})))),
            method if of_team.contains(&method) && call.get("team_id") != "T6" => {
                Some(refused("missing_argument", &["[ERROR] missing required field: team_id"]))
            }
            _ => None,
        }
    });
    let error = stage.capture(|_| {}).expect_err("refused");
    assert!(matches!(error, Error::NoTeam { .. }));
    assert!(error.to_string().ends_with("it reads T5 (Five), T6 (Six)"), "{error}");
    let error = stage.capture(|options| options.team = Some("T9".into())).expect_err("refused");
    assert!(matches!(error, Error::OtherTokenTeam { .. }));
    assert_eq!(stage.home().batches().expect("listed"), []);
    let capture = stage.capture(|options| options.team = Some("T6".into())).expect("captured");
    assert_eq!(gaps(&capture), [""; 0]);
    let metadata = slack_model::batch::Metadata::read(&capture.batch.metadata()).expect("read");
    assert_eq!((metadata.get("team_id"), metadata.get("team_name")), ("T6", "Six"));
    // A token of one workspace reads that one.
    let stage = Stage::new(|_| None);
    assert!(stage.capture(|options| options.team = Some("T6".into())).is_err());
    let parts = |options: &mut ApiOptions| {
        (options.team, options.parts) = (Some("T7".into()), vec![Part::Users]);
    };
    assert_eq!(stage.capture(parts).expect("captured").n_gaps, 0);
}

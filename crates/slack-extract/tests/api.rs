//! The walk through the Web API, against an API that is a function.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use slack_extract::{ApiOptions, CallError, ChannelType, Error, ErrorClass, Params, Rate, Source, WebApi};
use slack_model::batch::{DataHome, Metadata, Request, RequestStatus};
use slack_model::{Folder, Table, TableReader};

type Answer = Result<Vec<u8>, CallError>;

/// What a capture left behind.
struct Captured {
    outcome: Result<Vec<String>, Error>,
    /// The stored pages, by path.
    pages: BTreeMap<String, String>,
    requests: Vec<Request>,
    metadata: Metadata,
}

/// Captures from `answer`, which sees the method, the channel (or type) and the cursor; other methods answer
/// empty lists.
fn capture(answer: impl Fn(&str, &str, &str) -> Option<Answer> + Send + Sync) -> Captured {
    capture_with(ApiOptions::default(), answer)
}

fn capture_with(
    mut options: ApiOptions,
    answer: impl Fn(&str, &str, &str) -> Option<Answer> + Send + Sync,
) -> Captured {
    let folder = tempfile::tempdir().expect("a folder");
    options.rate = Rate::Unlimited;
    options.backoff = Duration::from_millis(1);
    options.attempts = 3;
    options.timeout = Duration::from_millis(200);
    let api = |method: &str, params: &Params| -> Answer {
        let value = |wanted| params.iter().find(|(name, _)| *name == wanted).map_or("", |(_, value)| value);
        // Lists ask for a type, where the others ask for a channel.
        let object = if method == "conversations.list" { value("types") } else { value("channel") };
        answer(method, object, value("cursor")).unwrap_or_else(|| ok(""))
    };
    let outcome = WebApi::with(api, options).capture(&DataHome::new(folder.path()), &());
    let batch = DataHome::new(folder.path()).batches().expect("listed").pop().expect("a batch");
    let mut pages = BTreeMap::new();
    list(&batch.api(), "", &mut pages);
    let log = TableReader::open(&Folder(batch.metadata()), &Request::SCHEMA).expect("opened").expect("there");
    Captured {
        outcome: outcome
            .map(|capture| capture.gaps.iter().map(|gap| format!("{}: {}", gap.what, gap.why)).collect()),
        pages,
        requests: log.rows().collect::<Result<_, _>>().expect("read"),
        metadata: Metadata::read(&batch.metadata()).expect("read"),
    }
}

fn list(folder: &Path, below: &str, pages: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let entry = entry.expect("listed");
        let name = format!("{below}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            list(&entry.path(), &name, pages);
        } else {
            pages.insert(name, fs::read_to_string(entry.path()).expect("read"));
        }
    }
}

fn ok(fields: &str) -> Answer {
    Ok(format!("{{\"ok\":true{fields}}}").into_bytes())
}

fn channels(method: &str) -> Option<Answer> {
    let list = r#","channels":[{"id":"C1","name":"one"},{"id":"C2","name":"two"}]"#;
    (method == "conversations.list").then(|| ok(list))
}

#[test]
fn pages_are_read_until_the_cursor_ends_and_stored_as_they_came() {
    let captured = capture(|method, channel, cursor| match (method, channel, cursor) {
        ("conversations.history", "C1", "") => {
            Some(ok(r#", "messages":[], "odd":0.10,"response_metadata":{"next_cursor":"a="}"#))
        }
        ("conversations.history", "C1", "a=") => Some(ok(r#","messages":[{"ts":"1600000001.000000"}]"#)),
        _ => channels(method),
    });
    assert_eq!(captured.outcome.expect("captured"), Vec::<String>::new());
    let page = |number| captured.pages[&format!("/conversations.history/C1/0000{number}.json")].as_str();
    assert_eq!(page(1), r#"{"ok":true, "messages":[], "odd":0.10,"response_metadata":{"next_cursor":"a="}}"#);
    assert_eq!(page(2), r#"{"ok":true,"messages":[{"ts":"1600000001.000000"}]}"#);
    assert_eq!(captured.metadata.get("status"), "complete");
    assert!(captured.metadata.window(&"C1".into()).is_some());
    assert_eq!(captured.requests.len(), captured.pages.len());
}

#[test]
fn an_object_that_cannot_be_read_is_a_gap_and_the_rest_goes_on() {
    let captured = capture(|method, channel, _| match (method, channel) {
        ("conversations.history", "C1") => Some(Err(CallError::slack("not_in_channel"))),
        _ => channels(method),
    });
    let gaps = captured.outcome.expect("captured");
    assert_eq!(gaps, ["conversations.history C1: not_in_channel: join the channel, or use a user token"]);
    assert!(captured.pages.contains_key("/conversations.history/C2/00001.json"));
    assert_eq!(captured.metadata.get("status"), "partial");
    assert_eq!(captured.metadata.window(&"C1".into()), None, "a gap is no walk");
    assert!(captured.metadata.window(&"C2".into()).is_some());
}

#[test]
fn a_method_that_the_token_may_not_use_is_tried_once() {
    let captured = capture(|method, _, _| match method {
        "conversations.members" => {
            let mut error = CallError::slack("missing_scope");
            error.needed = Some("channels:read".into());
            Some(Err(error))
        }
        _ => channels(method),
    });
    let gaps = captured.outcome.expect("captured");
    assert!(gaps.iter().all(|gap| gap.contains("add the scope channels:read")), "{gaps:?}");
    // The second conversation was not asked about, and is as much of a gap.
    let members = captured.requests.iter().filter(|request| request.method == "conversations.members");
    let mut rows: Vec<_> = members.map(|request| (request.status, request.attempts)).collect();
    rows.sort_unstable();
    assert_eq!(rows, [(RequestStatus::Gap, 0), (RequestStatus::Gap, 1)]);
}

#[test]
fn what_may_pass_is_tried_again_and_a_limit_is_no_failure() {
    let failures = Mutex::new(BTreeMap::<String, u32>::new());
    let captured = capture(|method, channel, _| {
        if method != "conversations.history" {
            return channels(method);
        }
        let mut failures = failures.lock().expect("unpoisoned");
        let count = failures.entry(channel.into()).or_default();
        *count += 1;
        match (channel, *count) {
            // More limits than there are attempts.
            ("C1", 1..=5) => {
                let mut error = CallError::slack("ratelimited");
                error.retry_after = Some(Duration::from_millis(2));
                Some(Err(error))
            }
            ("C1", 6) => Some(ok("").map(|_| b"<html>".to_vec())),
            ("C1", 7) => Some(Ok(b"{}".to_vec())),
            ("C2", _) => Some(Err(CallError::transport("connection_failed", None))),
            _ => None,
        }
    });
    let gaps = captured.outcome.expect("captured");
    assert_eq!(
        gaps,
        ["conversations.history C2: connection_failed: it kept failing; a later run asks again"]
    );
    let attempts = |channel: &str| {
        let history = |request: &&Request| request.method == "conversations.history";
        let of = |request: &&Request| request.channel.as_ref().is_some_and(|id| id.as_str() == channel);
        captured.requests.iter().filter(history).find(of).map(|request| request.attempts)
    };
    assert_eq!((attempts("C1"), attempts("C2")), (Some(8), Some(3)));
}

#[test]
fn a_cursor_that_expires_begins_the_object_again() {
    let expired = Mutex::new(false);
    let captured = capture(|method, channel, cursor| match (method, channel, cursor) {
        ("conversations.history", "C1", "") => {
            let done = *expired.lock().expect("unpoisoned");
            let cursor = if done { "" } else { "old" };
            Some(ok(&format!(r#","messages":[],"response_metadata":{{"next_cursor":"{cursor}"}}"#)))
        }
        ("conversations.history", "C1", "old") => {
            *expired.lock().expect("unpoisoned") = true;
            Some(Err(CallError::slack("invalid_cursor")))
        }
        _ => channels(method),
    });
    assert_eq!(captured.outcome.expect("captured"), Vec::<String>::new());
    assert!(captured.metadata.window(&"C1".into()).is_some());
    let history = captured.pages.keys().filter(|page| page.starts_with("/conversations.history/C1/"));
    assert_eq!(history.count(), 2, "what came before the cursor expired is kept");
    let restart = captured.requests.iter().find(|request| request.error == "invalid_cursor");
    let restart = restart.map(|request| (request.page, request.status, request.class.as_str()));
    assert_eq!(restart, Some((Some(2), RequestStatus::Skipped, "restart")));
}

#[test]
fn a_refused_token_stops_and_keeps_what_there_is() {
    let captured = capture(|method, channel, _| match (method, channel) {
        ("conversations.history", "C2") => Some(Err(CallError::slack("token_revoked"))),
        _ => channels(method),
    });
    let Err(Error::Refused { code, .. }) = captured.outcome else { panic!("not refused") };
    assert_eq!(code, "token_revoked");
    assert_eq!(captured.metadata.get("status"), "failed");
    assert!(captured.pages.contains_key("/conversations.list/public_channel/00001.json"));
}

#[test]
fn threads_and_cut_reactions_are_asked_for() {
    let captured = capture(|method, channel, _| match (method, channel) {
        ("conversations.history", "C1") => Some(ok(
            r#","messages":[{"ts":"1600000001.000000","thread_ts":"1600000001.000000","reply_count":1,
               "reactions":[{"name":"+1","users":["U1"],"count":2}]}]"#,
        )),
        _ => channels(method),
    });
    captured.outcome.expect("captured");
    for page in [
        "/conversations.replies/C1/1600000001.000000-00001.json",
        "/reactions.get/C1/1600000001.000000-00001.json",
    ] {
        assert!(captured.pages.contains_key(page), "{page}");
    }
}

#[test]
fn a_scope_that_one_type_lacks_costs_no_other_type() {
    let mut options = ApiOptions::default();
    options.types = vec![ChannelType::Private, ChannelType::Public, ChannelType::Im];
    let captured = capture_with(options, |method, object, _| match (method, object) {
        ("conversations.list", "private_channel") => Some(ok(r#","channels":[{"id":"G1","name":"secret"}]"#)),
        ("conversations.list", "im") => Some(Err(CallError::slack("missing_scope"))),
        ("conversations.history", "G1") => Some(Err(CallError::slack("missing_scope"))),
        ("conversations.list", "public_channel") => channels(method),
        _ => None,
    });
    let gaps = captured.outcome.expect("captured");
    assert_eq!(gaps.len(), 2, "{gaps:?}");
    for channel in ["C1", "C2"] {
        assert!(
            captured.pages.contains_key(&format!("/conversations.history/{channel}/00001.json")),
            "{channel}"
        );
    }
}

#[test]
fn a_cursor_that_always_expires_keeps_the_pages_before_it() {
    let captured = capture(|method, channel, cursor| match (method, channel, cursor) {
        ("conversations.history", "C1", "") => Some(ok(r#","response_metadata":{"next_cursor":"a"}"#)),
        ("conversations.history", "C1", "a") => Some(Err(CallError::slack("invalid_cursor"))),
        _ => channels(method),
    });
    assert_eq!(captured.outcome.expect("captured"), ["conversations.history C1: invalid_cursor"]);
    assert!(captured.pages.contains_key("/conversations.history/C1/00001.json"));
    assert_eq!(captured.metadata.window(&"C1".into()), None);
}

#[test]
fn a_cursor_that_does_not_move_on_is_given_up() {
    let captured = capture(|method, channel, _| match (method, channel) {
        ("conversations.history", "C1") => Some(ok(r#","response_metadata":{"next_cursor":"same"}"#)),
        _ => channels(method),
    });
    assert_eq!(
        captured.outcome.expect("captured"),
        ["conversations.history C1: the cursor does not move on"]
    );
}

#[test]
fn a_limit_without_end_is_given_up() {
    let captured = capture(|method, channel, _| match (method, channel) {
        ("conversations.history", "C1") => {
            let mut error = CallError::slack("ratelimited");
            error.retry_after = Some(Duration::ZERO);
            Some(Err(error))
        }
        _ => channels(method),
    });
    assert_eq!(
        captured.outcome.expect("captured"),
        ["conversations.history C1: ratelimited: it kept failing; a later run asks again"]
    );
}

#[test]
fn an_id_that_cannot_name_a_folder_is_a_gap_and_costs_nothing_else() {
    let long = "C".repeat(300);
    let odd = ["../../evil", "C/1", ".", "C\\u0000x", "C\\n1", "é", long.as_str()];
    let captured = capture(|method, channel, _| {
        let listed = odd.map(|id| format!(r#"{{"id":"{id}","name":"odd"}},"#)).concat();
        let list = format!(r#","channels":[{listed}{{"id":"C2","name":"two"}}]"#);
        let users =
            odd.map(|id| format!(r#"{{"ts":"1600000000.000100","user":"{id}","text":"x"}}"#)).join(",");
        match (method, channel) {
            ("conversations.list", _) => Some(ok(&list)),
            ("conversations.history", "C2") => Some(ok(&format!(r#","messages":[{users}]"#))),
            _ => None,
        }
    });
    let gaps = captured.outcome.expect("captured");
    let of = |method: &str| gaps.iter().filter(|gap| gap.starts_with(method)).count();
    assert_eq!((of("conversations.list"), of("users.info"), gaps.len()), (7, 7, 14), "{gaps:#?}");
    assert!(gaps.iter().all(|gap| gap.contains("odd_id") && gap.len() < 120), "{gaps:#?}");
    assert!(gaps.iter().any(|gap| gap.contains("300 bytes")), "{gaps:#?}");
    assert!(captured.pages.contains_key("/conversations.history/C2/00001.json"));
    let histories = captured.pages.keys().filter(|page| page.starts_with("/conversations.history/"));
    assert_eq!(histories.count(), 1);
}

#[test]
fn a_name_that_no_conversation_has_is_refused_and_leaves_nothing() {
    let api = |method: &str, params: &Params| -> Answer {
        let kind = params.iter().find(|(name, _)| *name == "types").map_or("", |(_, value)| value);
        match (method, kind) {
            ("conversations.list", "private_channel") => ok(r#","channels":[{"id":"C9","name":"board"}]"#),
            _ => channels(method).unwrap_or_else(|| ok("")),
        }
    };
    let refused = |channels: &[&str], leave: &[&str]| {
        let folder = tempfile::tempdir().expect("a folder");
        let mut options = ApiOptions::default();
        options.rate = Rate::Unlimited;
        options.channels = channels.iter().map(|name| (*name).to_owned()).collect();
        options.leave = leave.iter().map(|name| (*name).to_owned()).collect();
        let home = DataHome::new(folder.path());
        let outcome = WebApi::with(api, options).capture(&home, &());
        let Err(Error::NoChannel { called, of_type, near }) = outcome else { panic!("{outcome:?}") };
        assert_eq!(home.batches().expect("listed"), []);
        (called, of_type, near)
    };
    assert_eq!(refused(&["#two", "twoo"], &[]), ("twoo".into(), None, vec!["two".into()]));
    assert_eq!(refused(&[], &["C7"]).0, "C7");
    assert_eq!(refused(&["board"], &[]).1, Some(ChannelType::Private));
    assert_eq!(refused(&["C9"], &[]).1, Some(ChannelType::Private));
}

#[test]
fn a_name_is_a_gap_where_the_list_is_not_whole() {
    let mut options = ApiOptions::default();
    options.channels = vec!["#two".into(), "missing".into()];
    options.types = vec![ChannelType::Public, ChannelType::Private];
    let captured = capture_with(options, |method, kind, _| match (method, kind) {
        ("conversations.list", "private_channel") => Some(Err(CallError::slack("missing_scope"))),
        _ => channels(method),
    });
    let gaps = captured.outcome.expect("captured");
    assert!(gaps.contains(&"conversations.list missing: no_channel_of_this_name".into()), "{gaps:?}");
    let history = captured.pages.keys().filter(|page| page.starts_with("/conversations.history/"));
    assert_eq!(history.collect::<Vec<_>>(), ["/conversations.history/C2/00001.json"]);
}

#[test]
fn cursors_without_end_are_a_gap_and_every_message_is_kept_once() {
    for (name, next) in [
        (
            "two that alternate",
            (|cursor: &str| if cursor == "a" { "b" } else { "a" }.into()) as fn(&str) -> String,
        ),
        ("ever new ones", |cursor| format!("{cursor}x")),
    ] {
        let captured = capture(|method, channel, cursor| match (method, channel) {
            ("conversations.history", "C1") => {
                let next = next(cursor);
                let messages = r#","messages":[{"ts":"1600000000.000100"},{"ts":"1600000001.000100"}]"#;
                Some(ok(&format!(
                    r#"{messages},"has_more":true,"response_metadata":{{"next_cursor":"{next}"}}"#
                )))
            }
            _ => channels(method),
        });
        let gaps = captured.outcome.expect("captured");
        assert!(gaps.len() == 1 && gaps[0].starts_with("conversations.history C1: "), "{name}: {gaps:?}");
        assert_eq!(captured.metadata.window(&"C1".into()), None, "{name}");
        assert!(captured.metadata.window(&"C2".into()).is_some(), "{name}");
    }
}

#[test]
fn another_server_at_the_address_is_an_error() {
    let captured = capture(|_, _, _| {
        let mut error = CallError::transport("http_404", Some(404));
        error.class = ErrorClass::SkipObject;
        Some(Err(error))
    });
    let Err(Error::Unreachable { reason }) = captured.outcome else { panic!("it went on") };
    assert_eq!(reason, "http_404");
    assert_eq!(captured.requests.len(), 1);
}

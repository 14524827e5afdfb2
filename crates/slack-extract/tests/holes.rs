//! Nothing is lost without a word: captures that are stopped, merged and gone on with, cursors that expire over damaged
//! pages, plans whose horizon moves, gaps that the next capture is to mend.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use slack_extract::{
    ApiOptions, CallError, Capture, Error, FileBytes, Params, Part, Rate, SlackApi, Source, Threads, WebApi,
    verify,
};
use slack_merge::{MergeOptions, merge_folder};
use slack_model::batch::{BatchFolder, DataHome, Request, RequestStatus, RowLog};
use slack_model::{TransformOptions, transform_folder};
use tempfile::TempDir;

type Answer = Result<Vec<u8>, CallError>;

/// A data home, and an API that behaves differently from phase to phase.
struct Stage<F> {
    folder: TempDir,
    answer: F,
    phase: AtomicU32,
    calls: Mutex<Vec<String>>,
}

fn ok(mut fields: Value) -> Answer {
    fields["ok"] = true.into();
    Ok(fields.to_string().into_bytes())
}

fn failing(code: &str) -> Answer {
    Err(CallError::slack(code))
}

fn value<'p>(params: &'p Params, name: &str) -> &'p str {
    params.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
}

fn message(ts: &str) -> Value {
    json!({"type": "message", "ts": ts, "user": "U1", "text": "x"})
}

impl<F: Fn(u32, &str, &Params) -> Option<Answer> + Send + Sync> Stage<F> {
    /// What is not answered is empty; there are two channels and a user.
    fn new(answer: F) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { folder, answer, phase: AtomicU32::new(1), calls: Mutex::default() }
    }

    fn home(&self) -> DataHome {
        DataHome::new(self.folder.path())
    }

    fn phase(&self, phase: u32) {
        self.phase.store(phase, Ordering::Relaxed);
        self.calls.lock().expect("unpoisoned").clear();
    }

    fn answer(&self, method: &str, params: &Params) -> Answer {
        let shown =
            params.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ");
        self.calls.lock().expect("unpoisoned").push(format!("{method} {shown}"));
        if let Some(answer) = (self.answer)(self.phase.load(Ordering::Relaxed), method, params) {
            return answer;
        }
        ok(match method {
            "auth.test" => json!({"team_id": "T1", "team": "One"}),
            "conversations.list" => {
                json!({"channels": [{"id": "C1", "name": "one"}, {"id": "C2", "name": "two"}]})
            }
            "users.list" => json!({"members": [{"id": "U1", "name": "ann"}]}),
            _ => json!({"messages": []}),
        })
    }

    fn capture(&self, parts: &[Part], choose: impl FnOnce(&mut ApiOptions)) -> Result<Capture, Error> {
        self.source(parts, choose).capture(&self.home(), &())
    }

    fn resume(&self, parts: &[Part]) -> Capture {
        let batch = self.batch().id();
        self.source(parts, |_| {}).resuming(batch).capture(&self.home(), &()).expect("captured")
    }

    fn source(&self, parts: &[Part], choose: impl FnOnce(&mut ApiOptions)) -> WebApi<impl SlackApi> {
        let mut options = ApiOptions::default();
        options.rate = Rate::Unlimited;
        options.backoff = Duration::from_millis(1);
        options.attempts = 2;
        options.parallel = 1;
        options.parts = parts.to_vec();
        choose(&mut options);
        WebApi::with(|method: &str, params: &Params| self.answer(method, params), options)
    }

    fn batch(&self) -> BatchFolder {
        self.home().batches().expect("listed").pop().expect("a batch")
    }

    fn merge(&self) {
        transform_folder(&self.batch(), &TransformOptions::default(), &()).expect("transformed");
        merge_folder(&self.home().master_csv(), &[self.batch()], &MergeOptions::default()).expect("merged");
    }

    /// The calls that begin so since the phase began.
    fn calls(&self, begin: &str) -> Vec<String> {
        let calls = self.calls.lock().expect("unpoisoned");
        calls.iter().filter(|call| call.starts_with(begin)).cloned().collect()
    }

    /// The messages of the master that are deleted.
    fn deleted(&self) -> Vec<String> {
        let mut reader =
            csv::Reader::from_path(self.home().master_csv().join("message_data.csv")).expect("opened");
        let at =
            reader.headers().expect("read").iter().position(|name| name == "deleted_batch").expect("there");
        let rows = reader.records().map(|row| row.expect("read")).filter(|row| !row[at].is_empty());
        rows.map(|row| row[3].to_owned()).collect()
    }

    fn gaps(&self) -> BTreeSet<(String, String)> {
        let rows = RowLog::<Request>::readable(&self.batch().metadata()).expect("opened");
        let gaps = rows.filter(|row| row.status == RequestStatus::Gap);
        gaps.map(|row| (row.method, row.error)).collect()
    }

    fn problems(&self) -> Vec<String> {
        let found = verify(&self.home(), &self.batch(), &()).expect("verified");
        found.problems.into_iter().map(|problem| format!("{}: {}", problem.path, problem.why)).collect()
    }
}

#[test]
fn a_capture_that_was_merged_meanwhile_does_not_take_itself_for_the_master() {
    let parts = [Part::Users, Part::Messages, Part::Details, Part::Files];
    let stage = Stage::new(|phase, method, params| match method {
        "conversations.history" if phase == 1 && value(params, "channel") == "C2" => {
            Some(failing("token_revoked"))
        }
        "conversations.history" => {
            let message = json!({"type": "message", "ts": "1700000000.000100", "user": "U9", "text": "x"});
            Some(ok(json!({"messages": [message]})))
        }
        "users.list" | "conversations.info" | "users.info" if phase == 1 => Some(failing("internal_error")),
        "files.list" if phase == 1 => Some(failing("internal_error")),
        _ => None,
    });
    assert!(matches!(stage.capture(&parts, |_| {}), Err(Error::Refused { .. })));
    stage.merge();
    stage.phase(2);
    let capture = stage.resume(&parts);
    assert_eq!(capture.n_gaps, 0, "{:?}", capture.gaps);
    for channel in ["C1", "C2"] {
        assert_eq!(stage.calls(&format!("conversations.info channel={channel}")).len(), 1, "{channel}");
        let lists = stage.calls(&format!("files.list channel={channel}"));
        assert!(lists.len() == 1 && !lists[0].contains("ts_from"), "{lists:?}");
    }
    assert_eq!(stage.calls("users.info user=U9").len(), 1);
}

#[test]
fn what_follows_from_a_stored_thread_is_asked_for_after_a_merge_too() {
    let first = json!({"type": "message", "ts": "1700000000.000100", "thread_ts": "1700000000.000100",
        "reply_count": 1, "latest_reply": "1700000001.000100", "user": "U1", "text": "x"});
    let reply = json!({"type": "message", "ts": "1700000001.000100", "thread_ts": "1700000000.000100",
        "user": "U1", "bot_id": "B1", "text": "y", "reactions": [{"name": "a", "users": ["U1"], "count": 60}]});
    let parts = [Part::Messages, Part::Reactions, Part::Bots];
    let stage = Stage::new(move |phase, method, params| match method {
        "conversations.history" if value(params, "channel") == "C1" => {
            Some(ok(json!({"messages": [&first]})))
        }
        "conversations.replies" => Some(ok(json!({"messages": [&first, &reply]}))),
        "reactions.get" if phase == 1 => Some(failing("token_revoked")),
        "bots.info" if phase == 1 => Some(failing("internal_error")),
        _ => None,
    });
    assert!(stage.capture(&parts, |_| {}).is_err());
    stage.merge();
    stage.phase(2);
    stage.resume(&parts);
    assert_eq!((stage.calls("reactions.get").len(), stage.calls("bots.info").len()), (1, 1));
    assert_eq!(stage.calls("conversations.replies"), [""; 0], "its page is there");
}

/// A history of four pages whose cursors begin with a letter.
fn four_pages(letter: char, cursor: &str) -> Answer {
    let number: usize = cursor.get(1..).and_then(|number| number.parse().ok()).unwrap_or(0);
    let next = if number < 3 { format!("{letter}{}", number + 1) } else { String::new() };
    let message = message(&format!("170000000{}.000100", 9 - number));
    ok(json!({"messages": [message], "response_metadata": {"next_cursor": next}}))
}

#[test]
fn a_cursor_that_expires_over_a_damaged_page_loses_no_page() {
    let stage = Stage::new(|phase, method, params| match (method, value(params, "channel")) {
        ("conversations.history", "C2") if phase == 1 => Some(failing("token_revoked")),
        ("conversations.history", "C1") => {
            let cursor = value(params, "cursor");
            if phase == 2 && cursor.starts_with('a') {
                return Some(failing("invalid_cursor"));
            }
            Some(four_pages(if phase == 1 { 'a' } else { 'b' }, cursor))
        }
        _ => None,
    });
    assert!(stage.capture(&[Part::Messages], |_| {}).is_err());
    fs::write(stage.batch().api().join("conversations.history/C1/00002.json"), b"").expect("written");
    stage.phase(2);
    assert_eq!(stage.resume(&[Part::Messages]).n_gaps, 0);
    transform_folder(&stage.batch(), &TransformOptions::default(), &()).expect("transformed");
    let messages = fs::read_to_string(stage.batch().csv().join("message_data.csv")).expect("read");
    for number in 6..=9 {
        assert!(messages.contains(&format!("170000000{number}.000100")), "{messages}");
    }
    assert_eq!(stage.problems(), [""; 0]);
}

#[test]
fn a_window_does_not_outlive_the_pages_that_it_stood_on() {
    let stage = Stage::new(|phase, method, params| match (method, value(params, "channel")) {
        ("conversations.history", "C2") if phase == 2 => Some(failing("token_revoked")),
        ("conversations.history", "C2") => Some(ok(json!({"messages": [message("1700000001.000100")]}))),
        ("conversations.history", "C1") if phase == 3 && !value(params, "cursor").is_empty() => {
            Some(failing("internal_error"))
        }
        ("conversations.history", "C1") => Some(four_pages('a', value(params, "cursor"))),
        _ => None,
    });
    stage.capture(&[Part::Messages], |_| {}).expect("captured");
    stage.merge();
    stage.phase(2);
    assert!(stage.capture(&[Part::Messages], |_| {}).is_err());
    fs::write(stage.batch().api().join("conversations.history/C1/00002.json"), b"").expect("written");
    stage.phase(3);
    assert_eq!(stage.resume(&[Part::Messages]).n_gaps, 1);
    stage.merge();
    assert_eq!(stage.deleted(), [""; 0]);
}

#[test]
fn a_look_back_is_not_forgotten_with_the_masters_windows() {
    let since = "1760000000.000000";
    let stage = Stage::new(|phase, method, params| {
        let is_second = value(params, "channel") == "C2";
        (method == "conversations.history" && is_second && phase == 2).then(|| failing("token_revoked"))
    });
    stage.capture(&[Part::Messages], |_| {}).expect("captured");
    stage.merge();
    stage.phase(2);
    assert!(
        stage
            .capture(&[Part::Messages], |options| options.oldest = Some(since.parse().expect("a ts")))
            .is_err()
    );
    fs::remove_file(stage.home().master_csv().join("window_data.csv")).expect("removed");
    stage.phase(3);
    stage.resume(&[Part::Messages]);
    let metadata = fs::read_to_string(stage.batch().metadata().join("metadata.csv")).expect("read");
    // C1 was read from the look-back on while the windows were there; C2 is read from the beginning now.
    assert!(metadata.contains(&format!("window.C1,{since} ")), "{metadata}");
    assert!(metadata.contains("window.C2,0000000000.000000 "), "{metadata}");
}

#[test]
fn a_horizon_that_moves_while_channels_are_read_deletes_nothing() {
    let now = chrono::Utc::now().timestamp();
    let all = [90 * 86_400, 80 * 86_400, 70 * 86_400].map(|ago| format!("{}.000100", now - ago));
    let stage = Stage::new(move |phase, method, params| {
        // While C1 is read, 90 days pass for the first message of C2.
        let hidden = usize::from(phase == 2 && value(params, "channel") == "C2");
        let shown: Vec<_> = all[hidden..].iter().rev().map(|ts| message(ts)).collect();
        (method == "conversations.history").then(|| {
            std::thread::sleep(Duration::from_millis(2));
            ok(json!({"messages": shown}))
        })
    });
    stage.capture(&[Part::Messages], |_| {}).expect("captured");
    stage.merge();
    stage.phase(2);
    stage.capture(&[Part::Messages], |_| {}).expect("captured");
    stage.merge();
    assert_eq!(stage.deleted(), [""; 0]);
}

#[test]
fn what_was_a_gap_is_asked_for_by_the_next_capture() {
    let parts = [Part::Users, Part::Messages, Part::Details, Part::Files];
    let stage = Stage::new(|phase, method, _| match method {
        "conversations.history" => {
            let message = json!({"type": "message", "ts": "1700000000.000100", "user": "U9", "text": "x"});
            Some(ok(json!({"messages": [message]})))
        }
        "files.list" if phase == 1 => Some(failing("missing_scope")),
        "conversations.info" | "users.info" if phase == 1 => Some(failing("internal_error")),
        _ => None,
    });
    stage.capture(&parts, |_| {}).expect("captured");
    stage.merge();
    for (phase, asked) in [(2, true), (3, false)] {
        stage.phase(phase);
        assert_eq!(stage.capture(&parts, |_| {}).expect("captured").n_gaps, 0);
        stage.merge();
        assert_eq!(stage.calls("conversations.info").len(), if asked { 2 } else { 0 }, "phase {phase}");
        assert_eq!(stage.calls("users.info").len(), usize::from(asked), "phase {phase}");
        let lists = stage.calls("files.list");
        assert!(lists.iter().all(|list| list.contains("ts_from") != asked), "phase {phase}: {lists:?}");
    }
}

#[test]
fn a_list_of_files_that_was_read_in_part_is_read_as_a_whole_when_more_is_asked_for() {
    let parts = [Part::Messages, Part::Files];
    let stage = Stage::new(|_, _, _| None);
    let recent = |options: &mut ApiOptions| options.oldest = Some("1760000000.000000".parse().expect("a ts"));
    stage.capture(&parts, recent).expect("captured");
    assert!(stage.calls("files.list").iter().all(|list| list.contains("ts_from=1760000000")));
    stage.merge();
    for (phase, goes_on) in [(2, false), (3, true)] {
        stage.phase(phase);
        stage.capture(&parts, |_| {}).expect("captured");
        stage.merge();
        let lists = stage.calls("files.list");
        assert!(
            lists.len() == 2 && lists.iter().all(|list| list.contains("ts_from") == goes_on),
            "{lists:?}"
        );
    }
    // What goes on from a whole list is a whole list, however little is asked for.
    stage.phase(4);
    stage.capture(&parts, recent).expect("captured");
    stage.phase(5);
    stage.capture(&parts, |_| {}).expect("captured");
    assert!(stage.calls("files.list").iter().all(|list| list.contains("ts_from")));
}

#[test]
fn refusals_of_one_channels_threads_close_the_threads_of_no_other() {
    let first = |ts: String| {
        json!({"type": "message", "ts": ts, "thread_ts": ts, "reply_count": 1, "latest_reply": "1700000009.000100",
            "user": "U1", "text": "x"})
    };
    let stage = Stage::new(move |_, method, params| match (method, value(params, "channel")) {
        ("conversations.history", channel) => {
            let threads = if channel == "C1" { 0..5 } else { 5..6 };
            let messages: Vec<_> = threads.map(|at| first(format!("170000000{at}.000100"))).collect();
            Some(ok(json!({"messages": messages})))
        }
        ("conversations.replies", "C1") => Some(failing("access_denied")),
        _ => None,
    });
    assert_eq!(stage.capture(&[Part::Messages], |_| {}).expect("captured").n_gaps, 5);
    assert_eq!(stage.calls("conversations.replies channel=C2").len(), 1);
}

#[test]
fn more_without_a_cursor_is_a_gap_and_no_walk() {
    let stage = Stage::new(|_, method, _| {
        let page = json!({"has_more": true, "messages": [message("1700000000.000100")]});
        (method == "conversations.history").then(|| ok(page))
    });
    let capture = stage.capture(&[Part::Messages], |_| {}).expect("captured");
    assert_eq!(capture.n_gaps, 2);
    let metadata = fs::read_to_string(stage.batch().metadata().join("metadata.csv")).expect("read");
    assert!(!metadata.contains("window."), "{metadata}");
}

#[test]
fn a_tombstone_does_not_tell_how_far_a_history_was_read() {
    let stage = Stage::new(|phase, method, params| {
        let tombstone = json!({"type": "message", "subtype": "tombstone", "ts": "1700000000.000100",
            "thread_ts": "1700000000.000100", "user": "USLACKBOT", "text": "x"});
        match method {
            "conversations.history" if value(params, "cursor").is_empty() => {
                Some(ok(json!({"messages": [tombstone], "response_metadata": {"next_cursor": "x"}})))
            }
            "conversations.history" if phase == 1 => Some(failing("internal_error")),
            _ => None,
        }
    });
    stage.capture(&[Part::Messages], |_| {}).expect("captured");
    stage.merge();
    stage.phase(2);
    stage
        .capture(&[Part::Messages], |options| {
            options.oldest = Some("1760000000.000000".parse().expect("a ts"))
        })
        .expect("captured");
    let histories = stage.calls("conversations.history");
    assert!(histories.iter().all(|call| !call.contains("oldest")), "{histories:?}");
}

#[test]
fn a_file_whose_address_nobody_shows_is_a_gap() {
    let parts = [Part::Messages, Part::Files];
    let stage = Stage::new(|phase, method, _| {
        let access = if phase == 1 { "access_denied" } else { "check_file_info" };
        let file = json!({"id": "F1", "mode": "file_access", "file_access": access});
        let hosted = json!({"id": "F1", "mode": "hosted", "size": 3, "name": "a", "url_private": "https://x.example/a"});
        match method {
            "conversations.history" => {
                let message =
                    json!({"type": "message", "ts": "1700000000.000100", "user": "U1", "files": [file]});
                Some(ok(json!({"messages": [message]})))
            }
            "files.info" => Some(ok(json!({"file": hosted}))),
            _ => None,
        }
    });
    let with_bytes = |options: &mut ApiOptions| options.files = FileBytes::Download { limit: None };
    stage.capture(&parts, with_bytes).expect("captured");
    assert_eq!(stage.gaps(), [("download".into(), "no_address".into())].into());
    // Captured without bytes, its details are known; whoever wants the bytes asks again where they are.
    stage.phase(2);
    stage.capture(&parts, |_| {}).expect("captured");
    assert_eq!(stage.calls("files.info").len(), 1);
    stage.merge();
    stage.phase(3);
    stage.capture(&parts, with_bytes).expect("captured");
    assert_eq!(stage.calls("files.info").len(), 1);
    assert_eq!(stage.gaps(), [("download".into(), "no_downloads".into())].into());
}

#[test]
fn one_channels_refusal_closes_no_method_and_every_channel_without_an_answer_is_a_gap() {
    let stage = Stage::new(|phase, method, params| match (method, value(params, "channel")) {
        ("conversations.history", "C1") if phase == 1 => Some(failing("access_denied")),
        ("conversations.history", _) if phase == 2 => Some(failing("missing_scope")),
        _ => None,
    });
    assert_eq!(stage.capture(&[Part::Messages], |_| {}).expect("captured").n_gaps, 1);
    assert!(stage.batch().api().join("conversations.history/C2/00001.json").is_file());
    stage.phase(2);
    let capture = stage.capture(&[Part::Messages], |_| {}).expect("captured");
    assert_eq!((capture.n_gaps, stage.calls("conversations.history").len()), (2, 1));
    assert_eq!(capture.gap_kinds.values().copied().collect::<Vec<_>>(), [2]);
}

#[test]
fn a_token_of_another_workspace_is_refused_however_much_is_asked_for() {
    let stage = Stage::new(|phase, method, _| {
        let team = json!({"team_id": if phase == 1 { "T1" } else { "T2" }, "team": "x"});
        (method == "auth.test").then(|| ok(team))
    });
    stage.capture(&[Part::Messages], |_| {}).expect("captured");
    stage.merge();
    stage.phase(2);
    let refused = stage.capture(&[Part::Messages], |options| options.full = true);
    assert!(matches!(refused, Err(Error::OtherTeam { .. })));
    assert!(!stage.batch().has_pages(), "there is nothing to go on with or to merge");
}

#[test]
fn half_a_row_of_files_stops_nothing() {
    let parts = [Part::Messages, Part::Files];
    let stage = Stage::new(|_, _, _| None);
    let with_bytes = |options: &mut ApiOptions| options.files = FileBytes::Download { limit: None };
    stage.capture(&parts, with_bytes).expect("captured");
    let path = stage.batch().metadata().join("files.csv");
    let rows = fs::read_to_string(&path).expect("read") + "F1,2026";
    fs::write(&path, rows).expect("written");
    stage.merge();
    stage.capture(&parts, with_bytes).expect("captured");
}

#[test]
fn a_thread_that_the_history_holds_as_a_whole_is_no_problem() {
    let stage = Stage::new(|_, method, params| {
        let broadcast = json!({"type": "message", "subtype": "thread_broadcast", "ts": "1700000001.000100",
            "thread_ts": "1700000000.000100", "user": "U1", "text": "y"});
        let first = json!({"type": "message", "ts": "1700000000.000100", "thread_ts": "1700000000.000100",
            "reply_count": 1, "latest_reply": "1700000001.000100", "user": "U1", "text": "x"});
        let is_first = value(params, "channel") == "C1";
        (method.starts_with("conversations.h") && is_first)
            .then(|| ok(json!({"messages": [broadcast, first]})))
    });
    stage.capture(&[Part::Messages], |options| options.threads = Threads::None).expect("captured");
    stage.merge();
    stage.phase(2);
    stage.capture(&[Part::Messages], |_| {}).expect("captured");
    stage.merge();
    assert_eq!(stage.calls("conversations.replies"), [""; 0], "the master has the only reply");
    assert_eq!(stage.problems(), [""; 0]);
}

/// An API whose threads take a moment, so that two pages show the same one meanwhile.
struct Slow(Mutex<u32>);

impl SlackApi for Slow {
    async fn call(&self, method: &str, params: &Params) -> Answer {
        let first = json!({"type": "message", "ts": "1700000000.000100", "thread_ts": "1700000000.000100",
            "reply_count": 1, "latest_reply": "1700000005.000100", "user": "U1", "text": "x"});
        let broadcast = json!({"type": "message", "subtype": "thread_broadcast", "ts": "1700000005.000100",
            "thread_ts": "1700000000.000100", "user": "U1", "text": "b"});
        match method {
            "auth.test" => ok(json!({"team_id": "T1", "team": "One"})),
            "conversations.list" => ok(json!({"channels": [{"id": "C1", "name": "one"}]})),
            "conversations.history" if value(params, "cursor").is_empty() => {
                ok(json!({"messages": [broadcast], "response_metadata": {"next_cursor": "x"}}))
            }
            "conversations.history" => ok(json!({"messages": [first]})),
            _ => {
                *self.0.lock().expect("unpoisoned") += 1;
                tokio::time::sleep(Duration::from_millis(50)).await;
                ok(json!({"messages": [first, broadcast]}))
            }
        }
    }
}

#[test]
fn a_thread_that_two_pages_show_is_read_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut options = ApiOptions::default();
    options.rate = Rate::Unlimited;
    options.parts = vec![Part::Messages];
    let mut source = WebApi::with(Slow(Mutex::default()), options);
    let capture = source.capture(&DataHome::new(folder.path()), &()).expect("captured");
    assert_eq!(capture.calls["conversations.replies"].made, 1);
}

#[test]
fn replies_that_are_counted_and_hidden_are_not_deleted() {
    let first = |count: u32| {
        json!({"type": "message", "ts": "1700000000.000100", "thread_ts": "1700000000.000100", "user": "U1",
            "text": "x", "reply_count": count, "latest_reply": "1700000009.000100"})
    };
    let reply = |ts: &str| json!({"type": "message", "ts": ts, "thread_ts": "1700000000.000100", "user": "U1", "text": "re"});
    let stage = Stage::new(move |phase, method, params| {
        let count = if phase == 3 { 1 } else { 2 };
        let replies: &[&str] = if phase == 1 { &["1700000005.000100"] } else { &[] };
        match (method, value(params, "channel")) {
            ("conversations.history", "C1") => Some(ok(json!({"messages": [first(count)]}))),
            ("conversations.replies", "C1") => {
                let replies = replies.iter().copied().chain(["1700000009.000100"]).map(reply);
                Some(ok(
                    json!({"messages": std::iter::once(first(count)).chain(replies).collect::<Vec<_>>()}),
                ))
            }
            _ => None,
        }
    });
    let deleted = |stage: &Stage<_>| {
        let path = stage.home().master_csv().join("thread_data.csv");
        let mut reader = csv::Reader::from_path(path).expect("opened");
        let at =
            reader.headers().expect("read").iter().position(|name| name == "deleted_batch").expect("there");
        reader.records().filter(|row| !row.as_ref().expect("read")[at].is_empty()).count()
    };
    for (phase, gaps, gone) in [(1, 0, 0), (2, 1, 0), (3, 0, 1)] {
        stage.phase(phase);
        let capture = stage.capture(&[Part::Messages], |options| options.threads = Threads::All);
        assert_eq!(capture.expect("captured").n_gaps, gaps, "phase {phase}");
        stage.merge();
        assert_eq!(deleted(&stage), gone, "phase {phase}");
    }
}

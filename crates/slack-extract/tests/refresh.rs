//! Refreshing a master: what is asked again, and what is not.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};
use slack_extract::{ApiOptions, CallError, Capture, Error, Params, Part, Rate, Source, Threads, WebApi};
use slack_merge::{MergeOptions, merge_folder};
use slack_model::batch::DataHome;
use slack_model::{TransformOptions, Ts, transform_folder};
use tempfile::TempDir;

const YEAR_AGO: &str = "1700000000.000100";
const OLD: &str = "1730000000.000100";
const NEW: &str = "1731000000.000100";

/// A workspace of one channel that a test changes between captures, and the calls that it met.
#[derive(Default)]
struct Slack {
    /// The top level, by timestamp.
    messages: Mutex<BTreeMap<String, Value>>,
    /// Replies by thread.
    replies: Mutex<BTreeMap<String, Vec<Value>>>,
    failing: Mutex<BTreeMap<String, &'static str>>,
    calls: Mutex<Vec<String>>,
}

impl Slack {
    fn answer(&self, method: &str, params: &Params) -> Result<Vec<u8>, CallError> {
        let value = |wanted| params.iter().find(|(name, _)| *name == wanted).map_or("", |(_, value)| value);
        let within = |ts: &str| {
            let oldest = value("oldest");
            (oldest.is_empty() || ts >= oldest) && ts <= value("latest")
        };
        let keys = ["ts", "bot", "user", "file", "timestamp"].map(&value).join("");
        self.calls.lock().expect("unpoisoned").push(format!("{method} {keys}").trim().to_owned());
        if let Some(code) = self.failing.lock().expect("unpoisoned").get(method) {
            return Err(CallError::slack(*code));
        }
        let fields = match method {
            "auth.test" => json!({"team_id": "T1", "team": "One"}),
            "conversations.list" => json!({"channels": [{"id": "C1", "name": "one"}]}),
            "users.list" => json!({"members": [{"id": "U1", "name": "ann"}]}),
            "users.info" => json!({"user": {"id": value("user"), "name": "stranger"}}),
            "bots.info" => json!({"bot": {"id": value("bot")}}),
            "conversations.history" => {
                let messages = self.messages.lock().expect("unpoisoned");
                let shown = messages.iter().rev().filter(|(ts, _)| within(ts));
                json!({"messages": shown.map(|(_, message)| message).collect::<Vec<_>>()})
            }
            "conversations.replies" => {
                let parent = self.messages.lock().expect("unpoisoned").get(value("ts")).cloned();
                let replies = self.replies.lock().expect("unpoisoned");
                let replies = replies.get(value("ts")).cloned().unwrap_or_default();
                json!({"messages": parent.into_iter().chain(replies).collect::<Vec<_>>()})
            }
            _ => json!({}),
        };
        let Value::Object(mut object) = fields else { panic!("no object") };
        object.insert("ok".into(), true.into());
        Ok(Value::Object(object).to_string().into_bytes())
    }

    fn post(&self, ts: &str, more: &Value) {
        let mut message = json!({"type": "message", "ts": ts, "user": "U1", "text": "hello"});
        for (key, value) in more.as_object().expect("an object") {
            message[key] = value.clone();
        }
        self.messages.lock().expect("unpoisoned").insert(ts.into(), message);
    }

    /// A thread with replies at these timestamps, and a first message that counts them.
    fn thread(&self, ts: &str, replies: &[&str]) {
        let all = replies.iter().map(|reply| {
            json!({"type": "message", "ts": reply, "thread_ts": ts, "user": "U1", "text": format!("re {reply}")})
        });
        self.replies.lock().expect("unpoisoned").insert(ts.into(), all.collect());
        let more = if let Some(latest) = replies.last() {
            json!({"thread_ts": ts, "reply_count": replies.len(), "latest_reply": latest})
        } else {
            json!({})
        };
        self.post(ts, &more);
    }

    /// The calls of a method since the last time that anybody looked.
    fn calls(&self, method: &str) -> Vec<String> {
        let mut calls = std::mem::take(&mut *self.calls.lock().expect("unpoisoned"));
        calls.retain(|call| call.starts_with(method));
        calls.sort();
        calls
    }
}

/// A data home with a master.
struct Home {
    folder: TempDir,
    slack: Slack,
}

impl Home {
    /// Captures a workspace for the first time.
    fn of(slack: Slack) -> Self {
        let home = Self { folder: tempfile::tempdir().expect("a folder"), slack };
        home.refresh(|_| {}).expect("captured");
        home
    }

    fn home(&self) -> DataHome {
        DataHome::new(self.folder.path())
    }

    /// Captures and merges.
    fn refresh(&self, choose: impl FnOnce(&mut ApiOptions)) -> Result<Capture, Error> {
        let mut options = ApiOptions::default();
        options.rate = Rate::Unlimited;
        options.backoff = Duration::from_millis(1);
        options.attempts = 2;
        choose(&mut options);
        self.slack.calls("");
        let api = |method: &str, params: &Params| self.slack.answer(method, params);
        let capture = WebApi::with(api, options).capture(&self.home(), &())?;
        transform_folder(&capture.batch, &TransformOptions::default(), &()).expect("transformed");
        let batches = [capture.batch.clone()];
        merge_folder(&self.home().master_csv(), &batches, &MergeOptions::default()).expect("merged");
        Ok(capture)
    }

    /// The replies that the master holds and that are not deleted.
    fn replies(&self) -> Vec<String> {
        let table = self.home().master_csv().join("thread_data.csv");
        let mut reader = csv::Reader::from_path(table).expect("opened");
        let header = reader.headers().expect("read").clone();
        let at = |name: &str| header.iter().position(|column| column == name).expect("there");
        let rows = reader.records().map(|row| row.expect("read"));
        let rows = rows.filter(|row| row[at("deleted_batch")].is_empty());
        rows.map(|row| row[at("ts")].to_owned()).collect()
    }
}

fn two_threads() -> Slack {
    let slack = Slack::default();
    slack.thread(YEAR_AGO, &["1700000001.000000", "1700000002.000000"]);
    slack.thread(OLD, &["1730000001.000000"]);
    slack.post(NEW, &json!({}));
    slack
}

#[test]
fn threads_that_stand_as_they_stood_are_not_read_again() {
    let home = Home::of(two_threads());
    assert_eq!(home.slack.calls("conversations.replies").len(), 2);
    home.refresh(|_| {}).expect("refreshed");
    assert_eq!(home.slack.calls("conversations.replies"), [""; 0]);
    assert_eq!(home.replies().len(), 3, "what was not read again is not taken for deleted");
    home.refresh(|options| options.threads = Threads::All).expect("refreshed");
    assert_eq!(home.slack.calls("conversations.replies").len(), 2);
    home.refresh(|options| options.full = true).expect("refreshed");
    assert_eq!(home.slack.calls("conversations.replies").len(), 2);
}

#[test]
fn a_late_reply_to_an_old_message_is_found() {
    let home = Home::of(two_threads());
    home.slack.thread(YEAR_AGO, &["1700000001.000000", "1700000002.000000", "1732000000.000000"]);
    home.refresh(|_| {}).expect("refreshed");
    assert_eq!(home.slack.calls("conversations.replies"), [format!("conversations.replies {YEAR_AGO}")]);
    assert!(home.replies().contains(&"1732000000.000000".to_owned()));
}

#[test]
fn one_reply_gone_and_one_come_is_a_change() {
    let home = Home::of(two_threads());
    home.slack.thread(YEAR_AGO, &["1700000001.000000", "1732000000.000000"]);
    home.refresh(|_| {}).expect("refreshed");
    assert_eq!(home.replies(), ["1700000001.000000", "1730000001.000000", "1732000000.000000"]);
    home.refresh(|_| {}).expect("refreshed");
    assert_eq!(home.slack.calls("conversations.replies"), [""; 0], "the deleted one is settled too");
}

#[test]
fn a_thread_that_lost_all_replies_is_read_once_more() {
    let home = Home::of(two_threads());
    home.slack.thread(OLD, &[]);
    home.refresh(|_| {}).expect("refreshed");
    assert_eq!(home.replies(), ["1700000001.000000", "1700000002.000000"]);
    home.refresh(|_| {}).expect("refreshed");
    assert_eq!(home.slack.calls("conversations.replies"), [""; 0]);
}

#[test]
fn a_thread_that_could_not_be_read_is_asked_for_next_time() {
    let slack = two_threads();
    slack.failing.lock().expect("unpoisoned").insert("conversations.replies".into(), "internal_error");
    let home = Home::of(slack);
    assert_eq!(home.replies(), [""; 0]);
    home.slack.failing.lock().expect("unpoisoned").clear();
    // The histories are as they were: only what is stored tells that replies are missing.
    home.refresh(|_| {}).expect("refreshed");
    assert_eq!(home.replies().len(), 3);
}

#[test]
fn a_look_back_reads_from_there_but_leaves_no_hole() {
    let since = |ts: &str| Ts::parse(ts.as_bytes());
    let slack = two_threads();
    slack.failing.lock().expect("unpoisoned").insert("conversations.history".into(), "internal_error");
    let home = Home::of(slack);
    home.slack.failing.lock().expect("unpoisoned").clear();
    // The channel's history was never read: it is read as a whole, whatever the look-back.
    home.refresh(|options| options.oldest = since(NEW)).expect("refreshed");
    assert_eq!(home.slack.calls("conversations.replies").len(), 2);
    // Now it was: an edit of the old message is out of the look-back, the one of the new message is in it.
    home.slack.post(OLD, &json!({"text": "changed"}));
    home.slack.post(NEW, &json!({"text": "changed"}));
    home.refresh(|options| options.oldest = since(NEW)).expect("refreshed");
    let messages = fs::read_to_string(home.home().master_csv().join("message_data.csv")).expect("read");
    assert_eq!(messages.matches("changed").count(), 1, "{messages}");
    let batch = home.home().batches().expect("listed").pop().expect("a batch");
    let windows = fs::read_to_string(batch.metadata().join("metadata.csv")).expect("read");
    assert!(windows.contains(&format!("window.C1,{NEW} ")), "{windows}");
}

#[test]
fn bots_and_strangers_are_asked_for_once() {
    let slack = two_threads();
    slack.post("1731000001.000000", &json!({"user": "U2", "bot_id": "B1"}));
    let home = Home::of(slack);
    let calls = home.slack.calls("");
    for call in ["bots.info B1", "users.info U2"] {
        assert!(calls.iter().any(|made| made == call), "{calls:?}");
    }
    assert!(!calls.iter().any(|made| made == "users.info U1"), "the list has her: {calls:?}");
    let users = fs::read_to_string(home.home().master_csv().join("user_data.csv")).expect("read");
    assert!(users.lines().any(|row| row.starts_with("U2,stranger") && row.contains(",true,")), "{users}");
    home.refresh(|_| {}).expect("refreshed");
    let calls = home.slack.calls("");
    assert!(!calls.iter().any(|made| made.contains(".info B") || made.contains("users.info")), "{calls:?}");
}

#[test]
fn parts_that_are_not_wanted_are_not_asked_for() {
    let home = Home::of(two_threads());
    home.refresh(|options| options.parts = vec![Part::Messages, Part::Users]).expect("refreshed");
    let mut methods = home.slack.calls("");
    methods.sort();
    assert_eq!(methods, ["auth.test", "conversations.history", "conversations.list", "users.list"]);
}

#[test]
fn a_token_of_another_workspace_does_not_add_to_a_data_home() {
    let home = Home::of(two_threads());
    let api = |method: &str, _: &Params| match method {
        "auth.test" => Ok(br#"{"ok":true,"team_id":"T2","team":"Two"}"#.to_vec()),
        other => panic!("{other} was called"),
    };
    let captured = WebApi::with(api, ApiOptions::default()).capture(&home.home(), &());
    let Err(Error::OtherTeam { token, home }) = captured else { panic!("captured") };
    assert_eq!((token.as_str(), home.as_str()), ("T2", "T1"));
}

//! Verifying batches: a sound one, and one with each damage.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use slack_extract::{
    ApiOptions, CallError, ChannelCoverage, Finding, FindingKind, Params, Part, Rate, Source, Threads,
    Verification, WebApi, verify,
};
use slack_model::batch::{BatchFolder, DataHome, Metadata};
use tempfile::TempDir;

const HISTORY: &str = "api/conversations.history/C1";
const THREAD: &str = "api/conversations.replies/C1/1600000003.000000";

/// A workspace of two channels: three pages of history in the first with a thread of two pages, none in the other.
fn answer(method: &str, params: &Params) -> Result<Vec<u8>, CallError> {
    let value = |wanted| params.iter().find(|(name, _)| *name == wanted).map_or("", |(_, value)| value);
    let message = |ts: &str| format!(r#"{{"type":"message","ts":"{ts}","user":"U1","text":"hello"}}"#);
    let reply = |ts: &str| {
        format!(r#"{{"type":"message","ts":"{ts}","thread_ts":"1600000003.000000","user":"U1","text":"re"}}"#)
    };
    let parent = r#"{"type":"message","ts":"1600000003.000000","thread_ts":"1600000003.000000","user":"U1",
        "text":"who?","reply_count":3,"latest_reply":"1600000009.000000"}"#;
    let page = |messages: &[String], cursor: &str| {
        let messages = messages.join(",");
        format!(r#","messages":[{messages}],"response_metadata":{{"next_cursor":"{cursor}"}}"#)
    };
    let fields = match (method, value("channel"), value("cursor")) {
        ("conversations.list", ..) => {
            r#","channels":[{"id":"C1","name":"one"},{"id":"C2","name":"two"}]"#.to_owned()
        }
        ("conversations.history", "C1", "") => page(&[message("1600000005.000000")], "a"),
        ("conversations.history", "C1", "a") => page(&[parent.to_owned()], "b"),
        ("conversations.history", "C1", "b") => page(&[message("1600000001.000000")], ""),
        ("conversations.replies", _, "") => page(&[parent.to_owned(), reply("1600000007.000000")], "c"),
        ("conversations.replies", _, _) => {
            page(&[reply("1600000008.000000"), reply("1600000009.000000")], "")
        }
        ("files.list", ..) => r#","files":[],"paging":{"pages":2}"#.to_owned(),
        _ => String::new(),
    };
    Ok(format!("{{\"ok\":true{fields}}}").into_bytes())
}

/// A data home with captures.
struct Home {
    folder: TempDir,
}

impl Home {
    fn of(api: impl Fn(&str, &Params) -> Result<Vec<u8>, CallError> + Send + Sync) -> Self {
        let home = Self { folder: tempfile::tempdir().expect("a folder") };
        home.capture(api, |_| {});
        home
    }

    fn sound() -> Self {
        Self::of(answer)
    }

    fn home(&self) -> DataHome {
        DataHome::new(self.folder.path())
    }

    fn capture(
        &self,
        api: impl Fn(&str, &Params) -> Result<Vec<u8>, CallError> + Send + Sync,
        choose: impl FnOnce(&mut ApiOptions),
    ) {
        let mut options = ApiOptions::default();
        (options.rate, options.attempts) = (Rate::Unlimited, 2);
        options.backoff = Duration::from_millis(1);
        choose(&mut options);
        // What a capture fails with does not matter here: what it leaves behind does.
        let _ = WebApi::with(api, options).capture(&self.home(), &());
    }

    /// The newest batch.
    fn batch(&self) -> BatchFolder {
        self.home().batches().expect("listed").pop().expect("a batch")
    }

    fn path(&self, file: &str) -> PathBuf {
        self.batch().root().join(file)
    }

    fn verify(&self) -> Verification {
        verify(&self.home(), &self.batch(), &()).expect("verified")
    }

    fn change(&self, file: &str, change: impl FnOnce(String) -> String) {
        let text = fs::read_to_string(self.path(file)).expect("read");
        fs::write(self.path(file), change(text)).expect("written");
    }

    /// Takes the rows that hold a text away from the log.
    fn forget(&self, text: &str) {
        self.change("metadata/requests.csv", |log| {
            log.lines().filter(|line| !line.contains(text)).map(|line| format!("{line}\n")).collect()
        });
    }

    fn remove(&self, file: &str) {
        fs::remove_file(self.path(file)).expect("removed");
    }

    /// What is wrong: the kind of each problem, with its file.
    fn problems(&self) -> Vec<(FindingKind, String)> {
        let verification = self.verify();
        assert_eq!(verification.n_problems, verification.problems.len() as u64);
        let problem = |finding: &Finding| (finding.kind, finding.path.clone());
        verification.problems.iter().map(problem).collect()
    }

    /// The only problem must be this one.
    fn check(&self, kind: FindingKind, file: &str) {
        assert_eq!(self.problems(), [(kind, file.to_owned())]);
    }
}

fn channel<'v>(verification: &'v Verification, id: &str) -> &'v ChannelCoverage {
    verification.channels.iter().find(|channel| channel.channel.as_str() == id).expect("there")
}

#[test]
fn a_sound_batch_says_what_it_covers() {
    let home = Home::sound();
    let verification = home.verify();
    assert_eq!((verification.problems, verification.n_gaps), (Vec::new(), 0));
    assert_eq!((verification.notes, verification.status.as_str()), (Vec::new(), "complete"));
    assert_eq!(verification.pages, verification.requests);
    let verification = home.verify();
    let one = channel(&verification, "C1");
    assert_eq!((one.name.as_str(), one.messages, one.replies, one.pages), ("one", 3, 3, 5));
    assert_eq!((one.threads_shown, one.threads_read, one.threads_not_asked), (1, 1, 0));
    let text = |ts: Option<slack_model::Ts>| ts.map(|ts| ts.to_string());
    assert_eq!(text(one.oldest).as_deref(), Some("1600000001.000000"));
    assert_eq!(text(one.newest).as_deref(), Some("1600000005.000000"));
    assert!(one.window.is_some());
    assert_eq!(channel(&verification, "C2").pages, 1);
}

#[test]
fn a_page_that_is_gone_is_missed_once() {
    for file in
        [format!("{HISTORY}/00003.json"), format!("{HISTORY}/00001.json"), format!("{THREAD}-00002.json")]
    {
        let home = Home::sound();
        home.remove(&file);
        home.check(FindingKind::MissingPage, &file);
    }
}

#[test]
fn a_page_and_its_row_that_are_gone_leave_a_hole() {
    let home = Home::sound();
    let file = format!("{HISTORY}/00002.json");
    home.remove(&file);
    home.forget(&file);
    // Without the page that shows the thread nobody knows of it but its own pages.
    home.check(FindingKind::MissingPage, &file);

    let home = Home::sound();
    let file = format!("{HISTORY}/00003.json");
    home.remove(&file);
    home.forget(&file);
    home.check(FindingKind::OpenEnd, &format!("{HISTORY}/00002.json"));
    assert_eq!(channel(&home.verify(), "C1").problems, 1);

    let home = Home::sound();
    home.remove("api/conversations.history/C2/00001.json");
    home.forget("conversations.history/C2");
    home.check(FindingKind::MissingHistory, "api/conversations.history/C2/00001.json");

    let home = Home::sound();
    home.remove("api/conversations.list/public_channel/00001.json");
    home.forget("conversations.list");
    home.check(FindingKind::MissingHistory, "api/conversations.list/public_channel/00001.json");

    let home = Home::sound();
    home.remove("api/files.list/C2/00002.json");
    home.forget("files.list/C2/00002");
    home.check(FindingKind::OpenEnd, "api/files.list/C2/00001.json");
}

#[test]
fn a_page_that_was_cut_has_other_bytes() {
    let home = Home::sound();
    let file = format!("{HISTORY}/00003.json");
    home.change(&file, |text| text[..text.len() / 2].to_owned());
    home.check(FindingKind::OtherBytes, &file);
    // A page that stayed JSON is no better.
    home.change(&file, |_| r#"{"ok":true,"messages":[]}"#.to_owned());
    home.check(FindingKind::OtherBytes, &file);
}

#[test]
fn a_byte_that_breaks_the_json_is_found() {
    for (from, to) in [("\"ok\"", "\"ok}"), ("hello", "he\u{1}lo"), ("true", "fals"), ("{\"ok\"", "[\"ok\"")]
    {
        let home = Home::sound();
        let file = format!("{HISTORY}/00003.json");
        home.change(&file, |text| text.replacen(from, to, 1));
        home.check(FindingKind::Unreadable, &file);
    }
    let home = Home::sound();
    let file = format!("{HISTORY}/00003.json");
    let mut bytes = fs::read(home.path(&file)).expect("read");
    let at = bytes.windows(5).position(|part| part == b"hello").expect("there");
    bytes[at] = 0xff;
    fs::write(home.path(&file), bytes).expect("written");
    home.check(FindingKind::Unreadable, &file);
}

#[test]
fn a_row_that_is_gone_is_missed() {
    let home = Home::sound();
    home.forget("conversations.history/C2");
    home.check(FindingKind::MissingRow, "api/conversations.history/C2/00001.json");
    home.remove("metadata/requests.csv");
    home.check(FindingKind::MissingRow, "metadata/requests.csv");
}

#[test]
fn a_row_that_is_no_row_is_counted() {
    let home = Home::sound();
    home.change("metadata/requests.csv", |log| log + "odd,row\n");
    home.check(FindingKind::Unreadable, "metadata/requests.csv");
}

#[test]
fn a_page_after_the_last_one_breaks_the_chain() {
    let home = Home::sound();
    let body = fs::read_to_string(home.path(&format!("{HISTORY}/00003.json"))).expect("read");
    let row = format!("conversations.history,C1,,4,{HISTORY}/00004.json,ok,,200,1,0,0,{},,,\n", body.len());
    fs::write(home.path(&format!("{HISTORY}/00004.json")), body).expect("written");
    home.change("metadata/requests.csv", |log| log + &row);
    home.check(FindingKind::BrokenChain, &format!("{HISTORY}/00004.json"));
}

#[test]
fn a_thread_that_nobody_read_is_missed() {
    let home = Home::sound();
    for page in [1, 2] {
        home.remove(&format!("{THREAD}-0000{page}.json"));
    }
    home.forget("conversations.replies");
    home.check(FindingKind::MissingThread, &format!("{THREAD}-00001.json"));
    let verification = home.verify();
    let one = channel(&verification, "C1");
    assert_eq!((one.threads_shown, one.threads_read, one.replies), (1, 0, 0));
}

#[test]
fn what_nobody_asked_for_is_not_missed() {
    let home = Home::sound();
    home.capture(answer, |options| options.threads = Threads::None);
    assert_eq!(home.problems(), []);
    assert_eq!(channel(&home.verify(), "C1").threads_not_asked, 1);
    home.capture(answer, |options| options.channels = vec!["#two".into()]);
    let verification = home.verify();
    assert_eq!((verification.n_problems, verification.channels.len()), (0, 1));
    assert_eq!(verification.channels_not_asked, 1);
    home.capture(answer, |options| options.parts = vec![Part::Users]);
    let verification = home.verify();
    assert_eq!((verification.n_problems, verification.channels_not_asked), (0, 2));
}

#[test]
fn a_thread_that_an_earlier_batch_holds_is_not_asked_for_again() {
    let home = Home::sound();
    home.capture(answer, |_| {});
    for page in [1, 2] {
        home.remove(&format!("{THREAD}-0000{page}.json"));
    }
    home.forget("conversations.replies");
    assert_eq!(home.problems(), [], "as a refresh leaves it");
    assert_eq!(channel(&home.verify(), "C1").threads_not_asked, 1);
    home.change("metadata/metadata.csv", |metadata| metadata.replace("threads,changed", "threads,all"));
    home.check(FindingKind::MissingThread, &format!("{THREAD}-00001.json"));
}

#[test]
fn fewer_replies_than_slack_counts_are_a_note() {
    let home = Home::of(|method, params| {
        let body = String::from_utf8(answer(method, params)?).expect("UTF-8");
        Ok(body.replace(r#""reply_count":3"#, r#""reply_count":4"#).into_bytes())
    });
    let verification = home.verify();
    assert_eq!((verification.n_problems, verification.n_notes), (0, 1));
    assert_eq!(verification.notes[0].kind, FindingKind::FewerReplies);
    assert!(verification.notes[0].why.starts_with("3 of 4 replies"), "{:?}", verification.notes);
}

#[test]
fn a_gap_that_is_known_is_no_problem() {
    let home = Home::of(|method, params| {
        let value = |wanted| params.iter().find(|(name, _)| *name == wanted).map_or("", |(_, value)| value);
        match (method, value("channel"), value("cursor")) {
            ("conversations.history", "C1", "b") => Err(CallError::slack("internal_error")),
            ("conversations.history", "C2", _) => Err(CallError::slack("not_in_channel")),
            ("conversations.replies", ..) => Err(CallError::slack("thread_not_found")),
            _ => answer(method, params),
        }
    });
    let verification = home.verify();
    assert_eq!(verification.problems, []);
    let mut gaps: Vec<_> = verification
        .gaps
        .iter()
        .map(|gap| (gap.what.as_str(), gap.error.as_str(), gap.class.as_str()))
        .collect();
    gaps.sort_unstable();
    let wanted = [
        ("conversations.history C1", "internal_error", "retry"),
        ("conversations.history C2", "not_in_channel", "skip_object"),
    ];
    assert_eq!(gaps, wanted);
    // The thread is gone, which is no gap.
    assert_eq!(verification.n_gaps, 2);
    assert_eq!((channel(&verification, "C1").gaps, channel(&verification, "C1").window), (1, None));
    assert_eq!((channel(&verification, "C2").gaps, channel(&verification, "C2").pages), (1, 0));
}

#[test]
fn a_scope_that_is_missing_explains_what_was_not_asked_for_then() {
    let home = Home::of(|method, params| match method {
        "conversations.history" => Err(CallError::slack("missing_scope")),
        _ => answer(method, params),
    });
    let verification = home.verify();
    assert_eq!((verification.n_problems, verification.n_gaps), (0, 2), "a gap for each conversation");
}

#[test]
fn a_chain_that_began_anew_is_counted_once() {
    let has_expired = std::sync::atomic::AtomicBool::new(false);
    let home = Home::of(|method, params| {
        let value = |wanted| params.iter().find(|(name, _)| *name == wanted).map_or("", |(_, value)| value);
        let is_cursor = (method, value("cursor")) == ("conversations.history", "b");
        if is_cursor && !has_expired.swap(true, std::sync::atomic::Ordering::Relaxed) {
            return Err(CallError::slack("invalid_cursor"));
        }
        answer(method, params)
    });
    let verification = home.verify();
    assert_eq!((&verification.problems, verification.n_gaps), (&Vec::new(), 0));
    assert_eq!((channel(&verification, "C1").messages, channel(&verification, "C1").pages), (3, 7));
}

#[test]
fn a_capture_that_was_broken_off_is_one_problem() {
    let home = Home::of(|method, params| match method {
        "conversations.replies" => Err(CallError::slack("token_revoked")),
        _ => answer(method, params),
    });
    let metadata = Metadata::read(&home.batch().metadata()).expect("read");
    assert_eq!(metadata.get("status"), "failed");
    home.check(FindingKind::BrokenOff, "metadata/metadata.csv");

    // As a kill leaves it: a page without its row, a row that is half written, and much that is not there.
    let home = Home::sound();
    home.change("metadata/metadata.csv", |metadata| metadata.replace("status,complete", "status,running"));
    for file in [format!("{HISTORY}/00003.json"), "api/conversations.history/C2/00001.json".into()] {
        home.remove(&file);
        home.forget(&file);
    }
    home.forget("team.info");
    home.change("metadata/requests.csv", |log| log + "conversations.rep");
    home.check(FindingKind::BrokenOff, "metadata/metadata.csv");
    assert!(home.verify().problems[0].why.contains("4 pages, histories or threads are still to come"));
}

#[test]
fn a_capture_that_was_broken_off_is_overtaken_by_the_next_whole_one() {
    let home = Home::of(|method, params| match method {
        "conversations.replies" => Err(CallError::slack("token_revoked")),
        _ => answer(method, params),
    });
    let broken = home.batch();
    home.capture(answer, |_| {});
    let found = slack_extract::verify(&home.home(), &broken, &()).expect("verified");
    assert_eq!(found.n_problems, 0, "{:?}", found.problems);
    assert!(found.notes.iter().any(|note| note.kind == FindingKind::BrokenOff));
}

#[test]
fn what_no_capture_writes_is_told() {
    let home = Home::sound();
    fs::write(home.path(&format!("{HISTORY}/notes.txt")), "mine").expect("written");
    fs::write(home.path(&format!("{HISTORY}/.00004.json.tmp")), "half").expect("written");
    fs::write(home.path(&format!("{HISTORY}/00004.json.damaged")), "half").expect("written");
    home.check(FindingKind::UnknownFile, &format!("{HISTORY}/notes.txt"));
    let notes: Vec<_> = home.verify().notes.into_iter().map(|note| note.kind).collect();
    assert_eq!(notes, [FindingKind::SetAside]);
}

#[test]
fn an_id_that_leads_out_of_the_batch_is_not_followed() {
    let home = Home::of(|method, params| match method {
        "conversations.list" => {
            Ok(br#"{"ok":true,"channels":[{"id":"../../../metadata","name":"evil"}]}"#.to_vec())
        }
        _ => answer(method, params),
    });
    let verification = home.verify();
    assert_eq!(verification.problems, []);
    assert!(verification.n_gaps > 0);
}

//! Whatever goes wrong at Slack's side, a capture ends complete, or says what is missing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::OnceLock;
use std::time::Duration;

use slack_extract::{ApiOptions, Capture, Error, FileBytes, Source, Token, WebApi};
use slack_model::batch::{BatchFolder, DataHome, Metadata, Request, RequestStatus};
use slack_model::{Folder, Table, TableReader, Time, TransformOptions, Ts, transform_folder};
use slack_sandbox::{CommunityOptions, Sandbox, SandboxBuilder, Workspace};
use tempfile::TempDir;

/// The sandbox's clock runs so much faster than ours: half a minute of waiting takes 10 ms.
const SCALE: f64 = 3_000.0;

/// No run takes longer than this, or something hangs. An unbroken one takes a second.
const LONGEST: Duration = Duration::from_secs(60);

const TABLES: [&str; 9] = [
    "user_data",
    "channel_data",
    "message_data",
    "thread_data",
    "reaction_data",
    "file_data",
    "member_data",
    "usergroup_data",
    "usergroup_member_data",
];

fn workspace() -> Workspace {
    static WORKSPACE: OnceLock<Workspace> = OnceLock::new();
    let made = WORKSPACE.get_or_init(|| {
        let mut options = CommunityOptions::default();
        (options.people, options.channels, options.messages) = (25, 3, 4_000);
        options.threads = Some(100);
        Workspace::generate(&options)
    });
    made.clone()
}

/// What a capture left behind.
struct Ended {
    outcome: Result<Capture, Error>,
    status: String,
    tables: BTreeMap<&'static str, BTreeSet<String>>,
    requests: Vec<Request>,
    violations: u64,
    _folder: TempDir,
}

fn capture(scale: f64, choose: impl FnOnce(SandboxBuilder) -> SandboxBuilder) -> Ended {
    let builder = Sandbox::builder(workspace()).rate_limits(false).time_scale(scale).fault_seed(7);
    let sandbox = choose(builder).start_blocking().expect("started");
    let folder = tempfile::tempdir().expect("a folder");
    let home = DataHome::new(folder.path());
    let mut options = ApiOptions::default();
    options.rate = slack_extract::Rate::Unlimited;
    options.time_scale = scale;
    options.timeout = Duration::from_millis(700);
    options.files = FileBytes::Download { limit: None };
    let token = Token::new(sandbox.token()).expect("a token");
    let mut api = WebApi::new(&sandbox.url(), token, options).expect("an address");
    let begun = std::time::Instant::now();
    let outcome = api.capture(&home, &());
    assert!(begun.elapsed() < LONGEST, "it took {:?}", begun.elapsed());
    let batch = home.batches().expect("listed").pop().expect("a batch");
    let log = TableReader::open(&Folder(batch.metadata()), &Request::SCHEMA).expect("opened").expect("there");
    Ended {
        outcome,
        status: Metadata::read(&batch.metadata()).expect("read").get("status").to_owned(),
        tables: tables(&batch),
        requests: log.rows().collect::<Result<_, _>>().expect("read"),
        violations: sandbox.violations(),
        _folder: folder,
    }
}

/// The rows of a batch's tables, the batch's own name and moment apart.
fn tables(batch: &BatchFolder) -> BTreeMap<&'static str, BTreeSet<String>> {
    if !batch.has_pages() {
        return BTreeMap::new();
    }
    transform_folder(batch, &TransformOptions::default(), &()).expect("transformed");
    let metadata = Metadata::read(&batch.metadata()).expect("read");
    let started = Time::parse(metadata.get("started_at").as_bytes()).expect("a time");
    let latest = Ts::from_micros(started.micros()).expect("a timestamp").to_string();
    let rows = |table: &str| {
        let text = fs::read_to_string(batch.csv().join(format!("{table}.csv"))).expect("read");
        let text = text.replace(&batch.id().to_string(), "BATCH").replace(&latest, "LATEST");
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        reader.records().map(|row| row.expect("read").iter().collect::<Vec<_>>().join("|")).collect()
    };
    TABLES.into_iter().map(|table| (table, rows(table))).collect()
}

/// What there is to capture: the capture that nothing went wrong with. Addresses of files differ from sandbox to
/// sandbox, but no table has them.
fn unbroken() -> &'static BTreeMap<&'static str, BTreeSet<String>> {
    static UNBROKEN: OnceLock<BTreeMap<&'static str, BTreeSet<String>>> = OnceLock::new();
    UNBROKEN.get_or_init(|| {
        let ended = capture(SCALE, |sandbox| sandbox);
        assert_eq!((ended.status.as_str(), ended.violations), ("complete", 0));
        assert!(ended.tables["thread_data"].len() > 100 && ended.tables["file_data"].len() > 10);
        ended.tables
    })
}

/// Captures with faults; whatever is missing must be told of.
fn check(name: &str, choose: impl FnOnce(SandboxBuilder) -> SandboxBuilder) -> Ended {
    check_at(SCALE, name, choose)
}

/// The same on a clock of its own.
fn check_at(scale: f64, name: &str, choose: impl FnOnce(SandboxBuilder) -> SandboxBuilder) -> Ended {
    let ended = capture(scale, choose);
    let gaps: Vec<&Request> =
        ended.requests.iter().filter(|request| request.status == RequestStatus::Gap).collect();
    match &ended.outcome {
        Err(_) => assert_eq!(ended.status, "failed", "{name}"),
        Ok(capture) => {
            assert_eq!(capture.n_gaps, gaps.len() as u64, "{name}");
            assert_eq!(ended.status, if gaps.is_empty() { "complete" } else { "partial" }, "{name}");
        }
    }
    let gone = ended.requests.iter().filter(|request| request.status == RequestStatus::Gone);
    let told_of: Vec<&Request> = gaps.iter().copied().chain(gone).collect();
    if ended.outcome.is_ok() && told_of.is_empty() {
        for (table, rows) in unbroken() {
            let differing: Vec<_> = ended.tables[table].symmetric_difference(rows).take(4).collect();
            assert!(differing.is_empty(), "{name}: {table}: {differing:#?}");
        }
    }
    for gap in &gaps {
        assert!(!gap.error.is_empty() && !gap.class.is_empty(), "{name}: {gap:?}");
    }
    if ended.outcome.is_ok() {
        // A message or a reply that is missing lies in a channel, or a thread, that a gap names.
        for table in ["message_data", "thread_data"] {
            for lost in unbroken()[table].difference(&ended.tables[table]) {
                let channel = lost.split('|').next().unwrap_or_default();
                let told = told_of.iter().any(|gap| {
                    gap.channel.as_ref().is_none_or(|named| named.as_str() == channel)
                        || gap.method == "conversations.list"
                        // Names of strangers come from other lists.
                        || !gap.method.starts_with("conversations.")
                });
                assert!(told, "{name}: {lost} is missing, and no row says so");
            }
        }
    }
    ended
}

fn with(rules: &[&str]) -> impl FnOnce(SandboxBuilder) -> SandboxBuilder {
    move |sandbox| rules.iter().fold(sandbox, |sandbox, rule| sandbox.fault(rule.parse().expect("a rule")))
}

/// Faults that pass: the capture ends complete.
const PASSING: [&str; 13] = [
    "*:429=30:share=0.1",
    "conversations.replies:429=60:share=0.3",
    "*:ratelimited:share=0.1",
    "*:500:share=0.1",
    "*:503:share=0.1",
    "*:html:share=0.1",
    "*:cut:share=0.1",
    "*:half:share=0.1",
    "*:hang:share=0.02",
    "*:slow=0.05:share=0.1",
    "*:empty:share=0.3",
    "*:error=internal_error:share=0.1",
    "conversations.history:invalid-cursor:times=1",
];

#[test]
fn what_passes_is_waited_for() {
    for rule in PASSING {
        let ended = check(rule, with(&[rule]));
        assert_eq!(ended.status, "complete", "{rule}: {:?}", ended.outcome.map(|capture| capture.gaps));
    }
}

#[test]
fn nobody_is_called_during_a_retry_after() {
    // A second of real time each: long beside what a busy machine takes to deliver a call that is under way.
    let rules = ["conversations.replies:429=60:after=10:times=3", "conversations.info:429=60:times=1"];
    let ended = check_at(60.0, "Retry-After", with(&rules));
    assert_eq!((ended.status.as_str(), ended.violations), ("complete", 0));
    assert!(ended.outcome.expect("captured").calls["conversations.replies"].limited >= 3);
}

/// Faults that do not pass, and a method that must have a gap.
const LASTING: [(&str, &str); 9] = [
    ("conversations.history:500", "conversations.history"),
    ("conversations.replies:hang:after=20:times=40", "conversations.replies"),
    ("conversations.replies:error=not_in_channel:times=3", "conversations.replies"),
    ("conversations.members:error=missing_scope", "conversations.members"),
    ("users.list:error=missing_scope", "users.list"),
    ("usergroups.list:error=plan_upgrade_required", "usergroups.list"),
    ("conversations.history:invalid-cursor", "conversations.history"),
    ("download:404:times=2", "download"),
    ("download:redirect=http://files.example.com/x:times=2", "download"),
];

#[test]
fn what_lasts_is_a_gap_with_what_it_would_take() {
    for (rule, method) in LASTING {
        let ended = check(rule, with(&[rule]));
        assert_eq!(ended.status, "partial", "{rule}");
        let gaps = ended.requests.iter().filter(|request| request.status == RequestStatus::Gap);
        assert!(gaps.clone().all(|gap| gap.method == method), "{rule}: {:?}", gaps.collect::<Vec<_>>());
    }
}

#[test]
fn one_bad_channel_costs_no_other() {
    let channel = workspace().visible_channels().next().expect("a channel").id.to_string();
    let rule = format!("conversations.history:error=not_in_channel:channel={channel}");
    let ended = check(&rule, with(&[&rule]));
    let gaps: Vec<_> = ended.requests.iter().filter(|request| request.status == RequestStatus::Gap).collect();
    assert_eq!(gaps.len(), 1);
    assert_eq!(gaps[0].needs, "join the channel, or use a user token");
    let lost = unbroken()["message_data"].difference(&ended.tables["message_data"]);
    assert!(lost.clone().count() > 10 && lost.clone().all(|row| row.starts_with(&channel)));
}

#[test]
fn what_is_gone_is_no_gap() {
    let rule = "conversations.replies:error=thread_not_found:times=3";
    let ended = check(rule, with(&[rule]));
    assert_eq!(ended.status, "complete");
    let gone = ended.requests.iter().filter(|request| request.status == RequestStatus::Gone);
    assert_eq!(gone.count(), 3);
    assert_eq!(ended.outcome.expect("captured").gone["thread_not_found"], 3);
}

#[test]
fn everything_at_once() {
    let shares = |share: f64| {
        let faults = [
            "429=30",
            "ratelimited",
            "500",
            "html",
            "cut",
            "half",
            "hang",
            "empty",
            "invalid-cursor",
            "error=internal_error",
            "error=thread_not_found",
            "error=not_in_channel",
        ];
        faults.map(|fault| format!("*:{fault}:share={share}"))
    };
    for seed in 0..4 {
        let rules = shares(0.012);
        // Whatever auth.test answers wrongly in earnest is the run's end: that is another test.
        let rules: Vec<String> = rules
            .into_iter()
            .map(|rule| {
                if rule.contains("error=t") || rule.contains("error=n") {
                    rule.replacen('*', "conversations.replies", 1)
                } else {
                    rule
                }
            })
            .collect();
        let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
        let ended = check(&format!("mix {seed}"), |sandbox| with(&rules)(sandbox.fault_seed(seed)));
        assert!(matches!(ended.status.as_str(), "complete" | "partial"), "mix {seed}: {:?}", ended.outcome);
    }
}

#[test]
fn a_token_that_is_revoked_ends_the_run_and_keeps_what_came() {
    let ended = check("revoked", |sandbox| sandbox.revoke_token_after(60));
    assert!(matches!(&ended.outcome, Err(Error::Refused { code, .. }) if code == "token_revoked"));
    assert!(ended.tables["message_data"].len() > 10);
}

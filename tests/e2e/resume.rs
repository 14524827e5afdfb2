//! Captures that are killed at any moment go on from their pages, and end as though nothing had happened.

use std::collections::BTreeMap;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use slack_model::batch::{BatchFolder, DataHome, Metadata};
use slack_model::{Time, TransformOptions, Ts, transform_folder};
use slack_sandbox::Sandbox;

use crate::support::{Home, Numbers, community, files, sandbox};

/// So many captures are killed.
const KILLS: u32 = 200;

/// The answers under way at once: some methods, with a few calls each.
const IN_FLIGHT: usize = 64;

const EXTRACT: [&str; 7] =
    ["extract", "--types", "public,private,im,mpim", "--files", "all", "--rate", "unlimited"];

const RESUME: [&str; 4] = ["extract", "--resume", "--rate", "unlimited"];

fn start(home: &Home, sandbox: &Sandbox, arguments: &[&str]) -> Child {
    let mut command = home.command();
    command.env("SLACK_API_URL", sandbox.url()).env("SLACK_USER_TOKEN", sandbox.token());
    command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("started")
}

/// The answers that a sandbox has sent, the check of the token apart, which is made at every start.
fn served(sandbox: &Sandbox) -> usize {
    let is_page = |method: &str| method != "auth.test" && !method.starts_with("/files-pri/");
    sandbox.log().iter().filter(|sent| sent.status == 200 && is_page(&sent.method)).count()
}

/// Waits until a sandbox has answered what a killed process had asked: those answers go nowhere, and must not be taken
/// for the next process's.
fn settle(sandbox: &Sandbox) {
    let (mut answers, mut quiet) = (sandbox.log().len(), 0);
    while quiet < 4 {
        std::thread::sleep(Duration::from_millis(15));
        let now = sandbox.log().len();
        quiet = if now == answers { quiet + 1 } else { 0 };
        answers = now;
    }
}

/// The pages that a data home holds, whatever its batches.
fn stored(home: &Home) -> usize {
    let is_page = |path: &std::path::Path| {
        let path = path.to_string_lossy();
        path.contains("/api/") && path.ends_with(".json") && !path.contains("auth.test")
    };
    files(&home.data("")).keys().filter(|path| is_page(path)).count()
}

/// How the newest batch ended, if there is one.
fn status(home: &Home) -> String {
    let batch = DataHome::new(home.data("")).batches().expect("listed").pop();
    let metadata = batch.map(|batch| Metadata::read(&batch.metadata()).expect("read")).unwrap_or_default();
    metadata.get("status").to_owned()
}

/// The newest batch's tables, the names of batch and moment apart.
fn tables(home: &Home) -> BTreeMap<String, String> {
    let batch: BatchFolder = DataHome::new(home.data("")).batches().expect("listed").pop().expect("a batch");
    transform_folder(&batch, &TransformOptions::default(), &()).expect("transformed");
    let metadata = Metadata::read(&batch.metadata()).expect("read");
    let started = Time::parse(metadata.get("started_at").as_bytes()).expect("a time");
    let latest = Ts::from_micros(started.micros()).expect("a timestamp").to_string();
    let mut tables = BTreeMap::new();
    for (path, bytes) in files(&batch.csv()) {
        let text = String::from_utf8(bytes).expect("UTF-8");
        let text = text.replace(&batch.id().to_string(), "BATCH").replace(&latest, "LATEST");
        tables.insert(path.to_string_lossy().into_owned(), text);
    }
    tables
}

#[test]
fn killed_captures_go_on_and_end_with_the_same_tables() {
    let sandbox = sandbox(community(15, 250)).start_blocking().expect("started");
    let unbroken = Home::new();
    let begun = Instant::now();
    unbroken.run_against(&sandbox, 0, EXTRACT);
    let length = begun.elapsed();
    let wanted = tables(&unbroken);
    assert!(wanted["message_data.csv"].lines().count() > 100);

    let mut numbers = Numbers(7);
    let (mut kills, mut captures, mut lost) = (0, 0, 0);
    while kills < KILLS {
        let home = Home::new();
        let mut arguments = EXTRACT.to_vec();
        for _ in 0..1 + numbers.below(6) {
            let before = (served(&sandbox), stored(&home));
            let mut child = start(&home, &sandbox, &arguments);
            std::thread::sleep(Duration::from_micros(numbers.below(length.as_micros() as u64)));
            child.kill().expect("killed");
            child.wait().expect("ended");
            settle(&sandbox);
            kills += 1;
            // Only what was on its way, or killed between answer and file, is asked for again.
            let thrown = (served(&sandbox) - before.0).abs_diff(stored(&home) - before.1);
            assert!(thrown <= IN_FLIGHT, "{thrown} pages were lost");
            lost += thrown;
            if status(&home) == "complete" {
                // It was done before it could be killed: another capture would be another batch.
                arguments.clear();
                break;
            }
            // A process that was killed before it had a page leaves nothing to go on with.
            let unfinished = slack_extract::unfinished(&DataHome::new(home.data(""))).expect("looked");
            arguments = if unfinished.is_some() { RESUME.to_vec() } else { EXTRACT.to_vec() };
        }
        if !arguments.is_empty() {
            let before = (served(&sandbox), stored(&home));
            home.run_against(&sandbox, 0, &arguments);
            assert_eq!(served(&sandbox) - before.0, stored(&home) - before.1, "a page was asked for twice");
        }
        for (table, text) in tables(&home) {
            let odd = text.lines().find(|row| !wanted[&table].lines().any(|wanted| wanted == *row));
            assert!(text == wanted[&table], "{table}: {odd:?}");
        }
        assert_eq!(status(&home), "complete");
        captures += 1;
    }
    eprintln!("{kills} kills of {captures} captures of {length:?} each; {lost} answers were on their way");
}

#[test]
fn run_goes_on_by_itself_with_what_was_broken_off() {
    let sandbox = sandbox(community(15, 250)).start_blocking().expect("started");
    let home = Home::new();
    let mut child = start(&home, &sandbox, &EXTRACT);
    while stored(&home) < 20 && child.try_wait().expect("looked").is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().expect("killed");
    child.wait().expect("ended");
    let broken = home.batch();
    let told = home.run_against(&sandbox, 0, ["run", "--rate", "unlimited"]);
    assert!(told.out.contains("from before it was broken off"), "{}", told.out);
    assert_eq!(home.batch(), broken, "no other batch");
    let metadata = Metadata::read(&broken.join("metadata")).expect("read");
    assert_eq!(metadata.get("status"), "complete");
    assert_eq!(metadata.get("option.types"), "public_channel,private_channel,im,mpim");
    // There is nothing to go on with now: what follows is a batch of its own.
    home.run_against(&sandbox, 0, ["extract", "--resume", "--rate", "unlimited"]);
    assert_eq!(DataHome::new(home.data("")).batches().expect("listed").len(), 2);
}

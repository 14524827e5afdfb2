use std::collections::BTreeMap;

use clap::Args;
use serde_json::{Value, json};
use slack_extract::{ChannelCoverage, Finding, KnownGap, Verification, verify};
use slack_model::batch::BatchFolder;
use slack_model::{BatchId, Ts};

use crate::app::App;
use crate::capture_words::some;
use crate::failure::{Outcome, Result, Usage};
use crate::figures::{count, number};
use crate::table::{Align, table};
use slack_pipeline::Listener as _;

/// Read batches again: what they cover, what is missing, and whether anything is damaged (no batch named: all)
#[derive(Debug, Args)]
#[command(after_help = "\
Exit code 0: every batch is sound and without gaps; 3: there are gaps or problems.

Examples:
  slack-analytics verify
  slack-analytics verify 20240822100000 --json")]
pub(crate) struct Verify {
    /// Batches
    #[arg(value_name = "BATCH")]
    batches: Vec<BatchId>,
}

/// So many findings of a kind are told to a person; `--json` has more.
const TOLD: usize = 20;

/// Runs the command.
pub(crate) fn run(args: &Verify, app: &App<'_>) -> Result<Outcome> {
    // A token that was refused leaves a batch with nothing in it.
    let is_pruned = |batch: &BatchFolder| matches!(batch.pruned_at(), Ok(Some(_)));
    let batches = app.pipeline.batches(&args.batches, |batch| batch.has_pages() || is_pruned(batch))?;
    if !app.home().root().exists() {
        // A slip in a crontab must not look like a sound archive.
        return Err(Usage(format!("there is no data home at {}", app.home().root().display())).into());
    }
    if batches.is_empty() {
        let line = format!("no batch in {}", app.home().root().display());
        app.output.tell("verify", &line, json!({ "batch": null }))?;
    }
    let mut outcome = Outcome::Done;
    for batch in &batches {
        let progress = app.output.progress();
        let verification = verify(app.home(), batch, &*progress)?;
        drop(progress);
        app.output.tell("verify", &lines(&verification), values(&verification))?;
        outcome = outcome.max(Outcome::of_gaps(verification.n_gaps + verification.n_problems));
    }
    Ok(outcome)
}

fn lines(verification: &Verification) -> String {
    let Verification { batch, source, status, pages, bytes, channels, .. } = verification;
    let mut text = format!(
        "batch {batch} ({source}, {status}): {}, {} bytes, {}; {}, {}",
        count(*pages, if source == "export" { "file" } else { "answer" }),
        number(*bytes),
        count(channels.len() as u64, "conversation"),
        count(verification.n_problems, "problem"),
        count(verification.n_gaps, "gap"),
    );
    if let Some(at) = &verification.pruned_at {
        text.push_str(&format!(
            "\npages pruned on {}: the tables, the log and hosted files are kept",
            at.get(..10).unwrap_or(at)
        ));
    }
    if verification.hosted_files > 0 {
        text.push_str(&format!(
            "\n{} as they were downloaded",
            count(verification.hosted_files, "hosted file")
        ));
    }
    if !channels.is_empty() {
        text.push('\n');
        text.push_str(&coverage(channels));
    }
    let not_asked: u64 = channels.iter().map(|channel| channel.threads_not_asked).sum();
    if not_asked > 0 {
        let threads = count(not_asked, "thread");
        text.push_str(&format!(
            "\n{threads} not asked for here: unchanged since an earlier batch, or not wanted"
        ));
    }
    if verification.channels_not_asked > 0 {
        let channels = count(verification.channels_not_asked, "conversation");
        text.push_str(&format!("\n{channels} not asked for"));
    }
    let findings = |name: &str, findings: &[Finding], all: u64| {
        let told = findings.iter().take(TOLD);
        let mut text: String =
            told.map(|finding| format!("\n{name}: {}: {}", finding.path, finding.why)).collect();
        text.push_str(&more(name, all));
        text
    };
    text.push_str(&findings("problem", &verification.problems, verification.n_problems));
    text.push_str(&gaps(&verification.gaps));
    text.push_str(&more("gap", verification.n_gaps));
    text.push_str(&findings("note", &verification.notes, verification.n_notes));
    text
}

/// The gaps, those of one method and reason in a line.
fn gaps(gaps: &[KnownGap]) -> String {
    let mut kinds: BTreeMap<(&str, String), Vec<&str>> = BTreeMap::new();
    for KnownGap { what, error, needs, .. } in gaps {
        let (method, object) = what.split_once(' ').unwrap_or((what, ""));
        let why = if needs.is_empty() { error.clone() } else { format!("{error}: {needs}") };
        kinds.entry((method, why)).or_default().push(object);
    }
    let mut text = String::new();
    for ((method, why), objects) in kinds.iter().take(TOLD) {
        text.push_str(&format!("\ngap: {}", some(method, objects, objects.len() as u64, why)));
    }
    text
}

/// How many there are in all, where not all are told.
fn more(name: &str, all: u64) -> String {
    if all > TOLD as u64 { format!("\n{} in all", count(all, name)) } else { String::new() }
}

/// What there is of each conversation, as a table.
fn coverage(channels: &[ChannelCoverage]) -> String {
    use Align::{Left, Right};
    let columns = [
        ("channel", Left),
        ("name", Left),
        ("messages", Right),
        ("replies", Right),
        ("threads", Right),
        ("read", Right),
        ("oldest", Left),
        ("newest", Left),
        ("walked from", Left),
        ("to", Left),
        ("pages", Right),
        ("gaps", Right),
        ("problems", Right),
    ];
    let rows = channels.iter().map(|channel| {
        [
            channel.channel.to_string(),
            channel.name.clone(),
            number(channel.messages),
            number(channel.replies),
            number(channel.threads_shown),
            number(channel.threads_read),
            day(channel.oldest),
            day(channel.newest),
            channel.window.map(|(oldest, _)| walked_from(oldest)).unwrap_or_default(),
            day(channel.window.map(|(_, latest)| latest)),
            number(channel.pages),
            number(channel.gaps),
            number(channel.problems),
        ]
    });
    table(columns, rows)
}

fn day(ts: Option<Ts>) -> String {
    ts.map(|ts| ts.time().to_string()[..10].to_owned()).unwrap_or_default()
}

/// From where on a history was walked; as far back as Slack shows it to the plan, mostly.
fn walked_from(oldest: Ts) -> String {
    if oldest.micros() == 0 { "all shown".into() } else { day(Some(oldest)) }
}

fn values(verification: &Verification) -> Value {
    let findings = |findings: &[Finding]| -> Vec<Value> {
        let value = |finding: &Finding| json!({ "what": finding.kind.as_str(), "path": finding.path, "why": finding.why });
        findings.iter().map(value).collect()
    };
    let text = |ts: Option<Ts>| ts.map(|ts| ts.to_string());
    let channel = |channel: &ChannelCoverage| {
        json!({
            "channel": channel.channel.to_string(), "name": channel.name, "messages": channel.messages,
            "replies": channel.replies, "threads_shown": channel.threads_shown,
            "threads_read": channel.threads_read, "threads_not_asked": channel.threads_not_asked,
            "oldest": text(channel.oldest), "newest": text(channel.newest),
            "walked_from": text(channel.window.map(|window| window.0)),
            "walked_to": text(channel.window.map(|window| window.1)),
            "pages": channel.pages, "gaps": channel.gaps, "problems": channel.problems,
        })
    };
    let gap = |gap: &KnownGap| json!({ "what": gap.what, "error": gap.error, "class": gap.class, "needs": gap.needs });
    json!({
        "batch": verification.batch.to_string(), "source": verification.source, "status": verification.status,
        "pruned_at": verification.pruned_at,
        "pages": verification.pages, "bytes": verification.bytes, "requests": verification.requests,
        "hosted_files": verification.hosted_files,
        "channels": verification.channels.iter().map(channel).collect::<Vec<_>>(),
        "channels_not_asked": verification.channels_not_asked,
        "problems": findings(&verification.problems), "problem_count": verification.n_problems,
        "notes": findings(&verification.notes), "note_count": verification.n_notes,
        "gaps": verification.gaps.iter().map(gap).collect::<Vec<_>>(), "gap_count": verification.n_gaps,
    })
}

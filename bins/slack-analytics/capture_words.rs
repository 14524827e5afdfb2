//! What is told of a capture.

use std::collections::BTreeMap;
use std::time::Duration;

use slack_pipeline::{CaptureSummary, GapCount};

use crate::figures::{count, number};

/// So many kinds of gaps are told to a person; `--json` and requests.csv have all.
const KINDS: usize = 8;

/// Waits that are shorter than this are not worth a line.
const LONG: Duration = Duration::from_secs(10);

/// So many objects of each kind are named.
const NAMED: usize = 3;

/// The lines for a person. `what` is what was stored: answers, or files of an export.
pub(crate) fn lines(capture: &CaptureSummary, what: &str) -> String {
    let CaptureSummary { batch, stored, bytes, .. } = capture;
    let mut text = format!("batch {}: {}, {} bytes", batch, count(*stored, what), number(*bytes));
    if capture.was_there {
        text.push_str(", which the data home had already");
    }
    if capture.is_resumed {
        text.push_str(&format!(", and {} from before it was broken off", count(capture.found, "answer")));
    }
    if capture.files > 0 {
        let bytes = number(capture.file_bytes);
        text.push_str(&format!("\n{} fetched, {bytes} bytes", count(capture.files, "hosted file")));
    }
    if !capture.files_left.is_empty() {
        let left: u64 = capture.files_left.values().sum();
        let why = capture.files_left.iter().map(|(why, files)| format!("{} {why}", number(*files)));
        text.push_str(&format!(
            "\n{} not fetched: {}",
            count(left, "file"),
            why.collect::<Vec<_>>().join(", ")
        ));
    }
    if capture.limited > 0 {
        text.push_str(&format!("\nSlack asked {} to wait", count(capture.limited, "request")));
    }
    let minutes = |time: Duration| count(time.as_secs().div_ceil(60), "minute");
    if capture.waited >= LONG {
        let minutes = minutes(capture.waited);
        text.push_str(&format!("\nits requests waited {minutes} for Slack's rate limits, side by side"));
    }
    if capture.backed_off >= LONG {
        let minutes = minutes(capture.backed_off);
        text.push_str(&format!("\nits requests waited {minutes} between tries that failed, side by side"));
    }
    if !capture.gone.is_empty() {
        let gone: u64 = capture.gone.values().sum();
        let why = capture.gone.iter().map(|(why, objects)| format!("{why} {}", number(*objects)));
        let why = why.collect::<Vec<_>>().join(", ");
        text.push_str(&format!("\n{} gone for good, by Slack's account: {why}", count(gone, "object")));
    }
    text.push_str(&gaps(capture));
    text
}

/// The gaps, those of one kind in a line.
fn gaps(capture: &CaptureSummary) -> String {
    // The first of each kind are known by what they are; how many there are, of all.
    let mut named: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for gap in &capture.gaps {
        let (method, object) = gap.what.split_once(' ').unwrap_or((&gap.what, ""));
        // An export's gap is a file by its whole path, of whatever kind.
        let key = if capture.gap_kinds.iter().any(|kind| kind.method == method) {
            (method, object)
        } else {
            ("export", gap.what.as_str())
        };
        named.entry((key.0, &gap.why)).or_default().push(key.1);
    }
    let mut text = String::new();
    for GapCount { method, why, count: gaps, .. } in capture.gap_kinds.iter().take(KINDS) {
        let objects = named.get(&(method.as_str(), why.as_str())).map(Vec::as_slice).unwrap_or_default();
        text.push_str(&format!("\ngap: {}", some(method, objects, *gaps, why)));
    }
    if capture.gap_count > NAMED as u64 {
        text.push_str(&format!("\n{} in all; see metadata/requests.csv", count(capture.gap_count, "gap")));
    }
    text
}

/// What a method could not read, and why: some objects by name, and how many more.
pub(crate) fn some(method: &str, objects: &[&str], all: u64, why: &str) -> String {
    let named: Vec<&str> = objects.iter().copied().filter(|object| !object.is_empty()).take(NAMED).collect();
    let more = all.saturating_sub(named.len() as u64);
    let mut of = named.join(", ");
    if more > 0 && !named.is_empty() {
        of.push_str(&format!(" and {} more", number(more)));
    }
    let space = if of.is_empty() { "" } else { " " };
    format!("{method}{space}{of}: {why}")
}

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use slack_model::Progress;
use slack_model::batch::{BatchFolder, DataHome, Metadata};

use crate::error::Result;

/// Something that a batch can be captured from.
pub trait Source {
    /// Captures what there is into a new batch of the data home.
    ///
    /// What cannot be read is a [`Gap`], and the rest goes on. After an error, what was captured before it
    /// is still there.
    fn capture(&mut self, home: &DataHome, progress: &dyn Progress) -> Result<Capture>;
}

impl<S: Source + ?Sized> Source for &mut S {
    fn capture(&mut self, home: &DataHome, progress: &dyn Progress) -> Result<Capture> {
        (**self).capture(home, progress)
    }
}

/// A batch as it was captured.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Capture {
    /// The batch.
    pub batch: BatchFolder,
    /// Whether the data home had this very batch before: an export that is imported once more.
    pub was_there: bool,
    /// Whether the capture went on with a batch that was broken off.
    pub is_resumed: bool,
    /// Answers or files that were stored.
    pub stored: u64,
    /// Answers that a broken-off capture had stored already.
    pub found: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Hosted files that were fetched.
    pub files: u64,
    /// Their bytes.
    pub file_bytes: u64,
    /// Files that were left where they are, by reason: `external`, `tombstone`, ...
    pub files_left: BTreeMap<String, u64>,
    /// How long requests waited for rate limits, added up; they wait side by side.
    pub waited: Duration,
    /// How long requests waited between tries after failures that were no rate limits, added up.
    pub backed_off: Duration,
    /// Objects that Slack reported as deleted or unavailable for good, by its word for it. They are no gaps: later captures
    /// do not ask for them again.
    pub gone: BTreeMap<String, u64>,
    /// The calls that were made, by method.
    pub calls: BTreeMap<String, Calls>,
    /// What could not be read: the first thousand of it.
    pub gaps: Vec<Gap>,
    /// How often what could not be read, by method (or `export`) and reason.
    pub gap_kinds: BTreeMap<(String, String), u64>,
    /// How much could not be read.
    pub n_gaps: u64,
}

/// The calls of a method.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Calls {
    /// All of them.
    pub made: u64,
    /// Those that Slack answered with a rate limit (HTTP 429).
    pub limited: u64,
}

/// Something that could not be captured.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gap {
    /// What was asked for: a method with its channel and thread, or a file.
    pub what: String,
    /// Slack's error code, or what went wrong, and what it would take.
    pub why: String,
}

/// Writes what every batch says about itself.
pub(crate) fn describe(
    batch: &BatchFolder,
    metadata: &mut Metadata,
    source: &str,
    status: &str,
    started_at: DateTime<Utc>,
) -> Result<()> {
    let stamp = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Micros, true);
    metadata.set("batch", batch.id().to_string());
    metadata.set("tool_version", env!("CARGO_PKG_VERSION"));
    metadata.set("source", source);
    metadata.set("status", status);
    metadata.set("started_at", stamp(started_at));
    metadata.set("finished_at", if status == "running" { String::new() } else { stamp(Utc::now()) });
    Ok(metadata.write(&batch.metadata())?)
}

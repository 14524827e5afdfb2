use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;
use slack_model::BatchId;
use slack_model::batch::{BatchFolder, Capture, Gap, Source};

use super::as_text;
use crate::error::{Error, Result};
use crate::listener::Event;
use crate::pipeline::Pipeline;

/// What was captured or imported.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct CaptureSummary {
    /// The batch.
    #[serde(serialize_with = "as_text")]
    pub batch: BatchId,
    /// Its folder.
    pub path: PathBuf,
    /// Answers or files that are stored.
    pub stored: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Whether the data home had this very batch already.
    pub was_there: bool,
    /// Whether an interrupted capture was resumed.
    pub is_resumed: bool,
    /// Answers from before it was interrupted.
    pub found: u64,
    /// Hosted files that were downloaded.
    pub files: u64,
    /// Their bytes.
    pub file_bytes: u64,
    /// Files that were not downloaded, by reason.
    pub files_left: BTreeMap<String, u64>,
    /// Calls of the API, by method.
    pub calls: BTreeMap<String, u64>,
    /// Calls that Slack asked to wait.
    pub limited: u64,
    /// Objects that are deleted or unavailable for good, by Slack's word for it.
    pub gone: BTreeMap<String, u64>,
    /// The first gaps.
    pub gaps: Vec<GapSummary>,
    /// The gaps by method and reason.
    pub gap_kinds: Vec<GapCount>,
    /// All gaps.
    pub gap_count: u64,
    /// How long requests waited for rate limits, added up; they wait side by side.
    #[serde(skip)]
    pub waited: Duration,
    /// How long requests waited between tries, added up.
    #[serde(skip)]
    pub backed_off: Duration,
}

/// Something that could not be read.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct GapSummary {
    /// What was asked for.
    pub what: String,
    /// Why it could not be read.
    pub why: String,
}

/// How often a method failed for one reason.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct GapCount {
    /// The method, or `export`.
    pub method: String,
    /// Why it could not be read.
    pub why: String,
    /// How often.
    pub count: u64,
}

impl From<&Capture> for CaptureSummary {
    fn from(capture: &Capture) -> Self {
        let gap = |gap: &Gap| GapSummary { what: gap.what.clone(), why: gap.why.clone() };
        let kind = |((method, why), count): (&(String, String), &u64)| GapCount {
            method: method.clone(),
            why: why.clone(),
            count: *count,
        };
        Self {
            batch: capture.batch.id(),
            path: capture.batch.root().into(),
            stored: capture.stored,
            bytes: capture.bytes,
            was_there: capture.was_there,
            is_resumed: capture.is_resumed,
            found: capture.found,
            files: capture.files,
            file_bytes: capture.file_bytes,
            files_left: capture.files_left.clone(),
            calls: capture.calls.iter().map(|(method, calls)| (method.clone(), calls.made)).collect(),
            limited: capture.calls.values().map(|calls| calls.limited).sum(),
            gone: capture.gone.clone(),
            gaps: capture.gaps.iter().map(gap).collect(),
            gap_kinds: capture.gap_kinds.iter().map(kind).collect(),
            gap_count: capture.n_gaps,
            waited: capture.waited,
            backed_off: capture.backed_off,
        }
    }
}

impl Pipeline<'_> {
    /// Captures a batch from Slack.
    ///
    /// # Errors
    ///
    /// Those of the source. What was captured before stays, to be resumed.
    pub fn extract<S: Source>(&self, source: &mut S) -> Result<(BatchFolder, CaptureSummary)> {
        self.capture(source, |summary| Event::Extract(summary))
    }

    /// Imports a batch that is in files.
    ///
    /// # Errors
    ///
    /// Those of the source.
    pub fn import<S: Source>(&self, source: &mut S) -> Result<(BatchFolder, CaptureSummary)> {
        self.capture(source, |summary| Event::Import(summary))
    }

    fn capture<S: Source>(
        &self,
        source: &mut S,
        event: impl for<'e> FnOnce(&'e CaptureSummary) -> Event<'e>,
    ) -> Result<(BatchFolder, CaptureSummary)> {
        self.check_cancelled()?;
        let progress = self.listener().progress();
        let capture = source.capture(self.home(), &*progress).map_err(Error::of_source)?;
        drop(progress);
        let summary = CaptureSummary::from(&capture);
        self.tell(&event(&summary))?;
        Ok((capture.batch, summary))
    }
}

use std::collections::BTreeMap;
use std::time::Duration;

use super::{BatchFolder, DataHome};
use crate::progress::Progress;

/// Something that a batch can be captured from.
///
/// A source fills a batch through a [`BatchWriter`](super::BatchWriter); what it writes is Slack's own JSON, page by page, so
/// that [`transform_folder`](crate::transform_folder) reads it as it reads any other batch.
///
/// ```
/// use slack_model::batch::{BatchFolder, BatchWriter, Capture, DataHome, Metadata, Request, RequestStatus, Source};
/// use slack_model::{Progress, TransformOptions, transform_folder};
///
/// /// A channel with two messages.
/// struct TwoMessages;
///
/// impl Source for TwoMessages {
///     type Error = slack_model::Error;
///
///     fn capture(&mut self, home: &DataHome, _: &dyn Progress) -> Result<Capture, Self::Error> {
///         let writer = BatchWriter::begin(home, "two-messages", chrono::Utc::now(), Metadata::default())?;
///         let pages = [
///             ("users.list", None, r#"{"ok":true,"members":[{"id":"U1","name":"ada"}]}"#),
///             ("conversations.list", Some("public_channel"), r#"{"ok":true,"channels":[{"id":"C1","name":"general","is_channel":true}]}"#),
///             (
///                 "conversations.history",
///                 Some("C1"),
///                 r#"{"ok":true,"messages":[
///                     {"type":"message","user":"U1","text":"hello","ts":"1600000001.000200"},
///                     {"type":"message","user":"U1","text":"world","ts":"1600000000.000100"}]}"#,
///             ),
///         ];
///         for (method, channel, page) in pages {
///             let mut row = Request::new(method, RequestStatus::Ok);
///             row.channel = channel.map(Into::into);
///             let file = BatchFolder::page(method, channel, None, 1);
///             writer.store_page(&file.to_string_lossy().replace('\\', "/"), page.as_bytes(), row)?;
///         }
///         writer.finish("complete")
///     }
/// }
///
/// let folder = tempfile::tempdir()?;
/// let capture = TwoMessages.capture(&DataHome::new(folder.path()), &())?;
/// let summary = transform_folder(&capture.batch, &TransformOptions::default(), &())?;
/// assert_eq!((summary.rows["message_data"], capture.stored), (2, 3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Source {
    /// What can stop a capture.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Captures what there is into a new batch of the data home.
    ///
    /// What cannot be read is a [`Gap`], and the rest is captured. After an error, what was captured before it
    /// is still there.
    ///
    /// # Errors
    ///
    /// Where nothing more can be captured, such as a full disk or a refused token.
    fn capture(&mut self, home: &DataHome, progress: &dyn Progress) -> Result<Capture, Self::Error>;
}

impl<S: Source + ?Sized> Source for &mut S {
    type Error = S::Error;

    fn capture(&mut self, home: &DataHome, progress: &dyn Progress) -> Result<Capture, Self::Error> {
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

impl Capture {
    /// A capture into a batch that holds nothing yet.
    pub fn new(batch: BatchFolder) -> Self {
        Self {
            batch,
            was_there: false,
            is_resumed: false,
            stored: 0,
            found: 0,
            bytes: 0,
            files: 0,
            file_bytes: 0,
            files_left: BTreeMap::new(),
            waited: Duration::ZERO,
            backed_off: Duration::ZERO,
            gone: BTreeMap::new(),
            calls: BTreeMap::new(),
            gaps: Vec::new(),
            gap_kinds: BTreeMap::new(),
            n_gaps: 0,
        }
    }

    /// Counts a gap of a method (or of `export`), and its kind. The first thousand gaps, and kinds, are kept as they are.
    pub fn add_gap(&mut self, method: &str, gap: Gap) {
        let kind = (method.into(), gap.why.clone());
        // A source may say something else each time.
        if self.gap_kinds.len() < MOST_GAPS || self.gap_kinds.contains_key(&kind) {
            *self.gap_kinds.entry(kind).or_default() += 1;
        }
        self.n_gaps += 1;
        if self.gaps.len() < MOST_GAPS {
            self.gaps.push(gap);
        }
    }
}

/// So many gaps are kept one by one, and so many kinds of them; `requests.csv` has them all.
const MOST_GAPS: usize = 1_000;

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

impl Calls {
    /// So many calls, of which so many met a limit.
    pub fn new(made: u64, limited: u64) -> Self {
        Self { made, limited }
    }
}

impl Gap {
    /// A gap: what was asked for, and why it could not be read.
    pub fn new(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self { what: what.into(), why: why.into() }
    }
}

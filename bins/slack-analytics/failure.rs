//! What a command fails with, and how one ends that does not fail.

use std::error::Error;

use slack_pipeline::{RunStatus, settings};

/// What a command fails with; the causes are printed one below the other.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// A command's result.
pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

/// A failure and its causes, the outermost first.
pub(crate) fn chain(failure: &Failure) -> Vec<String> {
    let mut texts = vec![failure.to_string()];
    let mut cause = failure.source();
    while let Some(error) = cause {
        texts.push(error.to_string());
        cause = error.source();
    }
    texts
}

/// How a run that did not fail ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// Everything was read and written.
    Done,
    /// Something could not be read; what and why is in the batch's metadata.
    Gaps,
}

impl Outcome {
    /// Gaps where there are any.
    pub(crate) fn of_gaps(gaps: u64) -> Self {
        Self::of(gaps > 0)
    }

    /// Gaps where something is missing.
    pub(crate) fn of(has_gaps: bool) -> Self {
        if has_gaps { Self::Gaps } else { Self::Done }
    }
}

/// How a run ended.
pub(crate) fn status(result: &Result<Outcome>) -> RunStatus {
    match result {
        Ok(Outcome::Done) => RunStatus::Done,
        Ok(Outcome::Gaps) => RunStatus::Gaps,
        Err(_) => RunStatus::Failed,
    }
}

/// The wrong use of the command line, found after it was parsed.
#[derive(Debug)]
pub(crate) struct Usage(pub(crate) String);

impl std::fmt::Display for Usage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Usage {}

/// Whether the arguments are to blame, and nothing was done.
pub(crate) fn is_usage(failure: &Failure) -> bool {
    let refused = failure.downcast_ref::<slack_extract::Error>();
    failure.is::<Usage>()
        || refused.is_some_and(slack_extract::Error::is_refusal)
        || failure.downcast_ref::<settings::Error>().is_some_and(settings::Error::is_usage)
        || failure.downcast_ref::<slack_pipeline::Error>().is_some_and(slack_pipeline::Error::is_usage)
}

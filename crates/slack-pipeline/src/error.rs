use std::io;
use std::path::PathBuf;

use slack_model::BatchId;

/// Why a stage cannot be carried out. Errors of a stage's own crate are passed on as they are.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Tables, a batch or the data home.
    #[error(transparent)]
    Model(#[from] slack_model::Error),
    /// A capture or an import.
    #[error(transparent)]
    Extract(#[from] slack_extract::Error),
    /// A source that is not this project's.
    #[error(transparent)]
    Source(Box<dyn std::error::Error + Send + Sync>),
    /// A store.
    #[error(transparent)]
    Store(Box<dyn std::error::Error + Send + Sync>),
    /// A merge.
    #[error(transparent)]
    Merge(#[from] slack_merge::Error),
    /// A measurement.
    #[error(transparent)]
    Metrics(#[from] slack_metrics::Error),
    /// The network.
    #[error(transparent)]
    Graph(#[from] slack_graph::Error),
    /// The report.
    #[error(transparent)]
    Report(#[from] slack_report::Error),
    /// A file.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A file of keys and values, or of the operator's lists.
    #[error(transparent)]
    Csv(#[from] csv::Error),
    /// The listener asked to stop: what was done by then stays.
    #[error("cancelled")]
    Cancelled,
    /// The batch's pages were removed, so that its tables cannot be made again.
    #[error(
        "the pages of batch {batch} were removed on {day}: the tables that it has stay, and cannot be made again"
    )]
    Pruned {
        /// The batch.
        batch: BatchId,
        /// The day, `2026-11-23`.
        day: String,
    },
    /// A rebuild needs a batch that is gone.
    #[error("the master holds batch {batch}, which is not here to be merged again")]
    MissingBatch {
        /// The batch.
        batch: BatchId,
    },
    /// Nothing was captured or imported into the data home.
    #[error("there are no tables yet: no batch is in {}", home.display())]
    NoBatches {
        /// The data home.
        home: PathBuf,
    },
    /// A subject whose tables are still to be made.
    #[error("{subject} has no tables yet; run `slack-analytics {before}` first")]
    NoTables {
        /// The subject.
        subject: String,
        /// The stage that makes them.
        before: &'static str,
    },
    /// A subject that was not measured.
    #[error("{subject} has no metrics yet; run `slack-analytics metrics` and `graph` first")]
    NoMetrics {
        /// The subject.
        subject: String,
    },
    /// A channel that the subject does not have.
    #[error("{subject} knows no channel {name:?}")]
    UnknownChannel {
        /// The subject.
        subject: String,
        /// As it was named.
        name: String,
    },
    /// A conversation that the operator cannot make public.
    #[error("{why}")]
    NotPublic {
        /// Which one, and why not.
        why: String,
    },
    /// A line of `references/channel_alias.csv`.
    #[error("references/channel_alias.csv: {folder:?}: {why}")]
    Alias {
        /// The folder or channel in it.
        folder: String,
        /// What is wrong.
        why: String,
    },
    /// A reference table without its columns.
    #[error("{}: expected the columns {columns}", path.display())]
    Columns {
        /// The file.
        path: PathBuf,
        /// The columns.
        columns: String,
    },
    /// The file of the key of pseudonyms.
    #[error("{} is not 64 hexadecimal digits", path.display())]
    PseudonymKey {
        /// The file.
        path: PathBuf,
    },
}

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// What stopped a capture.
    pub(crate) fn of_source(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        let error: Box<dyn std::error::Error + Send + Sync> = Box::new(error);
        match error.downcast::<slack_extract::Error>() {
            Ok(error) => Self::Extract(*error),
            Err(error) => Self::Source(error),
        }
    }

    /// Whether the request is to blame, and nothing was done.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Extract(error) => error.is_refusal(),
            Self::Pruned { .. }
            | Self::MissingBatch { .. }
            | Self::NoBatches { .. }
            | Self::NoTables { .. }
            | Self::NoMetrics { .. }
            | Self::UnknownChannel { .. }
            | Self::NotPublic { .. }
            | Self::Alias { .. }
            | Self::Columns { .. }
            | Self::PseudonymKey { .. } => true,
            _ => false,
        }
    }

    /// The error of a stage's own crate that this one passes on, else this one.
    pub fn inner(&self) -> &(dyn std::error::Error + 'static) {
        match self {
            Self::Model(error) => error,
            Self::Extract(error) => error,
            Self::Source(error) | Self::Store(error) => &**error,
            Self::Merge(error) => error,
            Self::Metrics(error) => error,
            Self::Graph(error) => error,
            Self::Report(error) => error,
            Self::Io(error) => error,
            Self::Csv(error) => error,
            _ => self,
        }
    }
}

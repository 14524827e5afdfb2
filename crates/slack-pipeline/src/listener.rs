use std::io;

use serde::Serialize;
use slack_model::Progress;

use crate::highlights::Highlights;
use crate::public_channels::{HomeUpgrade, VisibilityChange, WithheldChannels};
use crate::stages::{
    CaptureSummary, MergeSummary, MetricsSummary, NetworkSummary, PruneSummary, ReportSummary,
    TransformSummary,
};

/// Hears what a pipeline does, and can stop it. Does nothing by default: `&()` is a listener.
///
/// ```
/// use std::sync::Mutex;
/// use slack_pipeline::{Event, Listener};
///
/// /// Writes down which stages have ended.
/// #[derive(Default)]
/// struct Stages(Mutex<Vec<&'static str>>);
///
/// impl Listener for Stages {
///     fn event(&self, event: &Event<'_>) -> std::io::Result<()> {
///         self.0.lock().expect("no thread panicked").push(event.stage());
///         Ok(())
///     }
/// }
/// ```
pub trait Listener: Send + Sync {
    /// A listener for the progress of the stage that begins; it goes when the stage ends.
    fn progress(&self) -> Box<dyn Progress + '_> {
        Box::new(())
    }

    /// A stage has ended, or something was found that its user must know.
    ///
    /// # Errors
    ///
    /// Where it cannot be passed on, which ends the pipeline.
    fn event(&self, event: &Event<'_>) -> io::Result<()> {
        let _ = event;
        Ok(())
    }

    /// Whether to stop before the next stage.
    fn is_cancelled(&self) -> bool {
        false
    }
}

impl Listener for () {}

/// What a pipeline tells. As JSON, each is its summary alone.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Event<'e> {
    /// A batch was captured from Slack.
    Extract(&'e CaptureSummary),
    /// A batch was imported.
    Import(&'e CaptureSummary),
    /// A batch's pages were read into tables.
    Transform(&'e TransformSummary),
    /// Conversations became public, or are so no longer.
    Visibility(&'e VisibilityChange),
    /// What an earlier version had drawn of conversations that are withheld now was removed.
    Upgrade(&'e HomeUpgrade),
    /// Batches were merged into the master.
    Merge(&'e MergeSummary),
    /// Metric tables were made.
    Metrics(&'e MetricsSummary),
    /// The network was measured and drawn.
    Graph(&'e NetworkSummary),
    /// A report was written.
    Report(&'e ReportSummary),
    /// Raw pages were removed, or would be.
    Prune(&'e PruneSummary),
    /// Which conversations are withheld since no list names them.
    Withheld(&'e WithheldChannels),
    /// What the metric tables say, in short.
    Summary(&'e Highlights),
}

impl Event<'_> {
    /// The stage's name.
    pub fn stage(&self) -> &'static str {
        match self {
            Self::Extract(_) => "extract",
            Self::Import(_) => "import",
            Self::Transform(_) => "transform",
            Self::Visibility(_) => "visibility",
            Self::Upgrade(_) => "upgrade",
            Self::Merge(_) => "merge",
            Self::Metrics(_) => "metrics",
            Self::Graph(_) => "graph",
            Self::Report(_) => "report",
            Self::Prune(_) => "prune",
            Self::Withheld(_) => "withheld",
            Self::Summary(_) => "summary",
        }
    }
}

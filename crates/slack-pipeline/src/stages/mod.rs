//! The stages, a file each: what to read, where to write, and what to tell.

mod capture;
mod load;
mod merge;
mod metrics;
mod network;
mod report;
mod retention;
mod run;
mod transform;

pub use self::capture::{CaptureSummary, GapCount, GapSummary};
pub use self::merge::{MergeSummary, TableChange};
pub use self::metrics::MetricsSummary;
pub use self::network::{NetworkOptions, NetworkSummary};
pub use self::report::{ReportRequest, ReportSummary, ReportTables};
pub use self::retention::{KeptPages, PruneSummary, PrunedBatch, RetentionPolicy};
pub use self::run::{ProcessOptions, RunOptions, RunSummary};
pub use self::transform::TransformSummary;

/// A batch, as its id.
pub(crate) fn as_text<S: serde::Serializer>(
    value: &impl std::fmt::Display,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

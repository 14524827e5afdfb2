use std::collections::BTreeSet;

use slack_merge::MergeOptions;
use slack_metrics::MetricOptions;
use slack_model::atomic::recover_folder;
use slack_model::batch::{BatchFolder, Source};
use slack_model::{BatchId, TransformOptions};

use super::{NetworkOptions, ReportRequest, RetentionPolicy};
use crate::error::Result;
use crate::highlights::Highlights;
use crate::pipeline::{Pipeline, Subject};
use crate::run_log::RunStatus;

/// How everything after a capture is done.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ProcessOptions {
    /// What is measured, and how.
    pub metrics: MetricOptions,
    /// What the reports show, and the network's files.
    pub report: ReportRequest,
}

/// How a whole run is done.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct RunOptions {
    /// Everything after the capture.
    pub process: ProcessOptions,
    /// The raw pages to keep at the end; all by default.
    pub retention: RetentionPolicy,
}

/// What a whole run did.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RunSummary {
    /// The batch that was captured.
    pub batch: BatchFolder,
    /// How much could not be read.
    pub gaps: u64,
    /// Whether something is missing: gaps, or records that could not be read.
    pub has_gaps: bool,
    /// What the master says, in short.
    pub highlights: Highlights,
}

impl Pipeline<'_> {
    /// Captures from a source, transforms, merges, measures, draws and reports; then removes older raw pages, where the
    /// retention policy asks for it.
    ///
    /// # Errors
    ///
    /// Those of the stages. What was done before stays.
    pub fn run<S: Source>(&self, source: &mut S, options: &RunOptions) -> Result<RunSummary> {
        self.begin_log();
        let done = self.run_stages(source, options);
        let status = match &done {
            Ok(run) if run.has_gaps => RunStatus::Gaps,
            Ok(_) => RunStatus::Done,
            Err(_) => RunStatus::Failed,
        };
        // That a run cannot be written down must not hide why it failed.
        let kept = self.end_log(status);
        done.and_then(|run| kept.map(|()| run))
    }

    fn run_stages<S: Source>(&self, source: &mut S, options: &RunOptions) -> Result<RunSummary> {
        let (batch, captured) = self.extract(source)?;
        let pending = self.pending(&BTreeSet::from([batch.id()]))?;
        let has_gaps = self.process(&pending, &options.process)? || captured.gap_count > 0;
        let highlights = self.highlights(options.process.report.visibility)?;
        if options.retention != RetentionPolicy::All {
            self.prune(options.retention, false)?;
        }
        Ok(RunSummary { batch, gaps: captured.gap_count, has_gaps, highlights })
    }

    /// The batches that are still to be processed: those that are named, and those that the master lacks or has less of.
    ///
    /// # Errors
    ///
    /// Where the data home cannot be read.
    pub fn pending(&self, named: &BTreeSet<BatchId>) -> Result<Vec<BatchFolder>> {
        // A crash of an earlier merge must not make the master look empty.
        recover_folder(&self.home().master_csv())?;
        let merged = self.merged()?;
        self.batches(&[], |batch| {
            named.contains(&batch.id())
                // What has tables and no pages any more is missing in a master that was lost.
                || (batch.has_pages() || batch.is_transformed()) && !merged.contains(&batch.id())
                // A capture that was resumed has more than the master got of it.
                || batch.has_pages() && !batch.is_transformed()
        })
    }

    /// Everything after the capture: the batches' tables, the master, and the results and reports of all. A batch whose pages
    /// were removed keeps the tables that it has. Returns whether something could not be read.
    ///
    /// # Errors
    ///
    /// Those of the stages.
    pub fn process(&self, batches: &[BatchFolder], options: &ProcessOptions) -> Result<bool> {
        let mut has_gaps = false;
        for batch in batches {
            if batch.pruned_at()?.is_none() {
                has_gaps |= self.transform(batch, &TransformOptions::default())?.has_gaps();
            }
        }
        self.merge(batches, &MergeOptions::default())?;
        let of_batches = batches.iter().cloned().map(Subject::Batch);
        for subject in of_batches.chain([Subject::Master]) {
            let folder = self.results(&subject);
            let network =
                NetworkOptions { visibility: options.report.visibility, ..NetworkOptions::default() };
            self.metrics_and_network(&subject, &options.metrics, &network, &folder)?;
            self.report(&subject, &options.report, None)?;
        }
        Ok(has_gaps)
    }
}

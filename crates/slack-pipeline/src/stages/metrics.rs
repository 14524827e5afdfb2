use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;
use slack_metrics::{DynMetric, MetricOptions, measure_with};
use slack_model::{DerivedFolder, Folder};

use crate::error::Result;
use crate::listener::Event;
use crate::measurement::Measurement;
use crate::pipeline::{Pipeline, Subject};

/// What was measured.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct MetricsSummary {
    /// Whose tables were measured.
    pub subject: String,
    /// The folder of the metric tables.
    pub path: PathBuf,
    /// Messages and replies of all kinds.
    pub messages: u64,
    /// Those that persons wrote.
    pub posts: u64,
    /// Users that any table names.
    pub users: u64,
    /// Channels that are listed or hold a message.
    pub channels: u64,
    /// Rows by table.
    pub rows: BTreeMap<String, u64>,
}

impl Pipeline<'_> {
    /// Computes the metric tables of a subject into a folder, and writes there what they were measured with.
    ///
    /// # Errors
    ///
    /// Those of [`measure_with`], and where the subject has no tables.
    pub fn metrics(
        &self,
        subject: &Subject,
        options: &MetricOptions,
        folder: &Path,
    ) -> Result<MetricsSummary> {
        self.measure(subject, options, folder, &[])
    }

    /// Computes metric tables, with further metrics than the built-in ones and the pipeline's own.
    pub(crate) fn measure(
        &self,
        subject: &Subject,
        options: &MetricOptions,
        folder: &Path,
        further: &[&dyn DynMetric],
    ) -> Result<MetricsSummary> {
        self.check_cancelled()?;
        let source = Folder(self.tables(subject)?);
        let mut options = options.clone();
        options.zones = Some(self.zones()?);
        // Temporary files lie where the results go: the system's folder for them may be in memory.
        options.spill_to = Some(self.home().root().into());
        let further: Vec<_> = further.iter().copied().chain(self.own_metrics()).collect();
        let progress = self.listener().progress();
        let measured = measure_with(&source, &DerivedFolder(folder.into()), &options, &*progress, &further)?;
        let tables = measured.tables.iter().map(|table| table.name);
        Measurement::read(folder)?.and(&options, tables).write(folder)?;
        drop(progress);
        let summary = MetricsSummary {
            subject: subject.name(),
            path: folder.into(),
            messages: measured.messages,
            posts: measured.posts,
            users: measured.users,
            channels: measured.channels,
            rows: measured.tables.iter().map(|table| (table.name.to_owned(), table.rows)).collect(),
        };
        self.tell(&Event::Metrics(&summary))?;
        Ok(summary)
    }
}

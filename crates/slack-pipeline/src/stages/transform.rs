use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Serialize, Serializer};
use slack_model::batch::{BatchFolder, Metadata};
use slack_model::rows::{NotRead, SetAside};
use slack_model::{BatchId, Folder, Table, TableReader, TransformOptions, transform_folder};

use crate::error::{Error, Result};
use crate::listener::Event;
use crate::pipeline::Pipeline;

/// What a batch's pages gave.
#[derive(Debug, Clone, Default, Serialize)]
#[non_exhaustive]
pub struct TransformSummary {
    /// The batch; `None` where every batch has its tables.
    #[serde(serialize_with = "batch_or_null")]
    pub batch: Option<BatchId>,
    /// Rows by table.
    pub rows: BTreeMap<String, u64>,
    /// Records that could not be read.
    pub set_aside: u64,
    /// Fields and characters that could not be read of records that are kept.
    pub set_aside_parts: u64,
    /// Files of an export that are of no known kind.
    pub not_read: u64,
    /// Messages without a text, whose words are in the raw pages alone.
    pub words_elsewhere: u64,
    /// Whether the capture was interrupted, so that something may be missing.
    pub broken_off: bool,
    /// The list of what is set aside.
    #[serde(skip)]
    pub set_aside_file: PathBuf,
    /// The list of files that were not read.
    #[serde(skip)]
    pub not_read_file: PathBuf,
    /// The first files that are of no known kind.
    #[serde(skip)]
    pub not_read_names: Vec<String>,
}

/// So many files that were not read are named.
const NAMED: usize = 3;

fn batch_or_null<S: Serializer>(batch: &Option<BatchId>, serializer: S) -> Result<S::Ok, S::Error> {
    match batch {
        Some(batch) => serializer.collect_str(batch),
        None => serializer.serialize_none(),
    }
}

impl TransformSummary {
    /// Whether something is missing from the tables.
    pub fn has_gaps(&self) -> bool {
        self.set_aside + self.set_aside_parts + self.not_read > 0 || self.broken_off
    }
}

impl Pipeline<'_> {
    /// Reads a batch's pages into its tables.
    ///
    /// # Errors
    ///
    /// [`Error::Pruned`] where the pages were removed, and those of [`transform_folder`].
    pub fn transform(&self, batch: &BatchFolder, options: &TransformOptions) -> Result<TransformSummary> {
        self.check_cancelled()?;
        if let Some(at) = batch.pruned_at()? {
            return Err(Error::Pruned { batch: batch.id(), day: super::retention::day(&at).into() });
        }
        let progress = self.listener().progress();
        let made = transform_folder(batch, options, &*progress)?;
        drop(progress);
        // What was captured counts, but nobody must take it for everything.
        let status = Metadata::read(&batch.metadata())?.get("status").to_owned();
        let summary = TransformSummary {
            batch: Some(batch.id()),
            rows: made.rows.iter().map(|(table, rows)| ((*table).to_string(), *rows)).collect(),
            set_aside: made.set_aside,
            set_aside_parts: made.set_aside_parts,
            not_read: made.not_read,
            words_elsewhere: made.words_elsewhere,
            broken_off: matches!(status.as_str(), "running" | "failed"),
            set_aside_file: batch.metadata().join(SetAside::SCHEMA.file_name()),
            not_read_file: batch.metadata().join(NotRead::SCHEMA.file_name()),
            not_read_names: if made.not_read > 0 { unknown_files(batch)? } else { Vec::new() },
        };
        self.tell(&Event::Transform(&summary))?;
        Ok(summary)
    }

    /// Tells that there is nothing to transform.
    ///
    /// # Errors
    ///
    /// Where the listener cannot be told.
    pub fn nothing_to_transform(&self) -> Result<()> {
        self.tell(&Event::Transform(&TransformSummary::default()))
    }
}

/// The first files of an export that nothing is known to read.
fn unknown_files(batch: &BatchFolder) -> Result<Vec<String>> {
    let table = TableReader::open(&Folder(batch.metadata()), &NotRead::SCHEMA)?;
    let mut names = Vec::new();
    for file in table.into_iter().flat_map(TableReader::rows::<NotRead>) {
        let file = file?;
        if !file.is_known && names.len() < NAMED {
            names.push(file.file);
        }
    }
    Ok(names)
}

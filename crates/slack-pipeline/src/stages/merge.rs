use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use slack_merge::{MergeOptions, merge_folder};
use slack_model::atomic::replace_folder;
use slack_model::batch::BatchFolder;
use slack_model::{BatchId, Folder, LostKeys, lost_keys};

use crate::aliases::{self, JoinedAlias};
use crate::error::{Error, Result};
use crate::listener::Event;
use crate::pipeline::Pipeline;

/// What a merge did to the master.
#[derive(Debug, Clone, Default, Serialize)]
#[non_exhaustive]
pub struct MergeSummary {
    /// The batches that were merged.
    pub batches: Vec<String>,
    /// The master's tables; none where there was nothing to do.
    pub tables: BTreeMap<String, TableChange>,
    /// New rows of all tables.
    pub added: u64,
    /// Changed rows of all tables.
    pub changed: u64,
    /// Folders of exports that were found to be channels.
    pub joined: Vec<JoinedAlias>,
}

/// What a merge did to a table.
#[derive(Debug, Clone, Copy, Default, Serialize)]
#[non_exhaustive]
pub struct TableChange {
    /// Rows of the master.
    pub rows: u64,
    /// Those that are new.
    pub added: u64,
    /// Those that were changed.
    pub changed: u64,
}

impl MergeSummary {
    /// Whether the master held everything already.
    pub fn is_nothing(&self) -> bool {
        self.batches.is_empty() && self.added + self.changed == 0 && self.joined.is_empty()
    }

    /// A table's rows in the master.
    pub fn rows(&self, table: &str) -> u64 {
        self.tables.get(table).map_or(0, |table| table.rows)
    }
}

impl Pipeline<'_> {
    /// Merges batches' tables into the master. Without a batch, what the operator says of the master's channels takes effect.
    ///
    /// # Errors
    ///
    /// Those of [`merge_folder`], and where a list of the operator's cannot be followed.
    pub fn merge(&self, batches: &[BatchFolder], options: &MergeOptions) -> Result<MergeSummary> {
        self.merge_into(&self.home().master_csv(), batches, options)
    }

    /// Merges batches into a new master, which takes the old one's place when it is whole. Unless drops are allowed, one
    /// that lacks a key of the old master is refused: a batch's tables may have been made of fewer pages.
    ///
    /// # Errors
    ///
    /// As [`Pipeline::merge`], and [`Error::MissingBatch`] where the master holds a batch that is not among these.
    pub fn rebuild(
        &self,
        batches: &[BatchFolder],
        options: &MergeOptions,
        allow_drops: bool,
    ) -> Result<MergeSummary> {
        let master = self.home().master_csv();
        let there: BTreeSet<BatchId> = batches.iter().map(BatchFolder::id).collect();
        if let Some(missing) = self.merged()?.difference(&there).next() {
            return Err(Error::MissingBatch { batch: *missing });
        }
        let next = master.with_file_name(".rebuilt");
        if next.exists() {
            fs::remove_dir_all(&next).map_err(|error| slack_model::Error::io("remove", &next, error))?;
        }
        let summary = self.merge_into(&next, batches, options)?;
        if !next.exists() {
            return Ok(summary);
        }
        let lost = if allow_drops { LostKeys::default() } else { lost_rows(&master, &next)? };
        if !lost.is_empty() {
            fs::remove_dir_all(&next).map_err(|error| slack_model::Error::io("remove", &next, error))?;
            return Err(slack_model::Error::Drops { tables: master, lost }.into());
        }
        replace_folder(&next, &master)?;
        Ok(summary)
    }

    fn merge_into(
        &self,
        master: &Path,
        batches: &[BatchFolder],
        options: &MergeOptions,
    ) -> Result<MergeSummary> {
        self.check_cancelled()?;
        if batches.is_empty() && !master.is_dir() {
            return Ok(MergeSummary::default());
        }
        let mut options = options.clone();
        options.aliases = self.aliases(batches)?;
        let tables: Vec<PathBuf> = batches.iter().map(BatchFolder::csv).collect();
        options.assumed_public = self.assumed_public(&tables)?;
        self.classify(master)?;
        let merged = merge_folder(master, batches, &options)?;
        let change = |change: &slack_merge::TableChange| TableChange {
            rows: change.rows,
            added: change.added,
            changed: change.changed,
        };
        let mut summary = MergeSummary {
            batches: batches.iter().map(|batch| batch.id().to_string()).collect(),
            added: merged.tables.values().map(|table| table.added).sum(),
            changed: merged.tables.values().map(|table| table.changed).sum(),
            tables: merged.tables.iter().map(|(table, of)| ((*table).to_owned(), change(of))).collect(),
            joined: merged.joined.into_iter().map(JoinedAlias::from).collect(),
        };
        if summary.is_nothing() {
            summary.tables.clear();
        }
        self.tell(&Event::Merge(&summary))?;
        Ok(summary)
    }

    /// Tells that there is nothing to merge.
    ///
    /// # Errors
    ///
    /// Where the listener cannot be told.
    pub fn nothing_to_merge(&self) -> Result<()> {
        self.tell(&Event::Merge(&MergeSummary::default()))
    }
}

/// What a rebuilt master lacks.
fn lost_rows(master: &Path, next: &Path) -> Result<LostKeys> {
    let next = Folder(next.into());
    let moved = aliases::moved(&next)?;
    Ok(lost_keys(&Folder(master.into()), &next, &|id| moved.get(id).cloned())?)
}

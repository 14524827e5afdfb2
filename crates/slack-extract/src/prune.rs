//! Raw pages that are not kept for ever: what a batch loses when its tables are all that is wanted of it.

use std::fs;

use chrono::{DateTime, SecondsFormat, Utc};
use slack_model::batch::{BatchFolder, Metadata, files_below};

use crate::error::{Error, Result};
use crate::hash::digest_of_folder;
use crate::sources::web_api::resume::is_unfinished;

/// What was removed of a batch, or would be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pruned {
    /// Answers, or files of an export.
    pub pages: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// The digest of an export's files, in the metadata of a batch whose pages are pruned: the same export, taken in once
/// more, is known by it.
pub(crate) const PRUNED_DIGEST: &str = "pruned_digest";

/// Whether a batch's capture has come to its end, so that nobody goes on with its pages.
///
/// # Errors
///
/// Where its metadata cannot be read.
pub fn is_finished(batch: &BatchFolder) -> Result<bool> {
    let metadata = Metadata::read(&batch.metadata())?;
    Ok(!is_unfinished(&metadata) && !metadata.get("status").is_empty())
}

/// Counts what [`prune`] would remove of a batch.
///
/// # Errors
///
/// Where a folder cannot be listed.
pub fn prunable(batch: &BatchFolder) -> Result<Pruned> {
    let mut pruned = Pruned::default();
    for folder in [batch.api(), batch.export()] {
        for file in files_below(&folder)?.files {
            pruned.pages += 1;
            pruned.bytes += fs::metadata(folder.join(file)).map_or(0, |file| file.len());
        }
    }
    Ok(pruned)
}

/// Removes a batch's raw pages, `api/` and `export/`. Its tables, metadata, hosted files and metrics stay, and what a
/// refresh must know of it is in its logs. The batch bears when that was, from before the first page is gone.
///
/// The caller sees to it that the capture has ended and that the tables are in the master.
///
/// # Errors
///
/// Where a folder cannot be listed or removed, or the metadata cannot be written; calling it again ends the work.
pub fn prune(batch: &BatchFolder, now: DateTime<Utc>) -> Result<Pruned> {
    let pruned = prunable(batch)?;
    let mut metadata = Metadata::read(&batch.metadata())?;
    if metadata.get(Metadata::PRUNED_AT).is_empty() {
        if batch.export().is_dir() {
            metadata.set(PRUNED_DIGEST, digest_of_folder(&batch.export())?);
        }
        metadata.set(Metadata::PRUNED_AT, now.to_rfc3339_opts(SecondsFormat::Secs, true));
        metadata.write(&batch.metadata())?;
    }
    for folder in [batch.api(), batch.export()] {
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::io("remove", &folder, error));
            }
            _ => {}
        }
    }
    Ok(pruned)
}

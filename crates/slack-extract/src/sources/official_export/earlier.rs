//! Whether an export is in the data home already, whole or in part.

use std::path::Path;

use slack_model::batch::{BatchFolder, DataHome, Metadata, files_below};

use super::copy::holds_all;
use crate::error::Result;
use crate::hash::digest_of_folder;
use crate::prune::PRUNED_DIGEST;

/// The key of the digest of an export's files, in the metadata of its batch.
pub(crate) const DIGEST: &str = "export_digest";

/// What the data home has of an export.
#[derive(Debug)]
pub(super) enum Earlier {
    /// The very same files.
    Same(BatchFolder),
    /// Some of them: that import could not read all.
    Part(BatchFolder),
    /// Nothing.
    None,
}

impl Earlier {
    /// Looks for an export's files among the batches, whatever these are called.
    pub(super) fn of(home: &DataHome, export: &Path, digest: &str) -> Result<Self> {
        let mut part = None;
        for batch in home.batches()? {
            let metadata = Metadata::read(&batch.metadata())?;
            if metadata.get("source") != "export" {
                continue;
            }
            if is_same(&batch, &metadata, export, digest)? {
                return Ok(Self::Same(batch));
            }
            let is_damaged = metadata.get("status") == "partial" && batch.export().is_dir();
            if part.is_none() && is_damaged && holds_all(export, &batch.export())? {
                part = Some(batch);
            }
        }
        Ok(part.map_or(Self::None, Self::Part))
    }
}

fn is_same(batch: &BatchFolder, metadata: &Metadata, export: &Path, digest: &str) -> Result<bool> {
    let known =
        [DIGEST, PRUNED_DIGEST].map(|key| metadata.get(key)).into_iter().find(|known| !known.is_empty());
    match known {
        Some(known) => Ok(known == digest),
        // A batch of an earlier version, which kept no digest.
        None if files_below(export)?.files == files_below(&batch.export())?.files => {
            Ok(digest_of_folder(&batch.export())? == digest)
        }
        None => Ok(false),
    }
}

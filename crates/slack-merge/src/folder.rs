use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use slack_model::atomic::{recover_folder, replace_folder, sync_file_system};
use slack_model::batch::BatchFolder;
use slack_model::rows::{Batch, TABLES};
use slack_model::{BatchId, Folder, Table, TableReader, TeamId};

use crate::error::{Error, Result};
use crate::join::{MergeSummary, merge_tables};

/// Merges a batch's tables into the master in the folder `master`, which may not exist yet.
///
/// The new master is written beside the old one, put on the disk, and takes its place as a whole; a crash at
/// any moment leaves the one or the other. Tables that do not change are not written again, and a batch that
/// changes nothing leaves the folder untouched.
///
/// # Errors
///
/// Where the batch has no tables or is of another workspace, or a table cannot be read or written.
pub fn merge_folder(master: &Path, batch: &BatchFolder) -> Result<MergeSummary> {
    recover_folder(master)?;
    if !batch.is_transformed() {
        return Err(Error::NoTables(batch.id()));
    }
    let (old, new) = (Folder(master.into()), Folder(batch.csv()));
    check_team(&old, &new, batch.id())?;
    let next = beside(master);
    if next.exists() {
        fs::remove_dir_all(&next).map_err(|source| io("remove", &next, source))?;
    }
    fs::create_dir_all(&next).map_err(|source| io("make", &next, source))?;
    let merged = merge_tables(&old, &new, &Folder(next.clone())).and_then(|summary| {
        if summary.tables.values().all(|change| change.is_none()) && master.is_dir() {
            fs::remove_dir_all(&next).map_err(|source| io("remove", &next, source))?;
        } else {
            keep_unchanged(master, &next)?;
            sync_file_system(&next)?;
            replace_folder(&next, master)?;
        }
        Ok(summary)
    });
    if merged.is_err() {
        // What was begun is of no use; the old master is untouched.
        let _ = fs::remove_dir_all(&next);
    }
    merged
}

/// The batches that a master, or a batch's tables, hold.
pub fn merged_batches(tables: &Path) -> Result<Vec<Batch>> {
    match TableReader::open(&Folder(tables.into()), &Batch::SCHEMA)? {
        Some(reader) => Ok(reader.rows().collect::<Result<_, _>>()?),
        None => Ok(Vec::new()),
    }
}

/// Gives the new master the tables that did not change: the same files, under one more name.
fn keep_unchanged(master: &Path, next: &Path) -> Result<()> {
    for schema in TABLES {
        let (old, new) = (master.join(schema.file_name()), next.join(schema.file_name()));
        if old.is_file() && !new.exists() {
            let kept = fs::hard_link(&old, &new).or_else(|_| fs::copy(&old, &new).map(drop));
            kept.map_err(|source| io("write", &new, source))?;
        }
    }
    Ok(())
}

/// Two workspaces in one master would make nonsense of every number.
fn check_team(master: &Folder, batch: &Folder, id: BatchId) -> Result<()> {
    let teams = |tables: &Folder| -> Result<BTreeSet<TeamId>> {
        Ok(merged_batches(&tables.0)?.into_iter().filter_map(|batch| batch.team_id).collect())
    };
    let (master, batch) = (teams(master)?, teams(batch)?);
    match (master.first(), batch.first()) {
        (Some(first), Some(other)) if master.is_disjoint(&batch) => {
            Err(Error::OtherTeam { id, batch: other.clone(), master: first.clone() })
        }
        _ => Ok(()),
    }
}

fn beside(master: &Path) -> PathBuf {
    let name = master.file_name().unwrap_or_default().to_string_lossy();
    master.with_file_name(format!(".{name}.next"))
}

fn io(action: &'static str, path: &Path, source: std::io::Error) -> Error {
    Error::Io { action, path: path.into(), source }
}

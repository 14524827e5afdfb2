use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use slack_model::atomic::{recover_folder, replace_folder};
use slack_model::batch::BatchFolder;
use slack_model::rows::{Batch, TABLES};
use slack_model::{Folder, Table, TableReader, TableSource, TeamId};

use crate::error::{Error, Result};
use crate::tables::{BATCHES_AT_ONCE, MergeOptions, MergeSummary, merge_tables};

/// Merges batches' tables into the master in the folder `master`, which may not exist yet.
///
/// The new master is written beside the old one, put on the disk, and takes its place as a whole; a crash at
/// any moment leaves the one or the other. (Where there are more than 27 batches, each 27 take a pass of their own,
/// and the master of the first of them may stand there too.) Tables that do not change are not written again, and batches that change nothing leave the folder
/// untouched.
///
/// # Errors
///
/// Where a batch has no tables or is of another workspace, or a table cannot be read or written.
pub fn merge_folder(master: &Path, batches: &[BatchFolder], options: &MergeOptions) -> Result<MergeSummary> {
    recover_folder(master)?;
    check_teams(master, batches)?;
    let mut summary = MergeSummary::default();
    for batches in batches.chunks(BATCHES_AT_ONCE) {
        let next = beside(master);
        if next.exists() {
            fs::remove_dir_all(&next).map_err(|source| io("remove", &next, source))?;
        }
        let absent: Vec<_> = next.ancestors().skip(1).take_while(|folder| !folder.exists()).collect();
        let merged = merge_beside(master, batches, &next, options);
        if merged.is_err() {
            // What was begun is of no use, nor are the folders made for it; the old master is untouched.
            let _ = fs::remove_dir_all(&next);
            for folder in absent {
                let _ = fs::remove_dir(folder);
            }
        }
        summary.add(merged?);
    }
    Ok(summary)
}

/// Writes the new master to `next` and puts it in the old one's place, if it differs.
fn merge_beside(
    master: &Path,
    batches: &[BatchFolder],
    next: &Path,
    options: &MergeOptions,
) -> Result<MergeSummary> {
    let tables: Vec<_> = batches.iter().map(|batch| Folder(batch.csv())).collect();
    let tables: Vec<_> = tables.iter().map(|tables| tables as &dyn TableSource).collect();
    // Each table that is written is put on the disk when it is complete, while others are still being merged.
    let summary = merge_tables(&Folder(master.into()), &tables, &Folder(next.into()), options)?;
    if next.exists() {
        keep_unchanged(master, next)?;
        replace_folder(next, master)?;
    }
    Ok(summary)
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
            let copy = || fs::copy(&old, &new).and_then(|_| File::open(&new)?.sync_all());
            let kept = fs::hard_link(&old, &new).or_else(|_| copy());
            kept.map_err(|source| io("write", &new, source))?;
        }
    }
    Ok(())
}

/// Two workspaces in one master would make nonsense of every number.
fn check_teams(master: &Path, batches: &[BatchFolder]) -> Result<()> {
    let teams = |tables: &Path| -> Result<BTreeSet<TeamId>> {
        Ok(merged_batches(tables)?.into_iter().filter_map(|batch| batch.team_id).collect())
    };
    let mut known = teams(master)?;
    for batch in batches {
        if !batch.is_transformed() {
            return Err(Error::NoTables(batch.id()));
        }
        let others = teams(&batch.csv())?;
        if let (Some(first), Some(other)) = (known.first(), others.first())
            && known.is_disjoint(&others)
        {
            return Err(Error::OtherTeam { id: batch.id(), batch: other.clone(), master: first.clone() });
        }
        known.extend(others);
    }
    Ok(())
}

fn beside(master: &Path) -> PathBuf {
    let name = master.file_name().unwrap_or_default().to_string_lossy();
    master.with_file_name(format!(".{name}.next"))
}

fn io(action: &'static str, path: &Path, source: std::io::Error) -> Error {
    Error::Io { action, path: path.into(), source }
}

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use slack_model::atomic::{recover_folder, replace_folder};
use slack_model::batch::BatchFolder;
use slack_model::rows::{Batch, ChannelAlias, TABLES};
use slack_model::{Folder, Table, TableReader, TableSink, TableSource, TableWriter, TeamId};

use crate::aliases::{Aliases, Directory, JoinedFolder};
use crate::error::{Error, Result};
use crate::split::split;
use crate::tables::{BATCHES_AT_ONCE, MergeOptions, MergeSummary, merge_tables};

/// Merges batches' tables into the master in the folder `master`, which may not exist yet.
///
/// The new master is written beside the old one, put on the disk, and takes its place as a whole; a crash at
/// any moment leaves the one or the other. (Where there are more than 27 batches, each 27 take a pass of their own,
/// and the master of the first of them may stand there too.) Tables that do not change are not written again, and batches
/// that change nothing leave the folder untouched.
///
/// Folders of exports that no list names are joined with the channels that they are, where a message proves it or
/// [`MergeOptions::aliases`] says so: each batch's folder for itself, since another export's folder of that name may be
/// another channel. A folder of a direct message or canvas is never joined with anything else, and none with a channel of
/// its own export, unless the operator says that it is one. Channels that no list names get their class by [`MergeOptions::assumed_public`].
/// Both is done to the master as well where there are no batches.
///
/// # Errors
///
/// Where a batch has no tables or is of another workspace, the operator's aliases contradict the tables, or a table cannot
/// be read or written.
pub fn merge_folder(master: &Path, batches: &[BatchFolder], options: &MergeOptions) -> Result<MergeSummary> {
    recover_folder(master)?;
    check_teams(master, batches)?;
    let places = Places { next: beside(master, "next"), joining: beside(master, "joining") };
    places.clear()?;
    let absent: Vec<_> = places.next.ancestors().skip(1).take_while(|folder| !folder.exists()).collect();
    let merged = Plan::make(master, batches, &places, options)
        .and_then(|plan| plan.carry_out(master, &places, options));
    if merged.is_err() {
        // What was begun is of no use, nor are the folders made for it; the old master is untouched.
        let _ = fs::remove_dir_all(&places.next);
        let _ = fs::remove_dir_all(&places.joining);
        for folder in absent {
            let _ = fs::remove_dir(folder);
        }
    }
    merged
}

/// The folders beside the master in which a merge works.
struct Places {
    /// The master that is being written.
    next: PathBuf,
    /// Tables that are taken apart, since folders in them are channels.
    joining: PathBuf,
}

impl Places {
    /// Removes what an interrupted merge left.
    fn clear(&self) -> Result<()> {
        for folder in [&self.next, &self.joining] {
            if folder.exists() {
                fs::remove_dir_all(folder).map_err(|source| io("remove", folder, source))?;
            }
        }
        Ok(())
    }
}

/// What is merged with what.
struct Plan {
    /// The master's tables, without the rows of folders that are channels.
    base: PathBuf,
    /// The tables that are merged into them.
    sources: Vec<PathBuf>,
    joined: Vec<JoinedFolder>,
}

impl Plan {
    /// Finds the folders that are channels, and takes their rows out of the tables that have them: under the channels' ids
    /// they are one more source, and the first, so that no batch counts as merged without its folders' rows.
    fn make(master: &Path, batches: &[BatchFolder], places: &Places, options: &MergeOptions) -> Result<Self> {
        let mut folders: Vec<PathBuf> = batches.iter().map(BatchFolder::csv).collect();
        folders.insert(0, master.into());
        let tables: Vec<_> = folders.iter().cloned().map(Folder).collect();
        let tables: Vec<_> = tables.iter().map(|tables| tables as &dyn TableSource).collect();
        let directories = tables.iter().map(|tables| Directory::read(*tables)).collect::<Result<Vec<_>>>()?;
        let aliases = Aliases::find(&tables, &directories, options)?;
        let mut pieces = Vec::new();
        for (number, moves) in aliases.moves.iter().enumerate().filter(|(_, moves)| !moves.is_empty()) {
            let place = |role: &str| places.joining.join(format!("{number}-{role}"));
            let rest = place("rest");
            pieces.extend(split(tables[number], moves, &place("taken"), &rest)?);
            folders[number] = rest;
        }
        if let Some(rows) = &aliases.rows {
            let folder = Folder(places.joining.join("aliases"));
            let mut writer = TableWriter::new(folder.create(&ChannelAlias::SCHEMA)?, &ChannelAlias::SCHEMA)?;
            rows.iter().try_for_each(|row| writer.write_row(row))?;
            folder.finish(&ChannelAlias::SCHEMA, writer.finish()?.0)?;
            pieces.push(folder.0);
        }
        let base = folders.remove(0);
        folders.splice(0..0, union(pieces, places, options)?);
        Ok(Self { base, sources: folders, joined: aliases.new })
    }

    /// Writes the new master and puts it in the old one's place, if it differs.
    fn carry_out(self, master: &Path, places: &Places, options: &MergeOptions) -> Result<MergeSummary> {
        let mut summary = MergeSummary { joined: self.joined, ..MergeSummary::default() };
        let is_taken_apart = self.base != master;
        let mut base = self.base;
        let chunks = self.sources.chunks(BATCHES_AT_ONCE);
        // Without any source, there is still what the operator says of the master's channels.
        let nothing = self.sources.is_empty().then_some(&[][..]);
        for (number, sources) in chunks.chain(nothing).enumerate() {
            summary.add(merge_into(&base, sources, &places.next, options)?);
            if !places.next.exists() {
                continue;
            }
            keep_unchanged(&base, &places.next)?;
            if is_taken_apart {
                // Rows that were taken out are not all back yet: no such master may stand in the old one's place.
                base = places.joining.join(format!("master-{number}"));
                fs::rename(&places.next, &base).map_err(|source| io("write", &base, source))?;
            } else {
                replace_folder(&places.next, master)?;
            }
        }
        if is_taken_apart {
            replace_folder(&base, master)?;
        }
        places.clear()?;
        Ok(summary)
    }
}

/// Merges tables that are joined into one set of them.
fn union(mut pieces: Vec<PathBuf>, places: &Places, options: &MergeOptions) -> Result<Vec<PathBuf>> {
    let mut number = 0;
    while pieces.len() > 1 {
        let some: Vec<_> = pieces.drain(..pieces.len().min(BATCHES_AT_ONCE)).collect();
        let merged = places.joining.join(format!("union-{number}"));
        merge_into(&places.joining.join("nothing"), &some, &merged, options)?;
        for folder in some {
            fs::remove_dir_all(&folder).map_err(|source| io("remove", &folder, source))?;
        }
        pieces.push(merged);
        number += 1;
    }
    Ok(pieces)
}

/// Merges the tables of folders into those of `base`, and writes what changes to `next`.
fn merge_into(base: &Path, sources: &[PathBuf], next: &Path, options: &MergeOptions) -> Result<MergeSummary> {
    let tables: Vec<_> = sources.iter().cloned().map(Folder).collect();
    let tables: Vec<_> = tables.iter().map(|tables| tables as &dyn TableSource).collect();
    // Each table that is written is put on the disk when it is complete, while others are still being merged.
    merge_tables(&Folder(base.into()), &tables, &Folder(next.into()), options)
}

/// The batches that a master, or a batch's tables, hold.
///
/// # Errors
///
/// If `batch_data` cannot be read or a row of it is not valid. A folder without the table holds no batches.
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

fn beside(master: &Path, role: &str) -> PathBuf {
    let name = master.file_name().unwrap_or_default().to_string_lossy();
    master.with_file_name(format!(".{name}.{role}"))
}

fn io(action: &'static str, path: &Path, source: std::io::Error) -> Error {
    Error::Io { action, path: path.into(), source }
}

//! Official exports: the folder, or the zip, that Slack makes.

mod copy;
mod unzip;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use slack_model::atomic::{replace_folder, sync_file_system};
use slack_model::batch::{BatchFolder, DataHome, Metadata, Request, RequestStatus, RowLog};
use slack_model::{BatchId, MessagePage, Progress, Time, Ts, commonest_team, is_day_file};

use self::copy::{Copied, compare, copy_folder};
use self::unzip::unzip;
use crate::error::{Error, Result};
use crate::prune::was_of;
use crate::source::{Capture, Gap, Source, describe};

/// An official Slack export, copied byte for byte into `<batch>/export/`.
///
/// The batch is named after the newest message, unless [`taken_at`](Self::taken_at) says when the export was
/// taken: day files carry local dates, and a file's own time says when it was copied.
#[derive(Debug, Clone)]
pub struct OfficialExport {
    path: PathBuf,
    taken_at: Option<Time>,
}

impl OfficialExport {
    /// The export in a folder, or in a zip.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), taken_at: None }
    }

    /// Says when the export was taken.
    pub fn taken_at(&mut self, time: Time) -> &mut Self {
        self.taken_at = Some(time);
        self
    }

    fn copy_to(&self, staging: &Path, progress: &dyn Progress) -> Result<Copied> {
        let metadata = fs::metadata(&self.path).map_err(|error| Error::io("open", &self.path, error))?;
        if metadata.is_dir() {
            let root = export_root(&self.path)?.ok_or_else(|| Error::NoExport { path: self.path.clone() })?;
            return copy_folder(&root, &staging.join("export"), progress);
        }
        let unpacked = staging.join("unpacked");
        let copied = unzip(&self.path, &unpacked, progress)?;
        let root = export_root(&unpacked)?.ok_or_else(|| Error::NoExport { path: self.path.clone() })?;
        let export = staging.join("export");
        fs::rename(&root, &export).map_err(|error| Error::io("write", &export, error))?;
        if unpacked.exists() {
            fs::remove_dir_all(&unpacked).map_err(|error| Error::io("remove", &unpacked, error))?;
        }
        Ok(copied)
    }
}

impl Source for OfficialExport {
    fn capture(&mut self, home: &DataHome, progress: &dyn Progress) -> Result<Capture> {
        let started_at = Utc::now();
        let staging = Staging::begin(home)?;
        let copied = self.copy_to(&staging.0, progress)?;
        let newest = newest_message(&staging.0.join("export"), started_at)?;
        let time = self.taken_at.or(newest.map(Ts::time));
        let id = BatchId::at(time.ok_or_else(|| Error::NoMessages { path: self.path.clone() })?);
        let batch = home.batch(id);
        let mut capture = Capture {
            batch: batch.clone(),
            was_there: false,
            is_resumed: false,
            stored: copied.files,
            found: 0,
            bytes: copied.bytes,
            files: 0,
            file_bytes: 0,
            files_left: BTreeMap::new(),
            waited: Duration::ZERO,
            backed_off: Duration::ZERO,
            gone: BTreeMap::new(),
            calls: BTreeMap::new(),
            gap_kinds: kinds(&copied.gaps),
            n_gaps: copied.gaps.len() as u64,
            gaps: copied.gaps,
        };
        if batch.root().exists() {
            if was_of(&batch, &staging.0.join("export"))? {
                capture.was_there = true;
                return Ok(capture);
            }
            let (holds_all, holds_no_more) = compare(&staging.0.join("export"), &batch.export())?;
            let metadata = Metadata::read(&batch.metadata())?;
            let is_pruned = !metadata.get(Metadata::PRUNED_AT).is_empty();
            let was_partial = metadata.get("status") == "partial" && !is_pruned;
            capture.was_there = holds_all && holds_no_more;
            if capture.was_there {
                return Ok(capture);
            } else if !(holds_all && was_partial) {
                return Err(Error::BatchExists { batch: id });
            }
            // What a damaged export lacked is here now: the batch begins anew.
        }
        let staged = BatchFolder::new(staging.0.clone(), id);
        log_gaps(&staged, &capture.gaps)?;
        let status = if capture.gaps.is_empty() { "complete" } else { "partial" };
        let mut metadata = Metadata::default();
        // An export does not say which workspace it is of; its users do.
        let users = fs::read(staged.export().join("users.json")).unwrap_or_default();
        let team = commonest_team(&users).map(|team| team.to_string()).unwrap_or_default();
        metadata.set("team_id", team);
        metadata.set("team_name", "");
        describe(&staged, &mut metadata, "export", status, started_at)?;
        sync_file_system(&staging.0)?;
        replace_folder(&staging.0, batch.root())?;
        Ok(capture)
    }
}

/// The folder in which a batch grows before it has its name. It goes where the import fails: the export is
/// still where it was.
struct Staging(PathBuf);

impl Staging {
    fn begin(home: &DataHome) -> Result<Self> {
        let staging = Self(home.root().join(".import"));
        staging.clear().map_err(|error| Error::io("remove", &staging.0, error))?;
        fs::create_dir_all(&staging.0).map_err(|error| Error::io("make", &staging.0, error))?;
        Ok(staging)
    }

    fn clear(&self) -> std::io::Result<()> {
        if self.0.exists() { fs::remove_dir_all(&self.0) } else { Ok(()) }
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        let _ = self.clear();
    }
}

/// The folder that holds the export's lists: the given one, or the only folder in it, as some zips have it.
fn export_root(folder: &Path) -> Result<Option<PathBuf>> {
    let entries = |folder: &Path| -> Result<Vec<PathBuf>> {
        let failed = |error| Error::io("list", folder, error);
        let entries = fs::read_dir(folder).map_err(failed)?;
        entries.map(|entry| Ok(entry.map_err(failed)?.path())).collect()
    };
    let is_export = |folder: &Path| -> Result<bool> {
        let lists = ["users.json", "channels.json"].iter().any(|list| folder.join(list).is_file());
        let mut inner = entries(folder)?.into_iter().filter(|entry| entry.is_dir());
        Ok(lists
            || inner.any(|inner| entries(&inner).is_ok_and(|files| files.iter().any(|file| is_day(file)))))
    };
    if is_export(folder)? {
        return Ok(Some(folder.into()));
    }
    let hidden = |path: &Path| {
        path.file_name().is_some_and(|name| name == "__MACOSX" || name.as_encoded_bytes().starts_with(b"."))
    };
    let mut found = None;
    let mut inner = entries(folder)?;
    inner.sort_unstable();
    for inner in inner.into_iter().filter(|entry| entry.is_dir() && !hidden(entry)) {
        if is_export(&inner)? {
            // To take one and drop the others would lose them without a word.
            if let Some(first) = found {
                return Err(Error::SeveralExports { path: folder.into(), first, second: inner });
            }
            found = Some(inner);
        }
    }
    Ok(found)
}

fn is_day(path: &Path) -> bool {
    path.file_name().is_some_and(|name| is_day_file(&name.to_string_lossy()))
}

/// The newest message in an export's day files. A timestamp in the future is an odd one, and names no batch.
fn newest_message(export: &Path, now: DateTime<Utc>) -> Result<Option<Ts>> {
    let tomorrow = Ts::from_micros((now + TimeDelta::days(1)).timestamp_micros());
    let failed = |error| Error::io("list", export, error);
    let mut newest = None;
    for folder in fs::read_dir(export).map_err(failed)? {
        let folder = folder.map_err(failed)?.path();
        if !folder.is_dir() {
            continue;
        }
        for file in fs::read_dir(&folder).map_err(failed)? {
            let file = file.map_err(failed)?.path();
            if is_day(&file) {
                let body = fs::read(&file).map_err(|error| Error::io("read", &file, error))?;
                newest = newest.max(MessagePage::read(&body, tomorrow).newest);
            }
        }
    }
    Ok(newest)
}

fn log_gaps(batch: &BatchFolder, gaps: &[Gap]) -> Result<()> {
    let mut log = RowLog::<Request>::open(&batch.metadata())?;
    for gap in gaps {
        log.append(&Request {
            file: gap.what.clone(),
            error: gap.why.clone(),
            attempts: 1,
            requested_at: Time::from_micros(Utc::now().timestamp_micros()),
            ..Request::new("export", RequestStatus::Gap)
        })?;
    }
    Ok(())
}

/// How often what could not be read, by reason.
fn kinds(gaps: &[Gap]) -> BTreeMap<(String, String), u64> {
    let mut kinds = BTreeMap::new();
    for gap in gaps {
        *kinds.entry(("export".into(), gap.why.clone())).or_default() += 1;
    }
    kinds
}

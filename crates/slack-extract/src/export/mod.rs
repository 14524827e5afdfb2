//! Official exports: the folder, or the zip, that Slack makes.

mod copy;
mod earlier;
mod unzip;
mod workspace;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use slack_model::atomic::{replace_folder, sync_file_system};
use slack_model::batch::{BatchFolder, DataHome, Metadata, Request, RequestStatus, RowLog};
use slack_model::{BatchId, ExportSurvey, Progress, Time, Ts, is_day_file, survey_export};

use self::copy::{Copied, copy_folder};
use self::earlier::Earlier;
use self::unzip::unzip;
use self::workspace::workspace;
use crate::error::{Error, Result};
use crate::hash::digest_of_folder;
use crate::source::{Capture, Gap, Source, describe};

/// An official Slack export, copied byte for byte into `<batch>/export/`.
///
/// The batch is named after the time at which the export was taken: what [`taken_at`](Self::taken_at) says, or the newest
/// entry of a zip, or the newest message of a channel that the export lists as public (day files carry local dates, and a
/// file's own time says when it was copied).
#[derive(Debug, Clone)]
pub struct OfficialExport {
    path: PathBuf,
    taken_at: Option<Time>,
    is_same_workspace: bool,
}

impl OfficialExport {
    /// The export in a folder, or in a zip.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), taken_at: None, is_same_workspace: false }
    }

    /// Says when the export was taken.
    pub fn taken_at(&mut self, time: Time) -> &mut Self {
        self.taken_at = Some(time);
        self
    }

    /// Says that the export is of the workspace that the data home holds, where nothing in it tells.
    pub fn same_workspace(&mut self, is_same: bool) -> &mut Self {
        self.is_same_workspace = is_same;
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
        let staged = BatchFolder::new(staging.0.clone(), BatchId::from(started_at));
        // A timestamp in the future is an odd one, and names no batch.
        let tomorrow = Ts::from(
            Time::from_micros((started_at + TimeDelta::days(1)).timestamp_micros()).unwrap_or(Time::EPOCH),
        );
        let survey = survey_export(&staged, tomorrow)?;
        let team = workspace(home, &survey, self.is_same_workspace, tomorrow)?;
        let digest = digest_of_folder(&staged.export())?;
        let (batch, was_there) = match Earlier::of(home, &staged.export(), &digest)? {
            Earlier::Same(batch) => (batch, true),
            // What a damaged export lacked is here now: its batch begins from scratch.
            Earlier::Part(batch) => (batch, false),
            Earlier::None => (home.batch(self.next_free(home, &survey, started_at)?), false),
        };
        let capture = Capture {
            batch: batch.clone(),
            was_there,
            is_resumed: false,
            stored: copied.files,
            found: 0,
            bytes: copied.bytes,
            files: 0,
            file_bytes: 0,
            files_left: BTreeMap::new(),
            waited: Duration::ZERO,
            calls: BTreeMap::new(),
            gap_kinds: kinds(&copied.gaps),
            n_gaps: copied.gaps.len() as u64,
            gaps: copied.gaps,
        };
        if was_there {
            return Ok(capture);
        }
        let staged = BatchFolder::new(staging.0.clone(), batch.id());
        log_gaps(&staged, &capture.gaps)?;
        let status = if capture.gaps.is_empty() { "complete" } else { "partial" };
        let mut metadata = Metadata::default();
        metadata.set("team_id", team);
        metadata.set("team_name", "");
        metadata.set(earlier::DIGEST, digest);
        if let Some(newest) = survey.newest {
            // A channel that became private must not count as public since the list that says so seems the older one.
            metadata.set(Metadata::LISTS_UNTIL, BatchId::at(newest.time()).to_string());
        }
        describe(&staged, &mut metadata, "export", status, started_at)?;
        sync_file_system(&staging.0)?;
        replace_folder(&staging.0, batch.root())?;
        Ok(capture)
    }
}

impl OfficialExport {
    /// The batch of the time at which the export was taken, as far as that is known; of the next second, where another one
    /// has that. No private message's time gets into the name, which reports show.
    fn next_free(&self, home: &DataHome, survey: &ExportSurvey, now: DateTime<Utc>) -> Result<BatchId> {
        let time = match self.taken_at {
            Some(time) => Some(time),
            None => newest_entry_time(&self.path, now)?,
        };
        let time = time.or(survey.newest_public.map(Ts::time));
        let mut seconds = time.map_or(now.timestamp(), |time| time.micros() / 1_000_000);
        while let Some(time) = Time::from_seconds(seconds) {
            let id = BatchId::at(time);
            if !home.batch(id).root().exists() {
                return Ok(id);
            }
            seconds += 1;
        }
        Err(Error::BatchExists { batch: BatchId::from(now) })
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

// TODO(zip): replaced by the reader of zips.
fn newest_entry_time(_: &Path, _: DateTime<Utc>) -> Result<Option<Time>> {
    Ok(None)
}

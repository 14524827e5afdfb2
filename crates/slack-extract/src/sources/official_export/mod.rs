//! Official exports: the folder, or the zip, that Slack makes.

mod archive;
mod budget;
mod copied;
mod copy;
pub(crate) mod earlier;
mod format;
pub(crate) mod limits;
mod names;
mod outside;
mod place;
mod reading;
mod root;
mod times;
mod unzip;
mod workspace;

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use slack_model::batch::{BatchFolder, DataHome, Metadata, Request, RequestStatus};
use slack_model::{BatchId, ExportSurvey, Progress, Time, Ts, survey_export};

use self::copied::Copied;
use self::earlier::{DIGEST, Earlier};
use self::limits::ImportLimits;
use self::reading::read_export;
use self::workspace::workspace;
use crate::error::{Error, Result};
use crate::hash::digest_of_folder;
use slack_model::batch::{BatchWriter, Capture, Gap, Source};

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
    limits: ImportLimits,
}

impl OfficialExport {
    /// The export in a folder, or in a zip.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let limits = ImportLimits::default();
        Self { path: path.into(), taken_at: None, is_same_workspace: false, limits }
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

    /// Sets how much the export may hold.
    pub fn limits(&mut self, limits: ImportLimits) -> &mut Self {
        self.limits = limits;
        self
    }

    fn copy_to(&self, staging: &Path, progress: &dyn Progress) -> Result<Copied> {
        read_export(&self.path, staging, &self.limits, progress)
    }
}

impl Source for OfficialExport {
    type Error = Error;

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
        let team = workspace(home, &survey, self.is_same_workspace)?;
        let digest = digest_of_folder(&staged.export())?;
        let (batch, was_there) = match Earlier::of(home, &staged.export(), &digest)? {
            Earlier::Same(batch) => (batch, true),
            // What a damaged export lacked is here now: its batch begins from scratch.
            Earlier::Part(batch) => (batch, false),
            Earlier::None => {
                (home.batch(self.next_free(home, copied.newest_entry, &survey, started_at)?), false)
            }
        };
        if was_there {
            let mut capture = Capture::new(batch);
            (capture.was_there, capture.stored, capture.bytes) = (true, copied.files, copied.bytes);
            copied.gaps.into_iter().for_each(|gap| capture.add_gap("export", gap));
            return Ok(capture);
        }
        let staged = BatchFolder::new(staging.0.clone(), batch.id());
        let status = if copied.gaps.is_empty() { "complete" } else { "partial" };
        let mut metadata = Metadata::default();
        metadata.set("team_id", team);
        metadata.set("team_name", "");
        metadata.set(DIGEST, digest);
        if let Some(time) = self.taken_at {
            metadata.set(Metadata::TAKEN_AT, time.to_string());
        }
        if let Some(newest) = survey.newest {
            // A channel that became private must not count as public since the list that says so seems the older one.
            metadata.set(Metadata::LISTS_UNTIL, BatchId::at(newest.time()).to_string());
        }
        let writer = BatchWriter::open(staged, "export", started_at, metadata)?;
        log_gaps(&writer, &copied.gaps, &copied.left)?;
        let mut capture = writer.finish_at(&batch, status)?;
        (capture.stored, capture.bytes) = (copied.files, copied.bytes);
        Ok(capture)
    }
}

impl OfficialExport {
    /// The batch of the time at which the export was taken, as far as that is known; of the next second, where another one
    /// has that. No private message's time gets into the name, which reports show.
    fn next_free(
        &self,
        home: &DataHome,
        newest_entry: Option<Time>,
        survey: &ExportSurvey,
        now: DateTime<Utc>,
    ) -> Result<BatchId> {
        let time = self.taken_at.or(newest_entry).or(survey.newest_public.map(Ts::time));
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

/// Logs what is missing, and what was left where it is.
fn log_gaps(writer: &BatchWriter, gaps: &[Gap], left: &[Gap]) -> Result<()> {
    let gaps = gaps.iter().map(|gap| (gap, RequestStatus::Gap));
    for (gap, status) in gaps.chain(left.iter().map(|left| (left, RequestStatus::Skipped))) {
        writer.append(&Request {
            file: gap.what.clone(),
            error: gap.why.clone(),
            attempts: 1,
            requested_at: Time::from_micros(Utc::now().timestamp_micros()),
            ..Request::new("export", status)
        })?;
    }
    Ok(())
}

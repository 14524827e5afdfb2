use std::collections::HashSet;
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, SecondsFormat, Utc};

use super::{BatchFolder, Capture, DataHome, Gap, Metadata, Request, RequestStatus, RowLog};
use crate::atomic::{AtomicFile, replace_folder, sync_file_system, sync_folder};
use crate::error::{Error, Result};
use crate::ts::BatchId;

/// Writes a batch: pages as they came, the log of requests, and what the batch says about itself.
///
/// Each page is written under another name, synced and renamed, then its row is logged: what a killed process leaves is
/// whole pages, and at most one without a row. Names and rows reach the disk a thousand at a time, and when the batch is
/// finished; the metadata names the end only after that.
///
/// The caller holds the data home's [lock](DataHome::lock).
#[derive(Debug)]
pub struct BatchWriter {
    batch: BatchFolder,
    source: String,
    started_at: DateTime<Utc>,
    log: Mutex<RowLog<Request>>,
    metadata: Mutex<Metadata>,
    unsynced: Mutex<Unsynced>,
    capture: Mutex<Capture>,
}

/// The folders whose files have new names, and how many those are.
#[derive(Debug, Default)]
struct Unsynced {
    folders: HashSet<PathBuf>,
    names: u32,
}

/// More folders than this are synced by one call for all, where the system has it.
const FEW_FOLDERS: usize = 8;

/// After so many new names their folders and the log are synced.
const MOST_UNSYNCED: u32 = 1_000;

impl BatchWriter {
    /// Begins a batch in the first free second from `started_at` on. `source` names what fills it; `metadata` is what
    /// else is noted of it from the start.
    ///
    /// # Errors
    ///
    /// Where the batch cannot be written.
    pub fn begin(
        home: &DataHome,
        source: &str,
        started_at: DateTime<Utc>,
        metadata: Metadata,
    ) -> Result<Self> {
        let taken = || Error::io("make", home.root(), io::ErrorKind::AlreadyExists.into());
        let mut seconds = started_at;
        while home.batch(BatchId::from(seconds)).root().exists() {
            seconds = seconds.checked_add_signed(chrono::TimeDelta::seconds(1)).ok_or_else(taken)?;
        }
        Self::open(home.batch(BatchId::from(seconds)), source, started_at, metadata)
    }

    /// Continues a batch that was begun, or begins one in a folder of the caller's choice.
    ///
    /// # Errors
    ///
    /// Where the batch cannot be written.
    pub fn open(
        batch: BatchFolder,
        source: &str,
        started_at: DateTime<Utc>,
        metadata: Metadata,
    ) -> Result<Self> {
        let mut metadata = metadata;
        describe(&batch, &mut metadata, source, "running", started_at)?;
        let (log, metadata) = (Mutex::new(RowLog::open(&batch.metadata())?), Mutex::new(metadata));
        let (unsynced, capture) = (Mutex::default(), Mutex::new(Capture::new(batch.clone())));
        Ok(Self { batch, source: source.into(), started_at, log, metadata, unsynced, capture })
    }

    /// The batch.
    pub fn batch(&self) -> &BatchFolder {
        &self.batch
    }

    /// When the capture began.
    pub fn started_at(&self) -> DateTime<Utc> {
        self.started_at
    }

    /// What the batch says about itself, to be read or changed. It reaches the disk with the next status.
    pub fn metadata(&self) -> MutexGuard<'_, Metadata> {
        lock(&self.metadata)
    }

    /// Stores a page below the batch's folder, then its row. `file` has `/` between its folders, as
    /// [`BatchFolder::page`] makes it.
    ///
    /// # Errors
    ///
    /// Where the path leads out of the batch's folder, and where the page or its row cannot be written.
    pub fn store_page(&self, file: &str, body: &[u8], row: Request) -> Result<()> {
        let path = self.write_file(Path::new(file), |to| to.write_all(body).map(|()| body.len() as u64))?.0;
        self.append(&Request { file: file.into(), bytes: body.len() as u64, ..row })?;
        self.placed(&path)
    }

    /// Copies a file of an official export below the batch's `export/` folder, byte for byte, and returns its length in
    /// bytes. `name` is its path in the export.
    ///
    /// # Errors
    ///
    /// Where the path leads out of that folder, and where the file cannot be read or written.
    pub fn import_file(&self, name: &Path, from: &mut dyn Read) -> Result<u64> {
        let (path, bytes) = self.write_file(&Path::new("export").join(name), |to| io::copy(from, to))?;
        self.placed(&path)?;
        Ok(bytes)
    }

    /// Writes a file below the batch's folder, and counts it. Its name reaches the disk later.
    fn write_file(
        &self,
        file: &Path,
        fill: impl FnOnce(&mut AtomicFile) -> io::Result<u64>,
    ) -> Result<(PathBuf, u64)> {
        let path = self.batch.root().join(file);
        let failed = |error| Error::io("write", &path, error);
        if !file.components().all(|part| matches!(part, Component::Normal(_))) {
            let why = "the path leads out of the batch's folder";
            return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, why)));
        }
        let mut to = AtomicFile::create(&path)?;
        let bytes = fill(&mut to).map_err(failed)?;
        to.place()?;
        let mut capture = lock(&self.capture);
        capture.stored += 1;
        capture.bytes += bytes;
        Ok((path, bytes))
    }

    /// Logs a request that left no page: a gap, or what was skipped.
    ///
    /// # Errors
    ///
    /// Where the log cannot be written.
    pub fn append(&self, row: &Request) -> Result<()> {
        if row.status == RequestStatus::Gap {
            lock(&self.capture).add_gap(&row.method, Gap::new(row.subject(), row.error.as_str()));
        }
        lock(&self.log).append(row)
    }

    /// Takes note of a file that has got its name, and syncs what has piled up: a sync for each file would take as long as
    /// writing it.
    ///
    /// # Errors
    ///
    /// Where a folder or the log cannot be synced.
    pub fn placed(&self, path: &Path) -> Result<()> {
        let is_full = {
            let mut unsynced = lock(&self.unsynced);
            unsynced.folders.extend(path.parent().map(Path::to_path_buf));
            unsynced.names += 1;
            unsynced.names >= MOST_UNSYNCED
        };
        if is_full { self.sync() } else { Ok(()) }
    }

    /// Waits until the names of all files, and then the rows that tell of them, are on the disk.
    ///
    /// # Errors
    ///
    /// Where a folder or the log cannot be synced.
    pub fn sync(&self) -> Result<()> {
        let Unsynced { folders, .. } = std::mem::take(&mut *lock(&self.unsynced));
        if cfg!(target_os = "linux") && folders.len() > FEW_FOLDERS {
            sync_file_system(self.batch.root())?;
        } else {
            folders.iter().try_for_each(|folder| sync_folder(folder))?;
        }
        lock(&self.log).sync()
    }

    /// Writes the metadata with a status: `running`, `failed`, `partial` or `complete`.
    ///
    /// # Errors
    ///
    /// Where the metadata cannot be written.
    pub fn set_status(&self, status: &str) -> Result<()> {
        describe(&self.batch, &mut self.metadata(), &self.source, status, self.started_at)
    }

    /// Ends the batch, and returns what this writer stored, and the gaps that it logged. What was written is on the disk
    /// before the metadata names the status.
    ///
    /// # Errors
    ///
    /// Where something cannot be written.
    pub fn finish(self, status: &str) -> Result<Capture> {
        self.sync()?;
        self.set_status(status)?;
        Ok(self.capture.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// Ends a batch that was written in a folder of the caller's choice, and moves it to its place: there it appears as a
    /// whole, and replaces an earlier one as a whole.
    ///
    /// # Errors
    ///
    /// Where something cannot be written, or the folder is on another disk than the place.
    pub fn finish_at(self, place: &BatchFolder, status: &str) -> Result<Capture> {
        let capture = self.finish(status)?;
        let staged = capture.batch.root();
        sync_file_system(staged)?;
        replace_folder(staged, place.root())?;
        Ok(Capture { batch: place.clone(), ..capture })
    }
}

fn describe(
    batch: &BatchFolder,
    metadata: &mut Metadata,
    source: &str,
    status: &str,
    started_at: DateTime<Utc>,
) -> Result<()> {
    let stamp = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Micros, true);
    metadata.set("batch", batch.id().to_string());
    metadata.set("tool_version", env!("CARGO_PKG_VERSION"));
    metadata.set("source", source);
    metadata.set("status", status);
    metadata.set("started_at", stamp(started_at));
    metadata.set("finished_at", if status == "running" { String::new() } else { stamp(Utc::now()) });
    metadata.write(&batch.metadata())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_written_within_its_folder_and_tells_what_it_holds() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = DataHome::new(folder.path());
        let staged = BatchFolder::new(folder.path().join(".import"), BatchId::from(Utc::now()));
        let writer = BatchWriter::open(staged, "test", Utc::now(), Metadata::default()).expect("begun");
        let row = || Request::new("users.list", RequestStatus::Ok);
        for outside in ["../page.json", "/page.json", "api/../../page.json"] {
            writer.store_page(outside, b"{}", row()).expect_err("refused");
            writer.import_file(Path::new(outside), &mut &b"{}"[..]).expect_err("refused");
        }
        writer.store_page("api/users.list/00001.json", b"{}", row()).expect("stored");
        writer.import_file(Path::new("general/2024-03-01.json"), &mut &b"[]\n"[..]).expect("imported");
        for number in 0..1_500 {
            let gap = Request { file: format!("{number}.json"), error: "damaged".into(), ..row() };
            let gap = Request { status: RequestStatus::Gap, method: "export".into(), ..gap };
            writer.append(&gap).expect("logged");
        }
        let place = home.batch(BatchId::from(Utc::now()));
        let capture = writer.finish_at(&place, "partial").expect("placed");
        assert_eq!((capture.stored, capture.bytes, capture.n_gaps), (2, 5, 1_500));
        assert_eq!((capture.gaps.len(), capture.gaps[7].what.as_str()), (1_000, "7.json"));
        assert_eq!(capture.gap_kinds[&("export".to_owned(), "damaged".to_owned())], 1_500);
        assert_eq!(capture.batch, place);
        assert!(place.export().join("general/2024-03-01.json").is_file());
        assert_eq!(Metadata::read(&place.metadata()).expect("read").get("status"), "partial");
        assert_eq!(RowLog::<Request>::readable(&place.metadata()).expect("read").count(), 1_501);
    }
}

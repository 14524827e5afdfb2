use std::collections::HashSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, SecondsFormat, Utc};

use super::{BatchFolder, DataHome, Metadata, Request, RowLog};
use crate::atomic::{AtomicFile, sync_file_system, sync_folder};
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
        Ok(Self { batch, source: source.into(), started_at, log, metadata, unsynced: Mutex::default() })
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
    /// Where the page or its row cannot be written.
    pub fn store_page(&self, file: &str, body: &[u8], row: Request) -> Result<()> {
        let path = self.batch.root().join(file);
        let mut page = AtomicFile::create(&path)?;
        page.write_all(body).map_err(|error| Error::io("write", &path, error))?;
        page.place()?;
        self.append(&Request { file: file.into(), bytes: body.len() as u64, ..row })?;
        self.placed(&path)
    }

    /// Logs a request that left no page: a gap, or what was skipped.
    ///
    /// # Errors
    ///
    /// Where the log cannot be written.
    pub fn append(&self, row: &Request) -> Result<()> {
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

    /// Ends the batch: what was written is on the disk before the metadata names the status.
    ///
    /// # Errors
    ///
    /// Where something cannot be written.
    pub fn finish(self, status: &str) -> Result<()> {
        self.sync()?;
        self.set_status(status)
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

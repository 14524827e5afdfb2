use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::BatchFolder;
use crate::error::{Error, Result};
use crate::ts::BatchId;

const LOCK_FILE: &str = ".lock";

/// The folder in which batches, master and metrics lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataHome {
    root: PathBuf,
}

impl DataHome {
    /// The data home at a path, which need not exist yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The master's tables.
    pub fn master_csv(&self) -> PathBuf {
        self.root.join("master").join("csv")
    }

    /// The master's metrics and graph.
    pub fn metrics(&self) -> PathBuf {
        self.root.join("metrics")
    }

    /// The reference tables in use, such as that of zones and countries.
    pub fn references(&self) -> PathBuf {
        self.root.join("references")
    }

    /// The folder of a batch, whether it exists or not.
    pub fn batch(&self, id: BatchId) -> BatchFolder {
        BatchFolder::new(self.root.join(id.to_string()), id)
    }

    /// The folder of a batch that must exist.
    pub fn existing_batch(&self, batch: BatchId) -> Result<BatchFolder> {
        let folder = self.batch(batch);
        if folder.root().is_dir() {
            Ok(folder)
        } else {
            Err(Error::NoBatch { batch, home: self.root.clone() })
        }
    }

    /// All batches, the oldest first.
    pub fn batches(&self) -> Result<Vec<BatchFolder>> {
        let mut ids = Vec::new();
        if self.root.exists() {
            let failed = |error| Error::io("list", &self.root, error);
            for entry in fs::read_dir(&self.root).map_err(failed)? {
                let entry = entry.map_err(failed)?;
                let id = BatchId::parse(entry.file_name().as_encoded_bytes());
                ids.extend(id.filter(|_| entry.path().is_dir()));
            }
        }
        ids.sort_unstable();
        Ok(ids.into_iter().map(|id| self.batch(id)).collect())
    }

    /// Whether a process works in the data home at this moment.
    pub fn is_locked(&self) -> bool {
        let lock = File::open(self.root.join(LOCK_FILE));
        lock.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// Takes the data home for this process alone, until the lock is dropped.
    ///
    /// `purpose` is what another process is told meanwhile. The operating system frees the lock of a
    /// process that dies, so none is ever left behind.
    pub fn lock(&self, purpose: &str) -> Result<HomeLock> {
        fs::create_dir_all(&self.root).map_err(|error| Error::io("make", &self.root, error))?;
        let path = self.root.join(LOCK_FILE);
        let failed = |error| Error::io("lock", &path, error);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(failed)?;
        let mut locked = file.try_lock();
        for _ in 0..LOCK_TRIES {
            // Whoever only looks whether the lock is held, holds it for a moment.
            if matches!(locked, Err(TryLockError::WouldBlock)) {
                std::thread::sleep(LOCK_PAUSE);
                locked = file.try_lock();
            }
        }
        match locked {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.read_to_string(&mut holder);
                return Err(Error::Locked { home: self.root.clone(), holder: holder.trim().into() });
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let note = format!("{purpose}, process {}\n", std::process::id());
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(note.as_bytes()))
            .map_err(failed)?;
        Ok(HomeLock { _file: file })
    }
}

/// How often, and how long apart, a lock that is held is tried again.
const LOCK_TRIES: u32 = 3;
const LOCK_PAUSE: Duration = Duration::from_millis(30);

/// Keeps other processes out of a data home while it lives.
#[derive(Debug)]
pub struct HomeLock {
    _file: File,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_listed_by_time_and_nothing_else_is() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["20250101000000", "20240101000000", "master", "20249901000000", "2024"] {
            fs::create_dir(folder.path().join(name)).expect("made");
        }
        fs::write(folder.path().join("20260101000000"), "a file").expect("written");
        let home = DataHome::new(folder.path());
        let ids: Vec<_> =
            home.batches().expect("listed").iter().map(|batch| batch.id().to_string()).collect();
        assert_eq!(ids, ["20240101000000", "20250101000000"]);
        assert!(home.existing_batch("20240101000000".parse().expect("a batch")).is_ok());
        assert!(matches!(
            home.existing_batch("20200101000000".parse().expect("a batch")),
            Err(Error::NoBatch { .. })
        ));
    }

    #[test]
    fn a_second_lock_says_who_holds_the_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = DataHome::new(folder.path().join("new"));
        let lock = home.lock("merge").expect("free");
        let Err(Error::Locked { holder, .. }) = home.lock("run") else { panic!("locked twice") };
        assert!(holder.starts_with("merge, process "), "{holder}");
        assert!(home.is_locked());
        drop(lock);
        assert!(!home.is_locked());
        home.lock("run").expect("free again");
    }
}

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Error, Result};

/// A folder for what does not fit into memory. It is made when something is put there, and removed at the end,
/// however that comes.
#[derive(Debug)]
pub(super) struct SpillFolder {
    folder: PathBuf,
    made: AtomicU64,
}

impl SpillFolder {
    /// The folder; what a run that was killed left there is removed.
    pub(super) fn new(folder: PathBuf) -> Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(|error| Error::io("remove", &folder, error))?;
        }
        Ok(Self { folder, made: AtomicU64::new(0) })
    }

    /// A path in it at which there is nothing yet.
    pub(super) fn next_path(&self) -> Result<PathBuf> {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        if number == 0 {
            fs::create_dir_all(&self.folder).map_err(|error| Error::io("make", &self.folder, error))?;
        }
        Ok(self.folder.join(format!("{number}")))
    }
}

impl Drop for SpillFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A file of a spill folder, gone when it is dropped.
#[derive(Debug)]
pub(super) struct SpillFile(pub(super) PathBuf);

impl SpillFile {
    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for SpillFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// So many files are merged at once; when there are more, they become one first.
pub(super) const FAN_IN: usize = 64;

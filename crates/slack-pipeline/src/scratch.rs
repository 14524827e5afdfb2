//! A folder for what is made on the way, and must not stay.

use std::fs;
use std::path::{Path, PathBuf};

/// A folder in the data home, which is removed when this goes. One that a killed process left is removed first.
pub(crate) struct Scratch(PathBuf);

/// The name of the folder. Its maker holds the lock of the data home.
const NAME: &str = ".scratch";

impl Scratch {
    /// Nothing is made before it is needed.
    pub(crate) fn new(home: &Path) -> Self {
        let scratch = Self(home.join(NAME));
        scratch.remove();
        scratch
    }

    /// A folder in it.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// What cannot be removed is in nobody's way: the tables in it are replaced one by one.
    fn remove(&self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.remove();
    }
}

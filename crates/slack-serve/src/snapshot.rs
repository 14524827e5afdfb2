use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

/// What is served: the page, and where the tables are that it was made of.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Snapshot {
    /// The page, in HTML.
    pub page: Vec<u8>,
    /// `None` where the page says less than the tables do: pseudonyms, folded groups.
    pub folders: Option<Folders>,
}

impl Snapshot {
    /// A page, and no tables.
    pub fn page(page: Vec<u8>) -> Self {
        Self { page, folders: None }
    }

    /// Serves tables beside the page.
    #[must_use]
    pub fn with_folders(mut self, folders: Folders) -> Self {
        self.folders = Some(folders);
        self
    }
}

/// The tables that the page was made of, as they were then.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Folders {
    /// The folder of the visible tables.
    pub tables: PathBuf,
    /// The folder of their metrics.
    pub metrics: PathBuf,
    pub(crate) stamp: FolderStamp,
}

impl Folders {
    /// Folders as they are now.
    pub fn new(tables: PathBuf, metrics: PathBuf) -> Self {
        let stamp = FolderStamp::of(&tables);
        Self { tables, metrics, stamp }
    }
}

/// What shows that files of a folder have changed: the length and the time of each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FolderStamp(BTreeMap<OsString, (u64, Option<SystemTime>)>);

impl FolderStamp {
    /// A folder as it is now; empty where it cannot be read.
    pub fn of(folder: &Path) -> Self {
        let files = fs::read_dir(folder).into_iter().flatten().flatten();
        let known = files.filter_map(|file| {
            let metadata = file.metadata().ok()?;
            Some((file.file_name(), (metadata.len(), metadata.modified().ok())))
        });
        Self(known.collect())
    }
}

/// What is served at the moment; the next snapshot takes its place as a whole.
#[derive(Debug, Clone)]
pub struct Current(Arc<RwLock<Arc<Snapshot>>>);

impl Current {
    /// Serves a snapshot.
    pub fn new(snapshot: Snapshot) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(snapshot))))
    }

    pub(crate) fn get(&self) -> Arc<Snapshot> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Serves another snapshot from now on.
    pub fn set(&self, snapshot: Snapshot) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
    }
}

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{BatchFolder, format, links};
use crate::error::{Error, Result};
use crate::nofollow;
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
    ///
    /// A data home that does not exist is made, readable by its owner alone. The data home itself may be a link;
    /// what is written to or removed in it may not.
    ///
    /// # Errors
    ///
    /// [`Error::Locked`] where another process holds it, [`Error::NewerFormat`] where a later version made it,
    /// [`Error::Link`] where something in it that would be written to is a link, and where it cannot be made.
    pub fn lock(&self, purpose: &str) -> Result<HomeLock> {
        make_private(&self.root).map_err(|error| Error::io("make", &self.root, error))?;
        // Not even the note in the lock's file is written to what a later version made.
        let found_format = self.format()?;
        let path = self.root.join(LOCK_FILE);
        let failed = |error| Error::io("lock", &path, error);
        let mut file =
            nofollow::open(&path, OpenOptions::new().read(true).write(true).create(true).truncate(false))?;
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
        links::refuse(self)?;
        Ok(HomeLock { _file: file, found_format })
    }

    /// The data home's format: 0 where no version that writes one has written to it.
    ///
    /// # Errors
    ///
    /// [`Error::NewerFormat`] where this version does not know the format: what it would read or write would be
    /// wrong. [`Error::Format`] where the file that names it cannot be read.
    pub fn format(&self) -> Result<u32> {
        format::read(&self.root)
    }

    /// Notes in the data home that this version's format is in use, where that is not noted yet.
    ///
    /// What a version must do to a data home of an older format comes before: [`HomeLock::found_format`].
    ///
    /// # Errors
    ///
    /// Where the file cannot be written.
    pub fn note_format(&self, lock: &HomeLock) -> Result<()> {
        if lock.found_format < format::CURRENT { format::write(&self.root) } else { Ok(()) }
    }

    /// Whether users other than its owner may look into the data home's folder, as far as its permissions tell.
    pub fn is_open_to_others(&self) -> bool {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let metadata = fs::metadata(&self.root);
            metadata.is_ok_and(|metadata| metadata.is_dir() && metadata.permissions().mode() & 0o077 != 0)
        }
        #[cfg(not(unix))]
        false
    }
}

/// Makes a folder, and those above it that are missing, for its owner alone.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// How often, and how long apart, a lock that is held is tried again.
const LOCK_TRIES: u32 = 3;
const LOCK_PAUSE: Duration = Duration::from_millis(30);

/// Keeps other processes out of a data home while it lives.
#[derive(Debug)]
pub struct HomeLock {
    _file: File,
    found_format: u32,
}

impl HomeLock {
    /// The format that the data home had when the lock was taken; 0 where it had none.
    pub fn found_format(&self) -> u32 {
        self.found_format
    }
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
    fn a_newer_data_home_is_left_as_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = DataHome::new(folder.path());
        let lock = home.lock("run").expect("free");
        assert_eq!((lock.found_format(), home.format().expect("none")), (0, 0));
        home.note_format(&lock).expect("noted");
        drop(lock);
        let now = home.format().expect("noted");
        assert!(now > 0);
        assert_eq!(home.lock("run").expect("known").found_format(), now);
        let newer = format!("format = {}\nwritten_by = \"9.8.7\"\n", now + 1);
        fs::write(folder.path().join("format.toml"), newer).expect("written");
        fs::remove_file(folder.path().join(LOCK_FILE)).expect("removed");
        let refused = home.lock("run").expect_err("refused").to_string();
        assert!(refused.contains("9.8.7") && refused.contains(&format!("format {}", now + 1)), "{refused}");
        assert!(!folder.path().join(LOCK_FILE).exists());
        for odd in ["", "format = many", "format = -1", "[format]"] {
            fs::write(folder.path().join("format.toml"), odd).expect("written");
            assert!(matches!(home.format(), Err(Error::Format { .. })), "{odd}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_new_data_home_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let home = DataHome::new(folder.path().join("deep/new"));
        assert!(!home.is_open_to_others());
        home.lock("run").expect("free");
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!((mode(home.root()), mode(&folder.path().join("deep"))), (0o700, 0o700));
        assert!(!home.is_open_to_others());
        fs::set_permissions(home.root(), fs::Permissions::from_mode(0o750)).expect("set");
        assert!(home.is_open_to_others());
        // What is there stays as its owner has it.
        home.lock("run").expect("free");
        assert_eq!(mode(home.root()), 0o750);
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

//! Files and folders that appear whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use crate::error::{Error, Result};
use crate::nofollow;
pub use crate::nofollow::{remove_file, remove_folder};

/// So many bytes of a file are written before they begin to go to the disk.
const STEP: usize = 1 << 26;

/// A file that gets its name only when it is complete, and on the disk unless it can be made again.
///
/// A large file goes to the disk while it is written, so that little is left to wait for at the end. Dropped before
/// [`AtomicFile::commit`], it leaves nothing behind.
#[derive(Debug)]
pub struct AtomicFile {
    file: Option<File>,
    is_durable: bool,
    early: EarlySync,
    temporary: PathBuf,
    path: PathBuf,
}

impl AtomicFile {
    /// Begins a file; its folder is made where it is missing.
    pub fn create(path: &Path) -> Result<Self> {
        Self::begin(path, true)
    }

    /// Begins a file that can be made again, so that nobody waits for the disk.
    ///
    /// The system writes it there in its own time: should the machine lose its power before, the file may be empty or
    /// incomplete under its name.
    pub fn create_derived(path: &Path) -> Result<Self> {
        Self::begin(path, false)
    }

    fn begin(path: &Path, is_durable: bool) -> Result<Self> {
        if let Some(folder) = path.parent() {
            make_folders(folder)?;
        }
        let temporary = beside(path, "tmp");
        let file = nofollow::create_new(&temporary)?;
        let early = EarlySync { step: STEP, waiting: 0, thread: None, failure: None };
        Ok(Self { file: Some(file), is_durable, early, temporary, path: path.into() })
    }

    /// Gives the file its name, in place of an older one, and has the disk know of it.
    pub fn commit(self) -> Result<()> {
        let folder = self.path.parent().filter(|_| self.is_durable).map(Path::to_path_buf);
        self.place()?;
        folder.map_or(Ok(()), |folder| sync_folder(folder_or_here(&folder)))
    }

    /// Gives the file its name, in place of an older one. The name is only on the disk when its folder is synced
    /// ([`sync_folder`]), which is better done for many files at a time.
    pub fn place(mut self) -> Result<()> {
        let Some(file) = self.file.take() else { return Ok(()) };
        let placed = if self.is_durable {
            // What could not be written before is told once, to the thread that asked then.
            self.early.end().and_then(|()| file.sync_all()).and_then(|()| {
                drop(file);
                fs::rename(&self.temporary, &self.path)
            })
        } else {
            drop(file);
            put_in_place(&self.temporary, &self.path)
        };
        if placed.is_err() {
            let _ = fs::remove_file(&self.temporary);
        }
        placed.map_err(|error| Error::io("write", &self.path, error))
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let file = self.file.as_mut().ok_or_else(closed)?;
        let written = file.write(bytes);
        // Who writes knows the table; where the disk is full, the file matters.
        let length = written
            .map_err(|error| io::Error::new(error.kind(), Error::io("write", &self.temporary, error)))?;
        if self.is_durable {
            self.early.wrote(length, file);
        }
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().ok_or_else(closed)?.flush()
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // The thread holds the file too, which keeps some systems from removing it.
            let _ = self.early.end();
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// Sends a file to the disk while it is written, a step at a time, in a thread of its own.
#[derive(Debug)]
struct EarlySync {
    step: usize,
    /// Bytes written since they were last sent to the disk.
    waiting: usize,
    thread: Option<JoinHandle<io::Result<()>>>,
    failure: Option<io::Error>,
}

impl EarlySync {
    /// Takes note of bytes that were written. One thread is at it at a time, and none where the system gives none:
    /// everything is sent to the disk in the end.
    fn wrote(&mut self, length: usize, file: &File) {
        self.waiting += length;
        if self.waiting < self.step || self.thread.as_ref().is_some_and(|thread| !thread.is_finished()) {
            return;
        }
        self.failure = self.failure.take().or(self.end().err());
        self.waiting = 0;
        if let Ok(file) = file.try_clone() {
            self.thread = thread::Builder::new().spawn(move || file.sync_data()).ok();
        }
    }

    /// Waits for the thread; fails where a part of the file could not be sent to the disk. The system tells that once,
    /// to whoever asks first.
    fn end(&mut self) -> io::Result<()> {
        let ended = self.thread.take().map_or(Ok(()), |thread| {
            let broke_off = |_| Err(io::Error::other("writing to the disk broke off"));
            thread.join().unwrap_or_else(broke_off)
        });
        self.failure.take().map_or(ended, Err)
    }
}

/// Makes a folder and those above it, and has the disk know of those that were missing.
fn make_folders(folder: &Path) -> Result<()> {
    let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
    let missing: Vec<_> = folder.ancestors().take_while(is_missing).collect();
    fs::create_dir_all(folder).map_err(|error| Error::io("make", folder, error))?;
    for made in missing {
        sync_folder(folder_or_here(made.parent().unwrap_or(Path::new(""))))?;
    }
    Ok(())
}

/// A folder, or the working folder where a path names none.
fn folder_or_here(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// Gives a file another one's name, which may be taken, without waiting for the disk.
fn put_in_place(file: &Path, path: &Path) -> io::Result<()> {
    // A file that takes another's name is written to the disk by the file system there and then, so that programs which
    // do not sync lose nothing. Names that are exchanged are not.
    if path.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    match exchange(file, path) {
        Ok(()) => fs::remove_file(file),
        Err(_) => fs::rename(file, path),
    }
}

fn closed() -> io::Error {
    io::Error::other("the file is complete")
}

/// Writes a whole file at once, so that it is there with all its bytes or not at all.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = AtomicFile::create(path)?;
    file.write_all(bytes).map_err(|error| Error::io("write", path, error))?;
    file.commit()
}

/// Writes everything that the file system of a path holds back to the disk: one call for many files.
///
/// Where the system has no such call (other than Linux), it writes in its own time.
pub fn sync_file_system(path: &Path) -> Result<()> {
    let folder = File::open(path).map_err(|error| Error::io("sync", path, error))?;
    #[cfg(target_os = "linux")]
    rustix::fs::syncfs(&folder).map_err(|error| Error::io("sync", path, error.into()))?;
    drop(folder);
    Ok(())
}

/// Puts the folder `new` in the place of `old`, which may exist, and removes what was there.
///
/// Where the file system can exchange two names (Linux), no moment passes without a whole folder at `old`.
/// Elsewhere the old folder is moved aside first; [`recover_folder`] puts right what a crash in between left.
pub fn replace_folder(new: &Path, old: &Path) -> Result<()> {
    sync_folder(new)?;
    let failed = |error| Error::io("replace", old, error);
    let aside = beside(old, "old");
    if old.exists() {
        if exchange(new, old).is_ok() {
            fs::rename(new, &aside).map_err(failed)?;
        } else {
            fs::rename(old, &aside).map_err(failed)?;
            fs::rename(new, old).map_err(failed)?;
        }
    } else {
        fs::rename(new, old).map_err(failed)?;
    }
    if let Some(parent) = old.parent() {
        sync_folder(parent)?;
    }
    remove_folder(&aside)
}

/// Puts right what a crash during [`replace_folder`] left: the folder is whole again, its rests are gone.
pub fn recover_folder(folder: &Path) -> Result<()> {
    let failed = |error| Error::io("recover", folder, error);
    let aside = beside(folder, "old");
    if aside.exists() {
        if folder.exists() {
            remove_folder(&aside)?;
        } else {
            fs::rename(&aside, folder).map_err(failed)?;
        }
    }
    Ok(())
}

#[cfg(target_os = "linux")]
fn exchange(new: &Path, old: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, new, CWD, old, RenameFlags::EXCHANGE)?)
}

#[cfg(not(target_os = "linux"))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Writes a folder's entries to the disk: the names of its files.
///
/// Where folders cannot be opened (Windows), the system does it in its own time.
pub fn sync_folder(folder: &Path) -> Result<()> {
    if cfg!(windows) {
        return Ok(());
    }
    File::open(folder).and_then(|file| file.sync_all()).map_err(|error| Error::io("sync", folder, error))
}

/// The hidden name beside a path that stands for it while it changes.
fn beside(path: &Path, role: &str) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".");
    name.push(role);
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_there_whole_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("deep/page.json");
        let mut file = AtomicFile::create(&path).expect("created");
        file.write_all(b"half").expect("written");
        assert!(!path.exists());
        drop(file);
        assert_eq!(fs::read_dir(folder.path().join("deep")).expect("listed").count(), 0);
        write_atomically(&path, b"whole").expect("written");
        assert_eq!(fs::read(&path).expect("read"), b"whole");
    }

    #[test]
    fn a_large_file_goes_to_the_disk_step_by_step() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("table.csv");
        let mut expected = Vec::new();
        let mut file = AtomicFile::create(&path).expect("created");
        file.early.step = 1 << 10;
        for number in 0..5_000u32 {
            let bytes = number.to_le_bytes();
            expected.extend(bytes);
            file.write_all(&bytes).expect("written");
        }
        assert!(file.early.thread.is_some());
        file.commit().expect("complete");
        assert_eq!(fs::read(&path).expect("read"), expected);
        // What could not be sent to the disk is told in the end.
        let mut file = AtomicFile::create(&path).expect("created");
        file.early.failure = Some(io::Error::other("the disk is gone"));
        file.write_all(b"new").expect("written");
        assert!(file.commit().is_err());
        assert_eq!(fs::read(&path).expect("read"), expected);
        assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 1);
    }

    #[test]
    fn a_folder_takes_anothers_place() {
        let folder = tempfile::tempdir().expect("a folder");
        let (old, new) = (folder.path().join("csv"), folder.path().join("next"));
        for text in ["first", "second"] {
            fs::create_dir(&new).expect("made");
            fs::write(new.join("table"), text).expect("written");
            replace_folder(&new, &old).expect("replaced");
            assert_eq!(fs::read_to_string(old.join("table")).expect("read"), text);
            assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 1);
        }
        // As a crash between the two renames leaves it.
        fs::rename(&old, folder.path().join(".csv.old")).expect("moved");
        recover_folder(&old).expect("recovered");
        assert_eq!(fs::read_to_string(old.join("table")).expect("read"), "second");
    }
}

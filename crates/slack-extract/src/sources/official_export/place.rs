//! Files that get their names when they are whole, and lose nothing where a name is taken.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use super::archive::{Fault, Halt};
use crate::error::Error;

/// Where the files of an import are put.
#[derive(Debug)]
pub(super) struct Placer {
    folder: PathBuf,
    /// A file without a name of its own yet.
    part: PathBuf,
    /// The folder that was made last, so that it is not made for each of its files.
    made: PathBuf,
    /// The files that have another name, since theirs was taken: the name, and what it is now.
    pub(super) renamed: Vec<(PathBuf, PathBuf)>,
}

/// How a file was put in its place.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Placed {
    /// Under its name, or where another file has it, under one with a number.
    Kept,
    /// Not at all: the same file is there.
    Same,
}

/// So many different files may have one name.
const MOST_COPIES: u32 = 99;

/// So many files may have to be renamed.
const MOST_RENAMED: usize = 10_000;

impl Placer {
    /// Puts files into a folder; `part`, on the same disk, is where a file lies until it is whole.
    pub(super) fn new(folder: &Path, part: PathBuf) -> Self {
        Self { folder: folder.into(), part, made: PathBuf::new(), renamed: Vec::new() }
    }

    /// Begins a file.
    pub(super) fn begin(&self) -> Result<File, Error> {
        let mut options = File::options();
        options.create(true).truncate(true).read(true).write(true);
        options.open(&self.part).map_err(|error| self.write_failed(error))
    }

    /// The error of a file that cannot be written.
    pub(super) fn write_failed(&self, error: io::Error) -> Error {
        Error::io("write", &self.part, error)
    }

    /// Gives the file that was begun a name below the folder.
    pub(super) fn settle(&mut self, name: &Path) -> Result<Placed, Halt> {
        self.make_folder(name.parent().unwrap_or(Path::new("")))?;
        for copy in 1..=MOST_COPIES {
            let free = if copy == 1 { name.to_owned() } else { numbered(name, copy) };
            let target = self.folder.join(&free);
            match fs::symlink_metadata(&target) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    if copy > 1 {
                        self.note_renamed(name, free)?;
                    }
                    fs::rename(&self.part, &target).map_err(|error| self.failed(error))?;
                    return Ok(Placed::Kept);
                }
                Err(error) => return Err(self.failed(error)),
                Ok(there) if there.is_file() => {
                    if has_same_bytes(&self.part, &target)
                        .map_err(|error| Error::io("read", &target, error))?
                    {
                        return Ok(Placed::Same);
                    }
                }
                // A folder keeps its name: messages lie in it.
                Ok(_) => {}
            }
        }
        Err(Fault::Copies.into())
    }

    /// Makes a folder. A file in its way is renamed.
    fn make_folder(&mut self, name: &Path) -> Result<(), Halt> {
        if self.made == name && !name.as_os_str().is_empty() {
            return Ok(());
        }
        let folder = self.folder.join(name);
        if fs::create_dir_all(&folder).is_err() {
            self.clear_way(name)?;
            fs::create_dir_all(&folder).map_err(|error| self.failed(error))?;
        }
        self.made = name.into();
        Ok(())
    }

    fn note_renamed(&mut self, name: &Path, to: PathBuf) -> Result<(), Fault> {
        if self.renamed.len() == MOST_RENAMED {
            return Err(Fault::Copies);
        }
        self.renamed.push((name.into(), to));
        Ok(())
    }

    fn clear_way(&mut self, name: &Path) -> Result<(), Halt> {
        let ancestors: Vec<_> = name.ancestors().filter(|name| !name.as_os_str().is_empty()).collect();
        let Some(file) = ancestors.into_iter().rev().find(|name| self.folder.join(name).is_file()) else {
            return Ok(());
        };
        let names = (2..=MOST_COPIES).map(|copy| numbered(file, copy));
        let is_free = |name: &PathBuf| fs::symlink_metadata(self.folder.join(name)).is_err();
        let free = { names }.find(is_free).ok_or(Fault::Copies)?;
        self.note_renamed(file, free.clone())?;
        fs::rename(self.folder.join(file), self.folder.join(free)).map_err(|error| self.failed(error))
    }

    /// Tells a name that cannot be written from a disk that cannot.
    fn failed(&self, error: io::Error) -> Halt {
        use io::ErrorKind::{AlreadyExists, InvalidFilename, InvalidInput, IsADirectory, NotADirectory};
        match error.kind() {
            AlreadyExists | InvalidFilename | InvalidInput | IsADirectory | NotADirectory => {
                Fault::Unwritable(error).into()
            }
            _ => self.write_failed(error).into(),
        }
    }
}

impl Drop for Placer {
    fn drop(&mut self) {
        // What is damaged must not look whole, nor take room.
        let _ = fs::remove_file(&self.part);
    }
}

/// A name for one more file of that name, as file managers make it: `users (2).json`.
fn numbered(name: &Path, copy: u32) -> PathBuf {
    let stem = name.file_stem().unwrap_or_default().to_string_lossy();
    let ending = name.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    name.with_file_name(format!("{stem} ({copy}){ending}"))
}

/// Whether two files have the same bytes. They may be larger than the memory.
pub(super) fn has_same_bytes(one: &Path, other: &Path) -> io::Result<bool> {
    let (one, other) = (File::open(one)?, File::open(other)?);
    let length = one.metadata()?.len();
    if length != other.metadata()?.len() {
        return Ok(false);
    }
    let (mut one, mut other) = (BufReader::new(one), BufReader::new(other));
    let (mut left, mut blocks) = (length, ([0; 1 << 13], [0; 1 << 13]));
    while left > 0 {
        let block = left.min(1 << 13) as usize;
        one.read_exact(&mut blocks.0[..block])?;
        other.read_exact(&mut blocks.1[..block])?;
        if blocks.0[..block] != blocks.1[..block] {
            return Ok(false);
        }
        left -= block as u64;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn put(placer: &mut Placer, name: &str, text: &str) -> Result<Placed, Halt> {
        placer.begin()?.write_all(text.as_bytes()).expect("written");
        placer.settle(Path::new(name))
    }

    #[test]
    fn files_are_the_same_to_their_last_byte() {
        let home = tempfile::tempdir().expect("a folder");
        let write = |name: &str, bytes: &[u8]| {
            fs::write(home.path().join(name), bytes).expect("written");
            home.path().join(name)
        };
        let (block, mut other) = (vec![7; 20_000], vec![7; 20_000]);
        other[19_999] = 8;
        let one = write("one", &block);
        for (bytes, expected) in [(&block[..], true), (&other, false), (&block[1..], false), (&[], false)] {
            assert_eq!(has_same_bytes(&one, &write("other", bytes)).expect("read"), expected);
        }
        assert!(has_same_bytes(&one, &home.path().join("nothing")).is_err());
    }

    #[test]
    fn nothing_is_lost_where_a_name_is_taken() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("to");
        let mut placer = Placer::new(&folder, home.path().join("part"));
        let cases = [
            ("a/b.json", "1", Placed::Kept),
            ("a/b.json", "1", Placed::Same),
            ("a/b.json", "2", Placed::Kept),
            ("a/b.json", "2", Placed::Same),
            ("a/b.json", "3", Placed::Kept),
            ("a", "4", Placed::Kept),
            ("c", "5", Placed::Kept),
            // A folder is needed where the file `c` is.
            ("c/d.json", "6", Placed::Kept),
        ];
        for (name, text, expected) in cases {
            assert_eq!(put(&mut placer, name, text).expect(name), expected, "{name} {text}");
        }
        let renamed: Vec<_> = placer.renamed.iter().map(|(from, to)| (from.to_str(), to.to_str())).collect();
        let expected =
            [("a/b.json", "a/b (2).json"), ("a/b.json", "a/b (3).json"), ("a", "a (2)"), ("c", "c (2)")];
        assert_eq!(renamed, expected.map(|(from, to)| (Some(from), Some(to))));
        let read = |name: &str| fs::read_to_string(folder.join(name)).expect(name);
        assert_eq!([read("a/b.json"), read("a/b (2).json"), read("a (2)")], ["1", "2", "4"]);
        assert_eq!([read("c (2)"), read("c/d.json")], ["5", "6"]);
        let long = put(&mut placer, &"x".repeat(300), "7");
        assert!(matches!(long, Err(Halt::Entry(Fault::Unwritable(_)))), "{long:?}");
        drop(placer);
        assert!(!home.path().join("part").exists());
    }
}

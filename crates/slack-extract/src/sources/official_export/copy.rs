use std::collections::{BTreeSet, HashSet};
use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};

use slack_model::batch::{FilesBelow, files_below};
use slack_model::{Progress, Step};

use super::archive::{Fault, Halt};
use super::budget::Budget;
use super::copied::Copied;
use super::names::{NameReader, Place, add_listed, is_list, place_of};
use super::place::{Placed, Placer, has_same_bytes};
use crate::error::{Error, Result};

/// Copies every file of a folder. A file that cannot be read is a gap; a disk that cannot be written an error. Links
/// are not followed.
pub(super) fn copy_folder(
    from: &Path,
    placer: &mut Placer,
    budget: &mut Budget<'_>,
    progress: &dyn Progress,
) -> Result<Copied> {
    let mut copied = Copied::default();
    let FilesBelow { files, others, .. } = files_below(from)?;
    for other in &others {
        copied.gap(other, &Fault::Special);
    }
    let total = files.len() as u64;
    budget.add_entries(total)?;
    let names = name_reader(from, &files);
    for (done, file) in files.iter().enumerate() {
        progress.report(Step::new("import", done as u64, Some(total)));
        match copy_file(from, file, names, placer, budget, &mut copied) {
            Ok(()) => {}
            Err(Halt::Entry(fault)) => copied.gap(file, &fault),
            Err(Halt::Write(error)) => return Err(placer.write_failed(error)),
            Err(Halt::Import(error)) => return Err(error),
        }
    }
    progress.report(Step::new("import", total, Some(total)));
    Ok(copied)
}

/// Names that are not UTF-8 were unpacked by a program that did not look at their encoding.
fn name_reader(from: &Path, files: &[PathBuf]) -> NameReader {
    let raw = |file: &PathBuf| file.as_os_str().as_encoded_bytes().to_vec();
    let raw_names: BTreeSet<_> = files.iter().filter(|file| file.to_str().is_none()).map(raw).collect();
    if raw_names.is_empty() {
        return NameReader::default();
    }
    let mut listed = HashSet::new();
    let lists = files.iter().filter(|file| file.to_str().is_some_and(is_list));
    for list in lists.filter_map(|file| File::open(from.join(file)).ok()) {
        add_listed(BufReader::new(list), &mut listed);
    }
    NameReader::recognise(&raw_names, &listed)
}

fn copy_file(
    from: &Path,
    file: &Path,
    names: NameReader,
    placer: &mut Placer,
    budget: &mut Budget<'_>,
    copied: &mut Copied,
) -> Result<(), Halt> {
    let name = names.read(file.as_os_str().as_encoded_bytes());
    let path = match place_of(&name, budget.limits)? {
        Place::File(path) => path,
        Place::Folder => return Err(Fault::Name.into()),
        Place::Extra(path) => {
            copied.leave(&path, "an operating system's own file");
            return Ok(());
        }
    };
    let mut source = File::open(from.join(file)).map_err(Fault::Unreadable)?;
    let mut to = placer.begin()?;
    let mut length = 0;
    let mut buffer = [0; 1 << 15];
    // Reading and writing are two steps, so that an unreadable file is told from a full disk.
    loop {
        let read = source.read(&mut buffer).map_err(Fault::Unreadable)?;
        if read == 0 {
            break;
        }
        length += read as u64;
        budget.limits.check_entry(length, length)?;
        budget.add_bytes(read as u64)?;
        to.write_all(&buffer[..read]).map_err(Halt::Write)?;
    }
    if placer.settle(&path)? == Placed::Kept {
        copied.bytes += length;
        copied.files += 1;
    }
    Ok(())
}

/// Whether a folder holds all files of another, with the same bytes.
pub(super) fn holds_all(larger: &Path, smaller: &Path) -> Result<bool> {
    let files = files_below(larger)?.files;
    for file in files_below(smaller)?.files {
        if files.binary_search(&file).is_err() {
            return Ok(false);
        }
        let (one, other) = (larger.join(&file), smaller.join(&file));
        if !has_same_bytes(&one, &other).map_err(|error| Error::io("read", &other, error))? {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_folder_holds_another_where_it_has_all_its_files_byte_by_byte() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = |name: &str, files: &[(&str, &str)]| {
            for (file, text) in files {
                let path = home.path().join(name).join(file);
                fs::create_dir_all(path.parent().expect("a parent")).expect("made");
                fs::write(path, text).expect("written");
            }
            home.path().join(name)
        };
        let whole = folder("whole", &[("users.json", "[1]"), ("a/b.json", "[2]"), ("a/c.json", "[3]")]);
        for (name, files, expected) in [
            ("part", &[("users.json", "[1]"), ("a/c.json", "[3]")][..], true),
            ("changed", &[("users.json", "[1]"), ("a/c.json", "[4]")], false),
            ("more", &[("users.json", "[1]"), ("a/d.json", "[3]")], false),
        ] {
            assert_eq!(holds_all(&whole, &folder(name, files)).expect("read"), expected, "{name}");
        }
        assert!(holds_all(&whole, &whole).expect("read"));
    }
}

use std::collections::{BTreeSet, HashSet};
use std::fs::{self, File};
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};

use slack_model::batch::{FilesBelow, files_below};
use slack_model::{Progress, Step};

use super::archive::{Fault, Halt};
use super::copied::Copied;
use super::limits::Budget;
use super::names::{NameReader, Place, add_listed, is_list, place_of};
use super::place::{Placed, Placer};
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

/// Whether a folder holds all files of another, with the same bytes; and whether it holds none besides.
pub(super) fn compare(larger: &Path, smaller: &Path) -> Result<(bool, bool)> {
    let (files, fewer) = (files_below(larger)?.files, files_below(smaller)?.files);
    let read = |path: &Path| fs::read(path).map_err(|error| Error::io("read", path, error));
    for file in &fewer {
        if files.binary_search(file).is_err() || read(&larger.join(file))? != read(&smaller.join(file))? {
            return Ok((false, false));
        }
    }
    Ok((true, files.len() == fewer.len()))
}

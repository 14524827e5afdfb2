use std::fs;
use std::path::{Path, PathBuf};

use slack_model::{Progress, Step};

use crate::error::{Error, Result};
use crate::source::Gap;

/// What was copied out of an export.
#[derive(Debug, Default)]
pub(super) struct Copied {
    pub(super) files: u64,
    pub(super) bytes: u64,
    pub(super) gaps: Vec<Gap>,
}

/// Copies every file of a folder. A file that cannot be read is a gap; one that cannot be written an error.
pub(super) fn copy_folder(from: &Path, to: &Path, progress: &dyn Progress) -> Result<Copied> {
    let mut copied = Copied::default();
    let files = files_below(from)?;
    for (done, file) in files.iter().enumerate() {
        progress.report(Step::new("import", done as u64, Some(files.len() as u64)));
        let (source, target) = (from.join(file), to.join(file));
        // Reading and writing are two steps, so that an unreadable file is told from a full disk.
        match fs::read(&source) {
            Ok(bytes) => {
                copied.bytes += write_file(&bytes, &target)?;
                copied.files += 1;
            }
            Err(error) => copied.gaps.push(Gap {
                what: format!("export/{}", file.to_string_lossy().replace('\\', "/")),
                why: format!("the file cannot be read: {error}"),
            }),
        }
    }
    progress.report(Step::new("import", files.len() as u64, Some(files.len() as u64)));
    Ok(copied)
}

/// Writes a file, in a folder that may not exist yet. Returns its bytes.
pub(super) fn write_file(bytes: &[u8], target: &Path) -> Result<u64> {
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder).map_err(|error| Error::io("make", folder, error))?;
    }
    fs::write(target, bytes).map_err(|error| Error::io("write", target, error))?;
    Ok(bytes.len() as u64)
}

/// Whether two folders hold the same files with the same bytes.
pub(super) fn same_files(one: &Path, other: &Path) -> Result<bool> {
    if !other.is_dir() {
        return Ok(false);
    }
    let files = files_below(one)?;
    if files != files_below(other)? {
        return Ok(false);
    }
    let read = |path: &Path| fs::read(path).map_err(|error| Error::io("read", path, error));
    for file in files {
        if read(&one.join(&file))? != read(&other.join(&file))? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The files below a folder, by path. Links are not followed.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(inner) = open.pop() {
        let path = folder.join(&inner);
        let failed = |error| Error::io("list", &path, error);
        for entry in fs::read_dir(&path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let kind = entry.file_type().map_err(failed)?;
            let name = inner.join(entry.file_name());
            if kind.is_dir() {
                open.push(name);
            } else if kind.is_file() {
                found.push(name);
            }
        }
    }
    found.sort_unstable();
    Ok(found)
}

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The files below a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FilesBelow {
    /// Their paths, below the folder and sorted.
    pub files: Vec<PathBuf>,
    /// What is neither a file nor a folder, such as a link, which is not followed.
    pub others: Vec<PathBuf>,
}

/// Lists the files below a folder, at any depth; none where there is no such folder.
pub fn files_below(folder: &Path) -> Result<FilesBelow> {
    let mut found = FilesBelow::default();
    let mut open = vec![PathBuf::new()];
    while let Some(inner) = open.pop() {
        let path = folder.join(&inner);
        if !path.is_dir() {
            continue;
        }
        let failed = |error| Error::io("list", &path, error);
        for entry in fs::read_dir(&path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let kind = entry.file_type().map_err(failed)?;
            let name = inner.join(entry.file_name());
            if kind.is_dir() {
                open.push(name);
            } else if kind.is_file() {
                found.files.push(name);
            } else {
                found.others.push(name);
            }
        }
    }
    found.files.sort_unstable();
    found.others.sort_unstable();
    Ok(found)
}

//! What lies beside an export, in the folder or zip that was named.

use std::fs::{self, FileType};
use std::path::{Path, PathBuf};

use super::copied::Copied;
use super::names::is_extra;
use crate::error::{Error, Result};

const OUTSIDE: &str = "it lies outside of the export";

/// So many folders are looked into: people name folders that hold much else.
const MOST_FOLDERS: usize = 10_000;

/// The files that lie outside.
#[derive(Debug, Default)]
pub(super) struct Outside {
    pub(super) files: u64,
    pub(super) bytes: u64,
}

/// Lists what a folder holds besides the export or zip at a path in it. JSON files and zips may hold messages: they are
/// gaps. Everything else is only named. `own` is a folder in it that is this program's.
pub(super) fn note_outside(
    folder: &Path,
    export: &Path,
    own: Option<&Path>,
    copied: &mut Copied,
) -> Result<Outside> {
    let mut outside = Outside::default();
    if export.as_os_str().is_empty() {
        return Ok(outside);
    }
    let (mut open, mut n_seen) = (vec![PathBuf::new()], 0);
    while let Some(inner) = open.pop() {
        if n_seen == MOST_FOLDERS {
            copied.miss(
                &inner,
                "too many folders lie outside of the export: this one and others were not read",
            );
            break;
        }
        n_seen += 1;
        let entries = match list(&folder.join(&inner)) {
            Ok(entries) => entries,
            Err(error) if inner.as_os_str().is_empty() => return Err(Error::io("list", folder, error)),
            Err(error) => {
                copied.miss(&inner, &format!("{OUTSIDE}, and cannot be listed: {error}"));
                continue;
            }
        };
        for (path, kind) in entries.into_iter().map(|(name, kind)| (inner.join(name), kind)) {
            if path == export || own == Some(path.as_path()) {
                continue;
            }
            if kind.is_dir() && !is_systems_own(&path) {
                open.push(path);
                continue;
            }
            note(&path, copied);
            outside.files += 1;
            outside.bytes += fs::symlink_metadata(folder.join(&path)).map_or(0, |file| file.len());
        }
    }
    Ok(outside)
}

/// The entries of a folder, by name.
fn list(folder: &Path) -> std::io::Result<Vec<(PathBuf, FileType)>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        entries.push((PathBuf::from(entry.file_name()), entry.file_type()?));
    }
    entries.sort_unstable_by(|one, other| one.0.cmp(&other.0));
    Ok(entries)
}

fn note(path: &Path, copied: &mut Copied) {
    let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
    if is_systems_own(path) {
        copied.leave(path, "an operating system's own file");
    } else if ending == "json" || ending == "zip" {
        copied.miss(path, OUTSIDE);
    } else {
        copied.leave(path, OUTSIDE);
    }
}

fn is_systems_own(path: &Path) -> bool {
    path.file_name().is_some_and(|name| is_extra(&name.to_string_lossy()))
}

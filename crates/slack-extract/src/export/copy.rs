use std::fs;
use std::path::Path;

use slack_model::batch::{FilesBelow, files_below};
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
    let FilesBelow { files, others, .. } = files_below(from)?;
    let gap = |file: &Path, why: String| Gap {
        what: format!("export/{}", file.to_string_lossy().replace('\\', "/")),
        why,
    };
    copied.gaps.extend(others.iter().map(|other| gap(other, "a link or other special file".into())));
    for (done, file) in files.iter().enumerate() {
        progress.report(Step::new("import", done as u64, Some(files.len() as u64)));
        let (source, target) = (from.join(file), to.join(file));
        // Reading and writing are two steps, so that an unreadable file is told from a full disk.
        match fs::read(&source) {
            Ok(bytes) => {
                copied.bytes += write_file(&bytes, &target)?;
                copied.files += 1;
            }
            Err(error) => copied.gaps.push(gap(file, format!("the file cannot be read: {error}"))),
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

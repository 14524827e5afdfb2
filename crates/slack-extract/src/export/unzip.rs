use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use slack_model::{Progress, Step};
use zip::ZipArchive;
use zip::read::{ZipFile, read_zipfile_from_stream};

use super::copy::{Copied, write_file};
use crate::error::{Error, Result};
use crate::source::Gap;

/// Unpacks a zip. Where it breaks off, so that its table of contents is lost, the files before the break are
/// unpacked, and the rest is a gap.
pub(super) fn unzip(path: &Path, to: &Path, progress: &dyn Progress) -> Result<Copied> {
    let mut file = File::open(path).map_err(|error| Error::io("open", path, error))?;
    let mut copied = Copied::default();
    match ZipArchive::new(BufReader::new(&file)) {
        Ok(mut archive) => {
            let total = archive.len();
            for entry in 0..total {
                progress.report(Step::new("import", entry as u64, Some(total as u64)));
                match archive.by_index(entry) {
                    Ok(mut entry) => unpack(&mut entry, to, &mut copied)?,
                    Err(error) => copied.gaps.push(gap(&format!("entry {entry}"), &error)),
                }
            }
            progress.report(Step::new("import", total as u64, Some(total as u64)));
        }
        Err(broken) => {
            file.rewind().map_err(|error| Error::io("read", path, error))?;
            let mut stream = BufReader::new(&file);
            while let Ok(Some(mut entry)) = read_zipfile_from_stream(&mut stream) {
                unpack(&mut entry, to, &mut copied)?;
                progress.report(Step::new("import", copied.files, None));
            }
            if copied.files == 0 {
                return Err(Error::Zip { path: path.into(), source: broken.into() });
            }
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            copied.gaps.push(gap(&format!("{name} from its break on"), &broken));
        }
    }
    Ok(copied)
}

fn unpack<R: Read>(entry: &mut ZipFile<'_, R>, to: &Path, copied: &mut Copied) -> Result<()> {
    if entry.is_dir() {
        return Ok(());
    }
    let name = match entry.name() {
        Ok(name) => name.into_owned(),
        Err(error) => {
            copied.gaps.push(gap("an entry without a readable name", &error));
            return Ok(());
        }
    };
    // A name that climbs out of the folder is no name that Slack gave.
    let Some(path) = entry.enclosed_name().filter(|_| !entry.is_symlink()) else {
        copied.gaps.push(gap(&name, &"the name leads out of the export"));
        return Ok(());
    };
    // The whole entry is read first: what is damaged must not leave a file that looks whole.
    let mut bytes = Vec::new();
    match entry.read_to_end(&mut bytes) {
        Ok(_) if to.join(&path).exists() => copied.gaps.push(gap(&name, &"the name is there twice")),
        Ok(_) => match write_file(&bytes, &to.join(path)) {
            Ok(length) => {
                copied.bytes += length;
                copied.files += 1;
            }
            Err(error) if is_odd_name(&error) => copied.gaps.push(gap(&name, &error)),
            Err(error) => return Err(error),
        },
        Err(error) => copied.gaps.push(gap(&name, &error)),
    }
    Ok(())
}

/// Whether a file could not be written because of what it is called, rather than where.
fn is_odd_name(error: &Error) -> bool {
    use std::io::ErrorKind::{AlreadyExists, InvalidFilename, IsADirectory, NotADirectory};
    let Error::Io { source, .. } = error else { return false };
    matches!(source.kind(), AlreadyExists | InvalidFilename | IsADirectory | NotADirectory)
}

fn gap(what: &str, why: &dyn std::fmt::Display) -> Gap {
    Gap { what: format!("export/{what}"), why: format!("cannot be unpacked: {why}") }
}

//! From what the user names to the export in it, copied.

use std::fs;
use std::path::{Path, PathBuf};

use slack_model::Progress;

use super::budget::Budget;
use super::copied::{Copied, note_renamed};
use super::copy::copy_folder;
use super::limits::{ImportLimit, ImportLimits};
use super::outside::note_outside;
use super::place::Placer;
use super::root::{Root, find_root};
use super::times::newest_entry_time;
use super::unzip::{not_a_zip, unzip};
use crate::error::{Error, Result};

/// Copies the export in a folder or zip to `export/` in a folder, where it may also leave others.
pub(super) fn read_export(
    path: &Path,
    staging: &Path,
    limits: &ImportLimits,
    progress: &dyn Progress,
) -> Result<Copied> {
    let metadata = fs::metadata(path).map_err(|error| Error::io("open", path, error))?;
    let mut budget = Budget::new(path, limits);
    let reading = Reading { path, staging, progress };
    if metadata.is_file() {
        return reading.zip(path.into(), &mut budget);
    }
    if !metadata.is_dir() {
        return Err(not_a_zip(path, "it is neither a file nor a folder"));
    }
    match find_root(path)? {
        Root::Export(root) => reading.folder(&root, &mut budget),
        Root::Zip(zip) => {
            let mut copied = reading.zip(path.join(&zip), &mut budget)?;
            reading.note_beside(&zip, &mut copied)?;
            Ok(copied)
        }
        root => Err(reading.refuse(root, None)),
    }
}

struct Reading<'a> {
    path: &'a Path,
    staging: &'a Path,
    progress: &'a dyn Progress,
}

impl Reading<'_> {
    fn placer(&self, folder: &Path) -> Placer {
        Placer::new(folder, self.staging.join("part"))
    }

    fn folder(&self, root: &Path, budget: &mut Budget<'_>) -> Result<Copied> {
        let mut placer = self.placer(&self.staging.join("export"));
        let mut copied = copy_folder(&self.path.join(root), &mut placer, budget, self.progress)?;
        note_renamed(&mut copied, &placer.renamed, Path::new(""));
        copied.finish(Path::new(""));
        self.note_beside(root, &mut copied)?;
        Ok(copied)
    }

    /// Lists what lies beside an export, or the zip of one, in the folder that was named. The data home may lie there.
    fn note_beside(&self, export: &Path, copied: &mut Copied) -> Result<()> {
        let home = self.staging.parent().and_then(|home| fs::canonicalize(home).ok());
        let folder = fs::canonicalize(self.path).ok();
        let own = home.as_deref().zip(folder).and_then(|(home, folder)| home.strip_prefix(folder).ok());
        note_outside(self.path, export, own, copied)?;
        copied.count_more();
        Ok(())
    }

    /// Lists what was unpacked beside an export, or the zip of one.
    fn note_unpacked(unpacked: &Path, export: &Path, copied: &mut Copied) -> Result<()> {
        let outside = note_outside(unpacked, export, None, copied)?;
        copied.files = copied.files.saturating_sub(outside.files);
        copied.bytes = copied.bytes.saturating_sub(outside.bytes);
        Ok(())
    }

    /// Unpacks a zip, and the zip in it where it holds nothing else.
    fn zip(&self, mut zip: PathBuf, budget: &mut Budget<'_>) -> Result<Copied> {
        let mut outer = Copied::default();
        let mut level = 0;
        loop {
            budget.limits.check(ImportLimit::Nesting, level).map_err(|met| budget.error(met))?;
            let unpacked = self.staging.join(format!("unpacked-{level}"));
            let mut placer = self.placer(&unpacked);
            fs::create_dir_all(&unpacked).map_err(|error| Error::io("make", &unpacked, error))?;
            let mut copied = unzip(&zip, &mut placer, budget, self.progress)?;
            copied.add_outer(std::mem::take(&mut outer));
            match find_root(&unpacked)? {
                Root::Export(root) => {
                    copied.newest_entry = newest_entry_time(&zip, chrono::Utc::now())?;
                    note_renamed(&mut copied, &placer.renamed, &root);
                    self.keep(&unpacked, &root, &mut copied)?;
                    return Ok(copied);
                }
                Root::Zip(inner) => {
                    Self::note_unpacked(&unpacked, &inner, &mut copied)?;
                    zip = unpacked.join(inner);
                    outer = copied;
                    level += 1;
                }
                root => return Err(self.refuse(root, copied.first_fault)),
            }
        }
    }

    /// Makes the export's folder `export/`. What lies beside it is not part of it.
    fn keep(&self, unpacked: &Path, root: &Path, copied: &mut Copied) -> Result<()> {
        Self::note_unpacked(unpacked, root, copied)?;
        copied.finish(root);
        let export = self.staging.join("export");
        fs::rename(unpacked.join(root), &export).map_err(|error| Error::io("write", &export, error))?;
        for level in 0.. {
            let unpacked = self.staging.join(format!("unpacked-{level}"));
            if !unpacked.exists() {
                break;
            }
            fs::remove_dir_all(&unpacked).map_err(|error| Error::io("remove", &unpacked, error))?;
        }
        Ok(())
    }

    /// Why there is nothing to import.
    fn refuse(&self, root: Root, fault: Option<String>) -> Error {
        let path = self.path.to_owned();
        match (root, fault) {
            (Root::Several(first, second), _) => Error::SeveralExports { path, first, second },
            (Root::Grid, _) => Error::Grid { path },
            (Root::Text, _) => Error::TextExport { path },
            (_, Some(fault)) => not_a_zip(self.path, fault),
            _ => Error::NoExport { path },
        }
    }
}

use std::fmt::Display;
use std::path::{Path, PathBuf};

use slack_model::Time;

use super::names::shown;
use slack_model::batch::Gap;

/// What was copied out of an export.
#[derive(Debug, Default)]
pub(super) struct Copied {
    pub(super) files: u64,
    pub(super) bytes: u64,
    /// What should be there and is not, or not under its name.
    pub(super) gaps: Vec<Gap>,
    /// What is no part of an export, and was not copied: nothing is missing.
    pub(super) left: Vec<Gap>,
    /// The newest sane time of the zip's entries.
    pub(super) newest_entry: Option<Time>,
    /// Why the first file that could not be copied could not.
    pub(super) first_fault: Option<String>,
    n_more_gaps: u64,
    n_more_left: u64,
}

/// So many are listed one by one, and the others counted: a hostile zip must not fill the memory.
const MOST_LISTED: usize = 10_000;

impl Copied {
    /// Takes note of what could not be copied.
    pub(super) fn gap(&mut self, path: &Path, why: &dyn Display) {
        let why = why.to_string();
        self.first_fault.get_or_insert_with(|| why.clone());
        list(&mut self.gaps, &mut self.n_more_gaps, path, why);
    }

    /// Takes note of what may be part of an export, and was not copied.
    pub(super) fn miss(&mut self, path: &Path, why: &str) {
        list(&mut self.gaps, &mut self.n_more_gaps, path, why.into());
    }

    /// Takes note of what is no part of an export.
    pub(super) fn leave(&mut self, path: &Path, why: &str) {
        list(&mut self.left, &mut self.n_more_left, path, why.into());
    }

    /// Adds what was copied before, of a zip around this one.
    pub(super) fn add_outer(&mut self, outer: Self) {
        self.gaps.splice(0..0, outer.gaps);
        self.left.splice(0..0, outer.left);
        self.n_more_gaps += outer.n_more_gaps;
        self.n_more_left += outer.n_more_left;
        self.first_fault = outer.first_fault.or(self.first_fault.take());
    }

    /// Names everything in the folder `root` of what was read as it is below the batch's folder.
    pub(super) fn finish(&mut self, root: &Path) {
        self.count_more();
        for gap in self.gaps.iter_mut().chain(&mut self.left) {
            if let Ok(inner) = Path::new(&gap.what).strip_prefix(root) {
                gap.what = format!("export/{}", shown(inner));
            }
        }
    }

    /// Adds a row for those that are not listed one by one.
    pub(super) fn count_more(&mut self) {
        let more = |count: &mut u64| {
            let count = std::mem::take(count);
            (count > 0).then(|| Gap::new(format!("{count} more files"), "as those before"))
        };
        self.gaps.extend(more(&mut self.n_more_gaps));
        self.left.extend(more(&mut self.n_more_left));
    }
}

fn list(rows: &mut Vec<Gap>, n_more: &mut u64, path: &Path, why: String) {
    if rows.len() < MOST_LISTED {
        rows.push(Gap::new(shown(path), why));
    } else {
        *n_more += 1;
    }
}

/// Takes note of files that have another name, since two files in the export had theirs. The day files of a
/// conversation are read whatever their name is; of a list, one alone is read.
pub(super) fn note_renamed(copied: &mut Copied, renamed: &[(PathBuf, PathBuf)], root: &Path) {
    for (name, to) in renamed {
        let is_day = name.parent() != Some(root)
            && to.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
        if !is_day {
            copied
                .gap(to, &"another file of the export has the same name, so this one is kept with a number");
        }
    }
}

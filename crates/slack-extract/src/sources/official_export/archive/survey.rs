use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;

use super::super::budget::Budget;
use super::super::limits::ImportLimit;
use super::directory::Directory;
use super::entry::{Entry, LOCAL_LENGTH};
use crate::error::Result;

/// What a table of contents holds, before anything is unpacked.
#[derive(Debug, Default)]
pub(in super::super) struct Survey {
    /// The rows.
    pub(in super::super) entries: u64,
    /// Whether the table breaks off.
    pub(in super::super) damage: Option<io::Error>,
    /// The folders in an encoding that the zip does not name: some of them, to recognise it by.
    pub(in super::super) legacy_names: BTreeSet<Vec<u8>>,
    /// The rows that stand more than once, the same entry under the same name.
    pub(in super::super) repeated: BTreeSet<(u64, u64)>,
}

/// So many names are kept, each of so many bytes.
const MOST_LEGACY_NAMES: usize = 10_000;
const LONGEST_NAME: usize = 1_024;

impl Survey {
    /// Reads a table of contents, and checks it against the limits. It takes 32 bytes an entry.
    pub(in super::super) fn of(directory: &Directory, budget: &mut Budget<'_>) -> Result<Self> {
        let mut survey = Self::default();
        let mut ranges: Vec<(u64, u64, u64)> = Vec::new();
        let mut total = 0_u64;
        for entry in directory.entries()? {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    survey.damage = Some(error);
                    break;
                }
            };
            survey.entries += 1;
            budget.add_entries(1)?;
            let size = entry.size.map_or((0, 0), |size| (size.bytes, size.compressed));
            // An entry that is too large by itself is not unpacked, and the others are.
            if budget.limits.check_entry(size.0, size.1).is_ok() {
                total = total.saturating_add(size.0);
            }
            let header = (LOCAL_LENGTH + entry.raw_name.len()) as u64;
            let end = entry.start.saturating_add(header).saturating_add(size.1);
            ranges.push((entry.start, key(&entry).1, end));
            survey.note_name(entry);
        }
        ranges.sort_unstable();
        let overlaps = survey.overlaps(&ranges);
        budget.limits.check(ImportLimit::Overlaps, overlaps).map_err(|met| budget.error(met))?;
        budget.check_ahead(total)?;
        Ok(survey)
    }

    fn note_name(&mut self, entry: Entry) {
        let is_known = entry.unicode_name.is_some() || std::str::from_utf8(&entry.raw_name).is_ok();
        let is_enough = self.legacy_names.len() == MOST_LEGACY_NAMES;
        if is_known || is_enough || entry.raw_name.len() > LONGEST_NAME {
            return;
        }
        let mut name = entry.raw_name;
        // The slash is the same in all encodings; the backslash is half of a letter in some, and may follow it here.
        let end = name.iter().rposition(|byte| *byte == b'/').unwrap_or_default();
        if std::str::from_utf8(&name[..end]).is_err() {
            name.truncate(end);
        }
        self.legacy_names.insert(name);
    }

    /// How many entries share bytes with one before. The same row twice is one entry.
    fn overlaps(&mut self, ranges: &[(u64, u64, u64)]) -> u64 {
        let (mut overlaps, mut end, mut last) = (0, 0, None);
        for (start, name, range_end) in ranges {
            if last == Some((*start, *name)) {
                self.repeated.insert((*start, *name));
            } else if *start < end {
                overlaps += 1;
            }
            last = Some((*start, *name));
            end = end.max(*range_end);
        }
        overlaps
    }
}

/// What makes two rows the same: their entry and its name.
pub(in super::super) fn key(entry: &Entry) -> (u64, u64) {
    let mut hasher = DefaultHasher::new();
    entry.raw_name.hash(&mut hasher);
    (entry.start, hasher.finish())
}

use std::fs::File;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use slack_model::Time;

use super::archive::{Directory, Entry, Found, Salvage};
use super::names::{NameReader, Place, place_of};
use super::limits::ImportLimits;
use crate::error::{Error, Result};

/// 2013-01-01: no workspace is older. Zips whose entries have no time have the oldest one that there can be.
const OLDEST: i64 = 1_356_998_400;

/// The newest time of a zip's files, as far as it can be one: a zip's clock may be wrong. Times without a zone are
/// taken as UTC. `None` for a folder, and for what is not a zip.
pub(super) fn newest_entry_time(path: &Path, now: DateTime<Utc>) -> Result<Option<Time>> {
    let failed = |error| Error::io("read", path, error);
    if !path.is_file() {
        return Ok(None);
    }
    let file = File::open(path).map_err(|error| Error::io("open", path, error))?;
    let latest = (now + TimeDelta::days(1)).timestamp();
    let mut newest = None;
    let mut add = |entry: &Entry| {
        let name = NameReader::default().read(&entry.raw_name);
        if matches!(place_of(&name, &ImportLimits::default()), Ok(Place::File(_))) {
            newest = newest.max(entry.modified.filter(|time| (OLDEST..=latest).contains(time)));
        }
    };
    match Directory::find(path, &file).map_err(failed)? {
        Found::Directory(directory) => {
            directory.entries()?.map_while(std::result::Result::ok).for_each(|entry| add(&entry));
        }
        Found::Part => {}
        Found::Nothing => {
            let length = file.metadata().map_err(failed)?.len();
            let mut salvage = Salvage::new(&file, vec![(0, length)]);
            while let Some((entry, data, _)) = salvage.next().map_err(failed)? {
                add(&entry);
                salvage.skip_to(data.saturating_add(entry.size.map_or(0, |size| size.compressed)));
            }
        }
    }
    Ok(newest.and_then(Time::from_seconds))
}

use std::fs::File;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use slack_model::Time;

use super::archive::{Directory, Entry, Found, Salvage};
use super::limits::ImportLimits;
use super::names::{NameReader, Place, place_of};
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

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::write::{ExtendedFileOptions, FileOptions, ZipWriter};

    use super::*;

    fn check(times: &[(&str, u16, Option<u32>)], expected: Option<&str>) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.zip");
        let mut zip = ZipWriter::new(File::create(&path).expect("created"));
        for (name, year, unix) in times {
            let time = zip::DateTime::from_date_and_time(*year, 3, 4, 5, 6, 8).expect("a time");
            let mut options = FileOptions::<ExtendedFileOptions>::default().last_modified_time(time);
            if let Some(unix) = unix {
                let field = [&[1][..], &unix.to_le_bytes()].concat();
                options.add_extra_field(0x5455, field, false).expect("added");
            }
            zip.start_file(*name, options).expect("begun");
            zip.write_all(b"[]").expect("written");
        }
        zip.finish().expect("finished");
        let now = DateTime::from_timestamp(1_735_689_600, 0).expect("2025-01-01");
        let newest = || newest_entry_time(&path, now).expect("read").map(|time| time.to_string());
        assert_eq!(newest().as_deref(), expected, "{times:?}");
        // The same of a zip without its table of contents.
        let bytes = std::fs::read(&path).expect("read");
        let end = bytes.windows(4).position(|mark| mark == b"PK\x01\x02").expect("a table");
        std::fs::write(&path, &bytes[..end]).expect("cut");
        assert_eq!(newest().as_deref(), expected, "cut: {times:?}");
    }

    #[test]
    fn the_newest_sane_time_is_found() {
        let dos = Some("2023-03-04T05:06:08.000000Z");
        check(&[("a.json", 2020, None), ("b/c.json", 2023, None), ("d.json", 2022, None)], dos);
        // Clocks that are wrong, no clock at all, and what is not a file of the export.
        check(&[("a.json", 2023, None), ("b.json", 2030, None), ("c.json", 1980, None)], dos);
        check(&[("a.json", 2023, None), ("__MACOSX/b.json", 2024, None), ("../c.json", 2024, None)], dos);
        // Unix time, where the zip has it.
        check(&[("a.json", 2023, Some(1_704_067_200))], Some("2024-01-01T00:00:00.000000Z"));
        check(&[("a.json", 1980, None)], None);
    }

    #[test]
    fn a_folder_has_no_time_and_neither_has_what_is_not_a_zip() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(newest_entry_time(folder.path(), Utc::now()).expect("read"), None);
        let file = folder.path().join("a.zip");
        std::fs::write(&file, "hello").expect("written");
        assert_eq!(newest_entry_time(&file, Utc::now()).expect("read"), None);
    }
}

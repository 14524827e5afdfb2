//! Links in a data home, which could lead what is written or removed to other places.

use std::fs;
use std::path::Path;

use super::{BatchFolder, DataHome, Metadata};
use crate::error::{Error, Result};
use crate::nofollow::refuse_link;
use crate::ts::BatchId;

/// Entries of a data home that are written to or removed, beside batches and what begins with a point. Reports and other
/// files that are replaced as a whole are not here: a link of that name is replaced as a link.
const WRITTEN: [&str; 5] = ["demo", "master", "metrics", "references", "slack.db"];

/// Folders that are written to or emptied as a whole.
const WHOLE: [&str; 3] = ["master", "metrics", ".shown"];

/// Fails where a folder or file of a data home that is written to is a symbolic link.
///
/// Of the folders that grow with the workspace, those of batches that are complete are not looked into: nothing is
/// written there any more, and their removal leaves what links lead to.
pub(super) fn refuse(home: &DataHome) -> Result<()> {
    let root = home.root();
    for name in names(root)? {
        let is_batch = BatchId::parse(name.as_bytes()).is_some();
        if is_batch || name.starts_with('.') || WRITTEN.contains(&&*name) {
            refuse_link(&root.join(&name))?;
        }
    }
    for folder in WHOLE {
        refuse_below(&root.join(folder), usize::MAX)?;
    }
    for batch in home.batches()? {
        // The batch, its folders, and the methods of the API.
        refuse_below(batch.root(), if is_open(&batch) { usize::MAX } else { 2 })?;
    }
    Ok(())
}

/// Whether more pages may come to a batch.
fn is_open(batch: &BatchFolder) -> bool {
    let status = Metadata::read(&batch.metadata()).map(|metadata| metadata.get("status").to_owned());
    // One that does not say so was begun and got no further.
    !status.is_ok_and(|status| matches!(&*status, "complete" | "partial"))
}

/// Fails where there is a link below a folder, so many folders deep; nothing where there is no such folder.
fn refuse_below(folder: &Path, depth: usize) -> Result<()> {
    let Ok(kind) = fs::symlink_metadata(folder) else { return Ok(()) };
    if !kind.is_dir() {
        return Ok(());
    }
    let failed = |error| Error::io("list", folder, error);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_symlink() {
            return Err(Error::Link { path: entry.path() });
        }
        if kind.is_dir() && depth > 1 {
            refuse_below(&entry.path(), depth - 1)?;
        }
    }
    Ok(())
}

fn names(folder: &Path) -> Result<Vec<String>> {
    let failed = |error| Error::io("list", folder, error);
    let entries = fs::read_dir(folder).map_err(failed)?;
    entries.map(|entry| Ok(entry.map_err(failed)?.file_name().to_string_lossy().into_owned())).collect()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_in_the_way_are_refused_and_what_they_lead_to_stays() {
        for place in [
            ".shown",
            ".lock",
            ".import",
            "master",
            "master/csv",
            "master/.csv.next",
            "master/.rebuilt",
            "metrics",
            "metrics/.csv.tmp",
            "slack.db",
            ".shown/public",
            "20240101000000",
            "20240101000000/csv",
            "20240101000000/.csv.next",
            "20240101000000/metadata",
            "20240101000000/metadata/requests.csv",
            "20240101000000/api/conversations.history",
            "20240102000000/api/conversations.history/C1",
        ] {
            for is_folder in [true, false] {
                let (inside, outside) =
                    (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
                let precious = outside.path().join("precious.txt");
                fs::write(&precious, "keep").expect("written");
                let home = DataHome::new(inside.path());
                let complete = home.batch("20240101000000".parse().expect("an id"));
                let mut metadata = Metadata::default();
                metadata.set("status", "complete");
                if !place.starts_with("20240101000000") || place.contains("/api/") {
                    metadata.write(&complete.metadata()).expect("written");
                }
                let link = inside.path().join(place);
                fs::create_dir_all(link.parent().expect("a folder")).expect("made");
                symlink(if is_folder { outside.path() } else { &precious }, &link).expect("linked");
                let refused = home.lock("run").expect_err(place);
                assert!(matches!(&refused, Error::Link { path } if *path == link), "{place}: {refused}");
                assert_eq!(fs::read_to_string(&precious).expect("read"), "keep", "{place}");
                assert_eq!(fs::read_dir(outside.path()).expect("listed").count(), 1, "{place}");
            }
        }
    }

    #[test]
    fn other_links_are_nobodys_business() {
        let (inside, outside) =
            (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        fs::write(outside.path().join("zones.csv"), "there").expect("written");
        symlink(outside.path(), inside.path().join("home")).expect("linked");
        let home = DataHome::new(inside.path().join("home"));
        fs::create_dir_all(home.references()).expect("made");
        symlink(outside.path().join("zones.csv"), home.references().join("tz_country.csv")).expect("linked");
        symlink(outside.path(), home.root().join("latest")).expect("linked");
        home.lock("run").expect("the data home itself may be a link");
    }
}

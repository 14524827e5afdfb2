//! Where in a folder the export is.

use std::collections::VecDeque;
use std::fs::{self, FileType};
use std::path::{Path, PathBuf};

use super::names::is_extra;
use super::names::is_list;
use crate::error::{Error, Result};

/// What a folder holds, by paths inside it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Root {
    /// One export, in this folder.
    Export(PathBuf),
    /// No export, and one zip.
    Zip(PathBuf),
    /// More than one export, or zip.
    Several(PathBuf, PathBuf),
    /// The export of an Enterprise Grid organisation, with a folder for each workspace.
    Grid,
    /// An export as text.
    Text,
    /// Nothing of the kind.
    Nothing,
}

/// So deep below the folder an export is looked for, and in so many folders.
const DEEPEST: usize = 8;
const MOST_FOLDERS: usize = 10_000;

/// Looks for an export in a folder and the folders in it: people wrap it in folders when they zip it again.
pub(super) fn find_root(folder: &Path) -> Result<Root> {
    let (mut roots, mut zips, mut has_text) = (Vec::new(), Vec::new(), false);
    let mut open = VecDeque::from([(PathBuf::new(), 0)]);
    let mut n_seen = 0;
    while let Some((inner, depth)) = open.pop_front() {
        n_seen += 1;
        // A folder below the first that cannot be listed is none of an export's.
        let listed = list(&folder.join(&inner));
        let entries = if depth == 0 { listed? } else { listed.unwrap_or_default() };
        if is_grid(&folder.join(&inner), &entries) {
            return Ok(Root::Grid);
        }
        if is_export(&folder.join(&inner), &entries) {
            roots.push(inner);
            continue;
        }
        has_text = has_text || is_text(&inner, &entries);
        for (name, kind) in entries {
            let is_zip = kind.is_file() && ends_with(&name, ".zip") && !is_extra(&name);
            if is_zip {
                zips.push(inner.join(&name));
            } else if kind.is_dir() && !name.starts_with('.') && !is_extra(&name) && depth < DEEPEST {
                open.push_back((inner.join(&name), depth + 1));
            }
        }
        if n_seen == MOST_FOLDERS {
            break;
        }
    }
    Ok(match (first_two(roots), first_two(zips)) {
        // To take one and drop the others would lose them without a word.
        ((Some(first), Some(second)), _) | ((None, _), (Some(first), Some(second))) => {
            Root::Several(first, second)
        }
        ((Some(root), None), _) => Root::Export(root),
        _ if has_text => Root::Text,
        (_, (Some(zip), None)) => Root::Zip(zip),
        _ => Root::Nothing,
    })
}

fn first_two(paths: Vec<PathBuf>) -> (Option<PathBuf>, Option<PathBuf>) {
    let mut paths = paths.into_iter();
    (paths.next(), paths.next())
}

type Entries = Vec<(String, FileType)>;

/// The names in a folder, in their order. A name that is not UTF-8 is none of an export's own.
fn list(folder: &Path) -> Result<Entries> {
    let failed = |error| Error::io("list", folder, error);
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let kind = entry.file_type().map_err(failed)?;
        entries.push((entry.file_name().to_string_lossy().into_owned(), kind));
    }
    entries.sort_unstable_by(|one, other| one.0.cmp(&other.0));
    Ok(entries)
}

/// Whether a folder holds an export's lists, or folders with day files.
fn is_export(folder: &Path, entries: &Entries) -> bool {
    entries.iter().any(|(name, kind)| kind.is_file() && is_list(name))
        || entries.iter().any(|(name, kind)| kind.is_dir() && !is_extra(name) && has_day(&folder.join(name)))
}

/// Whether a day file is in a folder, which may hold very many.
fn has_day(folder: &Path) -> bool {
    let mut entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.any(|entry| {
        is_day(&entry.file_name().to_string_lossy()) && entry.file_type().is_ok_and(|kind| kind.is_file())
    })
}

fn is_grid(folder: &Path, entries: &Entries) -> bool {
    let teams = folder.join("teams");
    let is_there = entries.iter().any(|(name, kind)| name == "teams" && kind.is_dir());
    is_there
        && list(&teams).unwrap_or_default().iter().any(|(name, kind)| {
            let team = teams.join(name);
            kind.is_dir() && list(&team).is_ok_and(|entries| is_export(&team, &entries))
        })
}

/// Whether a folder is one of those that an export as text has.
fn is_text(folder: &Path, entries: &Entries) -> bool {
    const FOLDERS: [&str; 6] = ["channels", "dms", "groups", "mpims", "private_channels", "group_messages"];
    let name = folder.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    FOLDERS.contains(&name.as_str())
        && entries.iter().any(|(name, kind)| kind.is_file() && ends_with(name, ".txt"))
}

/// Whether a file's name begins with a date, as those of day files do.
fn is_day(name: &str) -> bool {
    let numbers = name.split(|letter: char| !letter.is_ascii_digit());
    let lengths: Vec<_> = numbers.take(3).map(str::len).collect();
    ends_with(name, ".json") && matches!(lengths[..], [4, 1 | 2, 1 | 2])
}

fn ends_with(name: &str, ending: &str) -> bool {
    name.to_ascii_lowercase().ends_with(ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(files: &[&str], expected: &Root) {
        let folder = tempfile::tempdir().expect("a folder");
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().expect("a parent")).expect("made");
            fs::write(path, "[]").expect("written");
        }
        assert_eq!(find_root(folder.path()).expect("listed"), *expected, "{files:?}");
    }

    #[test]
    fn exports_are_found_where_they_are() {
        let export = |path: &str| Root::Export(path.into());
        check(&["users.json", "a.zip"], &export(""));
        check(&["Channels.JSON"], &export(""));
        check(&["org_users.json", "general/x.json"], &export(""));
        check(&["general/2024-01-02.JSON"], &export(""));
        check(&["general/2024-1-2.json"], &export(""));
        check(
            &["one/two/three/channels.json", "__MACOSX/one/users.json", ".git/users.json"],
            &export("one/two/three"),
        );
        check(&["read me.txt", "in/export.ZIP"], &Root::Zip("in/export.ZIP".into()));
        check(&["a/users.json", "b/users.json"], &Root::Several("a".into(), "b".into()));
        check(&["a.zip", "b.zip"], &Root::Several("a.zip".into(), "b.zip".into()));
        check(&["users.json", "teams/a/users.json"], &Root::Grid);
        check(&["top/teams/a/general/2024-01-01.json"], &Root::Grid);
        // A channel of that name.
        check(&["users.json", "teams/2024-01-01.json"], &export(""));
        check(&["x/channels/general.txt", "x/dms/ana.txt"], &Root::Text);
        check(&["notes.txt", "a.json", "photos/1234-56.json"], &Root::Nothing);
        check(&[], &Root::Nothing);
    }
}

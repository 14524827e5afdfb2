//! Hosted files: each is where `files.csv` says, with the bytes that were downloaded.

use std::fs::File;
use std::io;
use std::path::{Component, Path};

use slack_model::batch::{BatchFolder, DataHome, HostedFile};
use slack_model::{Folder, Table, TableReader};

use super::log::Log;
use super::report::{FindingKind, Report};
use crate::error::Result;
use crate::hash::{hash_rest, hexadecimal};

/// Checks the files that a batch downloaded, and returns how many were read.
pub(super) fn check_files(
    home: &DataHome,
    batch: &BatchFolder,
    log: &mut Log,
    is_unfinished: bool,
    report: &mut Report,
) -> Result<u64> {
    let list = format!("metadata/{}", HostedFile::SCHEMA.file_name());
    let (mut files, mut unreadable) = (0, 0);
    let rows = TableReader::open(&Folder(batch.metadata()), &HostedFile::SCHEMA).unwrap_or_default();
    for row in rows.into_iter().flat_map(TableReader::rows::<HostedFile>) {
        match row {
            Ok(row) => {
                files += 1;
                let below = row.path.split_once('/').map_or("", |(_, below)| below);
                log.settle_download(below);
                if let Some((kind, why)) = wrong(home, &row) {
                    report.problem(kind, row.path, why);
                }
            }
            Err(_) if unreadable < MOST_UNREADABLE => unreadable += 1,
            Err(error) => return Err(error.into()),
        }
    }
    if unreadable == 1 && is_unfinished {
        // Half a row, which the capture that goes on takes away.
        report.n_open += 1;
    } else if unreadable > 0 {
        report.problem(FindingKind::Unreadable, list.as_str(), format!("{unreadable} rows cannot be read"));
    }
    if log.n_downloads() > 0 {
        let why = format!("{} files that requests.csv says were downloaded have no row", log.n_downloads());
        report.problem(FindingKind::MissingRow, list, why);
    }
    Ok(files)
}

/// A disk that fails gives no end of errors.
const MOST_UNREADABLE: u64 = 10_000;

/// What is wrong with a file.
fn wrong(home: &DataHome, row: &HostedFile) -> Option<(FindingKind, String)> {
    let is_below = Path::new(&row.path).components().all(|part| matches!(part, Component::Normal(_)));
    if !is_below {
        return Some((FindingKind::MissingFile, "its path leads out of the data home".into()));
    }
    let (bytes, sha256) = match hash(&home.root().join(&row.path)) {
        Ok(hashed) => hashed,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Some((FindingKind::MissingFile, "files.csv has a row of it".into()));
        }
        Err(error) => return Some((FindingKind::Unreadable, error.to_string())),
    };
    if bytes != row.bytes {
        let why = format!("it has {bytes} bytes, and had {} when it was downloaded", row.bytes);
        return Some((FindingKind::OtherBytes, why));
    }
    (sha256 != row.sha256).then(|| (FindingKind::OtherBytes, "its SHA-256 is not that of files.csv".into()))
}

/// A file's length and its SHA-256.
fn hash(path: &Path) -> io::Result<(u64, String)> {
    let (length, hash) = hash_rest(&mut File::open(path)?)?;
    Ok((length, hexadecimal(hash)))
}

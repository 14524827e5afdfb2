//! `requests.csv` as an index: which pages must be there, and what explains those that are not.

use std::collections::{HashMap, HashSet};

use slack_model::batch::{BatchFolder, Request, RequestStatus};
use slack_model::{Folder, Table, TableReader, Ts};

use super::report::{FindingKind, KnownGap, Report};
use crate::error::Result;
use crate::hash::digest;
use crate::sources::web_api::methods::DOWNLOAD;

/// A method with what it was asked about: the pages of one chain of cursors.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chain<'a> {
    pub(super) method: &'a str,
    pub(super) object: Option<&'a str>,
    pub(super) thread: Option<Ts>,
}

impl Chain<'_> {
    /// Where a page lies, below the batch's folder.
    pub(super) fn page(&self, page: u32) -> String {
        let path = BatchFolder::page(self.method, self.object, self.thread, page);
        path.to_string_lossy().replace('\\', "/")
    }

    fn digest(&self) -> u64 {
        digest((self.method, self.object, self.thread.map(Ts::micros)))
    }
}

/// What the log says of the pages. It takes some 20 bytes a request, as digests.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// Whether there is one.
    pub(super) is_there: bool,
    pub(super) rows: u64,
    /// The bytes of each page, by its last row.
    pages: HashMap<u64, u64>,
    /// What has a row without a page, by the page that there would be.
    unread: HashMap<u64, Unread>,
    /// For each chain with unread pages, the last of them.
    chains: HashMap<u64, u32>,
    /// The gaps of each object.
    gaps: HashMap<u64, u64>,
    /// The pages at which a chain begins anew.
    restarts: HashSet<u64>,
    /// The downloaded files of which `files.csv` has no row, as far as it was read.
    downloads: HashSet<u64>,
}

#[derive(Debug, Clone, Copy)]
struct Unread {
    chain: u64,
    object: u64,
    page: u32,
    is_gap: bool,
}

impl Log {
    /// Reads the log, and reports what it says is there and is not.
    ///
    /// Where the pages were removed (`is_pruned`), none is missed.
    pub(super) fn read(
        batch: &BatchFolder,
        is_unfinished: bool,
        is_pruned: bool,
        report: &mut Report,
    ) -> Result<Self> {
        let mut log = Self::default();
        let mut unreadable = 0;
        log.is_there = each_row(batch, &mut unreadable, |row| log.add(&row))?;
        for unread in log.unread.values() {
            let last = log.chains.entry(unread.chain).or_default();
            *last = unread.page.max(*last);
            if unread.is_gap {
                *log.gaps.entry(unread.object).or_default() += 1;
            }
        }
        let path = format!("metadata/{}", Request::SCHEMA.file_name());
        if !log.is_there {
            report.problem(FindingKind::MissingRow, path, "the log of requests is not there");
        } else if unreadable == 1 && is_unfinished {
            // A process that was killed leaves half a row; the capture that goes on takes it away.
            report.n_open += 1;
        } else if unreadable > 0 {
            report.problem(FindingKind::Unreadable, path, format!("{unreadable} rows cannot be read"));
        }
        log.report_rows(batch, is_pruned, report)?;
        Ok(log)
    }

    /// The bytes that a page had when it was stored.
    pub(super) fn bytes(&self, page: &str) -> Option<u64> {
        self.pages.get(&digest(page)).copied()
    }

    /// Whether the chain of cursors begins anew at a page.
    pub(super) fn begins_anew(&self, page: &str) -> bool {
        self.restarts.contains(&digest(page))
    }

    /// Whether a row says why a chain has no pages after this one (0: none at all).
    pub(super) fn explains(&self, chain: &Chain<'_>, page: u32) -> bool {
        self.chains.get(&chain.digest()).is_some_and(|last| *last >= page)
    }

    /// How much of an object could not be read.
    pub(super) fn gaps_of(&self, object: &str) -> u64 {
        self.gaps.get(&digest(object)).copied().unwrap_or_default()
    }

    /// Takes note that `files.csv` has a row of a downloaded file.
    pub(super) fn settle_download(&mut self, file: &str) {
        self.downloads.remove(&digest(file));
    }

    /// The number of downloaded files that `files.csv` has no row of.
    pub(super) fn n_downloads(&self) -> usize {
        self.downloads.len()
    }

    /// How much could not be read.
    pub(super) fn n_gaps(&self) -> u64 {
        self.unread.values().filter(|unread| unread.is_gap).count() as u64
    }

    fn add(&mut self, row: &Request) {
        self.rows += 1;
        let key = digest(path_of(row));
        if row.status == RequestStatus::Ok {
            if row.method == DOWNLOAD {
                self.downloads.insert(key);
            } else {
                self.pages.insert(key, row.bytes);
            }
            // What was a gap before the capture went on is none now.
            self.unread.remove(&key);
            return;
        }
        if row.class == "restart" {
            self.restarts.insert(key);
            return;
        }
        let object = row.channel.as_ref().map(|object| object.as_str());
        let chain = Chain { method: &row.method, object, thread: row.thread_ts }.digest();
        let page = row.page.and_then(|page| u32::try_from(page).ok()).unwrap_or(1);
        let object = digest(object.unwrap_or_default());
        let is_gap = row.status == RequestStatus::Gap;
        self.unread.insert(key, Unread { chain, object, page, is_gap });
    }

    /// Reports the gaps, each once, and the pages that are gone.
    fn report_rows(&self, batch: &BatchFolder, is_pruned: bool, report: &mut Report) -> Result<()> {
        let mut told = HashSet::new();
        each_row(batch, &mut 0, |row| {
            let path = path_of(&row);
            let key = digest(&path);
            let is_gap = self.unread.get(&key).is_some_and(|unread| unread.is_gap);
            if row.status == RequestStatus::Gap && is_gap && told.insert(key) {
                report.gap(known_gap(row));
            } else if row.status == RequestStatus::Ok
                && row.method != DOWNLOAD
                && !is_pruned
                && !batch.root().join(&path).is_file()
                && told.insert(key)
            {
                report.problem(FindingKind::MissingPage, path, "it is gone: requests.csv has a row of it");
            }
        })?;
        Ok(())
    }
}

/// Shows `each` the rows that can be read, and counts the others. Returns whether there is a log.
fn each_row(batch: &BatchFolder, unreadable: &mut u64, mut each: impl FnMut(Request)) -> Result<bool> {
    let Ok(Some(reader)) = TableReader::open(&Folder(batch.metadata()), &Request::SCHEMA) else {
        return Ok(false);
    };
    for row in reader.rows::<Request>() {
        match row {
            Ok(row) => each(row),
            Err(_) if *unreadable < MOST_UNREADABLE => *unreadable += 1,
            // A disk that fails gives no end of errors.
            Err(error) => return Err(error.into()),
        }
    }
    Ok(true)
}

const MOST_UNREADABLE: u64 = 10_000;

/// The page that a row is about, whether it is there or not.
fn path_of(row: &Request) -> String {
    if !row.file.is_empty() {
        return row.file.clone();
    }
    let object = row.channel.as_ref().map(|object| object.as_str());
    let page = row.page.and_then(|page| u32::try_from(page).ok()).unwrap_or(1);
    Chain { method: &row.method, object, thread: row.thread_ts }.page(page)
}

fn known_gap(row: Request) -> KnownGap {
    let mut what = row.method;
    let object = row.channel.map(|object| object.to_string());
    let file = Some(row.file).filter(|file| !file.is_empty());
    for part in [object, row.thread_ts.map(|thread| thread.to_string()), file].into_iter().flatten() {
        what.push(' ');
        what.push_str(&part);
    }
    KnownGap { what, error: row.error, class: row.class, needs: row.needs }
}

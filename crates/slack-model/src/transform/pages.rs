use std::fs;
use std::path::{Path, PathBuf};

use crate::batch::BatchFolder;
use crate::ids::ChannelId;
use crate::rows::SetAside;
use crate::ts::BatchId;
use crate::wire::{Issue, Issues, Page, as_text};

/// Reads a batch's pages and keeps what could not be read.
pub(super) struct PageReader<'b> {
    batch: &'b BatchFolder,
    pages: u64,
    set_aside: Vec<SetAside>,
}

impl<'b> PageReader<'b> {
    pub(super) fn new(batch: &'b BatchFolder) -> Self {
        Self { batch, pages: 0, set_aside: Vec::new() }
    }

    pub(super) fn batch(&self) -> BatchId {
        self.batch.id()
    }

    /// Where a page lies.
    pub(super) fn path(&self, page: &Path) -> PathBuf {
        self.batch.root().join(page)
    }

    /// Shows `each` the records of a page, which is an array or holds one under `list`.
    ///
    /// Returns whether the page, and every record in it, could be read.
    pub(super) fn records(
        &mut self,
        page: &Path,
        list: &str,
        channel: Option<&ChannelId>,
        mut each: impl FnMut(&str, &mut Issues<'_>),
    ) -> bool {
        self.page(page, channel, |text, issues| {
            let cut = Page::cut(text, list, issues);
            for (number, record) in cut.records.iter().enumerate() {
                issues.begin(number, record);
                each(record, issues);
            }
            cut.whole
        })
    }

    /// Shows `read` a page's text. Returns what `read` does, and `false` too where anything was set aside.
    pub(super) fn page(
        &mut self,
        page: &Path,
        channel: Option<&ChannelId>,
        read: impl for<'t> FnOnce(&'t str, &mut Issues<'t>) -> bool,
    ) -> bool {
        self.pages += 1;
        let bytes = match fs::read(self.path(page)) {
            Ok(bytes) => bytes,
            Err(error) => {
                let mut issues = Issues::of("");
                issues.add("", "", format!("the file cannot be read: {error}"));
                self.set_aside(page, channel, issues.found);
                return false;
            }
        };
        let (text, mended) = as_text(&bytes);
        let mut issues = Issues::of(&text);
        if mended {
            issues.add(&text, "", "the page is not UTF-8; what is not reads as U+FFFD");
        }
        let whole = read(&text, &mut issues);
        let found = issues.found;
        let clean = found.is_empty();
        self.set_aside(page, channel, found);
        whole && clean
    }

    /// The number of pages read, and what was set aside in them.
    pub(super) fn into_set_aside(self) -> (u64, Vec<SetAside>) {
        (self.pages, self.set_aside)
    }

    fn set_aside(&mut self, page: &Path, channel: Option<&ChannelId>, issues: Vec<Issue>) {
        let file = page.to_string_lossy().replace('\\', "/");
        self.set_aside.extend(issues.into_iter().map(|issue| SetAside {
            file: file.clone(),
            offset: issue.offset as u64,
            length: issue.length as u64,
            record: issue.record.map(|record| record as u64),
            channel: channel.cloned(),
            ts: issue.ts,
            field: issue.field,
            reason: issue.reason,
        }));
    }
}

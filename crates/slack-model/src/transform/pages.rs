use std::fs;
use std::io::{self, Read};
use std::path::Path;

use crate::batch::BatchFolder;
use crate::ids::ChannelId;
use crate::rows::{Reaction, SetAside};
use crate::ts::BatchId;
use crate::wire::{self, Envelope, Issue, Issues, Page, SeenMessage, as_text};

/// Takes a page's messages.
pub(super) trait MessageSink {
    /// Takes the next message.
    fn see(&mut self, message: SeenMessage<'_>);

    /// Forgets the messages of the page: it is read again.
    fn forget(&mut self);
}

/// Reads a batch's pages and keeps what could not be read.
pub(super) struct PageReader<'b> {
    batch: &'b BatchFolder,
    pages: u64,
    set_aside: Vec<SetAside>,
    /// Room for a page's bytes, which the next page uses again.
    bytes: Vec<u8>,
}

impl<'b> PageReader<'b> {
    pub(super) fn new(batch: &'b BatchFolder) -> Self {
        Self { batch, pages: 0, set_aside: Vec::new(), bytes: Vec::new() }
    }

    pub(super) fn batch(&self) -> BatchId {
        self.batch.id()
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

    /// Shows `sink` a page's messages.
    ///
    /// Returns whether the page, and every message in it, could be read, and whether it says that it is the last.
    pub(super) fn messages(
        &mut self,
        page: &Path,
        channel: &ChannelId,
        sink: &mut impl MessageSink,
    ) -> (bool, bool) {
        let batch = self.batch();
        let mut is_last = None;
        let clean = self.page(page, Some(channel), |text, issues| {
            if issues.found.is_empty() {
                let seen = wire::seen_messages(text, channel, batch, &mut |message| sink.see(message));
                if let Ok(last) = seen {
                    is_last = last;
                    return true;
                }
                sink.forget();
            }
            let cut = Page::cut(text, "messages", issues);
            for (number, record) in cut.records.iter().enumerate() {
                issues.begin(number, record);
                if let Some(read) = wire::message(record, channel, batch, issues) {
                    sink.see(read.into());
                }
            }
            cut.whole
        });
        let is_last = is_last.unwrap_or_else(|| {
            let envelope = Envelope::read(&self.bytes);
            envelope.is_ok_and(|envelope| envelope.next_cursor().is_none() && !envelope.has_more)
        });
        (clean, is_last)
    }

    /// Shows `each` the reactions that an answer of `reactions.get` tells of.
    pub(super) fn reactions(
        &mut self,
        page: &Path,
        channel: &ChannelId,
        mut each: impl FnMut(Reaction),
    ) -> bool {
        let batch = self.batch();
        self.page(page, Some(channel), |text, issues| {
            wire::reactions_of(text, channel, batch, issues).into_iter().for_each(&mut each);
            true
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
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        let (whole, found) = match read_file(&self.batch.root().join(page), &mut bytes) {
            Ok(()) => {
                let (text, mended) = as_text(&bytes);
                let mut issues = Issues::of(&text);
                if mended {
                    issues.add(&text, "", "the page is not UTF-8; what is not reads as U+FFFD");
                }
                (read(&text, &mut issues), issues.found)
            }
            Err(error) => {
                bytes.clear();
                let mut issues = Issues::of("");
                issues.add("", "", format!("the file cannot be read: {error}"));
                (false, issues.found)
            }
        };
        self.bytes = bytes;
        let clean = found.is_empty();
        self.set_aside(page, channel, found);
        whole && clean
    }

    /// The number of pages read.
    pub(super) fn n_pages(&self) -> u64 {
        self.pages
    }

    /// What was set aside since it was asked for last.
    pub(super) fn take_set_aside(&mut self) -> Vec<SetAside> {
        std::mem::take(&mut self.set_aside)
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

fn read_file(path: &Path, bytes: &mut Vec<u8>) -> io::Result<()> {
    let mut file = fs::File::open(path)?;
    file.read_to_end(bytes).map(drop)
}

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::tables::{SECOND, Second};
use super::work::PageKind;
use crate::batch::BatchFolder;
use crate::ids::ChannelId;
use crate::rows::{SetAside, SetAsideKind};
use crate::ts::{BatchId, Ts};
use crate::wire::{self, Envelope, Issue, Issues, SeenMessage, as_text};

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
        self.shaped_records(page, list, channel, |record, _, issues| each(record, issues))
    }

    /// The same; `each` also hears whether the page is of the shape that Slack gives it.
    pub(super) fn shaped_records(
        &mut self,
        page: &Path,
        list: &str,
        channel: Option<&ChannelId>,
        mut each: impl FnMut(&str, bool, &mut Issues<'_>),
    ) -> bool {
        let walk = Walk { is_export: is_export(page), list, key: "id" };
        self.page(page, channel, |text, issues| walk.each(text, issues, &mut each))
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
        let is_export = is_export(page);
        let mut envelope = None;
        let clean = self.page(page, Some(channel), |text, issues| {
            if issues.found.is_empty() {
                let seen =
                    wire::seen_messages(text, channel, batch, is_export, &mut |message| sink.see(message));
                if let Ok(said) = seen {
                    envelope = said;
                    return true;
                }
                sink.forget();
            }
            let walk = Walk { is_export, list: "messages", key: "ts" };
            let mut all_plain = true;
            let whole = walk.each(text, issues, &mut |record, is_plain, issues| {
                all_plain &= is_plain;
                wire::message(record, channel, batch, issues, |seen, issues| {
                    if is_export {
                        report_unnamed(record, &seen, issues);
                    }
                    sink.see(seen);
                });
            });
            if !is_export && whole && !wire::holds_list(text, "messages") {
                issues.add_as(SetAsideKind::Rest, text, "messages", "the answer holds no list of messages");
            }
            whole && all_plain
        });
        // A page of an export says nothing of others.
        let is_last = !is_export
            && envelope
                .or_else(|| Envelope::read(&self.bytes).ok())
                .is_some_and(|envelope| envelope.is_last());
        (clean, is_last)
    }

    /// Sets messages aside of which an earlier one has the `ts`. `pages` are the conversation's, by number.
    pub(super) fn set_seconds_aside(
        &mut self,
        pages: &[(PageKind, PathBuf)],
        channel: &ChannelId,
        mut seconds: Vec<Second>,
    ) {
        seconds.sort_unstable_by_key(|second| (second.page, second.ts, second.nth));
        for of_page in seconds.chunk_by(|one, other| one.page == other.page) {
            let Some((_, page)) = of_page.first().and_then(|second| pages.get(second.page as usize)) else {
                continue;
            };
            let mut bytes = Vec::new();
            // What was read before can be read again; if not, its place is lost, not the row.
            let _ = read_file(&self.batch.root().join(page), &mut bytes);
            let (text, _) = as_text(&bytes);
            let found = place_seconds(page, &text, channel, self.batch(), of_page);
            self.set_aside(page, Some(channel), found);
        }
    }

    /// Shows `show` the message of an answer of `reactions.get`.
    pub(super) fn reactions(
        &mut self,
        page: &Path,
        channel: &ChannelId,
        show: impl FnOnce(SeenMessage<'_>),
    ) -> bool {
        let batch = self.batch();
        self.page(page, Some(channel), |text, issues| {
            wire::reactions_of(text, channel, batch, issues, show);
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
        let (whole, found, more) = match read_file(&self.batch.root().join(page), &mut bytes) {
            Ok(()) => {
                let (text, mended) = as_text(&bytes);
                let mut issues = Issues::of(&text);
                if mended {
                    let why = "the page is not UTF-8; what is not reads as U+FFFD";
                    issues.add_as(SetAsideKind::Character, &text, "", why);
                }
                (read(&text, &mut issues), issues.found, issues.more)
            }
            Err(error) => {
                bytes.clear();
                let mut issues = Issues::of("");
                // The kind of the fault: what the system says may name folders outside of the batch.
                issues.add_as(
                    SetAsideKind::Rest,
                    "",
                    "",
                    format!("the file cannot be read: {}", error.kind()),
                );
                (false, issues.found, 0)
            }
        };
        self.bytes = bytes;
        let clean = found.is_empty();
        self.set_aside(page, channel, found);
        if more > 0 {
            let mut issues = Issues::of("");
            let why = format!(
                "more could not be read than is told one by one: {more} records, fields or characters"
            );
            issues.add_as(SetAsideKind::Rest, "", "", why);
            self.set_aside(page, channel, issues.found);
        }
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
            kind: Some(issue.kind),
        }));
    }
}

/// The places of messages of one page, which are sorted by `ts`, among the page's records.
fn place_seconds(
    page: &Path,
    text: &str,
    channel: &ChannelId,
    batch: BatchId,
    seconds: &[Second],
) -> Vec<Issue> {
    let why = SECOND;
    let mut of_ts: BTreeMap<Ts, usize> = seconds.iter().map(|second| (second.ts, 0)).collect();
    let walk = Walk { is_export: is_export(page), list: "messages", key: "ts" };
    let mut placed = Issues::of(text);
    let mut ignored = Issues::of(text);
    // The walk's own issues were told when the page was read for its rows.
    walk.each(text, &mut ignored, &mut |record, _, at| {
        let read = wire::message(record, channel, batch, &mut Issues::of(record), |seen, _| seen.row.ts);
        let Some(ts) = read else { return };
        let Some(nth) = of_ts.get_mut(&ts) else { return };
        let is_second = seconds.binary_search_by_key(&(ts, *nth), |second| (second.ts, second.nth)).is_ok();
        *nth += 1;
        if is_second {
            let since = placed.found.len();
            placed.place_as(at);
            placed.add(record, "", why);
            placed.belong_to(since, &ts.to_string());
        }
    });
    let missing = seconds.len().saturating_sub(placed.found.len());
    if missing > 0 {
        placed.add("", "", format!("{why}; so many messages: {missing}"));
    }
    placed.found
}

/// Walks through the records of a page.
#[derive(Debug, Clone, Copy)]
struct Walk<'w> {
    is_export: bool,
    list: &'w str,
    key: &'w str,
}

impl Walk<'_> {
    /// Shows `each` the records, and whether they lie as Slack has them; what could not be read of one belongs to it.
    /// Returns whether the page was read to its end.
    fn each<'t>(
        self,
        text: &'t str,
        issues: &mut Issues<'t>,
        each: &mut impl FnMut(&str, bool, &mut Issues<'t>),
    ) -> bool {
        let mut number = 0;
        let mut show = |record: &'t str, is_plain: bool, issues: &mut Issues<'t>| {
            issues.begin(number, record);
            number += 1;
            // Where a page is full of what is no record, the rest of that is only counted.
            if issues.is_full() && !record.starts_with(['{', '"']) {
                issues.more += 1;
                return;
            }
            each(record, is_plain, issues);
        };
        if self.is_export {
            wire::each_record_loosely(text, self.list, self.key, issues, &mut show)
        } else {
            wire::each_record(text, self.list, issues, &mut show)
        }
    }
}

/// Whether a page is a file of an export, which other programs may have written.
fn is_export(page: &Path) -> bool {
    page.starts_with("export")
}

/// Reports the reactions of people of whom the message names none: they get no row.
fn report_unnamed(record: &str, seen: &SeenMessage<'_>, issues: &mut Issues<'_>) {
    let since = issues.found.len();
    for reaction in seen.unnamed_reactions() {
        let (name, count) = (reaction.name, reaction.total());
        let why = format!("Slack counts {count} reactions `{name}` and names nobody");
        issues.add(record, "reactions", why);
    }
    issues.belong_to(since, &seen.row.ts.to_string());
}

fn read_file(path: &Path, bytes: &mut Vec<u8>) -> io::Result<()> {
    let mut file = fs::File::open(path)?;
    file.read_to_end(bytes).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ts::Time;
    use crate::wire::{PageSummary, SCANS};

    struct Nothing;

    impl MessageSink for Nothing {
        fn see(&mut self, _: SeenMessage<'_>) {}

        fn forget(&mut self) {}
    }

    #[test]
    fn a_page_of_history_is_scanned_once_for_the_walk_and_once_for_its_rows() {
        let folder = tempfile::tempdir().expect("a folder");
        let page = Path::new("api/conversations.history/C1/00001.json");
        let body = r#"{"ok":true,"messages":[{"type":"message","user":"U1","text":"a \u00e9","ts":"1600000000.000100",
            "files":[{"id":"F1","file_access":"check_file_info"}],"reactions":[{"name":"+1","users":["U2"],"count":2}]}],
            "has_more":true,"response_metadata":{"next_cursor":"x"}}"#;
        fs::create_dir_all(folder.path().join(page).parent().expect("a folder")).expect("made");
        fs::write(folder.path().join(page), body).expect("written");
        let before = SCANS.get();
        let summary = PageSummary::read(body.as_bytes()).expect("read");
        assert_eq!((summary.envelope.next_cursor(), summary.messages.messages), (Some("x"), 1));
        assert_eq!((summary.messages.hidden_files.len(), summary.keys.len()), (1, 1));
        assert_eq!(SCANS.get() - before, 1);
        let batch = BatchFolder::new(folder.path().into(), BatchId::at(Time::EPOCH));
        let mut reader = PageReader::new(&batch);
        assert_eq!(reader.messages(page, &"C1".into(), &mut Nothing), (true, false));
        assert_eq!(SCANS.get() - before, 2);
    }
}

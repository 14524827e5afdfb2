//! An imported export: its files are whole, and what its day files hold of each conversation.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use slack_model::batch::{BatchFolder, Metadata, files_below};
use slack_model::{ChannelId, ExportReading, MessagePage, Progress, Step, Ts};

use super::channels::fewer_replies;
use super::log::Log;
use super::pages::not_json;
use super::report::{ChannelCoverage, FindingKind, Report};
use crate::error::Result;
use crate::hash::FolderDigest;
use crate::sources::official_export::earlier::DIGEST;

/// Checks an export's files, and returns what it holds of each conversation.
pub(super) fn check_export(
    batch: &BatchFolder,
    metadata: &Metadata,
    log: &Log,
    report: &mut Report,
    progress: &dyn Progress,
) -> Result<Vec<ChannelCoverage>> {
    let reading = ExportReading::of(batch)?;
    let files = files_below(&batch.export())?.files;
    let total = files.len() as u64;
    let mut conversations: BTreeMap<ChannelId, Conversation> = BTreeMap::new();
    let mut digest = Some(FolderDigest::default());
    for (done, file) in files.iter().enumerate() {
        progress.report(Step::new("verify", done as u64, Some(total)));
        let path = Path::new("export").join(file);
        let name = path.to_string_lossy().replace('\\', "/");
        let problems_before = report.n_problems;
        let body = read_file(batch, report, &name);
        match (&mut digest, &body) {
            (Some(digest), Some(body)) => digest.add_file(file, body),
            // What cannot be read is a finding already.
            _ => digest = None,
        }
        let body = body.filter(|body| is_sound(body, log, report, &name));
        if let Some((id, folder)) = reading.conversation(&path) {
            let conversation =
                conversations.entry(id.clone()).or_insert_with(|| Conversation::of(folder, id));
            conversation.coverage.problems += report.n_problems - problems_before;
            if let Some(body) = body {
                conversation.add(&MessagePage::read_file(&body));
            }
        }
    }
    for file in reading.not_read().iter().filter(|file| !file.is_known) {
        report.problem(FindingKind::UnknownFile, &file.file, format!("it is not read: {}", file.reason));
    }
    if let Some(digest) = digest {
        check_digest(digest, metadata, report);
    }
    progress.report(Step::new("verify", total, Some(total)));
    Ok(conversations.into_values().map(|conversation| conversation.end(report)).collect())
}

/// The bytes of a file, where they can be read.
fn read_file(batch: &BatchFolder, report: &mut Report, path: &str) -> Option<Vec<u8>> {
    match fs::read(batch.root().join(path)) {
        Ok(body) => {
            report.pages += 1;
            report.bytes += body.len() as u64;
            Some(body)
        }
        Err(error) => {
            report.problem(FindingKind::Unreadable, path, error.to_string());
            None
        }
    }
}

/// Whether a file's bytes are what they should be. Only what is named so is JSON.
fn is_sound(body: &[u8], log: &Log, report: &mut Report, path: &str) -> bool {
    let length = body.len() as u64;
    if let Some(logged) = log.bytes(path).filter(|logged| *logged != length) {
        let why = format!("it has {length} bytes, and had {logged} when it was imported");
        report.problem(FindingKind::OtherBytes, path, why);
        return false;
    }
    if path.to_lowercase().ends_with(".json")
        && let Some(wrong) = not_json(body)
    {
        report.problem(FindingKind::Unreadable, path, wrong);
        return false;
    }
    true
}

/// Compares the files with those that were imported. Imports by earlier versions have no digest.
fn check_digest(digest: FolderDigest, metadata: &Metadata, report: &mut Report) {
    let imported = metadata.get(DIGEST);
    if !imported.is_empty() && digest.finish() != imported {
        let why = "its files are not those that were imported: one was changed, added or removed since";
        report.problem(FindingKind::OtherBytes, "export", why);
    }
}

/// A conversation while its day files are read.
struct Conversation {
    coverage: ChannelCoverage,
    /// How many replies each thread has here, and how many Slack counts.
    threads: BTreeMap<Ts, (u64, Option<u64>)>,
}

impl Conversation {
    fn of(folder: &str, id: &ChannelId) -> Self {
        let coverage =
            ChannelCoverage { channel: id.clone(), name: folder.into(), ..ChannelCoverage::default() };
        Self { coverage, threads: BTreeMap::new() }
    }

    fn add(&mut self, page: &MessagePage) {
        self.coverage.pages += 1;
        self.coverage.messages += page.top_level;
        self.coverage.replies += page.replies.values().sum::<u64>();
        self.coverage.add_times(page);
        for (thread, shown) in &page.threads {
            let thread = self.threads.entry(*thread).or_default();
            thread.1 = shown.reply_count.or(thread.1);
        }
        for (thread, replies) in &page.replies {
            self.threads.entry(*thread).or_default().0 += replies;
        }
    }

    /// An export holds replies among its messages: a thread is here as far as Slack gave it.
    fn end(mut self, report: &mut Report) -> ChannelCoverage {
        for (ts, (replies, count)) in &self.threads {
            let count = count.unwrap_or_default();
            if count == 0 && *replies == 0 {
                continue;
            }
            self.coverage.threads_shown += 1;
            if *replies >= count {
                self.coverage.threads_read += 1;
            } else {
                let path = format!("export/{}", self.coverage.name);
                let why = format!("thread {ts}: {}", fewer_replies(*replies, count));
                report.note(FindingKind::FewerReplies, path, why);
            }
        }
        self.coverage
    }
}

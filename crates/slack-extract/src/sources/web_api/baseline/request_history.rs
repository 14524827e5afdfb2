use std::collections::{HashMap, HashSet};
use std::path::Path;

use slack_model::batch::{BatchFolder, Metadata, Request, RequestStatus};
use slack_model::{BatchId, ChannelId, Folder, Table, TableReader, Ts};

use super::channel::Columns;
use crate::hash::digest;
use crate::sources::web_api::methods::{DOWNLOAD, FILES_INFO, LARGER, LOOKUPS};

/// So many batches back it is looked how far lists of files were read, and which ids Slack did not know: a list that
/// none of them read is read anew, and another token, or the same one in another channel, may know more.
const RECENT_BATCHES: usize = 30;

/// What earlier batches really asked for: a row of the master does not say which method it came from.
#[derive(Debug, Default)]
pub(crate) struct RequestHistory {
    /// The newest batch with an answer, by method and id. Some 24 bytes each.
    lookups: HashMap<u64, BatchId>,
    /// What Slack has nothing of, by method and id, and files whose bytes are not to be had.
    missing: HashSet<u64>,
    /// What Slack reported as gone for good, by method, id and timestamp, and the newest batch that was told so.
    gone: HashMap<u64, BatchId>,
    /// Between which timestamps lists of files were read.
    files: HashMap<ChannelId, (Ts, Ts)>,
}

impl RequestHistory {
    /// Reads it from the batches, the newest first. What cannot be read of one tells nothing.
    pub(super) fn read(batches: &[BatchFolder]) -> Self {
        let mut asked = Self::default();
        for (at, batch) in batches.iter().enumerate() {
            let is_recent = at < RECENT_BATCHES;
            asked.read_log(&batch.metadata(), batch.id(), is_recent);
            if is_recent {
                for (channel, span) in Metadata::read(&batch.metadata()).unwrap_or_default().files_listed() {
                    asked.files.entry(channel).or_insert(span);
                }
            }
        }
        asked
    }

    /// The newest batch in which a method answered about an object.
    pub(crate) fn lookup(&self, method: &str, object: &str) -> Option<BatchId> {
        self.lookups.get(&key(method.as_bytes(), object.as_bytes())).copied()
    }

    /// Whether Slack had nothing of that id not long ago.
    pub(crate) fn is_missing(&self, method: &str, object: &str) -> bool {
        self.missing.contains(&key(method.as_bytes(), object.as_bytes()))
    }

    /// The newest batch that was told that an object, or a thread or message of it, is gone for good.
    pub(crate) fn gone(&self, method: &str, object: &str, ts: Option<Ts>) -> Option<BatchId> {
        self.gone.get(&gone_key(method.as_bytes(), object.as_bytes(), ts)).copied()
    }

    /// Between which timestamps a channel's list of files was read completely.
    pub(crate) fn files_listed(&self, channel: &ChannelId) -> Option<(Ts, Ts)> {
        self.files.get(channel).copied()
    }

    fn read_log(&mut self, metadata: &Path, batch: BatchId, is_recent: bool) {
        let Ok(Some(reader)) = TableReader::open(&Folder(metadata.into()), &Request::SCHEMA) else { return };
        let mut rows = Columns::of(reader, &["method", "channel", "thread_ts", "status", "error", "file"]);
        let [ok, skipped, gone] = [RequestStatus::Ok, RequestStatus::Skipped, RequestStatus::Gone]
            .map(|status| status.as_str().as_bytes());
        // A log that a full disk has cut is good up to there: what it does not tell is asked for again.
        while let Ok(Some([method, object, thread, status, error, file])) = rows.next() {
            let is_lookup = LOOKUPS.iter().any(|lookup| lookup.as_bytes() == method);
            if status == gone {
                self.gone.entry(gone_key(method, object, Ts::parse(thread))).or_insert(batch);
            } else if is_lookup && status == ok {
                self.lookups.entry(key(method, object)).or_insert(batch);
            // Logs of earlier versions have what is gone as skipped.
            } else if is_lookup && status == skipped && is_recent && error.ends_with(b"_not_found") {
                self.missing.insert(key(method, object));
            } else if method == DOWNLOAD.as_bytes() && status == skipped && error != LARGER.as_bytes() {
                let id = file.split(|byte| *byte == b'/').nth(1).unwrap_or_default();
                self.missing.insert(key(FILES_INFO.as_bytes(), id));
            }
        }
    }
}

fn gone_key(method: &[u8], object: &[u8], ts: Option<Ts>) -> u64 {
    digest((method, object, ts.map(Ts::micros)))
}

fn key(method: &[u8], object: &[u8]) -> u64 {
    digest((method, object))
}

use std::collections::HashMap;
use std::path::Path;

use slack_model::batch::{BatchFolder, Metadata, Request, RequestStatus};
use slack_model::{BatchId, ChannelId, Folder, Table, TableReader, Ts};

use super::channel::Columns;
use super::digest;
use crate::error::Result;

/// The methods that tell of one object by its id, so that what was answered once need not be asked for again.
const LOOKUPS: [&[u8]; 4] = [b"conversations.info", b"users.info", b"bots.info", b"files.info"];

/// So many batches back it is looked how far lists of files were read. A list that none of them read is read anew.
const RECENT_BATCHES: usize = 30;

/// What earlier batches really asked for: a row of the master does not say which method it came from.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// The newest batch with an answer, by method and id. Some 24 bytes each.
    lookups: HashMap<u64, BatchId>,
    /// Up to where lists of files were read.
    files: HashMap<ChannelId, Ts>,
}

impl Asked {
    /// Reads it from the batches, the newest first.
    pub(super) fn read(batches: &[BatchFolder]) -> Result<Self> {
        let mut asked = Self::default();
        for (at, batch) in batches.iter().enumerate() {
            asked.read_log(&batch.metadata(), batch.id())?;
            if at < RECENT_BATCHES {
                for (channel, latest) in Metadata::read(&batch.metadata())?.files_listed() {
                    asked.files.entry(channel).or_insert(latest);
                }
            }
        }
        Ok(asked)
    }

    /// The newest batch in which a method answered about an object, be it that there is none of that id.
    pub(crate) fn lookup(&self, method: &str, object: &str) -> Option<BatchId> {
        self.lookups.get(&digest((method.as_bytes(), object.as_bytes()))).copied()
    }

    /// Up to where a channel's list of files was read completely.
    pub(crate) fn files_listed_to(&self, channel: &ChannelId) -> Option<Ts> {
        self.files.get(channel).copied()
    }

    fn read_log(&mut self, metadata: &Path, batch: BatchId) -> Result<()> {
        let Some(reader) = TableReader::open(&Folder(metadata.into()), &Request::SCHEMA)? else {
            return Ok(());
        };
        let mut rows = Columns::of(reader, &["method", "channel", "status"]);
        let gap = RequestStatus::Gap.as_str().as_bytes();
        // A log that a full disk has cut is good up to there: what it does not tell is asked for again.
        while let Ok(Some([method, object, status])) = rows.next() {
            if LOOKUPS.contains(&method) && status != gap {
                self.lookups.entry(digest((method, object))).or_insert(batch);
            }
        }
        Ok(())
    }
}

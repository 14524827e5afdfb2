//! What is known of the captures that the tables came from.

use std::collections::BTreeMap;

use slack_model::batch::{BatchFolder, Metadata, Request, RequestStatus, RowLog, RunStage};
use slack_model::rows::SetAside;
use slack_model::{BatchId, ChannelId, Folder, TableReader};

use crate::error::Result;

/// A batch's capture: where from, when, and what it could not read.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Capture {
    /// The batch.
    pub batch: BatchId,
    /// `api`, `export` or `legacy`.
    pub source: String,
    /// `complete`, `partial`, `running` or `failed`.
    pub status: String,
    /// When it began, as RFC 3339.
    pub started_at: Option<String>,
    /// When it ended, as RFC 3339.
    pub finished_at: Option<String>,
    /// What could not be asked for.
    pub gaps: Vec<Gap>,
    /// Number of records that could not be read. Of one that is kept, a field or a character may be set aside: it is none.
    pub set_aside: u64,
    /// What the run that captured it did, in order; empty where that was not noted.
    pub stages: Vec<Stage>,
}

/// Requests of one method that failed alike.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gap {
    /// The API's method.
    pub method: String,
    /// The conversation asked for.
    pub channel: Option<ChannelId>,
    /// Slack's error code, or a short word for what went wrong.
    pub error: String,
    /// Number of requests.
    pub count: u64,
}

/// A stage of a run.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Stage {
    /// Its name: `extract`, `transform`, `merge`, ...
    pub name: String,
    /// How long it took, in seconds.
    pub seconds: f64,
}

/// What the whole of a run is called among its stages.
const WHOLE: &str = "run";

impl From<RunStage> for Stage {
    fn from(stage: RunStage) -> Self {
        Self { name: stage.stage, seconds: stage.seconds.0 }
    }
}

impl Capture {
    /// A capture of which nothing is known but its batch.
    pub fn new(batch: BatchId) -> Self {
        Self {
            batch,
            source: String::new(),
            status: String::new(),
            started_at: None,
            finished_at: None,
            gaps: Vec::new(),
            set_aside: 0,
            stages: Vec::new(),
        }
    }

    /// Reads a batch's metadata.
    ///
    /// # Errors
    ///
    /// Where a file of the metadata is there and cannot be read.
    pub fn read(batch: &BatchFolder) -> Result<Self> {
        let folder = batch.metadata();
        let metadata = Metadata::read(&folder)?;
        let said = |key: &str| Some(metadata.get(key).to_owned()).filter(|value| !value.is_empty());
        let mut gaps = BTreeMap::<_, u64>::new();
        for request in RowLog::<Request>::readable(&folder)? {
            if request.status == RequestStatus::Gap {
                *gaps.entry((request.method, request.channel, request.error)).or_default() += 1;
            }
        }
        let gaps = gaps.into_iter();
        let tables = Folder(folder);
        let mut set_aside = 0;
        if let Some(table) = TableReader::open(&tables, &<SetAside as slack_model::Table>::SCHEMA)? {
            for row in table.rows::<SetAside>() {
                set_aside += u64::from(row?.is_record());
            }
        }
        let stages =
            RowLog::<RunStage>::readable(&tables.0)?.filter(|stage| stage.stage != WHOLE).map(Stage::from);
        Ok(Self {
            source: metadata.get("source").to_owned(),
            status: metadata.get("status").to_owned(),
            started_at: said("started_at"),
            finished_at: said("finished_at"),
            gaps: gaps
                .map(|((method, channel, error), count)| Gap { method, channel, error, count })
                .collect(),
            set_aside,
            stages: stages.collect(),
            ..Self::new(batch.id())
        })
    }
}

#[cfg(test)]
mod tests {
    use slack_model::Table;

    use super::*;

    #[test]
    fn of_what_is_set_aside_records_count() {
        let folder = tempfile::tempdir().expect("a folder");
        let batch = BatchFolder::new(folder.path().into(), "20200101000000".parse().expect("an id"));
        std::fs::create_dir_all(batch.metadata()).expect("made");
        let rows = "file,offset,length,field,reason,kind\n\
                    a.json,0,9,,no message,record\n\
                    a.json,9,9,reactions,no list,field\n\
                    a.json,20,6,text,lone surrogate,character\n\
                    b.json,0,9,,cut,rest\n";
        std::fs::write(batch.metadata().join(SetAside::SCHEMA.file_name()), rows).expect("written");
        assert_eq!(Capture::read(&batch).expect("read").set_aside, 2);
    }
}

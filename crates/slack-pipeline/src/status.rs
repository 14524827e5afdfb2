//! The batches of a data home, what they cover, and the size of the master.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;
use slack_model::batch::{BatchFolder, Metadata, RowLog, RunStage};
use slack_model::rows::{Message, TABLES};
use slack_model::{BatchId, ByteRecord, Folder, Schema, TableReader};

use crate::error::Result;
use crate::pipeline::Pipeline;
use crate::stages::as_text;

/// What a data home holds.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Status {
    /// The batches, the oldest first.
    pub batches: Vec<BatchStatus>,
    /// The last run that ended, where one did.
    pub last_run: Option<LastRun>,
    /// The master, where there is one.
    pub master: Option<MasterStatus>,
    /// How many batches the master holds.
    pub merged: usize,
}

/// A batch.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct BatchStatus {
    /// The batch.
    #[serde(serialize_with = "as_text")]
    pub batch: BatchId,
    /// Where it came from.
    pub source: String,
    /// How its capture ended; `broken off` where it did not.
    pub status: String,
    /// `raw`, `transformed` or `merged`.
    pub state: &'static str,
    /// Number of messages, with their replies.
    pub messages: u64,
    /// The first day with a message.
    pub first: Option<String>,
    /// The last day with a message.
    pub last: Option<String>,
    /// When its capture ended.
    pub finished_at: String,
    /// When its raw pages were removed.
    pub pruned_at: Option<String>,
}

/// The last run that ended.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct LastRun {
    /// Its newest batch.
    #[serde(serialize_with = "as_text")]
    pub batch: BatchId,
    /// When its capture ended.
    pub finished_at: String,
    /// The stages.
    pub run: Vec<StageStatus>,
}

/// A stage of a run.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct StageStatus {
    /// The stage.
    pub stage: String,
    /// When it began.
    pub started_at: Option<String>,
    /// How long it took.
    pub seconds: f64,
    /// What it did, as words `key=value`.
    pub detail: String,
    /// How the run ended, of the stage `run`.
    #[serde(skip)]
    pub status: String,
}

/// The master.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct MasterStatus {
    /// The folder of its tables.
    pub path: PathBuf,
    /// Rows by table.
    pub rows: BTreeMap<&'static str, u64>,
}

impl Pipeline<'_> {
    /// What the data home holds. Needs no lock.
    ///
    /// # Errors
    ///
    /// Where a batch or the master cannot be read.
    pub fn status(&self) -> Result<Status> {
        let merged = self.merged()?;
        // Only a process that holds the lock can still be at work.
        let is_in_use = self.home().is_locked();
        let folders = self.home().batches()?;
        let batches: Vec<_> = folders
            .iter()
            .map(|batch| batch_status(batch, merged.contains(&batch.id()), is_in_use))
            .collect::<Result<_>>()?;
        let finished = folders.iter().filter(|batch| !finished_at(batch).is_empty());
        let last_run = finished.max_by_key(|batch| finished_at(batch)).map(last_run).transpose()?;
        let path = self.home().master_csv();
        let rows = || {
            let tables = Folder(path.clone());
            TABLES.iter().map(|schema| Ok((schema.name, count_rows(&tables, schema)?))).collect::<Result<_>>()
        };
        let master = if path.is_dir() { Some(MasterStatus { rows: rows()?, path }) } else { None };
        Ok(Status { batches, last_run, master, merged: merged.len() })
    }
}

fn batch_status(batch: &BatchFolder, is_merged: bool, is_in_use: bool) -> Result<BatchStatus> {
    let metadata = Metadata::read(&batch.metadata())?;
    let status = match metadata.get("status") {
        "running" if !is_in_use => "broken off",
        status => status,
    };
    let state = match (batch.is_transformed(), is_merged) {
        (_, true) => "merged",
        (true, false) => "transformed",
        (false, false) => "raw",
    };
    let (first, last, messages) = coverage(batch)?;
    Ok(BatchStatus {
        batch: batch.id(),
        source: metadata.get("source").to_owned(),
        status: status.to_owned(),
        state,
        messages,
        first,
        last,
        finished_at: metadata.get("finished_at").to_owned(),
        pruned_at: batch.pruned_at()?,
    })
}

fn last_run(batch: &BatchFolder) -> Result<LastRun> {
    let stage = |stage: RunStage| StageStatus {
        status: stage.value("status").unwrap_or_default().to_owned(),
        started_at: stage.started_at.map(|time| time.to_string()),
        seconds: stage.seconds.0,
        stage: stage.stage,
        detail: stage.detail,
    };
    let run = RowLog::readable(&batch.metadata())?.map(stage).collect();
    Ok(LastRun { batch: batch.id(), finished_at: finished_at(batch), run })
}

/// When a batch's capture ended; empty while it runs, or where the batch does not say.
fn finished_at(batch: &BatchFolder) -> String {
    Metadata::read(&batch.metadata())
        .map(|metadata| metadata.get("finished_at").to_owned())
        .unwrap_or_default()
}

/// The first and the last day with a message in a batch, and the number of its messages with their replies.
fn coverage(batch: &BatchFolder) -> Result<(Option<String>, Option<String>, u64)> {
    let mut span: (Option<String>, Option<String>) = (None, None);
    let mut messages = 0;
    for schema in TABLES.iter().filter(|schema| matches!(schema.name, "message_data" | "thread_data")) {
        let Some(time) = schema.position("time") else { continue };
        let Some(mut reader) = TableReader::open(&Folder(batch.csv()), schema)? else { continue };
        let mut record = ByteRecord::new();
        let is_reply_table = schema.name == "thread_data";
        let subtype = schema.position("subtype");
        while reader.read(&mut record)? {
            // A reply that was also sent to the channel is in both tables, and counts once.
            let is_broadcast = subtype.is_some_and(|at| record[at] == *Message::BROADCAST.as_bytes());
            messages += u64::from(!(is_reply_table && is_broadcast));
            let day = String::from_utf8_lossy(record[time].get(..10).unwrap_or_default()).into_owned();
            if span.0.as_ref().is_none_or(|first| day < *first) {
                span.0 = Some(day.clone());
            }
            span.1 = span.1.max(Some(day));
        }
    }
    Ok((span.0, span.1, messages))
}

fn count_rows(tables: &Folder, schema: &Schema) -> Result<u64> {
    let Some(mut reader) = TableReader::open(tables, schema)? else { return Ok(0) };
    let mut record = ByteRecord::new();
    let mut rows = 0;
    while reader.read(&mut record)? {
        rows += 1;
    }
    Ok(rows)
}

use clap::Args;
use serde_json::json;
use slack_model::batch::{BatchFolder, Metadata, RowLog, RunStage};
use slack_model::rows::{Message, TABLES};
use slack_model::{ByteRecord, Folder, TableReader};

use crate::exit::{Outcome, Result};
use crate::output::{count, number};
use crate::pipeline::Pipeline;
use crate::raw_pages::day;
use crate::table::{Align, table};

/// Show the batches, what they cover, and the size of the master
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  slack-analytics status
  slack-analytics status --json")]
pub(crate) struct Status {}

/// Runs the command.
pub(crate) fn run(_: &Status, pipeline: &Pipeline<'_>) -> Result<Outcome> {
    let merged = pipeline.merged()?;
    let batches = pipeline.home.batches()?;
    // Only a process that holds the lock can still be at work.
    let is_in_use = pipeline.home.is_locked();
    if batches.is_empty() {
        let line = format!("no batch in {}", pipeline.home.root().display());
        pipeline.output.tell("status", &line, json!({ "batches": 0 }))?;
    }
    for batch in &batches {
        let metadata = Metadata::read(&batch.metadata())?;
        let status = match metadata.get("status") {
            "running" if !is_in_use => "broken off",
            status => status,
        };
        let state = match (batch.is_transformed(), merged.contains(&batch.id())) {
            (_, true) => "merged",
            (true, false) => "transformed",
            (false, false) => "raw",
        };
        let (first, last, messages) = coverage(batch)?;
        let pruned_at = batch.pruned_at()?;
        let pruned = pruned_at.as_deref().map(|at| format!(", pages pruned on {}", day(at)));
        let line = format!(
            "{} {} {} {state}, {}{}{}",
            batch.id(),
            metadata.get("source"),
            status,
            count(messages, "message"),
            first
                .as_deref()
                .zip(last.as_deref())
                .map(|(from, to)| format!(", {from} to {to}"))
                .unwrap_or_default(),
            pruned.unwrap_or_default(),
        );
        let values = json!({
            "batch": batch.id().to_string(), "source": metadata.get("source"), "status": status,
            "state": state, "messages": messages, "first": first, "last": last,
            "finished_at": metadata.get("finished_at"), "pruned_at": pruned_at,
        });
        pipeline.output.tell("batch", &line, values)?;
    }
    let finished = batches.iter().filter(|batch| !finished_at(batch).is_empty());
    if let Some(newest) = finished.max_by_key(|batch| finished_at(batch)) {
        let stages: Vec<RunStage> = RowLog::readable(&newest.metadata())?.collect();
        let mut line = format!("batch {}, finished {}", newest.id(), finished_at(newest));
        if let Some(run) = stages.iter().find(|stage| stage.stage == "run") {
            let status = run.value("status").unwrap_or_default();
            line.push_str(&format!("; the run took {:.1} s: {status}", run.seconds.0));
        }
        let stage = |stage: &RunStage| {
            let started_at = stage.started_at.map(|time| time.to_string());
            json!({ "stage": stage.stage, "started_at": started_at, "seconds": stage.seconds.0, "detail": stage.detail })
        };
        let values = json!({
            "batch": newest.id().to_string(), "finished_at": finished_at(newest),
            "run": stages.iter().map(stage).collect::<Vec<_>>(),
        });
        pipeline.output.tell("last_run", &line, values)?;
    }
    let master = pipeline.home.master_csv();
    if master.is_dir() {
        let mut rows = serde_json::Map::new();
        let mut told = Vec::new();
        let mut line = format!(
            "{} of {} merged",
            merged.len(),
            if batches.len() == 1 { "1 batch".into() } else { format!("{} batches", batches.len()) }
        );
        for schema in TABLES {
            let table_rows = count_rows(&Folder(master.clone()), schema)?;
            told.push([schema.name.to_owned(), number(table_rows)]);
            rows.insert(schema.name.into(), table_rows.into());
        }
        line.push('\n');
        line.push_str(&table([("table", Align::Left), ("rows", Align::Right)], told.into_iter()));
        pipeline.output.tell("master", &line, json!({ "path": master, "rows": rows }))?;
        pipeline.tell_withheld()?;
    }
    Ok(Outcome::Done)
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

fn count_rows(tables: &Folder, schema: &slack_model::Schema) -> Result<u64> {
    let Some(mut reader) = TableReader::open(tables, schema)? else { return Ok(0) };
    let mut record = ByteRecord::new();
    let mut rows = 0;
    while reader.read(&mut record)? {
        rows += 1;
    }
    Ok(rows)
}

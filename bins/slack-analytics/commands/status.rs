use clap::Args;
use serde_json::json;
use slack_model::rows::TABLES;
use slack_pipeline::BatchStatus;

use crate::app::App;
use crate::failure::{Outcome, Result};
use crate::figures::{count, number};
use crate::table::{Align, table};

/// Show the batches, what they cover, and the size of the master
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  slack-analytics status
  slack-analytics status --json")]
pub(crate) struct Status {}

/// Runs the command.
pub(crate) fn run(_: &Status, app: &App<'_>) -> Result<Outcome> {
    let status = app.pipeline.status()?;
    if status.batches.is_empty() {
        let line = format!("no batch in {}", app.home().root().display());
        app.output.tell("status", &line, json!({ "batches": 0 }))?;
    }
    for batch in &status.batches {
        app.output.tell("batch", &line_of(batch), serde_json::to_value(batch)?)?;
    }
    if let Some(last) = &status.last_run {
        let mut line = format!("batch {}, finished {}", last.batch, last.finished_at);
        if let Some(run) = last.run.iter().find(|stage| stage.stage == "run") {
            line.push_str(&format!("; the run took {:.1} s: {}", run.seconds, run.status));
        }
        app.output.tell("last_run", &line, serde_json::to_value(last)?)?;
    }
    if let Some(master) = &status.master {
        let batches = match status.batches.len() {
            1 => "1 batch".to_owned(),
            batches => format!("{batches} batches"),
        };
        let rows = TABLES.iter().filter_map(|table| {
            let rows = master.rows.get(table.name)?;
            Some([table.name.to_owned(), number(*rows)])
        });
        let rows = table([("table", Align::Left), ("rows", Align::Right)], rows);
        let line = format!("{} of {batches} merged\n{rows}", status.merged);
        app.output.tell("master", &line, serde_json::to_value(master)?)?;
        app.pipeline.tell_withheld()?;
    }
    Ok(Outcome::Done)
}

fn line_of(batch: &BatchStatus) -> String {
    let mut line = format!(
        "{} {} {} {}, {}",
        batch.batch,
        batch.source,
        batch.status,
        batch.state,
        count(batch.messages, "message")
    );
    if let (Some(from), Some(to)) = (&batch.first, &batch.last) {
        line.push_str(&format!(", {from} to {to}"));
    }
    if let Some(at) = &batch.pruned_at {
        line.push_str(&format!(", pages pruned on {}", at.get(..10).unwrap_or(at)));
    }
    line
}

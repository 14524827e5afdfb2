use std::path::Path;

use serde_json::json;
use slack_jsonl::JsonLines;

use super::Load;
use super::report;
use crate::app::App;
use crate::failure::{Failure, Outcome, Result};

/// Writes a folder of JSON Lines.
pub(super) fn run(args: &Load, folder: &Path, app: &App<'_>) -> Result<Outcome> {
    use slack_store::Store as _;
    let (summary, withheld) = app.pipeline.load_with(args.shown(), |input, progress| {
        let summary = JsonLines::new(folder).load(&input, progress)?;
        Ok::<_, Failure>((summary, input.withheld_conversations))
    })?;
    let line = report::line(&folder.display().to_string(), &summary.tables, withheld);
    let values = json!({
        "database": "jsonl", "file": folder, "schema": null, "migrations": [], "left_out": withheld,
        "withdrawn": [], "withdrawn_rows": 0, "tables": report::values(&summary.tables),
    });
    app.output.tell("load", &line, values)?;
    Ok(report::outcome(&summary.tables))
}

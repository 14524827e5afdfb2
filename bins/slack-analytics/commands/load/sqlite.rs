use std::path::Path;

use serde_json::json;
use slack_pipeline::Subject;

use super::Load;
use super::report;
use crate::app::App;
use crate::failure::{Failure, Outcome, Result};
use crate::figures::count;

/// Loads a file.
pub(super) fn run(args: &Load, file: &Path, app: &App<'_>) -> Result<Outcome> {
    // Where there is nothing to load, no file is made either.
    app.pipeline.tables(&Subject::Master)?;
    let mut connection = slack_sqlite::open(file)?;
    let (summary, withheld) = app.pipeline.load_with(args.shown(), |mut input, progress| {
        input.compare_all = args.compare_all;
        let summary = slack_sqlite::load(&mut connection, &input, progress)?;
        Ok::<_, Failure>((summary, input.withheld_conversations))
    })?;
    let searchable = if args.search { Some(slack_sqlite::index_texts(&mut connection)?) } else { None };
    let mut line = report::line(&file.display().to_string(), &summary.tables, withheld);
    line.push_str(&report::withdrawn_line(&summary.withdrawn));
    if let Some(texts) = searchable {
        line.push_str(&format!("\n{} can be searched by words: search_messages", count(texts, "message")));
    }
    let values = json!({
        "database": "sqlite", "file": file, "schema": null, "migrations": summary.migrations, "left_out": withheld,
        "withdrawn": report::withdrawn_values(&summary.withdrawn), "withdrawn_rows": summary.withdrawn.rows,
        "tables": report::values(&summary.tables),
    });
    app.output.tell("load", &line, values)?;
    Ok(report::outcome(&summary.tables))
}

use std::path::Path;

use serde_json::json;
use slack_model::{Folder, TableSource};
use slack_sqlite::{LoadOptions, TableLoad};

use super::Load;
use super::report::{self, Loaded, Withdrawn};
use crate::app::App;
use crate::failure::{Outcome, Result};
use crate::figures::count;
use slack_pipeline::Listener as _;
use slack_pipeline::Subject;

/// Loads a file.
pub(super) fn run(args: &Load, file: &Path, app: &App<'_>) -> Result<Outcome> {
    // Where there is nothing to load, no file is made either.
    app.pipeline.tables(&Subject::Master)?;
    let mut connection = slack_sqlite::open(file)?;
    let shown = app.pipeline.visible(&Subject::Master, args.shown())?;
    let (master, metrics) = (Folder(shown.tables.clone()), shown.metrics.clone().map(Folder));
    let mut options = LoadOptions::default();
    options.compare_all = args.compare_all;
    options.withheld = shown.withheld(&app.pipeline.tables(&Subject::Master)?)?;
    let progress = app.output.progress();
    let metrics = metrics.as_ref().map(|metrics| metrics as &dyn TableSource);
    let summary = slack_sqlite::load(&mut connection, &master, metrics, &options, &*progress)?;
    let searchable = if args.search { Some(slack_sqlite::index_texts(&mut connection)?) } else { None };
    drop(progress);
    let withdrawn = Withdrawn { channels: summary.withdrawn.channels, rows: summary.withdrawn.rows };
    let tables: Vec<Loaded> = summary.tables.into_iter().map(loaded).collect();
    let mut line = report::line(&file.display().to_string(), &tables, shown.left_out);
    line.push_str(&withdrawn.line());
    if let Some(texts) = searchable {
        line.push_str(&format!("\n{} can be searched by words: search_messages", count(texts, "message")));
    }
    let migrations: Vec<_> = summary.migrations.iter().map(|step| step.version).collect();
    let values = json!({
        "database": "sqlite", "file": file, "schema": null, "migrations": migrations, "left_out": shown.left_out,
        "withdrawn": withdrawn.values(), "withdrawn_rows": withdrawn.rows,
        "tables": report::values(&tables),
    });
    app.output.tell("load", &line, values)?;
    Ok(report::outcome(&tables))
}

fn loaded(table: TableLoad) -> Loaded {
    Loaded {
        table: table.table,
        rows: table.rows,
        sent: table.compared,
        written: table.written,
        deleted: table.deleted,
        nul_characters: table.nul_characters,
        no_utf8: table.no_utf8,
        unreadable: table.unreadable,
        refused: table.refused,
        refusals: table.refusals,
        unknown_columns: table.unknown_columns,
    }
}

use serde_json::json;
use slack_model::{Folder, Progress, TableSource};
use slack_pg::{ConnectOptions, Connected, LoadOptions, LoadSummary, TableLoad};

use super::Load;
use super::report::{self, Loaded, Withdrawn};
use crate::app::App;
use crate::database::{self, Address};
use crate::environment::Environment;
use crate::failure::{Failure, Outcome, Result};
use crate::figures::count;
use slack_pipeline::Listener as _;
use slack_pipeline::Subject;

/// Loads PostgreSQL.
pub(super) fn run(
    args: &Load,
    address: &Address,
    environment: &Environment,
    app: &App<'_>,
) -> Result<Outcome> {
    let connection = database::options(environment)?;
    tell_destination(address, &connection, environment, app)?;
    let connect = || -> Result<slack_pg::Client> {
        let Connected { client, notes, .. } = slack_pg::connect_with(&address.text, &connection)?;
        notes.iter().for_each(|note| app.output.advise(&note.to_string()));
        Ok(client)
    };
    if args.plan {
        return plan(args, &mut connect()?, app);
    }
    // What is wrong with the connection is better known before anything is measured.
    let mut client = connect()?;
    let shown = app.pipeline.visible(&Subject::Master, args.shown())?;
    let (master, metrics) = (Folder(shown.tables.clone()), shown.metrics.clone().map(Folder));
    let mut options = LoadOptions::default();
    options.schema.clone_from(&args.schema);
    options.compare_all = args.compare_all;
    options.withheld = shown.withheld(&app.pipeline.tables(&Subject::Master)?)?;
    let progress = app.output.progress();
    let metrics = metrics.as_ref().map(|metrics| metrics as &dyn TableSource);
    // What follows the load belongs to it: nobody sees the one without the other.
    let (summary, further) = slack_pg::in_transaction(&mut client, |client| {
        let summary = slack_pg::load(client, &master, metrics, &options, &*progress)?;
        let further = further(args, &summary, client, app, &*progress)?;
        Ok::<_, Failure>((summary, further))
    })?;
    drop(progress);
    let withdrawn = Withdrawn { channels: summary.withdrawn.channels, rows: summary.withdrawn.rows };
    let tables: Vec<Loaded> = summary.tables.into_iter().map(loaded).collect();
    let mut line = report::line(&format!("schema {}", args.schema), &tables, shown.left_out);
    line.push_str(&withdrawn.line());
    further.iter().for_each(|what| line.push_str(&format!("\n{what}")));
    let migrations: Vec<_> = summary.migrations.iter().map(|step| step.version).collect();
    let values = json!({
        "database": "postgres", "file": null, "schema": args.schema, "migrations": migrations, "left_out": shown.left_out,
        "withdrawn": withdrawn.values(), "withdrawn_rows": withdrawn.rows,
        "tables": report::values(&tables),
    });
    app.output.tell("load", &line, values)?;
    Ok(report::outcome(&tables))
}

/// Tells where the tables go before anything is sent there. Where a file says so, which may have come with the working
/// folder, no option silences it.
fn tell_destination(
    address: &Address,
    options: &ConnectOptions,
    environment: &Environment,
    app: &App<'_>,
) -> Result<()> {
    let destination = slack_pg::destination(&address.text, options)?;
    let parts = database::parts_in_files(environment);
    let is_from_file = address.is_from_file || !parts.is_empty();
    let mut origins = vec![address.origin.clone()];
    origins.extend(parts.into_iter().filter(|part| *part != address.origin));
    let text = format!(
        "loading into PostgreSQL at {}, database {}, user {} ({})",
        destination.servers.join(" or "),
        destination.database,
        destination.user,
        origins.join(", ")
    );
    if is_from_file {
        app.output.warn(&text)
    } else {
        app.output.advise(&text)
    }
    Ok(())
}

/// Does what was asked for beside the load, now or earlier; says what was done.
fn further(
    args: &Load,
    summary: &LoadSummary,
    client: &mut slack_pg::Transaction<'_>,
    app: &App<'_>,
    progress: &dyn Progress,
) -> Result<Vec<String>> {
    let mut done = Vec::new();
    // What the database measured itself tells of what has left it.
    let is_stale =
        !summary.withdrawn.channels.is_empty() && slack_pg::has_materialized(client, &args.schema)?;
    if args.materialize || is_stale {
        let views = slack_pg::materialize(client, &args.schema, &app.pipeline.zones()?, progress)?;
        done.push(format!("{} computed by the database", count(views.views.len() as u64, "metric table")));
    }
    // The functions of an older version show more than this one's.
    let is_older = !summary.migrations.is_empty() && slack_pg::has_text_index(client, &args.schema)?;
    if args.search || is_older {
        let index = slack_pg::index_texts(client, &args.schema)?;
        let trigrams = if index.trigrams { ", and by parts of words" } else { "" };
        done.push(format!(
            "messages can be searched by words{trigrams}: {}.search_messages(...)",
            args.schema
        ));
    }
    for role in &args.grant_read {
        slack_pg::grant_read(client, &args.schema, role)?;
        done.push(format!("role {role} may read"));
    }
    Ok(done)
}

/// Prints what would be done to the schema.
fn plan(args: &Load, client: &mut slack_pg::Client, app: &App<'_>) -> Result<Outcome> {
    let steps = slack_pg::plan(client, &args.schema)?;
    let texts = steps.iter().map(|step| format!("-- {}: {}\n{}", step.version, step.name, step.sql().trim()));
    let text = if steps.is_empty() {
        format!("-- schema {} is up to date", args.schema)
    } else {
        texts.collect::<Vec<_>>().join("\n\n")
    };
    let named: Vec<_> = steps
        .iter()
        .map(|step| json!({ "version": step.version, "name": step.name, "sql": step.sql() }))
        .collect();
    app.output.hand_over("plan", &text, json!({ "schema": args.schema, "migrations": named }))?;
    Ok(Outcome::Done)
}

fn loaded(table: TableLoad) -> Loaded {
    Loaded {
        table: table.table,
        rows: table.rows,
        sent: table.sent,
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

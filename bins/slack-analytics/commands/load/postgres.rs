use serde_json::json;
use slack_model::Progress;
use slack_pg::{ConnectOptions, Connected, LoadOptions};
use slack_pipeline::settings::Environment;
use slack_store::LoadSummary;

use super::Load;
use super::report;
use crate::app::App;
use crate::database::{self, Address};
use crate::failure::{Failure, Outcome, Result};
use crate::figures::count;

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
    let mut options = LoadOptions::default();
    options.schema.clone_from(&args.schema);
    // What follows the load belongs to it: nobody sees the one without the other.
    let (summary, further, withheld) = app.pipeline.load_with(args.shown(), |mut input, progress| {
        input.compare_all = args.compare_all;
        slack_pg::in_transaction(&mut client, |client| {
            let summary = slack_pg::load(client, &input, &options, progress)?;
            let further = further(args, &summary, client, app, progress)?;
            Ok::<_, Failure>((summary, further, input.withheld_conversations))
        })
    })?;
    let withdrawn = &summary.withdrawn;
    let mut line = report::line(&format!("schema {}", args.schema), &summary.tables, withheld);
    line.push_str(&report::withdrawn_line(withdrawn));
    further.iter().for_each(|what| line.push_str(&format!("\n{what}")));
    let values = json!({
        "database": "postgres", "file": null, "schema": args.schema, "migrations": summary.migrations, "left_out": withheld,
        "withdrawn": report::withdrawn_values(withdrawn), "withdrawn_rows": withdrawn.rows,
        "tables": report::values(&summary.tables),
    });
    app.output.tell("load", &line, values)?;
    Ok(report::outcome(&summary.tables))
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

use clap::Args;
use serde_json::json;
use slack_model::Folder;
use slack_pg::{Connected, LoadOptions};

use crate::database;
use crate::environment::Environment;
use crate::exit::{Outcome, Result};
use crate::output::{count, number};
use crate::pipeline::{Pipeline, Subject};

/// Load the master and its metrics into PostgreSQL
#[derive(Debug, Args)]
#[command(after_help = "\
The URL may also come from SLACK_POSTGRES_URL or DATABASE_URL, in the environment or in a .env file, which
keeps a password out of the list of processes. What it does not say comes from PostgreSQL's own variables:
PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD (else the password file: PGPASSFILE, else ~/.pgpass), PGSSLMODE
and PGSSLROOTCERT (else ~/.postgresql/root.crt). With PGHOST or PGDATABASE, no URL is needed.

The connection is encrypted where the server has TLS. sslmode=verify-full in the URL takes only a server whose
certificate is for its host's name and signed by an authority that this system trusts, or sslrootcert=FILE names.

Examples:
  slack-analytics load --postgres postgres://me@localhost/slack
  slack-analytics load --postgres postgres://me@localhost/slack --schema community
  slack-analytics load --postgres 'postgres://me@db.example.org/slack?sslmode=verify-full'")]
pub(crate) struct Load {
    /// The database's URL
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// The database schema that holds the tables
    #[arg(long, value_name = "NAME", default_value = "slack")]
    schema: String,
}

/// Runs the command.
pub(crate) fn run(args: &Load, pipeline: &Pipeline<'_>) -> Result<Outcome> {
    let environment = Environment::read()?;
    let url = args.postgres.clone().map_or_else(|| database::address(&environment), Ok)?;
    let connect_options = database::options(&environment)?;
    let master = Folder(pipeline.tables(&Subject::Master)?);
    let metrics = Folder(pipeline.home.metrics());
    let metrics_there = metrics.0.is_dir();
    let mut options = LoadOptions::default();
    options.schema.clone_from(&args.schema);
    let progress = pipeline.output.progress();
    let Connected { mut client, notes, .. } = slack_pg::connect_with(&url, &connect_options)?;
    notes.iter().for_each(|note| pipeline.output.advise(&note.to_string()));
    let metrics = metrics_there.then_some(&metrics as &dyn slack_model::TableSource);
    let summary = slack_pg::load(&mut client, &master, metrics, &options, &*progress)?;
    drop(progress);
    let rows: u64 = summary.tables.iter().map(|table| table.rows).sum();
    let written: u64 = summary.tables.iter().map(|table| table.written).sum();
    let nul: u64 = summary.tables.iter().map(|table| table.nul_characters).sum();
    let mut line = format!(
        "schema {}: {}, {} rows, {} new or changed",
        args.schema,
        count(summary.tables.len() as u64, "table"),
        number(rows),
        number(written)
    );
    if nul > 0 {
        line.push_str(&format!("\n{} left out, which PostgreSQL cannot hold", count(nul, "NUL character")));
    }
    let tables: serde_json::Map<_, _> = summary
        .tables
        .iter()
        .map(|table| (table.table.to_owned(), json!({ "rows": table.rows, "written": table.written })))
        .collect();
    pipeline.output.tell("load", &line, json!({ "schema": args.schema, "tables": tables }))?;
    Ok(Outcome::Done)
}

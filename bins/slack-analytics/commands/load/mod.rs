mod jsonl;
mod postgres;
mod report;
mod sqlite;

use std::path::PathBuf;

use clap::Args;
use slack_model::Shown;
use slack_pipeline::settings::Origin;

use super::sql::FILE;
use crate::app::App;
use crate::database::{self, Address};
use crate::environment;
use crate::failure::{Outcome, Result, Usage};
use crate::settings::OptionSources;

/// Load the master and its metrics into a database: a file, or PostgreSQL
#[derive(Debug, Args)]
#[command(after_help = "\
Without a target, the database is one file, slack.db in the data home, which any SQLite tool opens; see also
`slack-analytics sql`. Loading again brings only what has changed.

The URL may also come from SLACK_POSTGRES_URL or DATABASE_URL, in the environment or in a .env file, which
keeps a password out of the list of processes. What it does not say comes from PostgreSQL's own variables:
PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD (else the password file: PGPASSFILE, else ~/.pgpass), PGSSLMODE
and PGSSLROOTCERT (else ~/.postgresql/root.crt). With PGHOST or PGDATABASE, no URL is needed.

The connection is encrypted where the server has TLS. sslmode=verify-full in the URL takes only a server whose
certificate is for its host's name and signed by an authority that this system trusts, or sslrootcert=FILE names.

Where the database is, and where its address comes from, is told before anything is sent. --quiet leaves that out, unless
the address comes from a file. Private conversations are loaded only where the command line, the environment or a file
that --config names asks for them: a file in the working folder alone cannot.

Without --include-private and --include-dms, the database is as if private channels and direct messages did not
exist: what is left is measured by itself. What was loaded with them earlier stays in the tables of messages; what was
loaded as public earlier, and is not public any more, leaves the database, and is named.

Examples:
  slack-analytics load
  slack-analytics load --jsonl export
  slack-analytics load --postgres postgres://me@localhost/slack
  slack-analytics load --postgres postgres://me@localhost/slack --schema community --grant-read metabase
  slack-analytics load --postgres 'postgres://me@db.example.org/slack?sslmode=verify-full' --plan")]
pub(crate) struct Load {
    /// The database's URL
    #[arg(long, value_name = "URL", conflicts_with = "sqlite")]
    postgres: Option<String>,
    /// The database's file
    #[arg(long, value_name = "FILE")]
    sqlite: Option<PathBuf>,
    /// A folder for JSON Lines instead: a file for each table, written again as a whole
    #[arg(long, value_name = "DIR", conflicts_with_all = ["postgres", "sqlite", "search", "compare_all"])]
    jsonl: Option<PathBuf>,
    /// The database schema that holds the tables (PostgreSQL)
    #[arg(long, value_name = "NAME", default_value = "slack", conflicts_with = "sqlite")]
    schema: String,
    /// Load private channels as well
    #[arg(long, overrides_with = "exclude_private")]
    include_private: bool,
    /// Leave private channels out, as without this option
    #[arg(long)]
    exclude_private: bool,
    /// Load direct messages as well
    #[arg(long, overrides_with = "exclude_dms")]
    include_dms: bool,
    /// Leave direct messages out, as without this option
    #[arg(long)]
    exclude_dms: bool,
    /// Print the statements that would make or update the schema, and do nothing (PostgreSQL)
    #[arg(long, conflicts_with_all = ["sqlite", "search", "materialize", "grant_read"])]
    plan: bool,
    /// Make messages searchable by words
    #[arg(long)]
    search: bool,
    /// Have the database compute the metrics itself, as materialized views mv_... (PostgreSQL)
    #[arg(long, conflicts_with = "sqlite")]
    materialize: bool,
    /// Let a role read everything but e-mail addresses and texts of private channels (PostgreSQL); made if missing. It reads
    /// names and texts in the views, where addresses are masked
    #[arg(long, value_name = "ROLE", conflicts_with = "sqlite")]
    grant_read: Vec<String>,
    /// Compare every row with the database's, also where it is known to be there
    #[arg(long)]
    compare_all: bool,
    #[arg(skip)]
    pub(crate) sources: OptionSources,
}

/// Runs the command.
pub(crate) fn run(args: &Load, app: &App<'_>) -> Result<Outcome> {
    if let Some(folder) = &args.jsonl {
        if let Some(option) = args.of_postgres() {
            return Err(Usage(format!("{option} is for PostgreSQL: give --postgres URL")).into());
        }
        return jsonl::run(args, folder, app);
    }
    let environment = environment::read()?;
    let address = args.address().or_else(|| database::address(&environment));
    match (&args.sqlite, address) {
        (Some(file), _) => {
            // What the command line does not name itself is told before anything is written there.
            if let Some(origin) = args.sources.origins.get("sqlite") {
                app.output.warn(&format!("loading into {} ({})", file.display(), told("sqlite", origin)));
            }
            sqlite::run(args, file, app)
        }
        (None, Some(address)) => postgres::run(args, &address, &environment, app),
        (None, None) => match args.of_postgres() {
            Some(option) => Err(Usage(format!("{option} is for PostgreSQL: give --postgres URL")).into()),
            None => sqlite::run(args, &app.home().root().join(FILE), app),
        },
    }
}

/// Where an option is set, and which one.
fn told(key: &str, origin: &Origin) -> String {
    match origin {
        Origin::File { .. } => format!("[database] {key}, {origin}"),
        _ => origin.to_string(),
    }
}

impl Load {
    /// An option that was given and means nothing to a file.
    fn of_postgres(&self) -> Option<&'static str> {
        let given = [
            ("--plan", self.plan),
            ("--materialize", self.materialize),
            ("--grant-read", !self.grant_read.is_empty()),
        ];
        given.into_iter().find_map(|(option, is_given)| is_given.then_some(option))
    }

    /// The address that an option names.
    fn address(&self) -> Option<Address> {
        let text = self.postgres.clone()?;
        let origin = self.sources.origins.get("postgres");
        Some(Address {
            text,
            origin: origin.map_or("--postgres".into(), |origin| told("postgres", origin)),
            is_from_file: matches!(origin, Some(Origin::File { .. } | Origin::Variable { path: Some(_), .. })),
        })
    }

    /// The conversations that are loaded.
    fn shown(&self) -> Shown {
        Shown { private: self.include_private, direct_messages: self.include_dms }
    }
}

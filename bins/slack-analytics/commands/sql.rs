use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use serde_json::json;
use slack_sqlite::{Error, QueryLimits, QueryRows, Reader};

use super::resources::parse_size;
use crate::answer::{Room, Style, values, write_csv, write_json, write_table};
use crate::app::App;
use crate::failure::{Outcome, Result, Usage};
use crate::style::is_seen;

/// The file's name in the data home.
pub(super) const FILE: &str = "slack.db";

/// Ask the SQLite file a question
#[derive(Debug, Args)]
#[command(after_help = "\
The file is only read: statements that write are refused. Its tables are those of the CSV files; views that begin
with v_ put them together for people. In a table, long values are cut off; the other formats have them whole. On a
terminal, control characters and marks of the direction of writing are shown as escapes; elsewhere CSV is exact.

A query ends with an error where it takes more than --timeout or --max-memory. Time is that of SQLite: who reads the answer
may take longer.

Examples:
  slack-analytics sql 'SELECT * FROM v_top_posters WHERE month IS NULL ORDER BY rank LIMIT 10'
  slack-analytics sql --format csv 'SELECT * FROM v_messages' > messages.csv
  slack-analytics sql --spreadsheet-safe 'SELECT * FROM v_messages' > for-a-spreadsheet.csv
  slack-analytics sql --timeout 600 --max-memory 4G - < large.sql
  slack-analytics sql - < question.sql
  slack-analytics sql \"SELECT name, sql FROM sqlite_schema WHERE type = 'view'\"    # what there is, and what it says")]
pub(crate) struct Sql {
    /// The query; read from standard input where it is - or left out
    query: Option<String>,
    /// The SQLite file [default: slack.db in the data home]
    #[arg(long, value_name = "FILE")]
    database: Option<PathBuf>,
    /// How the answer is written [default: table on a terminal, csv elsewhere]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// How long SQLite may work on the query, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
    /// Memory that the query and its answer may use each; a value may have a quarter of it
    #[arg(long, value_name = "SIZE", default_value = "512M", value_parser = parse_size)]
    max_memory: u64,
    /// Put an apostrophe before texts of CSV that begin with = + - @, which spreadsheets take for formulas
    #[arg(long)]
    spreadsheet_safe: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Aligned columns
    Table,
    /// With a header row; null is empty
    Csv,
    /// An array of objects
    Json,
}

/// Runs the command.
pub(crate) fn run(args: &Sql, app: &App<'_>) -> Result<Outcome> {
    let sql = match args.query.as_deref() {
        None | Some("-") => read_query()?,
        Some(query) => query.to_owned(),
    };
    let file = args.database.clone().unwrap_or_else(|| app.home().root().join(FILE));
    let mut reader = match Reader::open(&file) {
        Err(error @ Error::NoFile { .. }) => {
            return Err(
                format!("{error} (make it with: slack-analytics load --sqlite {})", file.display()).into()
            );
        }
        opened => opened?,
    };
    let mut limits = QueryLimits::default();
    (limits.time, limits.memory) = (Duration::from_secs(args.timeout), args.max_memory);
    reader.limit(limits)?;
    let mut room = Room::new(args.max_memory);
    let mut query = reader.query(&sql).map_err(|error| with_place(error, &sql))?;
    let columns = query.columns().to_vec();
    let mut rows = query.rows([])?;
    if app.output.is_json() {
        let rows = values(&mut rows, &mut room)?;
        app.output.hand_over("sql", "", json!({ "columns": columns, "rows": rows }))?;
        return Ok(Outcome::Done);
    }
    let format = args.format.unwrap_or(if is_seen() { Format::Table } else { Format::Csv });
    let style = Style { is_seen: is_seen(), is_spreadsheet_safe: args.spreadsheet_safe };
    match write_answer(format, style, &columns, &mut rows, &mut room) {
        // Whoever reads the answer has seen enough.
        Err(failure) if is_broken_pipe(&*failure) => Ok(Outcome::Done),
        written => written.map(|()| Outcome::Done),
    }
}

/// A query is written by people, or by programs that have no more to ask.
const LONGEST_QUERY: u64 = 10 << 20;

fn read_query() -> Result<String> {
    let input = io::stdin().lock();
    if input.is_terminal() {
        return Err(Usage("no query: give one in quotes, or write it to standard input".into()).into());
    }
    let mut query = String::new();
    input.take(LONGEST_QUERY + 1).read_to_string(&mut query)?;
    if query.len() as u64 > LONGEST_QUERY {
        return Err(
            Usage(format!("the query on standard input is longer than {} MB", LONGEST_QUERY >> 20)).into()
        );
    }
    Ok(query)
}

fn write_answer(
    format: Format,
    style: Style,
    columns: &[String],
    rows: &mut QueryRows<'_>,
    room: &mut Room,
) -> Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    match format {
        Format::Table => write_table(columns, rows, room, &mut out)?,
        Format::Csv => write_csv(columns, rows, style, &mut out)?,
        Format::Json => write_json(columns, rows, style, &mut out)?,
    }
    Ok(out.flush()?)
}

fn is_broken_pipe(failure: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(failure);
    while let Some(error) = cause {
        let io = error.downcast_ref::<io::Error>().map(io::Error::kind);
        let csv = error.downcast_ref::<csv::Error>().and_then(|error| match error.kind() {
            csv::ErrorKind::Io(error) => Some(error.kind()),
            _ => None,
        });
        if io.or(csv) == Some(io::ErrorKind::BrokenPipe) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Shows what of the query stands where SQLite stumbled.
fn with_place(error: Error, sql: &str) -> crate::failure::Failure {
    let rest = match error {
        Error::Query { offset: Some(offset), .. } => sql.get(offset..).unwrap_or_default(),
        _ => "",
    };
    let rest: String = rest.lines().next().unwrap_or_default().chars().take(40).collect();
    if rest.is_empty() { error.into() } else { format!("{error}, at: {rest}").into() }
}

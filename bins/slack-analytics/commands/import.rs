use std::path::PathBuf;

use chrono::{DateTime, NaiveDate};
use clap::Args;
use slack_extract::{ImportLimit, ImportLimits, OfficialExport};
use slack_model::batch::BatchFolder;
use slack_model::{BatchId, Time};

use super::resources::parse_size;
use crate::app::App;
use crate::failure::{Failure, Outcome, Result, Usage, chain};

/// Copy official Slack exports (folders or zips) into the data home, each as a batch
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  slack-analytics import 'My Slack export Jan 2024.zip'
  slack-analytics import exports/2023 exports/2024
  slack-analytics import export.zip --taken-at 2024-08-22T10:00:00Z
  slack-analytics import grid.zip --import-limit total-bytes=2T --import-limit entries=5000000")]
pub(crate) struct Import {
    /// Exports: folders or zips
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    options: ImportOptions,
}

/// What is said of exports that are imported.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ImportOptions {
    /// When the export was taken (RFC 3339, a date, or YYYYMMDDHHMMSS) [default: the newest time in the zip, else that of the
    /// newest message of a public channel]
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) taken_at: Option<Time>,
    /// Import an export of which nothing shows that it is of the data home's workspace
    #[arg(long)]
    pub(crate) same_workspace: bool,
    /// Raise a limit of imports: entries (files in the export), entry-bytes (of one file), total-bytes, ratio (of a
    /// zip's compression), overlaps, name-bytes, depth (of folders) or nesting (of zips); may be given again
    #[arg(long, value_name = "NAME=NUMBER", value_parser = parse_limit)]
    import_limit: Vec<(ImportLimit, u64)>,
}

impl ImportOptions {
    fn limits(&self) -> ImportLimits {
        let mut limits = ImportLimits::default();
        for (limit, value) in &self.import_limit {
            limits.set(*limit, *value);
        }
        limits
    }
}

/// What was imported of several exports.
#[derive(Default)]
pub(crate) struct Imported {
    pub(crate) batches: Vec<BatchFolder>,
    pub(crate) outcome: Option<Outcome>,
    /// Why the first of those that could not be imported could not.
    pub(crate) failure: Option<Failure>,
}

impl Imported {
    /// How the import ended: as badly as the worst of it.
    pub(crate) fn result(self) -> Result<Outcome> {
        match self.failure {
            Some(failure) => Err(failure),
            None => Ok(self.outcome.unwrap_or(Outcome::Done)),
        }
    }
}

/// Runs the command.
pub(crate) fn run(args: &Import, app: &App<'_>) -> Result<Outcome> {
    capture(&args.paths, &args.options, app)?.result()
}

/// Imports exports, in order. One that cannot be imported keeps none of the others from it.
pub(crate) fn capture(paths: &[PathBuf], options: &ImportOptions, app: &App<'_>) -> Result<Imported> {
    if options.taken_at.is_some() && paths.len() > 1 {
        return Err(Usage("--taken-at names the time of one export; import several one by one".into()).into());
    }
    let mut imported = Imported::default();
    for path in paths {
        let mut export = OfficialExport::new(path);
        export.limits(options.limits());
        if let Some(time) = options.taken_at {
            export.taken_at(time);
        }
        export.same_workspace(options.same_workspace);
        match app.pipeline.import(&mut export) {
            Ok((batch, summary)) => {
                imported.batches.push(batch);
                imported.outcome = imported.outcome.max(Some(Outcome::of_gaps(summary.gap_count)));
            }
            Err(failure) => {
                let failure = failure.into();
                if paths.len() > 1 {
                    let why = chain(&failure).join(": ");
                    app.output.advise(&format!("not imported: {}: {why}", path.display()));
                }
                imported.failure.get_or_insert(failure);
            }
        }
    }
    Ok(imported)
}

/// Reads a time as people write it.
pub(crate) fn parse_time(text: &str) -> Result<Time, String> {
    let instant = DateTime::parse_from_rfc3339(text).ok().map(|time| time.timestamp_micros());
    let date = || {
        let midnight = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0)?;
        Some(midnight.and_utc().timestamp_micros())
    };
    let batch = || text.parse::<BatchId>().ok().map(|batch| batch.time().micros());
    let micros = instant.or_else(date).or_else(batch);
    micros
        .and_then(Time::from_micros)
        .ok_or_else(|| "want a time such as 2024-08-22T10:00:00Z, 2024-08-22 or 20240822100000".into())
}

/// Reads the value of a limit, such as `ratio=500` or `total-bytes=2T`.
fn parse_limit(text: &str) -> Result<(ImportLimit, u64), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=NUMBER, such as ratio=500")?;
    let limit = ImportLimit::ALL.into_iter().find(|limit| limit.name() == name);
    let names = || ImportLimit::ALL.map(ImportLimit::name).join(", ");
    let limit = limit.ok_or_else(|| format!("limit not found: {name:?}: expected one of {}", names()))?;
    Ok((limit, if value == "0" { 0 } else { parse_size(value)? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_have_names_and_sizes() {
        assert_eq!(parse_limit("ratio=500"), Ok((ImportLimit::Ratio, 500)));
        assert_eq!(parse_limit("total-bytes=2T"), Ok((ImportLimit::TotalBytes, 2 << 40)));
        assert_eq!(parse_limit("overlaps=0"), Ok((ImportLimit::Overlaps, 0)));
        assert!(parse_limit("ration=5").expect_err("no such limit").contains("entries, entry-bytes"));
        assert!(parse_limit("ratio").is_err() && parse_limit("ratio=x").is_err());
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        for text in ["2024-08-22T10:00:00Z", "2024-08-22T12:00:00+02:00", "20240822100000"] {
            assert_eq!(parse_time(text).expect(text).to_string(), "2024-08-22T10:00:00.000000Z");
        }
        assert_eq!(parse_time("2024-08-22").expect("a date").to_string(), "2024-08-22T00:00:00.000000Z");
        assert!(parse_time("yesterday").is_err());
    }
}

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate};
use clap::Args;
use slack_extract::OfficialExport;
use slack_model::batch::BatchFolder;
use slack_model::{BatchId, Time};

use crate::exit::{Failure, Outcome, Result, Usage, chain};
use crate::pipeline::Pipeline;

/// Copy official Slack exports (folders or zips) into the data home, each as a batch
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  slack-analytics import 'My Slack export Jan 2024.zip'
  slack-analytics import exports/2023 exports/2024
  slack-analytics import export.zip --taken-at 2024-08-22T10:00:00Z")]
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
pub(crate) fn run(args: &Import, pipeline: &Pipeline<'_>) -> Result<Outcome> {
    capture(&args.paths, &args.options, pipeline)?.result()
}

/// Imports exports, in order. One that cannot be imported keeps none of the others from it.
pub(crate) fn capture(
    paths: &[PathBuf],
    options: &ImportOptions,
    pipeline: &Pipeline<'_>,
) -> Result<Imported> {
    if options.taken_at.is_some() && paths.len() > 1 {
        return Err(Usage("--taken-at names the time of one export; import several one by one".into()).into());
    }
    let mut imported = Imported::default();
    for path in paths {
        let mut export = OfficialExport::new(path);
        if let Some(time) = options.taken_at {
            export.taken_at(time);
        }
        export.same_workspace(options.same_workspace);
        match pipeline.capture("import", export) {
            Ok((batch, gaps)) => {
                imported.batches.push(batch);
                imported.outcome = imported.outcome.max(Some(gaps));
            }
            Err(failure) => {
                if paths.len() > 1 {
                    let why = chain(&failure).join(": ");
                    pipeline.output.advise(&format!("not imported: {}: {why}", path.display()));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        for text in ["2024-08-22T10:00:00Z", "2024-08-22T12:00:00+02:00", "20240822100000"] {
            assert_eq!(parse_time(text).expect(text).to_string(), "2024-08-22T10:00:00.000000Z");
        }
        assert_eq!(parse_time("2024-08-22").expect("a date").to_string(), "2024-08-22T00:00:00.000000Z");
        assert!(parse_time("yesterday").is_err());
    }
}

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate};
use clap::Args;
use slack_extract::OfficialExport;
use slack_model::batch::BatchFolder;
use slack_model::{BatchId, Time};

use crate::exit::{Outcome, Result, Usage};
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
    /// When the export was taken, if not at its newest message (RFC 3339, a date, or YYYYMMDDHHMMSS)
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    taken_at: Option<Time>,
}

/// Runs the command.
pub(crate) fn run(args: &Import, pipeline: &Pipeline<'_>) -> Result<Outcome> {
    capture(&args.paths, args.taken_at, pipeline).map(|(_, outcome)| outcome)
}

/// Imports exports, in order, and returns their batches.
pub(crate) fn capture(
    paths: &[PathBuf],
    taken_at: Option<Time>,
    pipeline: &Pipeline<'_>,
) -> Result<(Vec<BatchFolder>, Outcome)> {
    if taken_at.is_some() && paths.len() > 1 {
        return Err(Usage("--taken-at names the time of one export; import several one by one".into()).into());
    }
    let mut batches = Vec::new();
    let mut outcome = Outcome::Done;
    for path in paths {
        let mut export = OfficialExport::new(path);
        if let Some(time) = taken_at {
            export.taken_at(time);
        }
        let (batch, gaps) = pipeline.capture("import", export)?;
        batches.push(batch);
        outcome = outcome.max(gaps);
    }
    Ok((batches, outcome))
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

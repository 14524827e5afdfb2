use std::path::PathBuf;

use chrono::{DateTime, NaiveDate};
use clap::Args;
use slack_extract::{ImportLimit, ImportLimits, OfficialExport};
use slack_model::batch::BatchFolder;
use slack_model::{BatchId, Time};

use super::resources::parse_size;
use crate::exit::{Outcome, Result, Usage};
use crate::pipeline::Pipeline;

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
    /// When the export was taken, if not at its newest message (RFC 3339, a date, or YYYYMMDDHHMMSS)
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    taken_at: Option<Time>,
    #[command(flatten)]
    limits: Limits,
}

/// The limits of what an export may hold.
#[derive(Debug, Args)]
pub(crate) struct Limits {
    /// Raise a limit of imports: entries (files in the export), entry-bytes (of one file), total-bytes, ratio (of a
    /// zip's compression), overlaps, name-bytes, depth (of folders) or nesting (of zips); may be given again
    #[arg(long, value_name = "NAME=NUMBER", value_parser = parse_limit)]
    import_limit: Vec<(ImportLimit, u64)>,
}

impl Limits {
    fn limits(&self) -> ImportLimits {
        let mut limits = ImportLimits::default();
        for (limit, value) in &self.import_limit {
            limits.set(*limit, *value);
        }
        limits
    }
}

/// Runs the command.
pub(crate) fn run(args: &Import, pipeline: &Pipeline<'_>) -> Result<Outcome> {
    capture(&args.paths, args.taken_at, &args.limits, pipeline).map(|(_, outcome)| outcome)
}

/// Imports exports, in order, and returns their batches.
pub(crate) fn capture(
    paths: &[PathBuf],
    taken_at: Option<Time>,
    limits: &Limits,
    pipeline: &Pipeline<'_>,
) -> Result<(Vec<BatchFolder>, Outcome)> {
    if taken_at.is_some() && paths.len() > 1 {
        return Err(Usage("--taken-at names the time of one export; import several one by one".into()).into());
    }
    let mut batches = Vec::new();
    let mut outcome = Outcome::Done;
    for path in paths {
        let mut export = OfficialExport::new(path);
        export.limits(limits.limits());
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

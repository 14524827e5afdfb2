use std::path::PathBuf;

use clap::Args;
use slack_metrics::MetricOptions;
use slack_model::{BatchId, Time};

use super::import::parse_time;
use super::resources::Resources;
use crate::exit::{Failure, Outcome, Result, Usage};
use crate::pipeline::Pipeline;

/// Compute the metric tables of a batch (no batch named: of the master)
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  slack-analytics metrics
  slack-analytics metrics --timezone Europe/Berlin
  slack-analytics metrics 20240822100000 --only activity_by_day,response_data
  slack-analytics metrics --channel general --since 2024-01-01 --out general-2024

The tables replace those that are there, also where they count some messages only: --out keeps them apart.")]
pub(crate) struct Metrics {
    /// The batch
    #[arg(value_name = "BATCH")]
    batch: Option<BatchId>,
    /// The time zone of days, hours and months, by IANA's name
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
    /// Only these tables
    #[arg(long, value_delimiter = ',', value_name = "TABLE,...")]
    only: Vec<String>,
    /// Not these tables
    #[arg(long, value_delimiter = ',', value_name = "TABLE,...")]
    skip: Vec<String>,
    /// Only what was written from this time on (2024-08-22T10:00:00Z, or a date)
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    since: Option<Time>,
    /// Only what was written before this time
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    until: Option<Time>,
    /// Only this channel's messages, by id or name (repeat for more)
    #[arg(long, value_name = "CHANNEL")]
    channel: Vec<String>,
    /// Where to write, if not to the metrics of the master or the batch
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    resources: Resources,
}

/// Runs the command.
pub(crate) fn run(args: &Metrics, pipeline: &Pipeline<'_>) -> Result<Outcome> {
    let mut options = MetricOptions::default();
    options.timezone.clone_from(&args.timezone);
    options.only.clone_from(&args.only);
    options.skip.clone_from(&args.skip);
    (options.since, options.until) = (args.since, args.until);
    args.resources.limit(&mut options);
    let subject = pipeline.subject(args.batch)?;
    options.channels = pipeline.channels(&subject, &args.channel)?;
    if args.since.zip(args.until).is_some_and(|(since, until)| since >= until) {
        return Err(Usage("--since must come before --until".into()).into());
    }
    let folder = args.out.clone().unwrap_or_else(|| pipeline.results(&subject));
    let is_tables = |out: &PathBuf| {
        Ok::<_, Failure>(out.exists() && out.canonicalize()? == pipeline.tables(&subject)?.canonicalize()?)
    };
    if is_tables(&folder)? {
        return Err(Usage(format!("{} holds the tables that are measured", folder.display())).into());
    }
    pipeline.metrics(&subject, options, &folder)
}

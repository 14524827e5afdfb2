use std::num::NonZeroUsize;

use clap::Args;
use slack_metrics::MetricOptions;
use slack_model::BatchId;

use crate::exit::{Outcome, Result};
use crate::pipeline::Pipeline;

/// Compute the metric tables of a batch (no batch named: of the master)
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  slack-analytics metrics
  slack-analytics metrics --timezone Europe/Berlin
  slack-analytics metrics 20240822100000 --only activity_by_day,response_data")]
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
    /// Number of threads; as many as there are cores, unless said otherwise
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
}

/// Runs the command.
pub(crate) fn run(args: &Metrics, pipeline: &Pipeline<'_>) -> Result<Outcome> {
    let mut options = MetricOptions::default();
    options.timezone.clone_from(&args.timezone);
    options.only.clone_from(&args.only);
    options.skip.clone_from(&args.skip);
    options.threads = args.threads;
    pipeline.metrics(&pipeline.subject(args.batch)?, options)
}

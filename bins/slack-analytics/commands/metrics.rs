use clap::Args;
use slack_metrics::MetricOptions;
use slack_model::BatchId;

use super::chosen::{Chosen, Zone};
use super::resources::Resources;
use crate::app::App;
use crate::failure::{Outcome, Result};

/// Compute the metric tables of a batch (no batch named: of the master)
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  slack-analytics metrics
  slack-analytics metrics --timezone Europe/Berlin
  slack-analytics metrics 20240822100000 --only activity_by_day,response_data
  slack-analytics metrics --channel general --since 2024-01-01 --out general-2024

The tables replace those that are there, also where they count some messages only: --out keeps them apart. They are whole: they
hold private channels and direct messages, and are not for passing on.")]
pub(crate) struct Metrics {
    /// The batch
    #[arg(value_name = "BATCH")]
    batch: Option<BatchId>,
    #[command(flatten)]
    zone: Zone,
    /// Only these tables
    #[arg(long, value_delimiter = ',', value_name = "TABLE,...")]
    only: Vec<String>,
    /// Not these tables
    #[arg(long, value_delimiter = ',', value_name = "TABLE,...")]
    skip: Vec<String>,
    #[command(flatten)]
    chosen: Chosen,
    #[command(flatten)]
    resources: Resources,
}

/// Runs the command.
pub(crate) fn run(args: &Metrics, app: &App<'_>) -> Result<Outcome> {
    let mut options = MetricOptions::default();
    args.zone.apply(&mut options);
    options.only.clone_from(&args.only);
    options.skip.clone_from(&args.skip);
    args.resources.limit(&mut options);
    let subject = app.pipeline.subject(args.batch)?;
    let folder = args.chosen.apply(app, &subject, &mut options)?;
    app.pipeline.metrics(&subject, &options, &folder)?;
    Ok(Outcome::Done)
}

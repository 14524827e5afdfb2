use clap::Args;
use slack_metrics::MetricOptions;
use slack_model::BatchId;

use super::resources::Resources;
use crate::exit::{Outcome, Result};
use crate::pipeline::Pipeline;

/// Write the graph of people and channels for Gephi (no batch named: of the master)
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  slack-analytics graph
  slack-analytics graph 20240822100000")]
pub(crate) struct Graph {
    /// The batch
    #[arg(value_name = "BATCH")]
    batch: Option<BatchId>,
    #[command(flatten)]
    resources: Resources,
}

/// Runs the command.
pub(crate) fn run(args: &Graph, pipeline: &Pipeline<'_>) -> Result<Outcome> {
    let mut options = MetricOptions::default();
    args.resources.limit(&mut options);
    options.only = vec!["node_data".into(), "edge_data".into()];
    pipeline.metrics_and_graph(&pipeline.subject(args.batch)?, options)
}

use std::path::PathBuf;

use clap::Args;
use slack_model::Time;

use super::extract::{self, ApiArgs};
use super::import::{self, parse_time};
use crate::exit::{Outcome, Result};
use crate::pipeline::Pipeline;

/// Extract or import, then transform, merge, metrics and graph, for the new batch and the master
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  slack-analytics run
  slack-analytics run --import 'My Slack export.zip'
  0 3 * * *  slack-analytics --quiet --data /srv/slack run     (a line for cron)")]
pub(crate) struct Run {
    /// Start from official exports (folders or zips) instead of the API
    #[arg(long, num_args = 1.., value_name = "PATH")]
    import: Vec<PathBuf>,
    /// When the export was taken, if not at its newest message
    #[arg(long, requires = "import", value_name = "TIME", value_parser = parse_time)]
    taken_at: Option<Time>,
    #[command(flatten)]
    api: ApiArgs,
}

/// Runs the command.
pub(crate) fn run(args: &Run, pipeline: &Pipeline<'_>) -> Result<Outcome> {
    let (batches, captured) = if args.import.is_empty() {
        let (batch, outcome) = extract::capture(&args.api, pipeline)?;
        (vec![batch], outcome)
    } else {
        import::capture(&args.import, args.taken_at, pipeline)?
    };
    Ok(captured.max(pipeline.rest(&batches)?))
}

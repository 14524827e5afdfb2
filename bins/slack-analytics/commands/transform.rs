use clap::Args;
use slack_model::BatchId;

use super::resources::Resources;
use crate::app::App;
use crate::failure::{Outcome, Result};

/// Read batches' raw pages into tables (no batch named: all that have no tables yet)
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  slack-analytics transform
  slack-analytics transform 20240822100000
  slack-analytics transform 20240822100000 --allow-drops")]
pub(crate) struct Transform {
    /// Batches
    #[arg(value_name = "BATCH")]
    batches: Vec<BatchId>,
    /// Replace a batch's tables even where the new ones lack rows that the old ones have
    #[arg(long)]
    allow_drops: bool,
    #[command(flatten)]
    resources: Resources,
}

/// Runs the command.
pub(crate) fn run(args: &Transform, app: &App<'_>) -> Result<Outcome> {
    let batches =
        app.pipeline.batches(&args.batches, |batch| batch.has_pages() && !batch.is_transformed())?;
    if batches.is_empty() {
        app.pipeline.nothing_to_transform()?;
    }
    let mut options = args.resources.transform();
    options.allow_drops = args.allow_drops;
    let mut result = Ok(Outcome::Done);
    for batch in &batches {
        // One batch that cannot be read keeps none of the others from being read.
        let made = app.pipeline.transform(batch, &options);
        result = result.and_then(|result: Outcome| Ok(result.max(Outcome::of(made?.has_gaps()))));
    }
    result
}

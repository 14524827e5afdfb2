use clap::Args;
use serde_json::json;
use slack_model::BatchId;

use super::resources::Resources;
use crate::exit::{Outcome, Result};
use crate::pipeline::Pipeline;

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
pub(crate) fn run(args: &Transform, pipeline: &Pipeline<'_>) -> Result<Outcome> {
    let batches = pipeline.batches(&args.batches, |batch| batch.has_pages() && !batch.is_transformed())?;
    if batches.is_empty() {
        pipeline.output.tell(
            "transform",
            "nothing to do: every batch has its tables",
            json!({ "batch": null, "rows": {}, "set_aside": 0, "set_aside_parts": 0, "not_read": 0, "words_elsewhere": 0, "broken_off": false }),
        )?;
    }
    let mut options = args.resources.transform();
    options.allow_drops = args.allow_drops;
    let mut result = Ok(Outcome::Done);
    for batch in &batches {
        // One batch that cannot be read keeps none of the others from being read.
        let outcome = pipeline.transform(batch, &options);
        result = result.and_then(|result| outcome.map(|outcome| result.max(outcome)));
    }
    result
}

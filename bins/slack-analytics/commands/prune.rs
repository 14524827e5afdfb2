use clap::Args;
use slack_pipeline::RetentionPolicy;

use crate::app::App;
use crate::failure::{Outcome, Result};

/// Remove the raw pages of older batches; their tables, metadata, hosted files and metrics stay
#[derive(Debug, Args)]
#[command(after_help = "\
Only batches whose capture has ended, which the master holds, and of which every record could be read lose their pages.
What is in pages alone goes with them: emoji, bots, pins, bookmarks, and an export's canvases and lists.
A number of batches is one of batches that hold messages and whose capture has ended. Without pages, tables cannot be made again, and `verify` has the log and hosted files alone to look at. Merging, measuring
and further captures need none. `run` prunes at its end where [retention] raw (or --keep-raw) says so.

Examples:
  slack-analytics prune --keep 365d --dry-run
  slack-analytics prune --keep '30 batches'")]
pub(crate) struct Prune {
    /// Pages to keep: `all`, those of the last `365d` (or `52w`), or those of the last `30 batches` [default: all]
    #[arg(long, value_name = "WHAT", value_parser = clap::value_parser!(RetentionPolicy))]
    keep: Option<RetentionPolicy>,
    /// Say what would be removed, and remove nothing
    #[arg(long)]
    dry_run: bool,
}

/// Runs the command.
pub(crate) fn run(args: &Prune, app: &App<'_>) -> Result<Outcome> {
    app.pipeline.prune(args.keep.unwrap_or_default(), args.dry_run)?;
    Ok(Outcome::Done)
}

use clap::Args;
use slack_model::BatchId;
use slack_model::atomic::recover_folder;
use slack_model::batch::BatchFolder;

use super::resources::Threads;
use crate::app::App;
use crate::failure::{Outcome, Result, Usage};

/// Merge batches' tables into the master (no batch named: all that it does not hold yet)
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  slack-analytics merge
  slack-analytics merge 20240822100000
  slack-analytics merge --rebuild
  slack-analytics merge --rebuild --allow-drops
  slack-analytics merge --assume-public meetups jobs")]
pub(crate) struct Merge {
    /// Batches
    #[arg(value_name = "BATCH")]
    batches: Vec<BatchId>,
    /// Make the master anew from the batches
    #[arg(long, conflicts_with = "batches")]
    rebuild: bool,
    /// Show these channels, which no list names, as public ones from now on (ids or names)
    #[arg(long, num_args = 1.., value_name = "NAME", conflicts_with = "batches")]
    assume_public: Vec<String>,
    /// Replace the master even where the rebuilt one lacks rows that it has
    #[arg(long, requires = "rebuild")]
    allow_drops: bool,
    #[command(flatten)]
    threads: Threads,
}

/// Runs the command.
pub(crate) fn run(args: &Merge, app: &App<'_>) -> Result<Outcome> {
    // A crash of an earlier merge must not make the master look empty.
    recover_folder(&app.home().master_csv())?;
    app.pipeline.assume_public(&args.assume_public)?;
    if !args.assume_public.is_empty() {
        let batches = app.pipeline.batches(&[], BatchFolder::is_transformed)?;
        let tables: Vec<_> = batches.iter().map(BatchFolder::csv).collect();
        if let Some(name) = app.pipeline.forget_unknown_public(&tables)?.first() {
            return Err(Usage(format!("--assume-public: channel not found: {name:?}")).into());
        }
    }
    let options = args.threads.merge();
    if args.rebuild {
        let batches = app.pipeline.batches(&[], BatchFolder::is_transformed)?;
        app.pipeline.rebuild(&batches, &options, args.allow_drops)?;
        return Ok(Outcome::Done);
    }
    let merged = app.pipeline.merged()?;
    let wanted = |batch: &BatchFolder| {
        batch.is_transformed() && (!merged.contains(&batch.id()) || app.pipeline.is_newer_than_master(batch))
    };
    let batches = app.pipeline.batches(&args.batches, wanted)?;
    if batches.is_empty() && merged.is_empty() {
        app.pipeline.nothing_to_merge()?;
        return Ok(Outcome::Done);
    }
    // Without a batch, what the operator says of the master's channels may still be new.
    app.pipeline.merge(&batches, &options)?;
    Ok(Outcome::Done)
}

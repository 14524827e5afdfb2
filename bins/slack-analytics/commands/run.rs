use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use slack_extract::unfinished;
use slack_model::BatchId;
use slack_model::batch::BatchFolder;
use slack_pipeline::{ProcessOptions, RetentionPolicy};

use super::chosen::Zone;
use super::extract::{self, ApiArgs};
use super::import::{self, ImportOptions};
use super::report::ReportArgs;
use crate::app::App;
use crate::failure::{Outcome, Result, Usage, is_usage, status};

/// Extract or import, then transform, merge, metrics, graph and report, for the new batches and the master
#[derive(Debug, Args)]
#[command(after_help = "\
The token comes from SLACK_USER_TOKEN (or SLACK_ACCESS_TOKEN), in the environment or in a .env file.
A capture that was broken off is gone on with, unless the arguments say what to capture.

The report, the files of the network and the closing words are of the visible conversations: public channels, and others with
--include-private and --include-dms. The tables in metrics/ are whole, and not for passing on.

Examples:
  slack-analytics run
  slack-analytics run --import 'My Slack export.zip'
  0 3 * * *  slack-analytics --quiet --data /srv/slack run     (a line for cron)")]
pub(crate) struct Run {
    /// Start from official exports (folders or zips) instead of the API
    #[arg(long, num_args = 1.., value_name = "PATH")]
    import: Vec<PathBuf>,
    #[command(flatten)]
    options: ImportOptions,
    /// Show these channels, which no list names, as public ones from now on (ids or names)
    #[arg(long, num_args = 1.., value_name = "NAME")]
    assume_public: Vec<String>,
    #[command(flatten)]
    pub(crate) api: ApiArgs,
    #[command(flatten)]
    zone: Zone,
    /// Raw pages to keep at the end: `all`, those of the last `365d`, or of the last `10 batches` [default: all]
    #[arg(long, value_name = "WHAT", value_parser = clap::value_parser!(RetentionPolicy))]
    keep_raw: Option<RetentionPolicy>,
    #[command(flatten)]
    report: ReportArgs,
}

/// Runs the command.
pub(crate) fn run(args: &Run, app: &App<'_>) -> Result<Outcome> {
    app.pipeline.begin_log();
    let outcome = stages(args, app);
    // That a run cannot be noted down must not hide why it failed.
    let kept = app.pipeline.end_log(status(&outcome));
    outcome.and_then(|outcome| kept.map(|()| outcome).map_err(Into::into))
}

fn stages(args: &Run, app: &App<'_>) -> Result<Outcome> {
    if !args.import.is_empty() && args.api.is_given() {
        let why = "--types, --channel, --since and the like choose what to ask the API for; an export is taken whole";
        return Err(Usage(why.into()).into());
    }
    if args.import.is_empty() && (args.options.taken_at.is_some() || args.options.same_workspace) {
        return Err(Usage("--taken-at and --same-workspace are for --import".into()).into());
    }
    app.pipeline.assume_public(&args.assume_public)?;
    let mut options = ProcessOptions::default();
    options.report = args.report.request();
    args.zone.apply(&mut options.metrics);
    let before = app.home().batches()?.len();
    let mut not_imported = None;
    let captured = if args.import.is_empty() {
        // What was broken off goes on by itself, unless something else is asked for.
        let resumed = if args.api.says_what() { None } else { unfinished(app.home())? };
        extract::capture(&args.api, resumed, app).map(|(batch, outcome)| (vec![batch], outcome))
    } else {
        let imported = import::capture(&args.import, &args.options, app)?;
        not_imported = imported.failure;
        match (imported.outcome, not_imported.take()) {
            (None, Some(failure)) => Err(failure),
            (outcome, failure) => {
                not_imported = failure;
                Ok((imported.batches, outcome.unwrap_or(Outcome::Done)))
            }
        }
    };
    let is_refused = captured.as_ref().is_err_and(is_usage);
    if is_refused || captured.is_err() && !args.import.is_empty() && app.home().batches()?.len() == before {
        // Nothing was captured or imported: whatever else there is to do was not asked for.
        return captured.map(|(_, outcome)| outcome);
    }
    // What a run that broke off captured is not left behind, be it an earlier one or this one.
    let named: BTreeSet<BatchId> =
        captured.iter().flat_map(|(batches, _)| batches.iter().map(BatchFolder::id)).collect();
    let batches = app.pipeline.pending(&named)?;
    match captured {
        Ok((_, outcome)) => {
            let outcome = outcome.max(Outcome::of(app.pipeline.process(&batches, &options)?));
            app.pipeline.highlights(options.report.visibility)?;
            app.pipeline.tell_withheld()?;
            if let Some(name) = app.pipeline.forget_unknown_public(&[])?.first() {
                app.output.advise(&format!("--assume-public: channel not found: {name:?}"));
            }
            if outcome == Outcome::Gaps {
                let why = "incomplete: something could not be read (exit code 3); `slack-analytics status` and the report say what";
                app.output.advise(why);
            }
            if let Some(keep) = args.keep_raw.filter(|keep| *keep != RetentionPolicy::All) {
                app.pipeline.prune(keep, false)?;
            }
            not_imported.map_or(Ok(outcome), Err)
        }
        Err(failure) if batches.is_empty() => Err(failure),
        Err(failure) => {
            // The rest of the work is tried; why there is not more of it is what there is to say.
            let _ = app.pipeline.process(&batches, &options);
            Err(failure)
        }
    }
}

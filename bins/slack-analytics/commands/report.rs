use std::path::PathBuf;

use clap::Args;
use slack_model::{BatchId, Shown};
use slack_pipeline::ReportRequest;

use crate::app::App;
use crate::failure::{Outcome, Result};
use crate::permissions::hand_on;

/// Write one HTML page that says what is happening in the workspace (no batch named: of the master)
#[derive(Debug, Args)]
#[command(after_help = "\
The page is one file that needs no network: send it, or open it in any browser. It holds neither e-mail addresses
nor texts of messages. Without --include-private and --include-dms, it is as if private channels and direct
messages did not exist: what is left is measured by itself.

With --anonymous, people have pseudonyms, which stay the same for a data home: its file pseudonyms.key, which must
stay with you, says who is who. What somebody did, and to whom, may still tell those who know the community.

Examples:
  slack-analytics report
  slack-analytics report --anonymous --min-group 5 --out for-the-board.html
  slack-analytics report 20240822100000")]
pub(crate) struct Report {
    /// The batch
    #[arg(value_name = "BATCH")]
    batch: Option<BatchId>,
    /// The file, with the permissions that your umask gives [default: report.html in the data home, or in the batch's
    /// folder, which you alone may read]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) reporting: ReportArgs,
}

/// What a report shows, and other outputs that are for others, for all commands that make one.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "The report")]
pub(crate) struct ReportArgs {
    /// What the report is called [default: the workspace's name]
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Pseudonyms for people's names
    #[arg(long)]
    anonymous: bool,
    /// Take groups of fewer people together: channels, countries, cohorts, emoji
    #[arg(long, value_name = "PEOPLE", value_parser = clap::value_parser!(u64).range(1..))]
    min_group: Option<u64>,
    /// Show private channels as well
    #[arg(long)]
    include_private: bool,
    /// Show direct messages as well
    #[arg(long)]
    include_dms: bool,
}

impl ReportArgs {
    /// What they stand for.
    pub(crate) fn request(&self) -> ReportRequest {
        let mut request = ReportRequest::default();
        request.title.clone_from(&self.title);
        request.is_anonymous = self.anonymous;
        request.min_group = self.min_group.unwrap_or(1);
        request.visibility = Shown { private: self.include_private, direct_messages: self.include_dms };
        request
    }
}

/// Runs the command.
pub(crate) fn run(args: &Report, app: &App<'_>) -> Result<Outcome> {
    let subject = app.pipeline.subject(args.batch)?;
    app.pipeline.report(&subject, &args.reporting.request(), args.out.as_deref())?;
    args.out.as_deref().map_or(Ok(()), hand_on)?;
    Ok(Outcome::Done)
}

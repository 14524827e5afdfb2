use std::collections::BTreeSet;
use std::time::Duration;

use chrono::Utc;
use clap::{Args, ValueEnum};
use slack_extract::{ApiOptions, FileBytes, Rate, Threads, WebApi, unfinished};
use slack_model::batch::BatchFolder;
use slack_model::{BatchId, Ts};

use super::import::parse_time;
use super::limits::{LIMITS, LimitArgs};
use super::what::{Files, WhatArgs};
use crate::app::App;
use crate::environment;
use crate::failure::{Outcome, Result, Usage};
use crate::interrupt;
use slack_pipeline::Listener as _;

/// Capture the workspace from Slack's Web API as a new batch
///
/// With a master in the data home this is a refresh: messages are read back as far as the plan shows them (or
/// to --since), replies only of threads that have changed.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Extract {
    #[command(flatten)]
    pub(crate) api: ApiArgs,
    /// Go on with the newest batch, or this one, if its capture was broken off; otherwise begin a new one
    #[arg(long, value_name = "BATCH", num_args = 0..=1, conflicts_with_all = WHAT)]
    resume: Option<Option<BatchId>>,
}

/// The arguments that say what to capture: a capture that goes on was told so when it began.
const WHAT: [&str; 10] =
    ["types", "channels", "leave", "parts", "since", "full", "threads", "files", "max_file_size", "team"];

/// The arguments that say how to capture.
const HOW: [&str; 4] = ["rate", "time_scale", "attempts", "timeout"];

const EXAMPLES: &str = "\
The token comes from SLACK_USER_TOKEN (or SLACK_ACCESS_TOKEN), in the environment or in a .env file;
the API's address from SLACK_API_URL, where it is not Slack's. An address in a .env file is used only with a token from the
same file: a token is sent to no other place.

Examples:
  slack-analytics extract
  slack-analytics extract --types public,private --channel general --channel random
  slack-analytics extract --since 30d --files all
  slack-analytics extract --leave-channel random,C024BE7LR
  slack-analytics extract --team T024BE7LR             (an org-wide token)
  slack-analytics extract --resume";

/// What to ask the API for.
#[derive(Debug, Args)]
pub(crate) struct ApiArgs {
    #[command(flatten)]
    what: WhatArgs,
    /// The options that are on the command line: those of the configuration hold of every capture, and say nothing of
    /// this one.
    #[arg(skip)]
    pub(crate) said: BTreeSet<String>,
    /// Read only these conversations, by name or id (may be given again)
    #[arg(long = "channel", value_name = "NAME,...", value_delimiter = ',')]
    channels: Vec<String>,
    /// Leave these conversations unread, by name or id, even where --channel has them (may be given again)
    #[arg(long = "leave-channel", value_name = "NAME,...", value_delimiter = ',')]
    leave: Vec<String>,
    /// Read messages back to here only: 30d, 12h, 2w, a date or a time; further back where there would be a hole
    #[arg(long, value_name = "TIME", value_parser = parse_since)]
    since: Option<Ts>,
    /// Read everything again as though there were no master
    #[arg(long, conflicts_with = "since")]
    full: bool,
    /// Threads to read replies of [default: changed]
    #[arg(long, value_name = "WHICH")]
    threads: Option<WhichThreads>,
    /// Workspace to read, by its id: for org-wide tokens, which read several
    #[arg(long, value_name = "TEAM")]
    team: Option<String>,
    /// Leave the bytes of files that are larger than this, in MB; without it, a file of more than 5000 MB is a gap
    #[arg(long, value_name = "MB")]
    max_file_size: Option<u64>,
    /// Scale the published rate limits: a factor, or `unlimited` for servers that have none [default: 1]
    #[arg(long, value_name = "FACTOR", value_parser = parse_rate)]
    rate: Option<Rate>,
    /// How much faster the server's clock runs: for a sandbox that does, never for Slack
    #[arg(long, value_name = "FACTOR", value_parser = parse_scale, hide = true)]
    time_scale: Option<f64>,
    /// How often to try a request that fails for a passing reason [default: 8]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    attempts: Option<u64>,
    /// How long to wait for an answer, to its last byte, in seconds [default: 60]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    timeout: Option<u64>,
    #[command(flatten)]
    limits: LimitArgs,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum WhichThreads {
    /// Those that the master lacks, or has otherwise
    Changed,
    /// All that the history shows
    All,
    /// None
    None,
}

/// Runs the command.
pub(crate) fn run(args: &Extract, app: &App<'_>) -> Result<Outcome> {
    let resumed = match args.resume {
        None => None,
        Some(Some(batch)) => Some(app.home().existing_batch(batch)?),
        Some(None) => {
            let found = unfinished(app.home())?;
            if found.is_none() {
                app.output.progress().note("no capture was broken off: a new one begins");
            }
            found
        }
    };
    capture(&args.api, resumed, app).map(|(_, outcome)| outcome)
}

/// Captures a batch from the API that the environment names, or goes on with one that was broken off.
pub(crate) fn capture(
    args: &ApiArgs,
    resumed: Option<BatchFolder>,
    app: &App<'_>,
) -> Result<(BatchFolder, Outcome)> {
    if args.said.contains("max_file_size") && args.what.files != Some(Files::All) {
        return Err(Usage("--max-file-size is for files that are fetched: give --files all".into()).into());
    }
    let environment = environment::read()?;
    let mut source = WebApi::new(&environment.api_url()?, environment::token(&environment)?, args.options())?;
    let progress = app.output.progress();
    let left = unfinished(app.home())?.map(|left| left.id());
    let goes_on_with = resumed.as_ref().map(BatchFolder::id);
    if let Some(batch) = resumed {
        // Tables that a broken-off run made of it are no longer all there is.
        batch.forget_tables()?;
        progress.note(&format!("going on with batch {}, which was broken off", batch.id()));
        source = source.resuming(batch.id());
    } else if let Some(id) = left {
        progress.note(&format!(
            "batch {id} was broken off and is left so; `extract --resume {id}` goes on with it"
        ));
    }
    drop(progress);
    let captured = interrupt::explained(|| app.pipeline.extract(&mut source));
    if captured.is_err()
        && let Ok(Some(now)) = unfinished(app.home())
        && (goes_on_with == Some(now.id()) || goes_on_with.is_none() && left != Some(now.id()))
    {
        app.output.progress().note(interrupt::GO_ON);
    }
    captured.map(|(batch, summary)| (batch, Outcome::of_gaps(summary.gap_count))).map_err(Into::into)
}

impl ApiArgs {
    /// Whether any of them is on the command line.
    pub(crate) fn is_given(&self) -> bool {
        self.says_what() || self.says_any(&HOW) || self.says_any(&LIMITS)
    }

    /// Whether any of those that say what to capture is.
    pub(crate) fn says_what(&self) -> bool {
        self.says_any(&WHAT)
    }

    fn says_any(&self, options: &[&str]) -> bool {
        options.iter().any(|option| self.said.contains(*option))
    }

    fn options(&self) -> ApiOptions {
        let mut options = self.what.options();
        options.channels.clone_from(&self.channels);
        options.leave.clone_from(&self.leave);
        options.oldest = self.since;
        options.full = self.full;
        options.threads = self.threads.map_or(options.threads, Into::into);
        if self.what.files == Some(Files::All) {
            let limit = self.max_file_size.map(|megabytes| megabytes.saturating_mul(1_000_000));
            options.files = FileBytes::Download { limit };
        }
        options.team.clone_from(&self.team);
        self.limits.apply(&mut options);
        options.attempts = self.attempts.unwrap_or(options.attempts);
        options.timeout = self.timeout.map_or(options.timeout, Duration::from_secs);
        options.rate = self.rate.unwrap_or(options.rate);
        options.time_scale = self.time_scale.unwrap_or(options.time_scale);
        options
    }
}

/// Reads how far to look back from now.
fn parse_since(text: &str) -> Result<Ts, String> {
    look_back(text, Utc::now().timestamp_micros())
}

/// Reads how far to look back: so many hours, days or weeks, or a moment. `now` is in microseconds since 1970.
fn look_back(text: &str, now: i64) -> Result<Ts, String> {
    let units = [("h", 3_600), ("d", 86_400), ("w", 7 * 86_400)];
    let back = units.iter().find_map(|(unit, seconds)| {
        let number: i64 = text.strip_suffix(unit)?.parse().ok().filter(|number| *number >= 0)?;
        number.checked_mul(*seconds)?.checked_mul(1_000_000)
    });
    let micros = match back {
        Some(back) => now.saturating_sub(back).max(0),
        None => parse_time(text)
            .map_err(
                |_| "want how far to look back, such as 30d, 12h, 2w, 2026-03-01 or 2026-03-01T10:00:00Z",
            )?
            .micros(),
    };
    if micros > now {
        return Err("it is still to come".into());
    }
    Ts::from_micros(micros).ok_or_else(|| "it is too far away".into())
}

fn parse_rate(text: &str) -> Result<Rate, String> {
    if text == "unlimited" {
        return Ok(Rate::Unlimited);
    }
    parse_scale(text).map(Rate::Tiers).map_err(|error| format!("{error}, or `unlimited`"))
}

fn parse_scale(text: &str) -> Result<f64, String> {
    let factor = text.parse().ok().filter(|factor: &f64| factor.is_finite() && *factor > 0.0);
    factor.ok_or_else(|| "want a factor above 0".into())
}

impl From<WhichThreads> for Threads {
    fn from(threads: WhichThreads) -> Self {
        match threads {
            WhichThreads::Changed => Self::Changed,
            WhichThreads::All => Self::All,
            WhichThreads::None => Self::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_back_is_a_length_of_time_or_a_moment() {
        let now = 1_700_000_000_123_456;
        let since = |text: &str| look_back(text, now).map(|ts| ts.to_string());
        assert_eq!(since("30d").as_deref(), Ok("1697408000.123456"));
        assert_eq!(since("2h").as_deref(), Ok("1699992800.123456"));
        assert_eq!(since("99999w"), Ok("0000000000.000000".into()), "all there is");
        assert_eq!(since("2020-09-13").as_deref(), Ok("1599955200.000000"));
        for text in ["", "d", "-1x", "soon", "-5d", "2030-01-01"] {
            assert!(since(text).is_err(), "{text}");
        }
    }
}

use clap::{Args, ValueEnum};
use slack_extract::{ApiOptions, ChannelType, Rate, WebApi};
use slack_model::batch::BatchFolder;

use crate::environment::Environment;
use crate::exit::{Outcome, Result};
use crate::pipeline::Pipeline;

/// Capture the workspace from Slack's Web API as a new batch
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Extract {
    #[command(flatten)]
    pub(crate) api: ApiArgs,
}

const EXAMPLES: &str = "\
The token comes from SLACK_USER_TOKEN (or SLACK_ACCESS_TOKEN), in the environment or in a .env file;
the API's address from SLACK_API_URL, where it is not Slack's.

Examples:
  slack-analytics extract
  slack-analytics extract --types public,private --channel general --channel random";

/// What to ask the API for.
#[derive(Debug, Args)]
pub(crate) struct ApiArgs {
    /// Types of conversation to read [default: public]
    #[arg(long, value_delimiter = ',', value_name = "TYPE,...")]
    types: Vec<Type>,
    /// Read only this conversation, by name or id (may be given again)
    #[arg(long = "channel", value_name = "NAME")]
    channels: Vec<String>,
    /// Scale the published rate limits: a factor, or `unlimited` for servers that have none [default: 1]
    #[arg(long, value_name = "FACTOR", value_parser = parse_rate)]
    rate: Option<Rate>,
    /// How often to try a request that fails for a passing reason [default: 8]
    #[arg(long, value_name = "N")]
    attempts: Option<u64>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Type {
    Public,
    Private,
    Im,
    Mpim,
}

/// Runs the command.
pub(crate) fn run(args: &Extract, pipeline: &Pipeline<'_>) -> Result<Outcome> {
    capture(&args.api, pipeline).map(|(_, outcome)| outcome)
}

/// Captures a batch from the API that the environment names.
pub(crate) fn capture(args: &ApiArgs, pipeline: &Pipeline<'_>) -> Result<(BatchFolder, Outcome)> {
    let environment = Environment::read()?;
    let source = WebApi::new(&environment.api_url(), environment.token()?, args.options())?;
    pipeline.capture("extract", source)
}

impl ApiArgs {
    /// Whether any of them is on the command line.
    pub(crate) fn is_given(&self) -> bool {
        let Self { types, channels, rate, attempts } = self;
        !types.is_empty() || !channels.is_empty() || rate.is_some() || attempts.is_some()
    }

    fn options(&self) -> ApiOptions {
        let mut options = ApiOptions::default();
        if !self.types.is_empty() {
            options.types = self.types.iter().map(|kind| (*kind).into()).collect();
        }
        options.channels.clone_from(&self.channels);
        options.attempts = self.attempts.unwrap_or(options.attempts);
        options.rate = self.rate.unwrap_or(options.rate);
        options
    }
}

fn parse_rate(text: &str) -> Result<Rate, String> {
    match text.parse::<f64>() {
        _ if text == "unlimited" => Ok(Rate::Unlimited),
        Ok(factor) if factor.is_finite() && factor > 0.0 => Ok(Rate::Tiers(factor)),
        _ => Err("want a factor above 0, or `unlimited`".into()),
    }
}

impl From<Type> for ChannelType {
    fn from(kind: Type) -> Self {
        match kind {
            Type::Public => Self::Public,
            Type::Private => Self::Private,
            Type::Im => Self::Im,
            Type::Mpim => Self::Mpim,
        }
    }
}

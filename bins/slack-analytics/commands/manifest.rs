use clap::Args;
use serde_json::{Value, json};
use slack_extract::{APP_NAME_LENGTH, TokenKind, app_manifest};

use super::what::WhatArgs;
use crate::app::App;
use crate::failure::{Outcome, Result};

/// Print the manifest of a Slack app that may read what a capture asks for, and no more
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  slack-analytics manifest
  slack-analytics manifest --types public,private --parts users,messages > manifest.json")]
pub(crate) struct Manifest {
    #[command(flatten)]
    what: WhatArgs,
    /// The app's name
    #[arg(long, value_name = "NAME", default_value = "Slack analytics", value_parser = parse_name)]
    name: String,
    /// Give the scopes to a bot, which reads only the channels that it is invited to, in place of the user
    #[arg(long)]
    bot: bool,
}

/// Runs the command.
pub(crate) fn run(args: &Manifest, app: &App<'_>) -> Result<Outcome> {
    let options = args.what.options();
    let kind = if args.bot { TokenKind::Bot } else { TokenKind::User };
    let manifest = app_manifest(&args.name, &options, kind);
    let values: Value = serde_json::from_str(&manifest)?;
    app.output.hand_over("manifest", &manifest, json!({ "manifest": values }))?;
    app.output.advise(if args.bot { BOT } else { USER });
    Ok(Outcome::Done)
}

const USER: &str = "\
1. On https://api.slack.com/apps choose Create New App, From a manifest, your workspace, and paste this as JSON.
2. Install the app to the workspace (an owner may have to approve it).
3. Put its User OAuth Token into the environment or a .env file as SLACK_USER_TOKEN, then: slack-analytics doctor";

const BOT: &str = "\
1. On https://api.slack.com/apps choose Create New App, From a manifest, your workspace, and paste this as JSON.
2. Install the app to the workspace, and invite its bot to each channel that it is to read.
3. Put its Bot User OAuth Token into the environment or a .env file as SLACK_ACCESS_TOKEN, then: slack-analytics doctor";

fn parse_name(text: &str) -> Result<String, String> {
    let name = text.trim();
    match name.chars().count() {
        0 => Err("an app needs a name".into()),
        length if length > APP_NAME_LENGTH => Err(format!("Slack takes {APP_NAME_LENGTH} characters")),
        _ => Ok(name.into()),
    }
}

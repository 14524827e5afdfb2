use clap::Args;
use serde_json::json;
use slack_extract::{Check, Health, HttpSlackApi, check_token, examine};
use slack_pipeline::check_home;
use slack_pipeline::settings::Place;

use super::what::WhatArgs;
use crate::app::App;
use crate::environment;
use crate::failure::{Failure, Outcome, Result};

/// Check whether a capture would work and what it would miss: token, API, clock, scopes, plan, data home
#[derive(Debug, Args)]
#[command(after_help = "\
The token and the API's address are taken as extract takes them. What is missing is told with what to do about it.
Exit code 0: all that is asked for can be captured; 3: something would be missed; 1: a capture cannot run.

Examples:
  slack-analytics doctor
  slack-analytics doctor --types public,private --parts all")]
pub(crate) struct Doctor {
    #[command(flatten)]
    what: WhatArgs,
    /// Workspace to read, by its id: for org-wide tokens, which read several
    #[arg(long, value_name = "TEAM")]
    team: Option<String>,
}

/// Runs the command.
pub(crate) fn run(args: &Doctor, app: &App<'_>) -> Result<Outcome> {
    let mut worst: Option<Check> = None;
    let mut tell = |check: Check| -> Result<()> {
        let Check { name, health, what, advice, .. } = &check;
        let sep = if advice.is_empty() { "" } else { ": " };
        let line = format!("{:<8} {what}{sep}{advice}", health.as_str());
        let values = json!({ "health": health.as_str(), "what": what, "advice": advice });
        app.output.tell(name, &line, values)?;
        if worst.as_ref().is_none_or(|worst| worst.health < *health) {
            worst = Some(check);
        }
        Ok(())
    };
    let environment = environment::read()?;
    let mut team = None;
    match environment.token() {
        None => tell(Check::problem("token", "there is none", NO_TOKEN))?,
        Some((name, token, place)) => {
            let place = if place == Place::Environment { "the environment" } else { "the .env file" };
            tell(check_token(&token, &format!("{name} of {place}")))?;
            let mut options = args.what.options();
            options.team.clone_from(&args.team);
            let api = environment
                .api_url()
                .map_err(|why| (Failure::from(why), "set both in one place, or SLACK_API_URL in the environment"))
                .and_then(|url| {
                    HttpSlackApi::new(&url, token, options.max_answer)
                        .map_err(|why| (why.into(), "set SLACK_API_URL, or unset it"))
                });
            match api {
                Err((why, advice)) => tell(Check::problem("api", why.to_string(), advice))?,
                Ok(api) => {
                    let examination = examine(&api, &options)?;
                    team = examination.team;
                    examination.checks.into_iter().try_for_each(&mut tell)?;
                }
            }
        }
    }
    check_home(&app.pipeline, team.as_deref()).into_iter().try_for_each(&mut tell)?;
    match worst {
        Some(Check { health: Health::Problem, name, what, advice, .. }) => {
            Err(Failure::from(format!("a capture cannot run: {name}: {what}: {advice}")))
        }
        Some(Check { health: Health::Warning, .. }) => Ok(Outcome::Gaps),
        _ => Ok(Outcome::Done),
    }
}

const NO_TOKEN: &str = "make an app with `slack-analytics manifest`, and set SLACK_USER_TOKEN in the environment or in a .env file";

use std::fs;
use std::path::Path;

use clap::Args;
use serde_json::json;
use slack_extract::{ApiOptions, ChannelType, Rate, Token, WebApi};
use slack_model::batch::DataHome;
use slack_pipeline::{Pipeline, ProcessOptions};
use slack_sandbox::{CommunityOptions, Sandbox, Workspace};

use super::report::ReportArgs;
use crate::app::App;
use crate::failure::{Outcome, Result, Usage};
use crate::figures::count;

/// Show the whole pipeline on a made-up community, served by the sandbox over HTTP
#[derive(Debug, Args)]
#[command(after_help = "\
The demo goes to demo/ in the data home, in place of the last demo, and never mixes with a real workspace.

Examples:
  slack-analytics demo
  slack-analytics demo --people 500 --messages 50000 --seed 42")]
pub(crate) struct Demo {
    /// People in the community
    #[arg(long, default_value_t = 150, value_name = "N", value_parser = clap::value_parser!(u32).range(3..))]
    people: u32,
    /// Messages in the community, replies and those in channels that the demo's user may not see included
    #[arg(long, default_value_t = 8_000, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    messages: u32,
    /// The same seed gives the same community
    #[arg(long, default_value_t = 7, value_name = "N")]
    seed: u64,
    #[command(flatten)]
    report: ReportArgs,
}

/// What tells that a demo made a folder.
const MADE_UP: &str = "made-up.txt";

/// Runs the command.
pub(crate) fn run(args: &Demo, app: &App<'_>) -> Result<Outcome> {
    let mut community = CommunityOptions::default();
    (community.people, community.messages) = (args.people as usize, args.messages as usize);
    community.seed = args.seed;
    let sandbox = Sandbox::builder(Workspace::generate(&community)).rate_limits(false).start_blocking()?;
    let line = format!(
        "a made-up community of {} and {} at {}",
        count(args.people.into(), "person").replace("persons", "people"),
        count(args.messages.into(), "message"),
        sandbox.url()
    );
    app.output.tell("sandbox", &line, json!({ "url": sandbox.url(), "seed": args.seed }))?;

    let home = DataHome::new(app.home().root().join("demo"));
    begin_anew(home.root())?;
    let demo = Pipeline::new(home, app.output);
    // It is a data home of its own, which other commands may be given.
    let _lock = demo.lock("demo")?;
    let token = Token::new(sandbox.token()).ok_or_else(|| Usage("the sandbox has no token".into()))?;
    let mut options = ApiOptions::default();
    options.types = vec![ChannelType::Public, ChannelType::Private, ChannelType::Im, ChannelType::Mpim];
    options.rate = Rate::Unlimited;
    let (batch, captured) = demo.extract(&mut WebApi::new(&sandbox.url(), token, options)?)?;
    let mut process = ProcessOptions::default();
    process.report = args.report.request();
    let has_gaps = demo.process(&[batch], &process)?;
    demo.highlights(process.report.visibility)?;
    Ok(Outcome::of(has_gaps || captured.gap_count > 0))
}

/// Removes the last demo's folder: two communities in one master could not be told apart. A folder that no
/// demo made stays.
fn begin_anew(folder: &Path) -> Result<()> {
    let marker = folder.join(MADE_UP);
    let failed = |error| slack_model::Error::io("replace", folder, error);
    if folder.exists() {
        if !marker.is_file() {
            let why = format!("{} is no demo's folder; name another data home with --data", folder.display());
            return Err(Usage(why).into());
        }
        fs::remove_dir_all(folder).map_err(failed)?;
    }
    Ok(slack_model::atomic::write_atomically(
        &marker,
        b"What is here was made up; the next demo replaces it.\n",
    )?)
}

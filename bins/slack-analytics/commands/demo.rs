use std::fs;
use std::path::Path;

use clap::Args;
use serde_json::json;
use slack_extract::{ApiOptions, ChannelType, Rate, Token, WebApi};
use slack_model::batch::DataHome;
use slack_model::rows::Node;
use slack_model::{Folder, Table, TableReader};
use slack_sandbox::{CommunityOptions, Sandbox, Workspace};

use crate::exit::{Outcome, Result, Usage};
use crate::output::{count, number};
use crate::pipeline::Pipeline;

/// Show the whole pipeline on a made-up community, served by the sandbox over HTTP
#[derive(Debug, Args)]
#[command(after_help = "\
The demo's batches go to demo/ in the data home, so that they never mix with a real workspace's.

Examples:
  slack-analytics demo
  slack-analytics demo --people 500 --messages 50000 --seed 42")]
pub(crate) struct Demo {
    /// People in the community
    #[arg(long, default_value_t = 150, value_name = "N")]
    people: usize,
    /// Messages in the community
    #[arg(long, default_value_t = 8_000, value_name = "N")]
    messages: usize,
    /// The same seed gives the same community
    #[arg(long, default_value_t = 7, value_name = "N")]
    seed: u64,
}

/// Runs the command.
pub(crate) fn run(args: &Demo, pipeline: &Pipeline<'_>) -> Result<Outcome> {
    let mut community = CommunityOptions::default();
    (community.people, community.messages, community.seed) = (args.people, args.messages, args.seed);
    let sandbox = Sandbox::builder(Workspace::generate(&community)).rate_limits(false).start_blocking()?;
    let line = format!(
        "a made-up community of {} and {} at {}",
        count(args.people as u64, "person").replace("persons", "people"),
        count(args.messages as u64, "message"),
        sandbox.url()
    );
    pipeline.output.tell("sandbox", &line, json!({ "url": sandbox.url(), "seed": args.seed }))?;

    let home = DataHome::new(pipeline.home.root().join("demo"));
    // Another community in the same master would not be told apart from this one.
    begin_anew(home.root())?;
    let demo = Pipeline { home, output: pipeline.output };
    let token = Token::new(sandbox.token()).ok_or_else(|| Usage("the sandbox has no token".into()))?;
    let mut options = ApiOptions::default();
    options.types = vec![ChannelType::Public, ChannelType::Private, ChannelType::Im, ChannelType::Mpim];
    options.rate = Rate::Unlimited;
    let (batch, captured) = demo.capture("extract", WebApi::new(&sandbox.url(), token, options)?)?;
    let outcome = captured.max(demo.rest(&[batch])?);
    summarise(&demo)?;
    Ok(outcome)
}

fn begin_anew(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| slack_model::Error::io("remove", folder, error))?;
    }
    Ok(())
}

/// Tells what the metric tables say of the community, and where they are.
fn summarise(demo: &Pipeline<'_>) -> Result<()> {
    let metrics = demo.home.metrics();
    let channels = top(&metrics, "aggr_by_channel", "name", "posts")?;
    let people = top(&metrics, "useractive_data", "user_id", "message_count")?;
    let people = with_names(&metrics, people)?;
    let emoji = top(&metrics, "emoji_data", "reaction", "count")?;
    let list = |rows: &[(String, u64)]| {
        let items: Vec<_> = rows.iter().map(|(name, value)| format!("{name} ({})", number(*value))).collect();
        items.join(", ")
    };
    let line = format!(
        "busiest channels: {}\nbusiest people:   {}\nfavourite emoji:  {}\n\n\
         raw answers, tables and metrics of the batch, the master, its metrics and graph.gexf: {}",
        list(&channels),
        list(&people),
        list(&emoji),
        demo.home.root().display()
    );
    let values = json!({ "path": demo.home.root(), "channels": channels, "people": people, "emoji": emoji });
    demo.output.tell("summary", &line, values)
}

/// Puts people's names in the place of their ids.
fn with_names(metrics: &Path, people: Vec<(String, u64)>) -> Result<Vec<(String, u64)>> {
    let nodes = TableReader::open(&Folder(metrics.into()), &Node::SCHEMA)?;
    let nodes: Vec<Node> = nodes.map(|nodes| nodes.rows().collect()).transpose()?.unwrap_or_default();
    let name =
        |id: String| nodes.iter().find(|node| node.id == id).map(|node| node.name.clone()).unwrap_or(id);
    Ok(people.into_iter().map(|(id, posts)| (name(id), posts)).collect())
}

/// The three rows of a metric table with the greatest numbers in a column.
fn top(metrics: &Path, table: &str, name: &str, value: &str) -> Result<Vec<(String, u64)>> {
    let mut reader = csv::Reader::from_path(metrics.join(format!("{table}.csv")))?;
    let place = |header: &csv::StringRecord, column: &str| header.iter().position(|field| field == column);
    let header = reader.headers()?.clone();
    let (Some(name), Some(value)) = (place(&header, name), place(&header, value)) else {
        return Ok(Vec::new());
    };
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record?;
        rows.push((record[name].to_owned(), record[value].parse::<u64>().unwrap_or_default()));
    }
    rows.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    rows.truncate(3);
    Ok(rows)
}

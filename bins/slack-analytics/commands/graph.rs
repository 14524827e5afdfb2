use std::num::NonZeroUsize;

use clap::{Args, ValueEnum};
use slack_graph::{Edges, Nodes, Ties};
use slack_metrics::MetricOptions;
use slack_model::{BatchId, Folder, Shown};

use super::chosen::{Chosen, Zone};
use super::format::FormatArg;
use super::resources::Resources;
use crate::app::App;
use crate::failure::{Outcome, Result, Usage};
use slack_pipeline::{Format, NetworkOptions, Subject};

/// Measure the network of people, and write it for Gephi and others (no batch named: of the master)
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  slack-analytics graph
  slack-analytics graph 20240822100000
  slack-analytics graph --since 2024-01-01 --relations interacts,reacts=0.5 --format gexf,json,svg --out spring
  slack-analytics graph --min-weight 3 --backbone 0.05 --only-network --out backbone
  slack-analytics graph --by-channels=50 --out channels
  slack-analytics graph --anonymous --format gexf,gephi --out for-a-colleague

Files are of the visible conversations: those of public channels, and others with --include-private and --include-dms. So is
everything in a folder named by --out, tables too. The tables in metrics/ are whole: they hold private channels and direct
messages, and are not for passing on.

With --anonymous, people and channels have pseudonyms in every file, the same as in reports of the data home: no id, no name, no
country, no day. Tables that --out names have them, too; those in metrics/ stay as they are.

Each time node_data, edge_data, edge_by_month, network_data, node_measures, graph_measures (also by month), community_data
(also by month) and newcomer_data are made. They and the files replace those that are there, also where they count some
messages only, and files of formats that are not asked for are removed where an earlier graph left them: --out keeps
networks apart.

Months and newcomers' ties are those of the network: edges that --min-weight or --backbone leave out are no part of them.
When people came to share a channel is not known: with --by-channels, graph_measures_by_month, community_by_month and
newcomer_data are empty, and there is no timeline (--format dynamic).")]
pub(crate) struct Graph {
    /// The batch
    #[arg(value_name = "BATCH")]
    batch: Option<BatchId>,
    #[command(flatten)]
    chosen: Chosen,
    #[command(flatten)]
    zone: Zone,
    /// Only these relations (interacts, reacts, refers), each with what its weight is multiplied by, in files too
    /// [default: all, 1]
    #[arg(long, value_delimiter = ',', value_name = "RELATION[=WEIGHT],...", value_parser = parse_relation)]
    relations: Vec<(String, f64)>,
    /// Measure channels, too, as nodes beside people
    #[arg(long)]
    with_channels: bool,
    /// Tie people by the channels that they share, not by what they do to each other; channels of more people than this
    /// are left out, 200 where no number is given: memory grows with its square
    #[arg(
        long,
        value_name = "MOST_PEOPLE",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "200",
        value_parser = parse_most_people,
        conflicts_with = "with_channels"
    )]
    by_channels: Option<usize>,
    /// Bots are people
    #[arg(long)]
    with_bots: bool,
    /// Leave out edges of less weight, all relations and channels together
    #[arg(long, value_name = "WEIGHT", default_value_t = 0.0, value_parser = parse_weight)]
    min_weight: f64,
    /// Only edges of more weight than chance would give, at this level of significance (disparity filter)
    #[arg(long, value_name = "LEVEL", value_parser = parse_level)]
    backbone: Option<f64>,
    /// Files hold only who and what is measured [default: everybody, bots and channels]
    #[arg(long)]
    only_network: bool,
    /// Which edges are apart in files; those of a timeline, which knows no channels, are by relation by default, and those
    /// of --by-channels are one for each pair
    #[arg(long, value_enum, default_value_t = Apart::Channel)]
    apart: Apart,
    /// Show private channels as well
    #[arg(long)]
    include_private: bool,
    /// Show direct messages as well
    #[arg(long)]
    include_dms: bool,
    /// Pseudonyms for people and channels
    #[arg(long)]
    anonymous: bool,
    /// Files to write
    #[arg(long, value_enum, value_delimiter = ',', value_name = "FORMAT,...", default_values_t = [FormatArg(Format::Gexf), FormatArg(Format::Svg)])]
    format: Vec<FormatArg>,
    /// Walk shortest paths from all people, however many there are [default: from a sample where it takes long]
    #[arg(long)]
    exact: bool,
    /// Communities: above 1 more and smaller, below 1 fewer and larger
    #[arg(long, value_name = "NUMBER", default_value_t = 1.0, value_parser = parse_resolution)]
    resolution: f64,
    /// What chance begins with, in communities, samples and layout
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    resources: Resources,
}

/// What keeps two edges apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Apart {
    /// Relation and channel
    Channel,
    /// Relation
    Relation,
    /// Nothing: one edge for each pair and direction
    Nothing,
}

/// Runs the command.
pub(crate) fn run(args: &Graph, app: &App<'_>) -> Result<Outcome> {
    let mut network = network(args, args.resources.threads())?;
    let mut options = MetricOptions::default();
    args.resources.limit(&mut options);
    args.zone.apply(&mut options);
    options.only = vec!["node_data".into(), "edge_data".into(), "edge_by_month".into()];
    let subject = app.pipeline.subject(args.batch)?;
    let folder = args.chosen.apply(app, &subject, &mut options)?;
    refuse_withheld(app, &subject, &options, network.visibility)?;
    if args.anonymous {
        network.pseudonyms = Some(app.pipeline.pseudonym_key()?);
    }
    app.pipeline.metrics_and_network(&subject, &options, &network, &folder)?;
    Ok(Outcome::Done)
}

/// A file of a channel that is withheld would be empty, and leave the reader to guess why.
fn refuse_withheld(app: &App<'_>, subject: &Subject, options: &MetricOptions, shown: Shown) -> Result<()> {
    let withheld = shown.left_out(&Folder(app.pipeline.tables(subject)?))?;
    match options.channels.iter().find(|channel| withheld.contains(*channel)) {
        None => Ok(()),
        Some(channel) => {
            let why = format!(
                "{channel} is not public: give --include-private or --include-dms to have files of it"
            );
            Err(Usage(why).into())
        }
    }
}

fn network(args: &Graph, threads: Option<NonZeroUsize>) -> Result<NetworkOptions> {
    if args.by_channels.is_some() && args.format.contains(&FormatArg(Format::Dynamic)) {
        let why = "--format dynamic needs times, and --by-channels knows none";
        return Err(Usage(why.into()).into());
    }
    let mut network = NetworkOptions::default();
    (network.with_bots, network.only_network) = (args.with_bots, args.only_network);
    network.edges = match args.apart {
        Apart::Channel => Edges::Apart,
        Apart::Relation => Edges::ByRelation,
        Apart::Nothing => Edges::Joined,
    };
    network.formats = args.format.iter().map(|format| format.0).collect();
    network.visibility = Shown { private: args.include_private, direct_messages: args.include_dms };
    let options = &mut network.graph;
    for (relation, weight) in &args.relations {
        if options.relations.insert(relation.clone(), *weight).is_some() {
            return Err(Usage(format!("--relations names {relation} twice")).into());
        }
    }
    (options.min_weight, options.backbone) = (args.min_weight, args.backbone);
    if args.with_channels {
        options.nodes = Nodes::PeopleAndChannels;
    }
    if let Some(most_people) = args.by_channels {
        options.ties = Ties::Channels { most_people };
    }
    let measures = &mut network.measures;
    measures.threads = threads;
    measures.seed = args.seed;
    (measures.communities.seed, measures.communities.resolution) = (args.seed, args.resolution);
    measures.layout.seed = args.seed;
    if args.exact {
        (measures.work, measures.weighted_work) = (u64::MAX, u64::MAX);
    }
    Ok(network)
}

/// Reads `reacts` or `reacts=0.5`.
fn parse_relation(text: &str) -> Result<(String, f64), String> {
    let (relation, weight) = text.split_once('=').unwrap_or((text, "1"));
    if !["interacts", "reacts", "refers"].contains(&relation) {
        return Err("a relation is interacts, reacts or refers".into());
    }
    match weight.parse::<f64>() {
        // Beyond, sums of weights would lose what is small, or end.
        Ok(weight) if (1e-6..=1e6).contains(&weight) => Ok((relation.into(), weight)),
        _ => Err("a relation's weight is a number from 0.000001 to 1000000, as in reacts=0.5".into()),
    }
}

/// Reads the largest channel that ties people.
fn parse_most_people(text: &str) -> Result<usize, String> {
    match text.parse::<usize>() {
        Ok(most_people) if most_people >= 2 => Ok(most_people),
        _ => Err("a channel that ties people has 2 or more, as in --by-channels=50".into()),
    }
}

/// Reads the weight of an edge.
fn parse_weight(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(weight) if weight.is_finite() && weight >= 0.0 => Ok(weight),
        _ => Err("a weight is a number from 0 up, such as 3".into()),
    }
}

/// Reads the resolution of communities.
fn parse_resolution(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(resolution) if resolution.is_finite() && resolution > 0.0 => Ok(resolution),
        _ => Err("a resolution is a number above 0, such as 1.5".into()),
    }
}

/// Reads a level of significance.
fn parse_level(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(level) if level > 0.0 && level <= 1.0 => Ok(level),
        _ => Err("a level of significance is above 0 and at most 1, such as 0.05".into()),
    }
}

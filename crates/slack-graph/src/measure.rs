//! The rows of the tables of measures.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use petgraph::visit::EdgeRef;
use slack_model::Float;
use slack_model::in_order::threads_or_all;
use slack_model::rows::{CommunityRow, GraphMeasure, MonthlyCommunity, MonthlyGraphMeasure, NodeMeasures};

use crate::community::{CommunityOptions, communities, community_rows, continuity, modularity};
use crate::graph::SocialGraph;
use crate::layout::{LayoutOptions, layout};
use crate::measures::assortativity::assortativity;
use crate::measures::clustering::clustering;
use crate::measures::components::components;
use crate::measures::core::core_numbers;
use crate::measures::pagerank::{PageRankOptions, pagerank};
use crate::measures::partition::{bridged_communities, participation, within_community_z};
use crate::measures::paths::{Lengths, PathOptions, Paths, paths};
use crate::measures::spectral::{Hits, eigenvector, hits};
use crate::measures::whole::{density, reciprocity};
use crate::months::Months;
use crate::network::Network;
use crate::options::GraphOptions;
use crate::threads::share;

/// How a network is measured.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct MeasureOptions {
    /// How communities are found.
    pub communities: CommunityOptions,
    /// How people are laid out.
    pub layout: LayoutOptions,
    /// Most work of the shortest paths of edges of length 1: see [`PathOptions::work`].
    pub work: u64,
    /// Most work of those of edges of length 1 / weight.
    pub weighted_work: u64,
    /// Random seed of the draw of sources, where not all are walked from.
    pub seed: u64,
    /// Number of people and channels that stand for a community.
    pub top: usize,
    /// Number of threads; as many as the machine has cores where `None`. They never change a result.
    pub threads: Option<NonZeroUsize>,
}

impl Default for MeasureOptions {
    fn default() -> Self {
        Self {
            communities: CommunityOptions::default(),
            layout: LayoutOptions::default(),
            work: PathOptions::default().work,
            weighted_work: 1_000_000_000,
            seed: PathOptions::default().seed,
            top: 5,
            threads: None,
        }
    }
}

/// What was measured of a network.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct NetworkMeasures {
    /// Of each node, in the order of their ids.
    pub nodes: Vec<NodeMeasures>,
    /// Of the whole, in the order of their keys.
    pub graph: Vec<GraphMeasure>,
    /// Of each community.
    pub communities: Vec<CommunityRow>,
}

/// Measures a network that was made of a graph by `options`.
///
/// Each measure is defined where its function is: [`pagerank`], [`hits`], [`paths`] (betweenness and closeness),
/// [`eigenvector`], [`core_numbers`], [`clustering`], [`communities`], [`participation`], [`within_community_z`],
/// [`bridged_communities`], [`density`], [`reciprocity`], [`components`], [`modularity`], [`assortativity`] by country and by
/// the channel in which a person acts most, [`layout`]. Where shortest paths are walked from a sample of people, `path_sources`
/// or `weighted_path_sources` is less than `nodes`, and the `…_error` keys hold the largest standard error of any node.
pub fn measure(
    graph: &SocialGraph,
    network: &Network,
    options: &GraphOptions,
    how: &MeasureOptions,
) -> NetworkMeasures {
    let communities = communities(network, &how.communities_options());
    let walk = |lengths, work| {
        let mut options = PathOptions::default();
        (options.lengths, options.work, options.seed) = (lengths, work, how.seed);
        options.threads = how.threads;
        paths(network, &options)
    };
    let plain = walk(Lengths::One, how.work);
    let weighted = walk(Lengths::InverseWeight, how.weighted_work);
    let mut laid_out = how.layout.clone();
    laid_out.threads = how.threads;
    let positions = layout(network, &communities, &laid_out);

    let mut whole = whole(network, &communities);
    let error = |errors: &[f64]| errors.iter().copied().fold(0.0, f64::max);
    let sources = |paths: &Paths| paths.sources as f64;
    whole.extend([
        ("path_sources", sources(&plain)),
        ("betweenness_error", error(&plain.betweenness_error)),
        ("closeness_error", error(&plain.closeness_error)),
        ("weighted_path_sources", sources(&weighted)),
        ("weighted_betweenness_error", error(&weighted.betweenness_error)),
        ("weighted_closeness_error", error(&weighted.closeness_error)),
    ]);
    // What cannot be said has no row.
    let by_country = assortativity(network, &countries(graph, network));
    whole.extend(by_country.map(|value| ("assortativity_country", value)));
    let by_channel = assortativity(network, &main_channels(graph, network, options));
    whole.extend(by_channel.map(|value| ("assortativity_channel", value)));

    NetworkMeasures {
        nodes: node_rows(network, &communities, &plain, &weighted, &positions),
        graph: whole
            .into_iter()
            .map(|(key, value)| GraphMeasure { key: key.into(), value: Float(value) })
            .collect(),
        communities: community_rows(graph, network, &communities, options, how.top),
    }
}

impl MeasureOptions {
    fn communities_options(&self) -> CommunityOptions {
        CommunityOptions { threads: self.threads, ..self.communities.clone() }
    }
}

/// Measures the network of each month as a whole, and follows its communities from month to month.
pub fn measure_months(
    months: &Months,
    how: &MeasureOptions,
) -> (Vec<MonthlyGraphMeasure>, Vec<MonthlyCommunity>) {
    let mut options = how.communities_options();
    // There are many months, and each is a small network: threads take on a month each.
    options.runs = options.runs.or(Some(NonZeroUsize::MIN));
    options.trials = options.trials.or(Some(3));
    options.threads = Some(NonZeroUsize::MIN);
    let mut found: Vec<_> = months.names().map(|month| (month, None)).collect();
    share(threads_or_all(how.threads), found.iter_mut(), |(month, found)| {
        let network = months.network(month);
        let communities = communities(&network, &options);
        let values = whole(&network, &communities);
        *found = Some((network.into_ids(), communities, values));
    });
    let (mut measures, mut rows) = (Vec::new(), Vec::new());
    let mut before: (Vec<String>, Vec<u32>) = Default::default();
    for (month, found) in found {
        let Some((ids, communities, values)) = found else { continue };
        measures.extend(values.into_iter().map(|(key, value)| MonthlyGraphMeasure {
            month: month.into(),
            key: key.into(),
            value: Float(value),
        }));
        rows.extend(continuity(month, (&before.0, &before.1), (&ids, &communities)));
        before = (ids, communities);
    }
    (measures, rows)
}

/// What is measured of any network as a whole.
fn whole(network: &Network, found: &[u32]) -> BTreeMap<&'static str, f64> {
    let reciprocity = reciprocity(network);
    let components = components(network);
    let n_communities = found.iter().collect::<BTreeSet<_>>().len();
    BTreeMap::from([
        ("nodes", network.node_count() as f64),
        ("edges", network.edge_count() as f64),
        ("density", density(network)),
        ("reciprocity", reciprocity.edges),
        ("reciprocity_dyadic", reciprocity.pairs),
        ("components", components.count() as f64),
        ("largest_component", components.largest() as f64),
        ("transitivity", clustering(network).transitivity),
        ("communities", n_communities as f64),
        ("modularity", modularity(network, found, 1.0)),
    ])
}

fn node_rows(
    network: &Network,
    communities: &[u32],
    plain: &Paths,
    weighted: &Paths,
    positions: &[[f64; 2]],
) -> Vec<NodeMeasures> {
    let pagerank = pagerank(network, &PageRankOptions::default());
    let Hits { hub, authority, .. } = hits(network);
    let eigenvector = eigenvector(network);
    let core = core_numbers(network);
    let clustering = clustering(network).local;
    let participation = participation(network, communities);
    let within = within_community_z(network, communities);
    let bridged = bridged_communities(network, communities);
    let (outgoing, incoming) = (network.outgoing(), network.incoming());
    let row = |node: usize| NodeMeasures {
        id: network.ids()[node].clone(),
        in_degree: incoming.degree(node) as u64,
        out_degree: outgoing.degree(node) as u64,
        in_strength: Float(incoming.strength(node)),
        out_strength: Float(outgoing.strength(node)),
        pagerank: Float(pagerank[node]),
        hub: Float(hub[node]),
        authority: Float(authority[node]),
        betweenness: Float(plain.betweenness[node]),
        closeness: Float(plain.closeness[node]),
        core: u64::from(core[node]),
        clustering: Float(clustering[node]),
        community: u64::from(communities[node]),
        weighted_betweenness: Float(weighted.betweenness[node]),
        weighted_closeness: Float(weighted.closeness[node]),
        eigenvector: Float(eigenvector[node]),
        participation: Float(participation[node]),
        within_community_z: Float(within[node]),
        bridged_communities: bridged[node] as u64,
        x: Float(positions[node][0]),
        y: Float(positions[node][1]),
    };
    (0..network.node_count()).map(row).collect()
}

/// Numbers each node's country; `None` where none is known.
fn countries(graph: &SocialGraph, network: &Network) -> Vec<Option<u32>> {
    let iso = |id: &String| graph.find(id).map_or("", |node| graph.as_petgraph()[node].iso.as_str());
    numbered(network.ids().iter().map(|id| Some(iso(id)).filter(|iso| !iso.is_empty())))
}

/// Numbers the channel in which each node acts most; of several the one of the first id.
fn main_channels(graph: &SocialGraph, network: &Network, options: &GraphOptions) -> Vec<Option<u32>> {
    let all = graph.as_petgraph();
    let mut weights: Vec<BTreeMap<&str, f64>> = vec![BTreeMap::new(); network.node_count()];
    let numbers: Vec<_> = all.node_weights().map(|node| network.find(&node.id)).collect();
    for edge in all.edge_references() {
        let factor = options.factor(&edge.weight().relate);
        if let (Some(factor), Some(node)) = (factor, numbers[edge.source().index()]) {
            let weight = factor * edge.weight().weight as f64;
            *weights[node].entry(edge.weight().channel.as_str()).or_default() += weight;
        }
    }
    let most = |weights: &BTreeMap<&'_ str, f64>| {
        let most = weights.values().copied().fold(0.0, f64::max);
        weights.iter().find(|(_, weight)| **weight == most).map(|(channel, _)| (*channel).to_owned())
    };
    let channels: Vec<_> = weights.iter().map(most).collect();
    numbered(channels.iter().map(Option::as_deref))
}

fn numbered<'t>(names: impl Iterator<Item = Option<&'t str>>) -> Vec<Option<u32>> {
    let mut numbers = BTreeMap::new();
    names
        .map(|name| {
            let next = numbers.len() as u32;
            name.map(|name| *numbers.entry(name).or_insert(next))
        })
        .collect()
}

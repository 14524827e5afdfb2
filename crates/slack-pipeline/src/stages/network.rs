//! The network stage: the network of people is measured, and tables and files are made of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Serialize;
use slack_graph::{
    Edges, GraphOptions, MeasureOptions, Months, Network, NetworkMeasures, SocialGraph, bots, measure,
    measure_months, newcomers,
};
use slack_metrics::{EdgeByMonth, MetricOptions};
use slack_model::rows::{
    CommunityRow, GraphMeasure, MonthlyCommunity, MonthlyGraphMeasure, NetworkEdge, NewcomerRow, NodeMeasures,
};
use slack_model::{Float, Folder, Shown};
use slack_report::{PseudonymKey, unknown_person};

use crate::error::Result;
use crate::listener::Event;
use crate::measurement::Measurement;
use crate::network_files::{Format, NetworkFiles, has_network, remove_others};
use crate::pipeline::{Pipeline, Subject};
use crate::pseudonyms::pseudonymise;
use crate::scratch::Scratch;
use crate::table_io::{read_table, write_table};
use crate::visibility::VisibleTables;

/// What is made of the network.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NetworkOptions {
    /// Which nodes and edges the network has.
    pub graph: GraphOptions,
    /// How it is measured.
    pub measures: MeasureOptions,
    /// Whether bots are treated as people; false by default.
    pub with_bots: bool,
    /// Whether files hold the network that is measured alone, not all there is; false by default.
    pub only_network: bool,
    /// Which edges are apart in files; those of each relation and channel by default.
    pub edges: Edges,
    /// The files; GEXF and SVG by default.
    pub formats: Vec<Format>,
    /// The conversations that files are of; public ones by default.
    pub visibility: Shown,
    /// The key of pseudonyms, where files name nobody.
    pub pseudonyms: Option<PseudonymKey>,
}

impl Default for NetworkOptions {
    fn default() -> Self {
        Self {
            graph: GraphOptions::default(),
            measures: MeasureOptions::default(),
            with_bots: false,
            only_network: false,
            edges: Edges::Apart,
            formats: vec![Format::Gexf, Format::Svg],
            visibility: Shown::default(),
            pseudonyms: None,
        }
    }
}

/// What was measured and drawn.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct NetworkSummary {
    /// Whose network it is.
    pub subject: String,
    /// The folder of the tables and files.
    pub path: PathBuf,
    /// The names of the files.
    pub files: Vec<&'static str>,
    /// Files of an earlier network that were removed.
    pub removed: Vec<&'static str>,
    /// Nodes in the files.
    pub nodes: usize,
    /// Edges in the files.
    pub edges: usize,
    /// Channels that are left out, having too many people.
    pub larger_channels: usize,
    /// The measures of the network as a whole.
    pub measures: BTreeMap<String, f64>,
    /// Private or direct conversations that are withheld.
    pub left_out: usize,
    /// People in the network.
    #[serde(skip)]
    pub people: usize,
    /// Channels in the network.
    #[serde(skip)]
    pub channels: usize,
    /// Edges of the network: one for each pair and direction.
    #[serde(skip)]
    pub ties: usize,
    /// Communities.
    #[serde(skip)]
    pub communities: usize,
}

/// A network that was measured, what it was made of, and the folder that holds edge_by_month.
struct MeasuredNetwork {
    graph: SocialGraph,
    network: Network,
    options: GraphOptions,
    measured: NetworkMeasures,
    folder: PathBuf,
}

impl NetworkOptions {
    /// Whether its measures are those that everybody gets who asks for nothing else. Threads never change a result.
    fn is_usual(&self) -> bool {
        let usual = Self::default();
        let mut measures = self.measures.clone();
        measures.threads = usual.measures.threads;
        self.graph == usual.graph
            && measures == usual.measures
            && self.with_bots == usual.with_bots
            && self.pseudonyms.is_none()
    }

    /// The options of the network of a workspace that has these bots.
    fn options_with(&self, bots: BTreeSet<String>) -> GraphOptions {
        let mut options = self.graph.clone();
        if !self.with_bots {
            options.bots.extend(bots);
        }
        options
    }
}

impl Pipeline<'_> {
    /// Measures nodes and edges, with whatever other tables are wanted, and makes the graph of them.
    ///
    /// The tables in the subject's own folder are whole. Its files, and all that goes to a folder of its own, are made to
    /// be passed on: they are of the visible conversations alone.
    ///
    /// # Errors
    ///
    /// Those of the stages `metrics` and `network`.
    pub fn metrics_and_network(
        &self,
        subject: &Subject,
        options: &MetricOptions,
        request: &NetworkOptions,
        folder: &Path,
    ) -> Result<NetworkSummary> {
        let had_network = has_network(folder);
        let scratch = Scratch::new(self.home().root());
        let whole = if is_same(folder, &self.results(subject)) {
            let named = NetworkOptions { pseudonyms: None, ..request.clone() };
            Some(self.measure_network(subject, options, &named, folder, &scratch)?)
        } else {
            None
        };
        let visible = self.visible(subject, request.visibility)?;
        let of = visible.subject(subject);
        let network = match whole {
            Some(whole) if visible.left_out == 0 && request.pseudonyms.is_none() => whole,
            Some(_) => match visible.metrics.as_deref() {
                // It was measured for the report, or will be used for it.
                Some(metrics) if request.is_usual() && Measurement::read(metrics)?.is_of(options) => {
                    self.read_network(&visible, request, metrics)?
                }
                _ => self.measure_network(&of, options, request, &scratch.folder("visible"), &scratch)?,
            },
            None => self.measure_network(&of, options, request, folder, &scratch)?,
        };
        let removed = if had_network { remove_others(folder, &request.formats)? } else { Vec::new() };
        self.draw(subject, &network, request, folder, visible.left_out, removed)
    }

    /// Measures what is visible of a subject, whose tables are by themselves. No files are made of it.
    pub(crate) fn measure_visible(
        &self,
        subject: &Subject,
        options: &MetricOptions,
        folder: &Path,
    ) -> Result<()> {
        let request = NetworkOptions { formats: Vec::new(), ..NetworkOptions::default() };
        let scratch = Scratch::new(self.home().root());
        let network = self.measure_network(subject, options, &request, folder, &scratch)?;
        self.draw(subject, &network, &request, folder, 0, Vec::new()).map(drop)
    }

    /// Measures a network, and writes its tables. Under pseudonyms, nothing but the scratch folder holds names or ids.
    fn measure_network(
        &self,
        subject: &Subject,
        options: &MetricOptions,
        request: &NetworkOptions,
        folder: &Path,
        scratch: &Scratch,
    ) -> Result<MeasuredNetwork> {
        let bots = bots(&Folder(self.tables(subject)?))?;
        let Some(key) = &request.pseudonyms else {
            let graph = self.measure_graph(subject, options, folder)?;
            return network_of(graph, bots, request, folder);
        };
        let named = scratch.folder("named");
        self.measure_graph(subject, options, &named)?;
        let bots = pseudonymise(&named, folder, key, bots)?;
        network_of(SocialGraph::read(&Folder(folder.into()))?, bots, request, folder)
    }

    /// Measures nodes and edges, and makes the graph of them.
    fn measure_graph(
        &self,
        subject: &Subject,
        options: &MetricOptions,
        folder: &Path,
    ) -> Result<SocialGraph> {
        self.measure(subject, options, folder, &[&EdgeByMonth])?;
        Ok(labelled(SocialGraph::read(&Folder(folder.into()))?))
    }

    /// Reads a network that was measured with the usual options.
    fn read_network(
        &self,
        visible: &VisibleTables,
        request: &NetworkOptions,
        metrics: &Path,
    ) -> Result<MeasuredNetwork> {
        let tables = Folder(metrics.into());
        let graph = labelled(SocialGraph::read(&tables)?);
        let options = request.options_with(bots(&Folder(visible.tables.clone()))?);
        let network = graph.network(&options);
        let mut measured = NetworkMeasures::default();
        measured.nodes = read_table(&tables)?;
        measured.graph = read_table(&tables)?;
        measured.communities = read_table(&tables)?;
        Ok(MeasuredNetwork { graph, network, options, measured, folder: metrics.into() })
    }

    /// Writes the files of a network, and tells of it.
    fn draw(
        &self,
        subject: &Subject,
        of: &MeasuredNetwork,
        request: &NetworkOptions,
        folder: &Path,
        left_out: usize,
        removed: Vec<&'static str>,
    ) -> Result<NetworkSummary> {
        let MeasuredNetwork { graph, network, options, measured, .. } = of;
        let chosen = request.only_network.then(|| graph.restricted_to(network, options));
        let files = NetworkFiles {
            graph: chosen.as_ref().unwrap_or(graph),
            network,
            options,
            measured,
            edges: request.edges,
            title: subject.name(),
            months: &of.folder,
            folder,
        };
        let export = files.export();
        request.formats.iter().try_for_each(|format| files.write(&export, *format))?;
        let is_channel =
            |id: &&String| graph.find(id).is_some_and(|node| graph.as_petgraph()[node].kind == "channel");
        let channels = network.ids().iter().filter(is_channel).count();
        let summary = NetworkSummary {
            subject: subject.name(),
            path: folder.into(),
            files: request.formats.iter().flat_map(|format| format.files()).copied().collect(),
            removed,
            nodes: export.nodes().len(),
            edges: export.edges().count(),
            larger_channels: graph.larger_channels(options),
            measures: measured.graph.iter().map(|row| (row.key.clone(), row.value.0)).collect(),
            left_out,
            people: network.node_count() - channels,
            channels,
            ties: network.edge_count(),
            communities: measured.communities.len(),
        };
        self.tell(&Event::Graph(&summary))?;
        Ok(summary)
    }
}

/// Whether two paths lead to one folder, however they are written.
fn is_same(one: &Path, other: &Path) -> bool {
    let place = |path: &Path| path.canonicalize().or_else(|_| std::path::absolute(path));
    place(one).is_ok_and(|one| place(other).is_ok_and(|other| one == other))
}

/// Measures the network of a graph, and writes its tables.
fn network_of(
    graph: SocialGraph,
    bots: BTreeSet<String>,
    request: &NetworkOptions,
    folder: &Path,
) -> Result<MeasuredNetwork> {
    let (options, measures) = (request.options_with(bots), &request.measures);
    let network = graph.network(&options);
    let measured = measure(&graph, &network, &options, measures);
    let months = Months::read(&Folder(folder.into()), &graph, &network, &options)?;
    let (by_month, communities_by_month) = measure_months(&months, measures);
    let edges = network.edges().map(|(source, target, weight)| NetworkEdge {
        source: network.ids()[source].clone(),
        target: network.ids()[target].clone(),
        weight: Float(weight),
    });
    write_table::<NetworkEdge>(folder, edges)?;
    write_table::<NodeMeasures>(folder, &measured.nodes)?;
    write_table::<GraphMeasure>(folder, &measured.graph)?;
    write_table::<CommunityRow>(folder, &measured.communities)?;
    write_table::<NewcomerRow>(folder, &newcomers(&graph, &network, &options))?;
    write_table::<MonthlyGraphMeasure>(folder, &by_month)?;
    write_table::<MonthlyCommunity>(folder, &communities_by_month)?;
    Ok(MeasuredNetwork { graph, network, options, measured, folder: folder.into() })
}

/// The graph with a label for everybody: somebody whom no user list holds has no name, and an id says nothing to a reader.
fn labelled(graph: SocialGraph) -> SocialGraph {
    let mut unknown = 0;
    graph.relabelled(|node| {
        if !node.label.trim().is_empty() || node.kind != "user" {
            return None;
        }
        if !node.name.trim().is_empty() {
            return Some(node.name.clone());
        }
        unknown += 1;
        Some(unknown_person(unknown))
    })
}

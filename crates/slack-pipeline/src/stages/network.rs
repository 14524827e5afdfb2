//! The network stage: the network of people is measured, and tables and files are made of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Serialize;
use slack_graph::{Edges, GraphOptions, MeasureOptions, MeasuredNetwork, SocialGraph, bots, measure_network};
use slack_metrics::{EdgeByMonth, MetricOptions};
use slack_model::{DerivedFolder, Folder, Shown};
use slack_report::{PseudonymKey, unknown_person};

use crate::error::Result;
use crate::listener::Event;
use crate::measurement::Measurement;
use crate::network_files::{Format, NetworkFiles, has_network, remove_others};
use crate::pipeline::{Pipeline, Subject};
use crate::pseudonyms::pseudonymise;
use crate::scratch::Scratch;
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

/// A network that was measured, and the folder that holds its edge_by_month.
type NetworkIn = (MeasuredNetwork, PathBuf);

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
    ) -> Result<NetworkIn> {
        let mut bots = bots(&Folder(self.tables(subject)?))?;
        let edges = |folder: &Path| self.measure(subject, options, folder, &[&EdgeByMonth]);
        if let Some(key) = &request.pseudonyms {
            let named = scratch.folder("named");
            edges(&named)?;
            bots = pseudonymise(&named, folder, key, bots)?;
        } else {
            edges(folder)?;
        }
        let tables = Folder(folder.into());
        let graph = SocialGraph::read(&tables)?.labelled(unknown_person);
        let (options, sink) = (request.options_with(bots), DerivedFolder(folder.into()));
        Ok((measure_network(graph, options, &request.measures, &tables, &sink)?, folder.into()))
    }

    /// Reads a network that was measured with the usual options.
    fn read_network(
        &self,
        visible: &VisibleTables,
        request: &NetworkOptions,
        metrics: &Path,
    ) -> Result<NetworkIn> {
        let tables = Folder(metrics.into());
        let graph = SocialGraph::read(&tables)?.labelled(unknown_person);
        let options = request.options_with(bots(&Folder(visible.tables.clone()))?);
        Ok((MeasuredNetwork::read(graph, options, &tables)?, metrics.into()))
    }

    /// Writes the files of a network, and tells of it.
    fn draw(
        &self,
        subject: &Subject,
        (of, months): &NetworkIn,
        request: &NetworkOptions,
        folder: &Path,
        left_out: usize,
        removed: Vec<&'static str>,
    ) -> Result<NetworkSummary> {
        let MeasuredNetwork { graph, network, options, measures, .. } = of;
        let chosen = request.only_network.then(|| graph.restricted_to(network, options));
        let files = NetworkFiles {
            graph: chosen.as_ref().unwrap_or(graph),
            network,
            options,
            measured: measures,
            edges: request.edges,
            title: subject.name(),
            months,
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
            measures: measures.graph.iter().map(|row| (row.key.clone(), row.value.0)).collect(),
            left_out,
            people: network.node_count() - channels,
            channels,
            ties: network.edge_count(),
            communities: measures.communities.len(),
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

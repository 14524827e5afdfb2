//! The graph stage: the network of people is measured, and tables and files are made of it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::json;
use slack_graph::{
    Edges, GraphOptions, MeasureOptions, Measured, Months, Network, SocialGraph, bots, measure,
    measure_months, newcomers,
};
use slack_metrics::{EdgeByMonth, MetricOptions};
use slack_model::rows::{
    CommunityRow, Edge, GraphMeasure, MonthlyCommunity, MonthlyGraphMeasure, NetworkEdge, NewcomerRow, Node,
    NodeMeasures,
};
use slack_model::{Float, Folder, Shown, Table};
use slack_report::{PseudonymKey, unknown_person};

use crate::drawing::{Drawing, Format, has_graph, remove_others};
use crate::exit::{Failure, Outcome, Result};
use crate::measured::Measured as MeasuredWith;
use crate::output::{count, number};
use crate::pipeline::{Pipeline, Subject};
use crate::pseudonymous::pseudonymise;
use crate::scratch::Scratch;
use crate::shown::{ShownTables, withheld};
use crate::tables::{read_table, write_table};
use crate::tapped::tapped;

/// What is made of the graph.
#[derive(Debug, Clone)]
pub(crate) struct Graphing {
    pub(crate) options: GraphOptions,
    pub(crate) measures: MeasureOptions,
    /// Whether bots are people.
    pub(crate) with_bots: bool,
    /// Files hold the network that is measured alone, not all there is.
    pub(crate) only_network: bool,
    pub(crate) edges: Edges,
    pub(crate) formats: Vec<Format>,
    /// The conversations that files are of.
    pub(crate) shown: Shown,
    /// The key of pseudonyms, where files name nobody.
    pub(crate) pseudonyms: Option<PseudonymKey>,
}

impl Default for Graphing {
    fn default() -> Self {
        Self {
            options: GraphOptions::default(),
            measures: MeasureOptions::default(),
            with_bots: false,
            only_network: false,
            edges: Edges::Apart,
            formats: vec![Format::Gexf, Format::Svg],
            shown: Shown::default(),
            pseudonyms: None,
        }
    }
}

/// A network that was measured, what it was made of, and the folder that holds edge_by_month.
struct MeasuredNetwork {
    graph: SocialGraph,
    network: Network,
    options: GraphOptions,
    measured: Measured,
    folder: PathBuf,
}

impl Graphing {
    /// Whether its measures are those that everybody gets who asks for nothing else. Threads never change a result.
    fn is_usual(&self) -> bool {
        let usual = Self::default();
        let mut measures = self.measures.clone();
        measures.threads = usual.measures.threads;
        self.options == usual.options
            && measures == usual.measures
            && self.with_bots == usual.with_bots
            && self.pseudonyms.is_none()
    }

    /// The options of the network of a workspace that has these bots.
    fn options_with(&self, bots: BTreeSet<String>) -> GraphOptions {
        let mut options = self.options.clone();
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
    pub(crate) fn metrics_and_graph(
        &self,
        subject: &Subject,
        options: MetricOptions,
        graphing: &Graphing,
        folder: &Path,
    ) -> Result<Outcome> {
        let had_graph = has_graph(folder);
        let scratch = Scratch::new(self.home.root());
        let whole = if is_same(folder, &self.results(subject)) {
            let named = Graphing { pseudonyms: None, ..graphing.clone() };
            Some(self.measure_network(subject, options.clone(), &named, folder, &scratch)?)
        } else {
            None
        };
        let visible = self.shown(subject, graphing.shown)?;
        let of = visible.subject(subject);
        let network = match whole {
            Some(whole) if visible.left_out == 0 && graphing.pseudonyms.is_none() => whole,
            Some(_) => match visible.metrics.as_deref() {
                // It was measured for the report, or will be used for it.
                Some(metrics) if graphing.is_usual() && MeasuredWith::read(metrics)?.is_of(&options) => {
                    self.read_network(&visible, graphing, metrics)?
                }
                _ => self.measure_network(&of, options, graphing, &scratch.folder("visible"), &scratch)?,
            },
            None => self.measure_network(&of, options, graphing, folder, &scratch)?,
        };
        let removed = if had_graph { remove_others(folder, &graphing.formats)? } else { Vec::new() };
        self.draw(subject, &network, graphing, folder, &Told { left_out: visible.left_out, removed })
    }

    /// Measures what is visible of a subject, whose tables are by themselves. No files are made of it.
    pub(crate) fn measure_visible(
        &self,
        subject: &Subject,
        options: MetricOptions,
        folder: &Path,
    ) -> Result<()> {
        let graphing = Graphing { formats: Vec::new(), ..Graphing::default() };
        let scratch = Scratch::new(self.home.root());
        let network = self.measure_network(subject, options, &graphing, folder, &scratch)?;
        self.draw(subject, &network, &graphing, folder, &Told::default()).map(drop)
    }

    /// Measures a network, and writes its tables. Under pseudonyms, nothing but the scratch folder holds names or ids.
    fn measure_network(
        &self,
        subject: &Subject,
        options: MetricOptions,
        graphing: &Graphing,
        folder: &Path,
        scratch: &Scratch,
    ) -> Result<MeasuredNetwork> {
        let bots = bots(&Folder(self.tables(subject)?))?;
        let Some(key) = &graphing.pseudonyms else {
            let graph = self.measure_graph(subject, options, folder)?;
            return network_of(graph, bots, graphing, folder);
        };
        let named = scratch.folder("named");
        self.measure_graph(subject, options, &named)?;
        let bots = pseudonymise(&named, folder, key, bots)?;
        network_of(SocialGraph::read(&Folder(folder.into()))?, bots, graphing, folder)
    }

    /// Measures nodes and edges, and makes the graph of them while they are written.
    fn measure_graph(&self, subject: &Subject, options: MetricOptions, folder: &Path) -> Result<SocialGraph> {
        let (sink, taps) = tapped(folder.into(), &[Node::SCHEMA, Edge::SCHEMA])?;
        std::thread::scope(|scope| {
            let graph = scope.spawn(move || SocialGraph::read(&taps));
            // Nothing more comes out of the taps when it is done, be it well or not.
            let measured = self.measure(subject, options, &sink, folder, &[&EdgeByMonth]);
            drop(sink);
            let graph = graph.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            // Where the tables could not be written, there is no graph either, and why is known.
            measured?;
            Ok::<_, Failure>(labelled(graph?))
        })
    }

    /// Reads a network that was measured with the usual options.
    fn read_network(
        &self,
        visible: &ShownTables,
        graphing: &Graphing,
        metrics: &Path,
    ) -> Result<MeasuredNetwork> {
        let tables = Folder(metrics.into());
        let graph = labelled(SocialGraph::read(&tables)?);
        let options = graphing.options_with(bots(&Folder(visible.tables.clone()))?);
        let network = graph.network(&options);
        let mut measured = Measured::default();
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
        graphing: &Graphing,
        folder: &Path,
        told: &Told,
    ) -> Result<Outcome> {
        let MeasuredNetwork { graph, network, options, measured, .. } = of;
        let Told { left_out, removed } = told;
        let chosen = graphing.only_network.then(|| graph.restricted_to(network, options));
        let drawing = Drawing {
            graph: chosen.as_ref().unwrap_or(graph),
            network,
            options,
            measured,
            edges: graphing.edges,
            title: subject.name(),
            months: &of.folder,
            folder,
        };
        let export = drawing.export();
        graphing.formats.iter().try_for_each(|format| drawing.write(&export, *format))?;
        let files: Vec<_> = graphing.formats.iter().flat_map(|format| format.files()).copied().collect();
        let larger_channels = graph.larger_channels(options);
        let values = json!({
            "subject": subject.name(), "path": folder, "files": files, "removed": removed,
            "nodes": export.nodes().len(), "edges": export.edges().count(), "larger_channels": larger_channels,
            "measures": measured.graph.iter().map(|row| (row.key.clone(), row.value.0.into())).collect::<serde_json::Map<_, _>>(),
            "left_out": left_out,
        });
        let mut line = format!(
            "{}: {}, {}, {} (modularity {:.2}){} -> {}",
            subject.name(),
            nodes(graph, network),
            count(network.edge_count() as u64, "edge"),
            counted(measured.communities.len(), "community", "communities"),
            value(measured, "modularity").unwrap_or_default(),
            samples(measured),
            folder.display()
        );
        if larger_channels > 0 {
            let channels = count(larger_channels as u64, "channel");
            line.push_str(&format!("\n{channels} of more people left out (--by-channels=MOST_PEOPLE)"));
        }
        if !files.is_empty() {
            line.push_str(&format!("\n{}", files.join(", ")));
        }
        line.push_str(&withheld(*left_out));
        if !removed.is_empty() {
            line.push_str(&format!("\nremoved, being of an earlier graph: {}", removed.join(", ")));
        }
        self.output.tell("graph", &line, values)?;
        Ok(Outcome::Done)
    }
}

/// Whether two paths lead to one folder, however they are written.
fn is_same(one: &Path, other: &Path) -> bool {
    let place = |path: &Path| path.canonicalize().or_else(|_| std::path::absolute(path));
    place(one).is_ok_and(|one| place(other).is_ok_and(|other| one == other))
}

/// What there is to tell of a graph beside its numbers.
#[derive(Default)]
struct Told {
    /// Number of conversations that are withheld.
    left_out: usize,
    /// Files of an earlier graph that were removed.
    removed: Vec<&'static str>,
}

/// Measures the network of a graph, and writes its tables.
fn network_of(
    graph: SocialGraph,
    bots: BTreeSet<String>,
    graphing: &Graphing,
    folder: &Path,
) -> Result<MeasuredNetwork> {
    let (options, measures) = (graphing.options_with(bots), &graphing.measures);
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

fn value(measured: &Measured, key: &str) -> Option<f64> {
    measured.graph.iter().find(|row| row.key == key).map(|row| row.value.0)
}

/// Says which shortest paths are walked from a sample.
fn samples(measured: &Measured) -> String {
    let n_nodes = value(measured, "nodes").unwrap_or_default();
    let kinds = [("path_sources", "shortest paths"), ("weighted_path_sources", "weighted shortest paths")];
    let sampled = kinds.into_iter().filter_map(|(key, paths)| {
        let sources = value(measured, key).filter(|sources| *sources < n_nodes)?;
        Some(format!("; {paths} from a sample of {}", number(sources as u64)))
    });
    sampled.collect()
}

/// Says how many people a network has, and how many channels where they are nodes.
fn nodes(graph: &SocialGraph, network: &Network) -> String {
    let is_channel =
        |id: &&String| graph.find(id).is_some_and(|node| graph.as_petgraph()[node].kind == "channel");
    let n_channels = network.ids().iter().filter(is_channel).count();
    let people = counted(network.node_count() - n_channels, "person", "people");
    if n_channels == 0 { people } else { format!("{people} and {}", count(n_channels as u64, "channel")) }
}

fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", self::number(number as u64), if number == 1 { one } else { many })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_sample_is_told() {
        let told = |sources: f64, weighted: f64| {
            let values = [("nodes", 5000.0), ("path_sources", sources), ("weighted_path_sources", weighted)];
            let row = |(key, value): (&str, f64)| GraphMeasure { key: key.into(), value: Float(value) };
            let mut measured = Measured::default();
            measured.graph = values.into_iter().map(row).collect();
            samples(&measured)
        };
        assert_eq!(told(5000.0, 5000.0), "");
        assert_eq!(told(5000.0, 1024.0), "; weighted shortest paths from a sample of 1,024");
        let both = "; shortest paths from a sample of 4,999; weighted shortest paths from a sample of 64";
        assert_eq!(told(4999.0, 64.0), both);
    }
}

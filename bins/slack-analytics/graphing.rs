//! The graph stage: the network of people is measured, and tables and files are made of it.

use std::borrow::Borrow;
use std::fs;
use std::path::Path;

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
use slack_model::{DerivedFolder, Float, Folder, Table, TableSink, TableWriter};

use crate::drawing::{Drawing, Format, remove_others};
use crate::exit::{Failure, Outcome, Result};
use crate::output::{count, number};
use crate::pipeline::{Pipeline, Subject};
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
        }
    }
}

impl Pipeline<'_> {
    /// Measures nodes and edges, with whatever other tables are wanted, and makes the graph of them while they are written.
    pub(crate) fn metrics_and_graph(
        &self,
        subject: &Subject,
        options: MetricOptions,
        graphing: &Graphing,
        folder: &Path,
    ) -> Result<Outcome> {
        let (sink, taps) = tapped(folder.into(), &[Node::SCHEMA, Edge::SCHEMA])?;
        let graph = std::thread::scope(|scope| {
            let graph = scope.spawn(move || SocialGraph::read(&taps));
            // Nothing more comes out of the taps when it is done, be it well or not.
            let measured = self.measure(subject, options, &sink, folder, &[&EdgeByMonth]);
            drop(sink);
            let graph = graph.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            // Where the tables could not be written, there is no graph either, and why is known.
            measured?;
            Ok::<_, Failure>(graph?)
        })?;
        self.draw(subject, &graph, graphing.clone(), folder)
    }

    fn draw(
        &self,
        subject: &Subject,
        graph: &SocialGraph,
        mut graphing: Graphing,
        folder: &Path,
    ) -> Result<Outcome> {
        if !graphing.with_bots {
            graphing.options.bots.extend(bots(&Folder(self.tables(subject)?))?);
        }
        let Graphing { options, measures, .. } = &graphing;
        let network = graph.network(options);
        let measured = measure(graph, &network, options, measures);
        let tables = Folder(folder.into());
        let months = Months::read(&tables, graph, &network, options)?;
        let (by_month, communities_by_month) = measure_months(&months, measures);
        let edges = network.edges().map(|(source, target, weight)| NetworkEdge {
            source: network.ids()[source].clone(),
            target: network.ids()[target].clone(),
            weight: Float(weight),
        });
        let removed = remove_others(folder, &graphing.formats)?;
        write_table::<NetworkEdge>(folder, edges)?;
        write_table::<NodeMeasures>(folder, &measured.nodes)?;
        write_table::<GraphMeasure>(folder, &measured.graph)?;
        write_table::<CommunityRow>(folder, &measured.communities)?;
        write_table::<NewcomerRow>(folder, &newcomers(graph, &network, options))?;
        write_table::<MonthlyGraphMeasure>(folder, &by_month)?;
        write_table::<MonthlyCommunity>(folder, &communities_by_month)?;

        let chosen = graphing.only_network.then(|| graph.restricted_to(&network, options));
        let drawing = Drawing {
            graph: chosen.as_ref().unwrap_or(graph),
            network: &network,
            options,
            measured: &measured,
            edges: graphing.edges,
            title: subject.name(),
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
        });
        let mut line = format!(
            "{}: {}, {}, {} (modularity {:.2}){} -> {}",
            subject.name(),
            nodes(graph, &network),
            count(network.edge_count() as u64, "edge"),
            counted(measured.communities.len(), "community", "communities"),
            value(&measured, "modularity").unwrap_or_default(),
            samples(&measured),
            folder.display()
        );
        if larger_channels > 0 {
            let channels = count(larger_channels as u64, "channel");
            line.push_str(&format!("\n{channels} of more people left out (--by-channels=MOST_PEOPLE)"));
        }
        if !files.is_empty() {
            line.push_str(&format!("\n{}", files.join(", ")));
        }
        if !removed.is_empty() {
            line.push_str(&format!("\nremoved, being of an earlier graph: {}", removed.join(", ")));
        }
        self.output.tell("graph", &line, values)?;
        Ok(Outcome::Done)
    }
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

fn write_table<T: Table>(folder: &Path, rows: impl IntoIterator<Item = impl Borrow<T>>) -> Result<()> {
    fs::create_dir_all(folder).map_err(|error| slack_model::Error::io("make", folder, error))?;
    let sink = DerivedFolder(folder.into());
    let mut writer = TableWriter::new(sink.create(&T::SCHEMA)?, &T::SCHEMA)?;
    rows.into_iter().try_for_each(|row| writer.write_row(row.borrow()))?;
    sink.finish(&T::SCHEMA, writer.finish()?.0)?;
    Ok(())
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

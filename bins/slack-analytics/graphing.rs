//! The graph stage: the network of people is measured, and tables and files are made of it.

use std::borrow::Borrow;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde_json::json;
use slack_graph::{
    Edges, Export, GraphOptions, MeasureOptions, Measured, Months, Network, Picture, SocialGraph, bots,
    measure, measure_months, newcomers, write_dot, write_dynamic_gexf, write_gephi_edges, write_gephi_nodes,
    write_graphml, write_neo4j_edges, write_neo4j_nodes, write_neo4j_script, write_node_link,
    write_static_gexf, write_svg,
};
use slack_metrics::{EdgeByMonth, MetricOptions};
use slack_model::atomic::AtomicFile;
use slack_model::rows::{
    CommunityRow, Edge, GraphMeasure, MonthlyCommunity, MonthlyEdge, MonthlyGraphMeasure, NetworkEdge,
    NewcomerRow, Node, NodeMeasures,
};
use slack_model::{DerivedFolder, Float, Folder, Table, TableReader, TableSink, TableWriter};

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

/// A kind of file that a graph is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// graph.gexf, for Gephi
    Gexf,
    /// graph_dynamic.gexf, for Gephi's timeline
    Dynamic,
    /// graph.graphml, for igraph, yEd, Cytoscape
    Graphml,
    /// graph.dot, for Graphviz
    Dot,
    /// graph.json, nodes and links, for d3 and networkx
    Json,
    /// graph_nodes.csv and graph_edges.csv, for Gephi's import
    Gephi,
    /// neo4j_nodes.csv, neo4j_edges.csv and neo4j.cypher
    Neo4j,
    /// graph.svg, a picture of the network
    Svg,
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
        let months = Months::read(&tables, graph, options)?;
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
        write_table::<NewcomerRow>(folder, &newcomers(graph, options))?;
        write_table::<MonthlyGraphMeasure>(folder, &by_month)?;
        write_table::<MonthlyCommunity>(folder, &communities_by_month)?;

        let chosen = graphing.only_network.then(|| graph.restricted_to(&network, options));
        let drawing = Drawing {
            graph: chosen.as_ref().unwrap_or(graph),
            network: &network,
            measured: &measured,
            edges: graphing.edges,
            title: subject.name(),
            folder,
        };
        let mut files = Vec::new();
        for format in &graphing.formats {
            files.extend(drawing.write(*format)?);
        }
        let value = |key: &str| measured.graph.iter().find(|row| row.key == key).map(|row| row.value.0);
        let values = json!({
            "subject": subject.name(), "path": folder, "files": files,
            "nodes": drawing.graph.as_petgraph().node_count(), "edges": drawing.graph.as_petgraph().edge_count(),
            "measures": measured.graph.iter().map(|row| (row.key.clone(), row.value.0.into())).collect::<serde_json::Map<_, _>>(),
        });
        let sampled = match value("path_sources") {
            Some(sources) if sources < network.node_count() as f64 => {
                format!("; shortest paths from a sample of {}", number(sources as u64))
            }
            _ => String::new(),
        };
        let mut line = format!(
            "{}: {}, {}, {} (modularity {:.2}){sampled} -> {}",
            subject.name(),
            people(network.node_count()),
            count(network.edge_count() as u64, "edge"),
            communities(measured.communities.len()),
            value("modularity").unwrap_or_default(),
            folder.display()
        );
        if !files.is_empty() {
            line.push_str(&format!("\n{}", files.join(", ")));
        }
        self.output.tell("graph", &line, values)?;
        Ok(Outcome::Done)
    }
}

fn people(number: usize) -> String {
    if number == 1 { "1 person".into() } else { format!("{} people", self::number(number as u64)) }
}

fn communities(number: usize) -> String {
    if number == 1 { "1 community".into() } else { format!("{} communities", self::number(number as u64)) }
}

/// What files are made of.
struct Drawing<'d> {
    graph: &'d SocialGraph,
    network: &'d Network,
    measured: &'d Measured,
    edges: Edges,
    title: String,
    folder: &'d Path,
}

impl Drawing<'_> {
    /// Writes the files of a format; returns their names.
    fn write(&self, format: Format) -> Result<Vec<&'static str>> {
        let export = Export::new(self.graph).with_measures(&self.measured.nodes).with_edges(self.edges);
        let one = |name, write: &dyn Fn(&mut File) -> slack_graph::Result<()>| {
            self.file(name, write).map(|()| vec![name])
        };
        match format {
            Format::Gexf => one("graph.gexf", &|file| write_static_gexf(&export, file)),
            Format::Graphml => one("graph.graphml", &|file| write_graphml(&export, file)),
            Format::Dot => one("graph.dot", &|file| write_dot(&export, file)),
            Format::Json => one("graph.json", &|file| write_node_link(&export, file)),
            Format::Dynamic => {
                let months = monthly(self.folder)?;
                let export = export.clone().with_edges(Edges::ByRelation).with_months(&months);
                one("graph_dynamic.gexf", &|file| write_dynamic_gexf(&export, file))
            }
            Format::Gephi => {
                self.file("graph_nodes.csv", |file| write_gephi_nodes(&export, file))?;
                self.file("graph_edges.csv", |file| write_gephi_edges(&export, file))?;
                Ok(vec!["graph_nodes.csv", "graph_edges.csv"])
            }
            Format::Neo4j => {
                let [nodes, edges, script] = ["neo4j_nodes.csv", "neo4j_edges.csv", "neo4j.cypher"];
                self.file(nodes, |file| write_neo4j_nodes(&export, file))?;
                self.file(edges, |file| write_neo4j_edges(&export, file))?;
                self.file(script, |file| write_neo4j_script(&export, nodes, edges, file))?;
                Ok(vec![nodes, edges, script])
            }
            Format::Svg => one("graph.svg", &|file| self.picture(file)),
        }
    }

    fn picture(&self, file: &mut File) -> slack_graph::Result<()> {
        let nodes = &self.measured.nodes;
        let positions: Vec<_> = nodes.iter().map(|node| [node.x.0, node.y.0]).collect();
        let communities: Vec<_> = nodes.iter().map(|node| node.community as u32).collect();
        let labels: Vec<_> = self.network.ids().iter().map(|id| self.label(id)).collect();
        let mut picture = Picture::new(self.network, &positions);
        (picture.communities, picture.labels, picture.title) = (&communities, &labels, &self.title);
        write_svg(&picture, file)
    }

    /// The name that people are known by.
    fn label(&self, id: &str) -> String {
        let node = self.graph.find(id).map(|node| &self.graph.as_petgraph()[node]);
        node.map_or_else(String::new, |node| {
            if node.name.is_empty() { node.label.clone() } else { node.name.clone() }
        })
    }

    fn file(&self, name: &str, write: impl FnOnce(&mut File) -> slack_graph::Result<()>) -> Result<()> {
        let path: PathBuf = self.folder.join(name);
        let mut output = BufWriter::with_capacity(1 << 17, AtomicFile::create_derived(&path)?);
        write(&mut output)?;
        output.flush()?;
        output.into_inner().map_err(std::io::IntoInnerError::into_error)?.commit()?;
        Ok(())
    }
}

type File = BufWriter<AtomicFile>;

fn write_table<T: Table>(folder: &Path, rows: impl IntoIterator<Item = impl Borrow<T>>) -> Result<()> {
    fs::create_dir_all(folder).map_err(|error| slack_model::Error::io("make", folder, error))?;
    let sink = DerivedFolder(folder.into());
    let mut writer = TableWriter::new(sink.create(&T::SCHEMA)?, &T::SCHEMA)?;
    rows.into_iter().try_for_each(|row| writer.write_row(row.borrow()))?;
    sink.finish(&T::SCHEMA, writer.finish()?.0)?;
    Ok(())
}

fn monthly(folder: &Path) -> Result<Vec<MonthlyEdge>> {
    let Some(table) = TableReader::open(&Folder(folder.into()), &MonthlyEdge::SCHEMA)? else {
        return Ok(Vec::new());
    };
    Ok(table.rows::<MonthlyEdge>().collect::<Result<_, _>>()?)
}

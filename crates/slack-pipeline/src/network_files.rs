//! The files of a graph: its formats, and what each of them holds.

use std::fs;
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use slack_graph::{
    Edges, Export, GraphOptions, Network, NetworkMeasures, Picture, SocialGraph, Ties, write_dot,
    write_dynamic_gexf, write_gephi_edges, write_gephi_nodes, write_graphml, write_neo4j_edges,
    write_neo4j_nodes, write_neo4j_script, write_node_link, write_static_gexf, write_svg,
};
use slack_model::atomic::AtomicFile;
use slack_model::rows::{GraphMeasure, MonthlyEdge};
use slack_model::{Folder, Table, TableReader};

use crate::error::Result;

/// A kind of file that a network is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
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

impl Format {
    /// All formats.
    pub const ALL: [Self; 8] = [
        Self::Gexf,
        Self::Dynamic,
        Self::Graphml,
        Self::Dot,
        Self::Json,
        Self::Gephi,
        Self::Neo4j,
        Self::Svg,
    ];

    /// The names of its files.
    pub fn files(self) -> &'static [&'static str] {
        match self {
            Self::Gexf => &["graph.gexf"],
            Self::Dynamic => &["graph_dynamic.gexf"],
            Self::Graphml => &["graph.graphml"],
            Self::Dot => &["graph.dot"],
            Self::Json => &["graph.json"],
            Self::Gephi => &[GEPHI_NODES, "graph_edges.csv"],
            Self::Neo4j => &[NEO4J_NODES, NEO4J_EDGES, "neo4j.cypher"],
            Self::Svg => &["graph.svg"],
        }
    }
}

const GEPHI_NODES: &str = "graph_nodes.csv";
const NEO4J_NODES: &str = "neo4j_nodes.csv";
const NEO4J_EDGES: &str = "neo4j_edges.csv";

/// Whether a graph was made in a folder before. Where the tables of measures never were, somebody else wrote the files, and
/// they stay.
pub(crate) fn has_network(folder: &Path) -> bool {
    folder.join(GraphMeasure::SCHEMA.file_name()).is_file()
}

/// Removes the files of formats that are not asked for this time, and returns their names: what stays beside new tables
/// must not tell of another network.
pub(crate) fn remove_others(folder: &Path, formats: &[Format]) -> Result<Vec<&'static str>> {
    let mut removed = Vec::new();
    let others = Format::ALL.into_iter().filter(|format| !formats.contains(format));
    for name in others.flat_map(|format| format.files()) {
        let path = folder.join(name);
        match fs::remove_file(&path) {
            Ok(()) => removed.push(*name),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(slack_model::Error::io("remove", &path, error).into()),
        }
    }
    Ok(removed)
}

/// What files are made of.
pub(crate) struct NetworkFiles<'d> {
    pub(crate) graph: &'d SocialGraph,
    pub(crate) network: &'d Network,
    pub(crate) options: &'d GraphOptions,
    pub(crate) measured: &'d NetworkMeasures,
    pub(crate) edges: Edges,
    pub(crate) title: String,
    /// Where edge_by_month is.
    pub(crate) months: &'d Path,
    pub(crate) folder: &'d Path,
}

impl NetworkFiles<'_> {
    /// What files hold: edges of the weight that is measured, be they acts or shared channels.
    pub(crate) fn export(&self) -> Export<'_> {
        let export = Export::new(self.graph).with_measures(&self.measured.nodes).with_edges(self.edges);
        match self.options.ties {
            Ties::Channels { .. } => export.with_network(self.network),
            _ => export.with_relations(&self.options.relations),
        }
    }

    /// Writes the files of a format.
    pub(crate) fn write(&self, export: &Export<'_>, format: Format) -> Result<()> {
        let months = if format == Format::Dynamic { monthly(self.months)? } else { Vec::new() };
        for name in format.files() {
            self.file(name, |file| match format {
                Format::Gexf => write_static_gexf(export, file),
                Format::Graphml => write_graphml(export, file),
                Format::Dot => write_dot(export, file),
                Format::Json => write_node_link(export, file),
                Format::Dynamic => {
                    // Months are not known by channel.
                    let is_apart = self.edges == Edges::Apart;
                    let edges = if is_apart { Edges::ByRelation } else { self.edges };
                    write_dynamic_gexf(&export.clone().with_edges(edges).with_months(&months), file)
                }
                Format::Gephi if *name == GEPHI_NODES => write_gephi_nodes(export, file),
                Format::Gephi => write_gephi_edges(export, file),
                Format::Neo4j if *name == NEO4J_NODES => write_neo4j_nodes(export, file),
                Format::Neo4j if *name == NEO4J_EDGES => write_neo4j_edges(export, file),
                Format::Neo4j => {
                    let [nodes, edges] = [NEO4J_NODES, NEO4J_EDGES].map(|name| format!("file:///{name}"));
                    write_neo4j_script(export, &nodes, &edges, file)
                }
                Format::Svg => self.picture(file),
            })?;
        }
        Ok(())
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

fn monthly(folder: &Path) -> Result<Vec<MonthlyEdge>> {
    let Some(table) = TableReader::open(&Folder(folder.into()), &MonthlyEdge::SCHEMA)? else {
        return Ok(Vec::new());
    };
    Ok(table.rows::<MonthlyEdge>().collect::<Result<_, _>>()?)
}

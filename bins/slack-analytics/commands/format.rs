//! The formats of a network's files, as arguments.

use clap::ValueEnum;
use clap::builder::PossibleValue;
use slack_pipeline::Format;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FormatArg(pub(crate) Format);

/// Every format, its name, and what it is for.
const FORMATS: [(Format, &str, &str); 8] = [
    (Format::Gexf, "gexf", "graph.gexf, for Gephi"),
    (Format::Dynamic, "dynamic", "graph_dynamic.gexf, for Gephi's timeline"),
    (Format::Graphml, "graphml", "graph.graphml, for igraph, yEd, Cytoscape"),
    (Format::Dot, "dot", "graph.dot, for Graphviz"),
    (Format::Json, "json", "graph.json, nodes and links, for d3 and networkx"),
    (Format::Gephi, "gephi", "graph_nodes.csv and graph_edges.csv, for Gephi's import"),
    (Format::Neo4j, "neo4j", "neo4j_nodes.csv, neo4j_edges.csv and neo4j.cypher"),
    (Format::Svg, "svg", "graph.svg, a picture of the network"),
];

const ARGS: [FormatArg; FORMATS.len()] = {
    let mut args = [FormatArg(Format::Gexf); FORMATS.len()];
    let mut at = 0;
    while at < args.len() {
        args[at] = FormatArg(FORMATS[at].0);
        at += 1;
    }
    args
};

impl ValueEnum for FormatArg {
    fn value_variants<'a>() -> &'a [Self] {
        &ARGS
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (_, name, help) = FORMATS.into_iter().find(|(format, ..)| *format == self.0)?;
        Some(PossibleValue::new(name).help(help))
    }
}

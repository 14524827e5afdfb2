//! GraphML (<http://graphml.graphdrawing.org>).

use std::io::{self, Write};

use slack_model::TimeWriter;

use super::failed;
use super::template::{HOLE, Template};
use super::ties::Ties;
use super::xml::{Tag, Xml, escaped};
use super::xml_text::{unique_xml_texts, xml_text};
use crate::error::Result;
use crate::export::{Export, ExportEdge, Value, ValueKind};

/// Writes an export as GraphML: directed, each column a typed key. networkx and igraph read it.
///
/// Keys are called `n0`, `n1`, ... for nodes and `e0`, ... for edges, since their ids may hold few characters; what
/// they stand for is their `attr.name`. Texts lose what XML cannot carry, as in GEXF. Empty fields are left out.
///
/// # Errors
///
/// Where the output cannot be written.
pub fn write_graphml(export: &Export<'_>, output: impl Write) -> Result<()> {
    write_document(export, output).map_err(failed("GraphML"))
}

/// The columns of edges in the order of their keys.
const EDGE_COLUMNS: [&str; 5] = ["weight", "relate", "channel", "first_time", "last_time"];

fn write_document(export: &Export<'_>, output: impl Write) -> io::Result<()> {
    let mut xml = Xml::new(output)?;
    let mut tag = Tag::new("graphml");
    xml.start(tag.escaped("xmlns", "http://graphml.graphdrawing.org/xmlns"))?;
    let label = ("label", ValueKind::Text);
    let columns = export.columns().map(|column| (column.name, column.kind));
    for (number, (name, kind)) in std::iter::once(label).chain(columns).enumerate() {
        write_key(&mut xml, &mut tag, "node", &format!("n{number}"), name, type_of(kind))?;
    }
    let edges = export.edge_kind();
    let is_used = [true, edges.has_relation(), edges.has_channel(), true, true];
    for (number, name) in EDGE_COLUMNS.into_iter().enumerate().filter(|(number, _)| is_used[*number]) {
        let kind = if name == "weight" { export.weight_kind() } else { ValueKind::Text };
        write_key(&mut xml, &mut tag, "edge", &format!("e{number}"), name, type_of(kind))?;
    }
    xml.start(tag.begin("graph").escaped("edgedefault", "directed"))?;
    let ids = unique_xml_texts(export.nodes().map(|node| node.id.as_str()));
    let ids: Vec<_> = ids.iter().map(|id| escaped(id)).collect();
    write_nodes(&mut xml, export, &ids)?;
    write_edges(&mut xml, export, &ids)?;
    xml.end("graph")?;
    xml.end("graphml")?;
    xml.finish()
}

fn type_of(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Text => "string",
        ValueKind::Integer => "long",
        ValueKind::Float => "double",
    }
}

fn write_key(
    xml: &mut Xml<impl Write>,
    tag: &mut Tag,
    of: &str,
    id: &str,
    name: &str,
    kind: &str,
) -> io::Result<()> {
    tag.begin("key").escaped("id", id).escaped("for", of);
    xml.empty(tag.text("attr.name", name).escaped("attr.type", kind))
}

fn data(key: String) -> Tag {
    let mut tag = Tag::new("data");
    tag.escaped("key", &key);
    tag
}

fn write_nodes(xml: &mut Xml<impl Write>, export: &Export<'_>, ids: &[String]) -> io::Result<()> {
    let keys: Vec<_> = (0..=export.columns().count()).map(|number| data(format!("n{number}"))).collect();
    let mut tag = Tag::default();
    for (number, (node, id)) in export.nodes().zip(ids).enumerate() {
        xml.start(tag.begin("node").escaped("id", id))?;
        let label = Value::of_text(&node.label);
        for (value, key) in std::iter::once(label).chain(export.fields(number, node)).zip(&keys) {
            match value {
                Some(Value::Text(text)) if !xml_text(text).is_empty() => xml.text(key, &escaped(text))?,
                Some(Value::Integer(number)) => xml.text(key, &number.to_string())?,
                Some(Value::Float(number)) => xml.text(key, &number.to_string())?,
                Some(Value::Text(_)) | None => {}
            }
        }
        xml.end("node")?;
    }
    Ok(())
}

fn write_edges(xml: &mut Xml<impl Write>, export: &Export<'_>, ids: &[String]) -> io::Result<()> {
    let mut ties = Ties::new();
    let (mut text, mut first_times, mut last_times) =
        (Vec::new(), TimeWriter::default(), TimeWriter::default());
    for (number, edge) in (0..).zip(export.edges()) {
        let templates = ties.of(&edge, str::to_owned, |_| [const { None }; 4]);
        let shape = usize::from(edge.first_time.is_some()) + 2 * usize::from(edge.last_time.is_some());
        if templates[shape].is_none() {
            templates[shape] = Some(Template::new(2, |xml| write_edge(xml, &edge))?);
        }
        let Some(template) = &templates[shape] else { continue };
        let mut filling = template.begin(&mut text);
        filling.number(number);
        filling.escaped(&ids[edge.source]);
        filling.escaped(&ids[edge.target]);
        filling.weight(edge.weight);
        if let Some(time) = edge.first_time {
            filling.time(time, &mut first_times);
        }
        if let Some(time) = edge.last_time {
            filling.time(time, &mut last_times);
        }
        xml.raw(&text)?;
    }
    Ok(())
}

/// An edge of the relation and channel, with holes for its number, ends, weight and times.
fn write_edge(xml: &mut Xml<impl Write>, edge: &ExportEdge<'_>) -> io::Result<()> {
    let mut tag = Tag::new("edge");
    tag.number("id", format_args!("e{HOLE}")).escaped("source", HOLE).escaped("target", HOLE);
    xml.start(&tag)?;
    let texts = [
        HOLE.to_owned(),
        escaped(edge.relate.unwrap_or_default()),
        escaped(edge.channel.unwrap_or_default()),
        edge.first_time.map(|_| HOLE.to_owned()).unwrap_or_default(),
        edge.last_time.map(|_| HOLE.to_owned()).unwrap_or_default(),
    ];
    for (number, text) in texts.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
        xml.text(&data(format!("e{number}")), text)?;
    }
    xml.end("edge")
}

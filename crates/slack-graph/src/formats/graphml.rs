//! GraphML (<http://graphml.graphdrawing.org>).

use std::io::{self, Write};

use super::failed;
use super::ties::Ties;
use super::xml::{Tag, Xml, escaped};
use super::xml_text::{unique_xml_texts, xml_text};
use crate::error::Result;
use crate::export::{Export, ExportEdge, Value, ValueKind};

/// Writes an export as GraphML: directed, each column a typed key. networkx and igraph read it.
///
/// Keys are called `n0`, `n1`, ... for nodes and `e0`, ... for edges, since their ids may hold few characters; what they
/// stand for is their `attr.name`. Texts lose what XML cannot carry, as in GEXF. Empty fields are left out.
///
/// # Errors
///
/// Where the output cannot be written.
pub fn write_graphml(export: &Export<'_>, output: impl Write) -> Result<()> {
    write_document(export, output).map_err(failed("GraphML"))
}

/// The columns of edges in the order of their keys.
const EDGE_COLUMNS: [(&str, &str); 5] = [
    ("weight", "long"),
    ("relate", "string"),
    ("channel", "string"),
    ("first_time", "string"),
    ("last_time", "string"),
];

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
    for (number, (name, kind)) in EDGE_COLUMNS.into_iter().enumerate().filter(|(number, _)| is_used[*number])
    {
        write_key(&mut xml, &mut tag, "edge", &format!("e{number}"), name, kind)?;
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
    let keys: Vec<_> = (0..EDGE_COLUMNS.len()).map(|number| data(format!("e{number}"))).collect();
    let mut ties = Ties::new();
    let (mut tag, mut text) = (Tag::default(), String::new());
    for (number, edge) in export.edges().enumerate() {
        let shared = ties.of(&edge, str::to_owned, |_| shared_parts(&edge));
        tag.begin("edge").number("id", format_args!("e{number}"));
        xml.start(tag.escaped("source", &ids[edge.source]).escaped("target", &ids[edge.target]))?;
        display(&mut text, edge.weight);
        xml.text(&keys[0], &text)?;
        for (text, key) in shared.iter().zip(&keys[1..]).filter(|(text, _)| !text.is_empty()) {
            xml.text(key, text)?;
        }
        for (time, key) in [edge.first_time, edge.last_time].into_iter().zip(&keys[3..]) {
            if let Some(time) = time {
                display(&mut text, time);
                xml.text(key, &text)?;
            }
        }
        xml.end("edge")?;
    }
    Ok(())
}

/// Relation and channel, escaped.
fn shared_parts(edge: &ExportEdge<'_>) -> [String; 2] {
    [edge.relate, edge.channel].map(|text| escaped(text.unwrap_or_default()))
}

fn display<T: std::fmt::Display>(text: &mut String, value: T) {
    use std::fmt::Write as _;
    text.clear();
    // Writing to a String cannot fail.
    let _ = write!(text, "{value}");
}

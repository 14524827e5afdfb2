//! GEXF 1.3, the format of Gephi (<https://gexf.net>).

use std::io::{self, Write};

use slack_model::rows::Node;

use super::failed;
use super::gexf_edges::write_edges;
use super::spells::active_spans;
use super::xml::{Tag, Xml, escaped};
use super::xml_text::{unique_xml_texts, xml_text};
use crate::error::Result;
use crate::export::{Export, Value, ValueKind};
use crate::graph::SocialGraph;

/// Writes the graph as GEXF 1.3: static, directed, with every column of the tables as an attribute.
///
/// Between two nodes there may be an edge for each relation and channel. GEXF wants a different `kind` for each
/// such edge, and Gephi adds up edges of the same kind: so the kind is relation and channel (`reacts C012AB`),
/// and the relation alone is the attribute `relate`. Empty fields are left out. Characters that XML cannot
/// carry are too; tab and line end become a space.
///
/// # Errors
///
/// Where the output cannot be written.
pub fn write_gexf(graph: &SocialGraph, output: impl Write) -> Result<()> {
    write_static_gexf(&Export::new(graph), output)
}

/// Writes an export as [`write_gexf`] writes a graph, with further columns as typed attributes, and with looks as the
/// position, size and colour of nodes.
///
/// # Errors
///
/// Where the output cannot be written.
pub fn write_static_gexf(export: &Export<'_>, output: impl Write) -> Result<()> {
    write_document(export, output, false).map_err(failed("GEXF"))
}

/// Writes an export as GEXF 1.3 whose nodes and edges come and go.
///
/// An edge is there in its spells: from its first to its last time; where months are given, in each month in which
/// something happened, the first one beginning with the first time and the last one ending with the last time. The
/// weight of a month is a value of the attribute `month_weight` in that time. A node is there from the first to the
/// last time of all its edges. What has no time is there always. Months are those of the table, and begin here by UTC.
///
/// Times are `xs:dateTime`, the graph's `timeformat` is `date`: to GEXF and Gephi both are dates, and networkx knows
/// the latter only. The attribute is not called `weight`, since networkx would let it hide the edge's own.
///
/// # Errors
///
/// Where the output cannot be written.
pub fn write_dynamic_gexf(export: &Export<'_>, output: impl Write) -> Result<()> {
    write_document(export, output, true).map_err(failed("dynamic GEXF"))
}

/// The attribute that holds the weight of a month.
pub(super) const MONTH_WEIGHT: &str = "month_weight";

fn write_document(export: &Export<'_>, output: impl Write, is_dynamic: bool) -> io::Result<()> {
    let mut xml = Xml::new(output)?;
    let mut tag = Tag::new("gexf");
    tag.escaped("xmlns", "http://gexf.net/1.3");
    if export.has_looks() {
        tag.escaped("xmlns:viz", "http://gexf.net/1.3/viz");
    }
    xml.start(tag.escaped("version", "1.3"))?;
    xml.start_plain("meta")?;
    xml.text(tag.begin("creator"), "slack-analytics")?;
    xml.end("meta")?;
    tag.begin("graph").escaped("defaultedgetype", "directed");
    tag.escaped("mode", if is_dynamic { "dynamic" } else { "static" });
    if is_dynamic {
        tag.escaped("timeformat", "date").escaped("timerepresentation", "interval");
    }
    xml.start(&tag)?;
    write_attributes(&mut xml, export, is_dynamic)?;
    let ids = unique_xml_texts(export.nodes().map(|node| node.id.as_str()));
    let ids: Vec<_> = ids.iter().map(|id| escaped(id)).collect();
    write_nodes(&mut xml, export, &ids, is_dynamic)?;
    write_edges(&mut xml, export, &ids, is_dynamic)?;
    xml.end("graph")?;
    xml.end("gexf")?;
    xml.finish()
}

fn write_attributes(xml: &mut Xml<impl Write>, export: &Export<'_>, is_dynamic: bool) -> io::Result<()> {
    let mut tag = Tag::default();
    let mut write_class = |class: &str, mode: Option<&str>, columns: &[(&str, &str)]| {
        tag.begin("attributes").escaped("class", class);
        if let Some(mode) = mode {
            tag.escaped("mode", mode);
        }
        xml.start(&tag)?;
        for (name, kind) in columns {
            let name = escaped(name);
            tag.begin("attribute").escaped("id", &name).escaped("title", &name).escaped("type", kind);
            xml.empty(&tag)?;
        }
        xml.end("attributes")
    };
    let of_nodes: Vec<_> = export.columns().map(|column| (column.name, type_of(column.kind))).collect();
    write_class("node", None, &of_nodes)?;
    let edges = export.edge_kind();
    let names = [
        edges.has_relation().then_some("relate"),
        edges.has_channel().then_some("channel"),
        Some("first_time"),
        Some("last_time"),
    ];
    let of_edges: Vec<_> = names.into_iter().flatten().map(|name| (name, "string")).collect();
    write_class("edge", None, &of_edges)?;
    if is_dynamic {
        write_class("edge", Some("dynamic"), &[(MONTH_WEIGHT, type_of(export.weight_kind()))])?;
    }
    Ok(())
}

fn type_of(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Text => "string",
        ValueKind::Integer => "long",
        ValueKind::Float => "double",
    }
}

fn write_nodes(
    xml: &mut Xml<impl Write>,
    export: &Export<'_>,
    ids: &[String],
    is_dynamic: bool,
) -> io::Result<()> {
    let titles: Vec<_> = export.columns().map(|column| escaped(column.name)).collect();
    let spans = if is_dynamic { active_spans(export) } else { Vec::new() };
    let mut tag = Tag::default();
    xml.start_plain("nodes")?;
    for (number, (node, id)) in export.nodes().zip(ids).enumerate() {
        xml.start(tag.begin("node").escaped("id", id).text("label", &node.label))?;
        write_values(xml, &mut tag, export, &titles, number, node)?;
        if let Some(span) = spans.get(number).copied().flatten() {
            xml.start_plain("spells")?;
            xml.empty(tag.begin("spell").time("start", span.start).time("end", span.end))?;
            xml.end("spells")?;
        }
        if let Some(look) = export.look(number) {
            let [red, green, blue] = look.color;
            xml.empty(tag.begin("viz:color").number("r", red).number("g", green).number("b", blue))?;
            xml.empty(tag.begin("viz:position").number("x", look.x).number("y", look.y).escaped("z", "0"))?;
            xml.empty(tag.begin("viz:size").number("value", look.size))?;
        }
        xml.end("node")?;
    }
    xml.end("nodes")
}

fn write_values(
    xml: &mut Xml<impl Write>,
    tag: &mut Tag,
    export: &Export<'_>,
    titles: &[String],
    number: usize,
    node: &Node,
) -> io::Result<()> {
    let is_there = |value: &Value<'_>| !matches!(value, Value::Text(text) if xml_text(text).is_empty());
    let fields = export.fields(number, node).zip(titles);
    let mut values = fields.filter_map(|(value, title)| Some((value.filter(is_there)?, title))).peekable();
    if values.peek().is_none() {
        return Ok(());
    }
    xml.start_plain("attvalues")?;
    for (value, title) in values {
        tag.begin("attvalue").escaped("for", title);
        xml.empty(match value {
            Value::Text(text) => tag.text("value", text),
            Value::Integer(number) => tag.number("value", number),
            Value::Float(number) => tag.number("value", number),
        })?;
    }
    xml.end("attvalues")
}

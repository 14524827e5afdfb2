//! GEXF 1.3, the format of Gephi (<https://gexf.net>).

use std::io::{self, Write};

use petgraph::visit::EdgeRef;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, Event};
use slack_model::Time;
use slack_model::rows::Node;

use crate::error::{Error, Result};
use crate::graph::{EdgeData, SocialGraph};
use crate::xml_text::xml_text;

const NODE_ATTRIBUTES: [&str; 7] =
    ["type", "name", "iso", "country", "city", "channel_type", "channel_class"];
const EDGE_ATTRIBUTES: [&str; 4] = ["relate", "channel", "first_time", "last_time"];

/// Writes the graph as GEXF 1.3: static, directed, with every column of the tables as an attribute.
///
/// Between two nodes there may be an edge for each relation and channel. GEXF wants a different `kind` for each
/// such edge, and Gephi adds up edges of the same kind: so the kind is relation and channel (`reacts C012AB`),
/// and the relation alone is the attribute `relate`. Empty fields are left out. Characters that XML cannot
/// carry are too; tab and line end become a space.
pub fn write_gexf(graph: &SocialGraph, output: impl Write) -> Result<()> {
    let mut writer = Writer::new_with_indent(output, b' ', 1);
    write_document(graph, &mut writer)
        .and_then(|()| writer.get_mut().write_all(b"\n"))
        .and_then(|()| writer.get_mut().flush())
        .map_err(|source| Error::Write { format: "GEXF", source })
}

fn write_document(graph: &SocialGraph, writer: &mut Writer<impl Write>) -> io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer
        .create_element("gexf")
        .with_attributes([("xmlns", "http://gexf.net/1.3"), ("version", "1.3")])
        .write_inner_content(|writer| {
            writer.create_element("meta").write_inner_content(|writer| {
                let creator = quick_xml::events::BytesText::new("slack-analytics");
                writer.create_element("creator").write_text_content(creator).map(|_| ())
            })?;
            writer
                .create_element("graph")
                .with_attributes([("defaultedgetype", "directed"), ("mode", "static")])
                .write_inner_content(|writer| {
                    write_attributes(writer, "node", &NODE_ATTRIBUTES)?;
                    write_attributes(writer, "edge", &EDGE_ATTRIBUTES)?;
                    writer.create_element("nodes").write_inner_content(|writer| {
                        graph.as_petgraph().node_weights().try_for_each(|node| write_node(writer, node))
                    })?;
                    write_edges(graph, writer)
                })?;
            Ok(())
        })?;
    Ok(())
}

fn write_attributes(writer: &mut Writer<impl Write>, class: &str, titles: &[&str]) -> io::Result<()> {
    writer.create_element("attributes").with_attribute(("class", class)).write_inner_content(|writer| {
        for title in titles {
            writer
                .create_element("attribute")
                .with_attributes([("id", *title), ("title", *title), ("type", "string")])
                .write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

fn write_node(writer: &mut Writer<impl Write>, node: &Node) -> io::Result<()> {
    let values = [
        &node.kind,
        &node.name,
        &node.iso,
        &node.country,
        &node.city,
        &node.channel_type,
        &node.channel_class,
    ];
    writer
        .create_element("node")
        .with_attributes([("id", xml_text(&node.id)), ("label", xml_text(&node.label))])
        .write_inner_content(|writer| {
            write_values(writer, NODE_ATTRIBUTES.into_iter().zip(values.map(String::as_str)))
        })?;
    Ok(())
}

fn write_edges(graph: &SocialGraph, writer: &mut Writer<impl Write>) -> io::Result<()> {
    let graph = graph.as_petgraph();
    writer.create_element("edges").write_inner_content(|writer| {
        graph.edge_references().try_for_each(|edge| {
            let number = edge.id().index();
            write_edge(writer, number, &graph[edge.source()], &graph[edge.target()], edge.weight())
        })
    })?;
    Ok(())
}

fn write_edge(
    writer: &mut Writer<impl Write>,
    number: usize,
    source: &Node,
    target: &Node,
    edge: &EdgeData,
) -> io::Result<()> {
    let time = |time: Option<Time>| time.map(|time| time.to_string()).unwrap_or_default();
    let (first_time, last_time) = (time(edge.first_time), time(edge.last_time));
    let values = [&*edge.relate, edge.channel.as_str(), &first_time, &last_time];
    writer
        .create_element("edge")
        .with_attributes([
            ("id", number.to_string().into()),
            ("source", xml_text(&source.id)),
            ("target", xml_text(&target.id)),
            ("weight", edge.weight.to_string().into()),
            ("kind", xml_text(&format!("{} {}", edge.relate, edge.channel))),
        ])
        .write_inner_content(|writer| write_values(writer, EDGE_ATTRIBUTES.into_iter().zip(values)))?;
    Ok(())
}

fn write_values<'a>(
    writer: &mut Writer<impl Write>,
    values: impl Iterator<Item = (&'a str, &'a str)>,
) -> io::Result<()> {
    let mut values = values
        .map(|(title, value)| (title, xml_text(value)))
        .filter(|(_, value)| !value.is_empty())
        .peekable();
    if values.peek().is_none() {
        return Ok(());
    }
    writer.create_element("attvalues").write_inner_content(|writer| {
        for (title, value) in values {
            writer
                .create_element("attvalue")
                .with_attributes([("for", title.into()), ("value", value)])
                .write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

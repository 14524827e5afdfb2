//! Node-link JSON, as d3 and networkx read it.

use std::io::{self, BufWriter, Write};

use serde::Serializer as _;
use serde::ser::SerializeMap;

use super::failed;
use super::ties::Ties;
use super::weights::whole;
use crate::error::Result;
use crate::export::{Export, ExportEdge, Value};

/// Writes an export as node-link JSON: `nodes` with their `id`, and `links` from `source` to `target`.
///
/// d3 takes both arrays as they are (`forceSimulation(graph.nodes)`, `forceLink(graph.links).id(node => node.id)`),
/// networkx by `node_link_graph(json.load(file), edges="links")`. Where edges are apart, the graph is a `multigraph`
/// and links have a `key`: relation and channel. Empty fields are left out; any text stands as it is. Where nodes have
/// a look and no columns of these names, it is `x`, `y`, `size` and `color`.
///
/// # Errors
///
/// Where the output cannot be written.
pub fn write_node_link(export: &Export<'_>, output: impl Write) -> Result<()> {
    write_document(export, output).map_err(failed("node-link JSON"))
}

fn write_document(export: &Export<'_>, output: impl Write) -> io::Result<()> {
    let mut output = BufWriter::with_capacity(1 << 17, output);
    let is_multigraph = export.edge_kind().has_relation();
    write!(output, "{{\"directed\":true,\"multigraph\":{is_multigraph},\"graph\":{{}},\"nodes\":[")?;
    let columns: Vec<_> = export.columns().map(|column| column.name.to_owned()).collect();
    let is_free = |name: &&str| !columns.iter().any(|column| column == name);
    let look_names = ["x", "y", "size", "color"].map(|name| Some(name).filter(is_free));
    for (number, node) in export.nodes().enumerate() {
        begin(&mut output, number)?;
        let mut serializer = serde_json::Serializer::new(&mut output);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &node.id)?;
        map.serialize_entry("label", &node.label)?;
        for (value, name) in export.fields(number, node).zip(&columns) {
            match value {
                Some(Value::Text(text)) => map.serialize_entry(name, text)?,
                Some(Value::Integer(number)) => map.serialize_entry(name, &number)?,
                Some(Value::Float(number)) => map.serialize_entry(name, &number)?,
                None => {}
            }
        }
        if let Some(look) = export.look(number) {
            for (name, number) in look_names.iter().zip([look.x, look.y, look.size]) {
                if let Some(name) = name {
                    map.serialize_entry(name, &number)?;
                }
            }
            if let [.., Some(name)] = look_names {
                let [red, green, blue] = look.color;
                map.serialize_entry(name, &format_args!("#{red:02x}{green:02x}{blue:02x}"))?;
            }
        }
        SerializeMap::end(map)?;
    }
    output.write_all(b"\n],\"links\":[")?;
    write_links(export, &mut output)?;
    output.write_all(b"\n]}\n")?;
    output.flush()
}

fn begin(output: &mut impl Write, number: usize) -> io::Result<()> {
    output.write_all(if number == 0 { b"\n" } else { b",\n" })
}

fn write_links(export: &Export<'_>, output: &mut impl Write) -> io::Result<()> {
    let nodes: Vec<_> = export.nodes().collect();
    let mut ties = Ties::new();
    for (number, edge) in export.edges().enumerate() {
        begin(output, number)?;
        let key = ties.of(&edge, str::to_owned, |kind| kind);
        let ends = (&*nodes[edge.source].id, &*nodes[edge.target].id);
        write_link(output, &edge, ends, key.as_deref())?;
    }
    Ok(())
}

fn write_link(
    output: &mut impl Write,
    edge: &ExportEdge<'_>,
    (source, target): (&str, &str),
    key: Option<&str>,
) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::new(output);
    let mut map = serializer.serialize_map(None)?;
    map.serialize_entry("source", source)?;
    map.serialize_entry("target", target)?;
    for (name, text) in [("key", key), ("relate", edge.relate), ("channel", edge.channel)] {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            map.serialize_entry(name, text)?;
        }
    }
    match whole(edge.weight) {
        Some(weight) => map.serialize_entry("weight", &weight)?,
        None => map.serialize_entry("weight", &edge.weight)?,
    }
    for (name, time) in [("first_time", edge.first_time), ("last_time", edge.last_time)] {
        if let Some(time) = time {
            map.serialize_entry(name, &format_args!("{time}"))?;
        }
    }
    SerializeMap::end(map)?;
    Ok(())
}

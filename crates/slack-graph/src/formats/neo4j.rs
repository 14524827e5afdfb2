//! Neo4j 5: CSV files for `neo4j-admin database import`.

use std::io::Write;

use super::failed;
use super::ties::Ties;
use super::weights::text_of;
use super::xml_text::{unique_xml_texts, xml_text};
use crate::error::Result;
use crate::export::{Export, Unique, Value, ValueKind};

/// The label that all nodes have, beside `User` or `Channel`.
pub(super) const NODE_LABEL: &str = "Node";

/// The type of relationships where edges are joined, and of a relation that has no letters.
pub(super) const JOINED_TYPE: &str = "ACTS_ON";

/// Writes an export's nodes as CSV for `neo4j-admin database import`: `id:ID`, `label`, typed properties, `:LABEL`.
///
/// Every node has the label `Node`, users have `User` and channels `Channel` too. Line ends become a space and control
/// characters are left out, as in GEXF: neither `--multiline-fields` nor another option is needed. Then:
///
/// ```text
/// neo4j-admin database import full neo4j --nodes=neo4j_nodes.csv --relationships=neo4j_edges.csv
/// ```
///
/// # Errors
///
/// Where the output cannot be written.
pub fn write_neo4j_nodes(export: &Export<'_>, output: impl Write) -> Result<()> {
    write_nodes(export, output).map_err(failed("Neo4j CSV"))
}

/// Writes an export's edges as CSV for `neo4j-admin database import`: `:START_ID`, `:END_ID`, `:TYPE`, typed
/// properties.
///
/// The type is the relation in capitals (`REACTS`), `ACTS_ON` where all are joined. Weights are `weight:long`, and those
/// above 2^63 − 1, the largest that Neo4j knows, become that; `weight:double` where they may be no whole numbers.
///
/// # Errors
///
/// Where the output cannot be written.
pub fn write_neo4j_edges(export: &Export<'_>, output: impl Write) -> Result<()> {
    write_edges(export, output).map_err(failed("Neo4j CSV"))
}

/// A property of nodes.
pub(super) struct Property {
    pub(super) name: String,
    /// Its header in the file, which is also its name to `LOAD CSV`.
    pub(super) header: String,
    pub(super) kind: ValueKind,
}

/// The label and the columns of nodes. A colon would begin a type, so names have none.
pub(super) fn properties(export: &Export<'_>) -> Vec<Property> {
    let mut names = Unique::of(["id"]);
    let columns = export.columns().map(|column| (column.name, column.kind));
    let columns = std::iter::once(("label", ValueKind::Text)).chain(columns);
    let property = |(name, kind): (&str, ValueKind)| {
        let name = names.take(&name.replace(':', "_"));
        Property { header: header_of(&name, kind), name, kind }
    };
    columns.map(property).collect()
}

/// The header of a property of this name.
pub(super) fn header_of(name: &str, kind: ValueKind) -> String {
    let kind = match kind {
        ValueKind::Text => "",
        ValueKind::Integer => ":long",
        ValueKind::Float => ":double",
    };
    format!("{name}{kind}")
}

/// The label of nodes of a type, unless it is [`NODE_LABEL`] only.
pub(super) fn label_of(kind: &str) -> Option<&'static str> {
    match kind {
        "user" => Some("User"),
        "channel" => Some("Channel"),
        _ => None,
    }
}

/// The type of a relation's relationships.
pub(super) fn type_of(relate: Option<&str>) -> String {
    let letters = relate.unwrap_or_default().chars().map(|character| match character {
        character if character.is_ascii_alphanumeric() => character.to_ascii_uppercase(),
        _ => '_',
    });
    let name: String = letters.collect();
    if name.chars().all(|character| character == '_') { JOINED_TYPE.into() } else { name }
}

fn write_nodes(export: &Export<'_>, output: impl Write) -> csv::Result<()> {
    let mut writer = csv::Writer::from_writer(output);
    writer.write_field("id:ID")?;
    for property in properties(export) {
        writer.write_field(property.header)?;
    }
    writer.write_field(":LABEL")?;
    writer.write_record(None::<&[u8]>)?;
    let ids = unique_xml_texts(export.nodes().map(|node| node.id.as_str()));
    for (number, (node, id)) in export.nodes().zip(&ids).enumerate() {
        writer.write_field(&**id)?;
        writer.write_field(&*xml_text(&node.label))?;
        for value in export.fields(number, node) {
            match value {
                Some(Value::Text(text)) => writer.write_field(&*xml_text(text))?,
                Some(Value::Integer(number)) => writer.write_field(number.to_string())?,
                Some(Value::Float(number)) => writer.write_field(number.to_string())?,
                None => writer.write_field("")?,
            }
        }
        match label_of(&node.kind) {
            Some(label) => writer.write_field(format!("{NODE_LABEL};{label}"))?,
            None => writer.write_field(NODE_LABEL)?,
        }
        writer.write_record(None::<&[u8]>)?;
    }
    Ok(writer.flush()?)
}

fn write_edges(export: &Export<'_>, output: impl Write) -> csv::Result<()> {
    let mut writer = csv::WriterBuilder::new().buffer_capacity(1 << 17).from_writer(output);
    let (edges, weight_kind) = (export.edge_kind(), export.weight_kind());
    let weight = header_of("weight", weight_kind);
    let header = [
        Some(":START_ID"),
        Some(":END_ID"),
        Some(":TYPE"),
        Some(&*weight),
        edges.has_relation().then_some("relate"),
        edges.has_channel().then_some("channel"),
        Some("first_time:datetime"),
        Some("last_time:datetime"),
    ];
    writer.write_record(header.into_iter().flatten())?;
    let ids = unique_xml_texts(export.nodes().map(|node| node.id.as_str()));
    let mut ties = Ties::new();
    let (mut first_time, mut last_time) = (Vec::new(), Vec::new());
    for edge in export.edges() {
        let (kind, relate, channel) = ties.of(&edge, str::to_owned, |_| {
            let clean = |text: Option<&str>| text.map(|text| xml_text(text).into_owned());
            (type_of(edge.relate), clean(edge.relate), clean(edge.channel))
        });
        for (time, text) in [(edge.first_time, &mut first_time), (edge.last_time, &mut last_time)] {
            text.clear();
            if let Some(time) = time {
                time.write(text);
            }
        }
        let weight = text_of(edge.weight, weight_kind);
        let fields = [
            Some(ids[edge.source].as_bytes()),
            Some(ids[edge.target].as_bytes()),
            Some(kind.as_bytes()),
            Some(weight.as_bytes()),
            relate.as_ref().map(String::as_bytes),
            channel.as_ref().map(String::as_bytes),
            Some(&first_time),
            Some(&last_time),
        ];
        writer.write_record(fields.into_iter().flatten())?;
    }
    Ok(writer.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NodeValues, SocialGraph};

    #[test]
    fn no_property_is_there_twice() {
        let graph = SocialGraph::default();
        let export = ["a:b", "a_b"].into_iter().fold(Export::new(&graph), |export, name| {
            export.with_column(name, NodeValues::Float(Vec::new()))
        });
        let headers: Vec<_> =
            properties(&export).into_iter().skip(8).map(|property| property.header).collect();
        assert_eq!(headers, ["a_b:double", "a_b 2:double"]);
    }

    #[test]
    fn relations_become_types() {
        let found = [Some("reacts"), Some("re acts!"), Some("שלום"), Some(""), None].map(type_of);
        assert_eq!(found, ["REACTS", "RE_ACTS_", "ACTS_ON", "ACTS_ON", "ACTS_ON"]);
    }
}

//! Gephi's tables: CSV for its spreadsheet import.

use std::io::Write;

use super::failed;
use super::ties::Ties;
use crate::error::Result;
use crate::export::{Export, Value};

/// Writes an export's nodes as a table for Gephi: `Id`, `Label`, then every column.
///
/// # Errors
///
/// Where the output cannot be written.
pub fn write_gephi_nodes(export: &Export<'_>, output: impl Write) -> Result<()> {
    write_nodes(export, output).map_err(failed("Gephi CSV"))
}

/// Writes an export's edges as a table for Gephi: `Source`, `Target`, `Type` (`Directed`), `Weight`, `Kind` where edges
/// are apart, since Gephi adds up parallel edges of one kind; then relation and channel, `first_time` and `last_time`.
///
/// # Errors
///
/// Where the output cannot be written.
pub fn write_gephi_edges(export: &Export<'_>, output: impl Write) -> Result<()> {
    write_edges(export, output).map_err(failed("Gephi CSV"))
}

fn write_nodes(export: &Export<'_>, output: impl Write) -> csv::Result<()> {
    let mut writer = csv::Writer::from_writer(output);
    writer.write_record(["Id", "Label"].into_iter().chain(export.columns().map(|column| column.name)))?;
    for (number, node) in export.nodes().enumerate() {
        writer.write_field(&node.id)?;
        writer.write_field(&node.label)?;
        for value in export.fields(number, node) {
            match value {
                Some(Value::Text(text)) => writer.write_field(text)?,
                Some(Value::Integer(number)) => writer.write_field(number.to_string())?,
                Some(Value::Float(number)) => writer.write_field(number.to_string())?,
                None => writer.write_field("")?,
            }
        }
        writer.write_record(None::<&[u8]>)?;
    }
    Ok(writer.flush()?)
}

fn write_edges(export: &Export<'_>, output: impl Write) -> csv::Result<()> {
    let mut writer = csv::WriterBuilder::new().buffer_capacity(1 << 17).from_writer(output);
    let edges = export.edge_kind();
    let header = [
        Some("Source"),
        Some("Target"),
        Some("Type"),
        Some("Weight"),
        edges.has_relation().then_some("Kind"),
        edges.has_relation().then_some("relate"),
        edges.has_channel().then_some("channel"),
        Some("first_time"),
        Some("last_time"),
    ];
    writer.write_record(header.into_iter().flatten())?;
    let ids: Vec<_> = export.nodes().map(|node| &node.id).collect();
    let mut ties = Ties::new();
    let mut times = (Vec::new(), Vec::new());
    for edge in export.edges() {
        let kind = ties.of(&edge, str::to_owned, |kind| kind);
        for (time, text) in [(edge.first_time, &mut times.0), (edge.last_time, &mut times.1)] {
            text.clear();
            if let Some(time) = time {
                time.write(text);
            }
        }
        let weight = edge.weight.to_string();
        let fields = [
            Some(ids[edge.source].as_bytes()),
            Some(ids[edge.target].as_bytes()),
            Some(b"Directed"),
            Some(weight.as_bytes()),
            kind.as_ref().map(String::as_bytes),
            edge.relate.map(str::as_bytes),
            edge.channel.map(str::as_bytes),
            Some(&times.0),
            Some(&times.1),
        ];
        writer.write_record(fields.into_iter().flatten())?;
    }
    Ok(writer.flush()?)
}

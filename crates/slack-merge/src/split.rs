//! Takes the rows of folders that are channels out of a set of tables.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use slack_model::rows::{Channel, TABLES};
use slack_model::{
    ByteRecord, ChannelId, DerivedFolder, RawReader, RawWriter, Schema, Table, TableSink, TableSource,
};

use crate::error::Result;

/// Writes the rows of each folder to tables of its own below `to`, under the channel's id, and returns where. Of one folder
/// alone, the rows stay in the order of their keys.
pub(crate) fn split(
    tables: &dyn TableSource,
    aliases: &BTreeMap<ChannelId, ChannelId>,
    to: &Path,
) -> Result<Vec<PathBuf>> {
    for schema in TABLES {
        let column = if schema.name == Channel::SCHEMA.name { "id" } else { "channel" };
        let Some(column) = schema.position(column) else { continue };
        if schema.key.first() == Some(&schema.columns[column].name) {
            copy(tables, schema, column, aliases, to)?;
        } else {
            // The folders' rows stand among one another: a pass for each, so that one file is written at a time.
            for (alias, channel) in aliases {
                copy(tables, schema, column, &BTreeMap::from([(alias.clone(), channel.clone())]), to)?;
            }
        }
    }
    Ok(aliases.keys().map(|alias| place(to, alias)).collect())
}

/// Where a folder's tables are. The id is one that a merge was given, and need not be fit for a path.
fn place(to: &Path, alias: &ChannelId) -> PathBuf {
    to.join(ChannelId::of_folder(alias.as_str()).as_str())
}

fn copy(
    tables: &dyn TableSource,
    schema: &Schema,
    column: usize,
    aliases: &BTreeMap<ChannelId, ChannelId>,
    to: &Path,
) -> Result<()> {
    let Some(mut reader) = RawReader::open(tables, schema)? else { return Ok(()) };
    let aliases: BTreeMap<&[u8], (&ChannelId, &ChannelId)> =
        aliases.iter().map(|pair| (pair.0.as_str().as_bytes(), pair)).collect();
    let (mut record, mut moved) = (ByteRecord::new(), ByteRecord::new());
    let mut open: Option<Open<'_>> = None;
    while let Some(row) = reader.read()? {
        let Some((alias, channel)) = aliases.get(row.field(column).as_ref()).copied() else { continue };
        let (sink, mut writer) = match open.take_if(|(of, ..)| *of == alias) {
            Some((_, sink, writer)) => (sink, writer),
            None => {
                finish(schema, open.take())?;
                let sink = DerivedFolder(place(to, alias));
                let mut writer = RawWriter::new(sink.create(schema)?, schema);
                writer.write_header(schema)?;
                (sink, writer)
            }
        };
        row.copy_to(&mut record, schema.columns.len());
        moved.clear();
        for (at, field) in record.iter().enumerate() {
            moved.push_field(if at == column { channel.as_str().as_bytes() } else { field });
        }
        writer.write(&moved)?;
        open = Some((alias, sink, writer));
    }
    finish(schema, open)
}

type Open<'a> = (&'a ChannelId, DerivedFolder, RawWriter<<DerivedFolder as TableSink>::Output>);

fn finish(schema: &Schema, open: Option<Open<'_>>) -> Result<()> {
    if let Some((_, sink, writer)) = open {
        sink.finish(schema, writer.finish()?)?;
    }
    Ok(())
}

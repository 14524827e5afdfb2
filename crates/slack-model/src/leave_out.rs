use std::collections::HashSet;

use csv::ByteRecord;

use crate::error::Result;
use crate::ids::ChannelId;
use crate::rows::{Channel, TABLES};
use crate::table::{Column, Kind, RawReader, RawWriter, Schema, Table, TableSink, TableSource};

/// Which conversations are shown, beside the public channels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "there are no other kinds of conversations")]
pub struct Shown {
    /// Private channels.
    pub private: bool,
    /// Direct messages, of two or of several.
    pub direct_messages: bool,
}

/// What says whether a conversation is shown: whatever else is wrong with its row does not matter.
const SHOWN_BY: Schema = Schema {
    name: Channel::SCHEMA.name,
    columns: &[
        Column { name: "id", kind: Kind::Text },
        Column { name: "type", kind: Kind::Text },
        Column { name: "class", kind: Kind::Text },
    ],
    key: &["id"],
};

impl Shown {
    /// Whether a conversation is shown, by its type and class in the table of channels.
    pub fn is_shown(self, kind: &[u8], class: &[u8]) -> bool {
        match kind {
            b"im" | b"mpim" => self.direct_messages,
            _ => class == b"public" || self.private,
        }
    }

    /// The conversations of a batch or master that are not shown.
    ///
    /// # Errors
    ///
    /// Where the table of channels cannot be read.
    pub fn left_out(self, tables: &dyn TableSource) -> Result<HashSet<ChannelId>> {
        let Some(mut channels) = RawReader::open(tables, &SHOWN_BY)? else { return Ok(HashSet::new()) };
        let mut left_out = HashSet::new();
        while let Some(channel) = channels.read()? {
            if !self.is_shown(&channel.field(1), &channel.field(2)) {
                left_out.insert(ChannelId::from(&*String::from_utf8_lossy(&channel.field(0))));
            }
        }
        Ok(left_out)
    }
}

/// Copies the tables of a batch or master without the rows of some conversations, as if these did not exist.
///
/// Users stay, also those who are known from such a conversation only. A table whose columns are not the contract's, or in
/// another order, is written in that order.
///
/// # Errors
///
/// Where a table cannot be read or written.
pub fn leave_out<K: TableSink>(
    tables: &dyn TableSource,
    channels: &HashSet<ChannelId>,
    sink: &K,
) -> Result<()> {
    let channels: HashSet<&[u8]> = channels.iter().map(|channel| channel.as_str().as_bytes()).collect();
    for schema in TABLES {
        let Some(mut reader) = RawReader::open(tables, schema)? else { continue };
        let mut writer = RawWriter::new(sink.create(schema)?, schema);
        writer.write_header(schema)?;
        let column = schema.position(if schema.name == Channel::SCHEMA.name { "id" } else { "channel" });
        let mut record = ByteRecord::new();
        let is_in_order = reader.layout().is_in_order();
        while let Some(row) = reader.read()? {
            if column.is_some_and(|column| channels.contains(row.field(column).as_ref())) {
                continue;
            }
            if is_in_order {
                writer.copy(&row)?;
            } else {
                row.copy_to(&mut record, schema.columns.len());
                writer.write(&record)?;
            }
        }
        sink.finish(schema, writer.finish()?)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::MemoryTables;

    fn master() -> MemoryTables {
        let tables = MemoryTables::default();
        tables.insert(
            "channel_data",
            "id,name,type,class\nC1,general,channel,public\nC2,secret,channel,confidential\n\
             D1,D1,im,confidential\nG1,board,group,confidential\nG2,G2,mpim,confidential\n",
        );
        tables.insert("user_data", "id,known\nU1,true\n");
        tables.insert("member_data", "user_id,channel\nU1,C1\nU1,G1\n");
        tables.insert(
            "message_revision_data",
            "channel,ts,edited_ts,batch,text\nC1,1.000001,,,\"a, b\"\nD1,1.000001,,,psst\n",
        );
        tables
    }

    fn left_out(private: bool, direct_messages: bool) -> Vec<String> {
        let channels = Shown { private, direct_messages }.left_out(&master()).expect("read");
        let mut channels: Vec<_> = channels.iter().map(ToString::to_string).collect();
        channels.sort();
        channels
    }

    #[test]
    fn conversations_are_shown_by_kind() {
        assert_eq!(left_out(false, false), ["C2", "D1", "G1", "G2"]);
        assert_eq!(left_out(true, false), ["D1", "G2"]);
        assert_eq!(left_out(false, true), ["C2", "G1"]);
        assert_eq!(left_out(true, true), [""; 0]);
    }

    #[test]
    fn nothing_of_what_is_left_out_is_copied() {
        let (master, shown) = (master(), MemoryTables::default());
        let channels = Shown::default().left_out(&master).expect("read");
        leave_out(&master, &channels, &shown).expect("copied");
        let csv = |table: &str| String::from_utf8(shown.get(table).expect(table)).expect("UTF-8");
        assert!(
            csv("channel_data").ends_with("\nC1,general,channel,public,,,,,,,,,,,,\n"),
            "{}",
            csv("channel_data")
        );
        assert_eq!(csv("member_data"), "channel,user_id,first_batch,last_batch\nC1,U1,,\n");
        assert_eq!(csv("message_revision_data"), "channel,ts,edited_ts,batch,text\nC1,1.000001,,,\"a, b\"\n");
        assert!(csv("user_data").contains("U1"));
        assert!(shown.get("message_data").is_none());
    }
}

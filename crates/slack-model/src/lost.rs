//! Which keys a table would lose if another one took its place.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;

use csv::ByteRecord;

use crate::error::Result;
use crate::ids::ChannelId;
use crate::rows::{Channel, ChannelAlias, TABLES, Window};
use crate::table::{AscendingKeys, KeyOrder, RawReader, RawRecord, Schema, Table, TableSource};

/// So many keys of each table are named.
const NAMED: usize = 10;

/// The keys of some tables that others lack.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LostKeys {
    /// The tables that lack any.
    pub tables: Vec<LostFrom>,
}

/// The keys that one table lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LostFrom {
    /// The table.
    pub table: &'static str,
    /// Number of keys.
    pub rows: u64,
    /// The first of them, as a person reads them. Texts, which are a part of some keys, are left out.
    pub first: Vec<String>,
    /// Why the old table could not be read to its end, where that is so: what stands there may be lost as well.
    pub unread: Option<String>,
}

impl LostKeys {
    /// Whether no key is lost, as far as is known.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }
}

impl fmt::Display for LostKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, LostFrom { table, rows, first, unread }) in self.tables.iter().enumerate() {
            f.write_str(if number > 0 { ", " } else { "" })?;
            if *rows > 0 || unread.is_none() {
                write!(f, "{rows} row{} of {table} (", if *rows == 1 { "" } else { "s" })?;
                f.write_str(&first.join("; "))?;
                f.write_str(if *rows > first.len() as u64 { "; ...)" } else { ")" })?;
            }
            if let Some(why) = unread {
                write!(f, "{}what cannot be read of {table} ({why})", if *rows > 0 { ", " } else { "" })?;
            }
        }
        Ok(())
    }
}

/// Finds the keys of `old` that `new` lacks, in one pass over each table.
///
/// `same` names the id under which a conversation stands in `new`, where that is another one: a key is kept if it is there
/// under that id. What a batch walked (`window_data`) and how folders were joined (`channel_alias_data`) is worked out
/// from the rest and is not compared.
///
/// # Errors
///
/// Where a table of `new` cannot be read. An old table that cannot be read is a loss that is reported.
pub fn lost_keys(
    old: &dyn TableSource,
    new: &dyn TableSource,
    same: &dyn Fn(&ChannelId) -> Option<ChannelId>,
) -> Result<LostKeys> {
    let mut lost = LostKeys::default();
    let is_derived =
        |schema: &&Schema| [Window::SCHEMA.name, ChannelAlias::SCHEMA.name].contains(&schema.name);
    for schema in TABLES.iter().filter(|schema| !is_derived(schema)) {
        let compared = Comparison::of(schema).run(old, new, same)?;
        if compared.rows > 0 || compared.unread.is_some() {
            lost.tables.push(compared);
        }
    }
    Ok(lost)
}

/// One table of both.
struct Comparison {
    schema: &'static Schema,
    order: KeyOrder,
    /// So many columns reach as far as the key.
    width: usize,
    /// The column that names the conversation.
    channel: Option<usize>,
    lost: LostFrom,
}

impl Comparison {
    fn of(schema: &'static Schema) -> Self {
        let last = schema.key.iter().filter_map(|key| schema.position(key)).max();
        let channel = if schema.name == Channel::SCHEMA.name { "id" } else { "channel" };
        Self {
            schema,
            order: KeyOrder::of(schema),
            width: last.map_or(0, |last| last + 1),
            channel: schema.position(channel),
            lost: LostFrom { table: schema.name, rows: 0, first: Vec::new(), unread: None },
        }
    }

    fn run(
        mut self,
        old: &dyn TableSource,
        new: &dyn TableSource,
        same: &dyn Fn(&ChannelId) -> Option<ChannelId>,
    ) -> Result<LostFrom> {
        let mut later = Cursor::open(new, self.schema, self.width, None)?;
        let mut moved: BTreeMap<ChannelId, ChannelId> = BTreeMap::new();
        let mut channel = (Vec::new(), None);
        let mut key = ByteRecord::new();
        let walked = each_row(old, self.schema, |row| {
            if later.reaches(|next| self.order.compare_raw(row, next))? {
                return Ok(());
            }
            row.copy_to(&mut key, self.width);
            if let Some(at) = self.channel
                && channel.0 != key[at]
            {
                let id = ChannelId::from(&*String::from_utf8_lossy(&key[at]));
                let other = same(&id).filter(|other| *other != id);
                channel = (key[at].to_vec(), other.map(|other| (id, other)));
            }
            match &channel.1 {
                Some((id, other)) => drop(moved.insert(id.clone(), other.clone())),
                None => self.lose(&key),
            }
            Ok(())
        })?;
        self.note(walked);
        for (id, other) in &moved {
            self.compare_moved(old, new, id, other)?;
        }
        Ok(self.lost)
    }

    /// Compares the rows of a conversation with those of the one that it has become.
    fn compare_moved(
        &mut self,
        old: &dyn TableSource,
        new: &dyn TableSource,
        id: &ChannelId,
        other: &ChannelId,
    ) -> Result<()> {
        let Some(at) = self.channel else { return Ok(()) };
        let only = (at, other.as_str().as_bytes().to_vec());
        let mut later = Cursor::open(new, self.schema, self.width, Some(only))?;
        // A folder's rows may be of several conversations, of which some have moved.
        let stayed = (at, id.as_str().as_bytes().to_vec());
        let mut stayed = Cursor::open(new, self.schema, self.width, Some(stayed))?;
        let (mut was, mut key) = (ByteRecord::new(), ByteRecord::new());
        let walked = each_row(old, self.schema, |row| {
            if *row.field(at) != *id.as_str().as_bytes() {
                return Ok(());
            }
            row.copy_to(&mut was, self.width);
            key.clear();
            for (place, field) in was.iter().enumerate() {
                key.push_field(if place == at { other.as_str().as_bytes() } else { field });
            }
            let has_stayed = stayed.reaches(|next| self.order.compare(&was, next))?;
            if !later.reaches(|next| self.order.compare(&key, next))? && !has_stayed {
                self.lose(&was);
            }
            Ok(())
        })?;
        self.note(walked);
        Ok(())
    }

    fn lose(&mut self, key: &ByteRecord) {
        self.lost.rows += 1;
        if self.lost.first.len() < NAMED {
            let places = self.schema.key.iter().filter(|column| **column != "text");
            let places = places.filter_map(|column| self.schema.position(column));
            let fields: Vec<_> = places.map(|at| String::from_utf8_lossy(&key[at])).collect();
            self.lost.first.push(fields.join(", "));
        }
    }

    /// Keeps why the old table could not be read to its end.
    fn note(&mut self, walked: Walked) {
        if let Err(why) = walked {
            self.lost.unread.get_or_insert(why);
        }
    }
}

/// Whether a table could be read to its end, and why not.
type Walked = Result<(), String>;

/// Shows `each` the rows of a table as far as it can be read.
///
/// # Errors
///
/// Those of `each`.
fn each_row(
    tables: &dyn TableSource,
    schema: &Schema,
    mut each: impl FnMut(&RawRecord<'_>) -> Result<()>,
) -> Result<Walked> {
    let mut reader = match RawReader::open(tables, schema) {
        Ok(Some(reader)) => reader,
        Ok(None) => return Ok(Ok(())),
        Err(error) => return Ok(Err(error.to_string())),
    };
    let mut keys = AscendingKeys::of(schema);
    loop {
        match reader.read() {
            Ok(None) => return Ok(Ok(())),
            Ok(Some(row)) if keys.ascend_to(&row) => each(&row)?,
            Ok(Some(_)) => return Ok(Err(format!("{} is not sorted", tables.name_of(schema)))),
            Err(error) => return Ok(Err(error.to_string())),
        }
    }
}

/// Goes through the keys of a table once.
struct Cursor {
    reader: Option<RawReader<Box<dyn Read + Send>>>,
    width: usize,
    /// The column that must have a value, and the value.
    only: Option<(usize, Vec<u8>)>,
    key: ByteRecord,
    is_at_end: bool,
}

impl Cursor {
    fn open(
        tables: &dyn TableSource,
        schema: &Schema,
        width: usize,
        only: Option<(usize, Vec<u8>)>,
    ) -> Result<Self> {
        let reader = RawReader::open(tables, schema)?;
        let mut cursor = Self { reader, width, only, key: ByteRecord::new(), is_at_end: false };
        cursor.advance()?;
        Ok(cursor)
    }

    /// Goes on to a key, to which `compare` compares those that it is given; whether the table has it.
    fn reaches(&mut self, compare: impl Fn(&ByteRecord) -> Ordering) -> Result<bool> {
        while !self.is_at_end {
            match compare(&self.key) {
                Ordering::Less => return Ok(false),
                Ordering::Equal => return Ok(true),
                Ordering::Greater => self.advance()?,
            }
        }
        Ok(false)
    }

    fn advance(&mut self) -> Result<()> {
        while let Some(reader) = &mut self.reader {
            let Some(row) = reader.read()? else { break };
            if self.only.as_ref().is_none_or(|(at, value)| *row.field(*at) == **value) {
                row.copy_to(&mut self.key, self.width);
                return Ok(());
            }
        }
        self.is_at_end = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::MemoryTables;

    fn tables(of: &[(&'static str, &str)]) -> MemoryTables {
        let tables = MemoryTables::default();
        of.iter().for_each(|(name, csv)| tables.insert(name, *csv));
        tables
    }

    fn lost(old: &[(&'static str, &str)], new: &[(&'static str, &str)]) -> String {
        let moved = |id: &ChannelId| (id.as_str() == "X1").then(|| "C9".into());
        lost_keys(&tables(old), &tables(new), &moved).expect("compared").to_string()
    }

    const MESSAGES: &str = "channel,ts,text\nC1,9.000001,a\nC1,10.000001,\"b,\nb\"\nC2,10.000001,c\n";

    #[test]
    fn a_key_that_is_there_is_kept_whatever_else_its_row_says() {
        let other = "last_batch,ts,channel\n,9.000001,C1\n,10.000001,C1\n,10.000001,C2\n,11.000001,C2\n";
        assert_eq!(lost(&[("message_data", MESSAGES)], &[("message_data", other)]), "");
        assert_eq!(lost(&[], &[("message_data", MESSAGES)]), "");
        let windows =
            "channel,oldest,latest,scope,thread_ts,batch\nC1,1.000001,2.000001,all,,20200101000000\n";
        assert_eq!(lost(&[("window_data", windows)], &[]), "");
    }

    #[test]
    fn lost_keys_are_counted_and_named() {
        let fewer = "channel,ts\nC1,10.000001\n";
        let expected = "2 rows of message_data (C1, 9.000001; C2, 10.000001)";
        assert_eq!(lost(&[("message_data", MESSAGES)], &[("message_data", fewer)]), expected);
        let all = "3 rows of message_data (C1, 9.000001; C1, 10.000001; C2, 10.000001)";
        assert_eq!(lost(&[("message_data", MESSAGES)], &[]), all);
        let members: String = (10..30).map(|user| format!("C1,U{user}\n")).collect();
        let found = lost(&[("member_data", &format!("channel,user_id\n{members}"))], &[]);
        assert!(found.starts_with("20 rows of member_data (C1, U10; C1, U11;"), "{found}");
        assert!(found.ends_with("C1, U19; ...)"), "{found}");
    }

    #[test]
    fn texts_are_not_told() {
        let revisions = "channel,ts,edited_ts,batch,text\nC1,9.000001,,20200101000000,secret\n";
        let expected = "1 row of message_revision_data (C1, 9.000001, )";
        assert_eq!(lost(&[("message_revision_data", revisions)], &[]), expected);
    }

    #[test]
    fn a_conversation_may_have_moved() {
        let old = [
            ("channel_data", "id,name\nC1,a\nX1,b\n"),
            ("message_data", "channel,ts\nC1,9.000001\nX1,10.000001\nX1,11.000001\n"),
            ("file_data", "id,channel\nF1,X1\nF2,C1\nF2,X1\n"),
        ];
        let new = [
            ("channel_data", "id,name\nC1,a\nC9,b\n"),
            ("message_data", "channel,ts\nC1,9.000001\nC9,9.000001\nC9,11.000001\n"),
            ("file_data", "id,channel\nF1,C1\nF1,C9\nF2,C1\n"),
        ];
        assert_eq!(lost(&old, &new), "1 row of message_data (X1, 10.000001), 1 row of file_data (F2, X1)");
    }

    #[test]
    fn what_cannot_be_read_counts_as_lost() {
        let unsorted = "channel,ts\nC1,10.000001\nC1,9.000001\n";
        let found = lost(&[("message_data", unsorted)], &[("message_data", MESSAGES)]);
        assert_eq!(found, "what cannot be read of message_data (message_data.csv is not sorted)");
        let cut = "channel,ts\nC1,8.000001\nC1\n";
        let found = lost(&[("message_data", cut)], &[("message_data", MESSAGES)]);
        assert!(found.starts_with("1 row of message_data (C1, 8.000001), what cannot be read"), "{found}");
        assert!(lost_keys(&tables(&[]), &tables(&[("message_data", cut)]), &|_| None).is_ok());
    }
}

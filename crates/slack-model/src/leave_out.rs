use std::collections::{BTreeSet, HashSet};
use std::io::Read;

use csv::ByteRecord;

use crate::error::Result;
use crate::ids::{ChannelId, UserId};
use crate::rows::{Channel, TABLES, User};
use crate::table::{Column, Kind, RawReader, RawRecord, RawWriter, Schema, Table, TableSink, TableSource};

/// Which conversations are shown, beside the public channels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "there are no other kinds of conversations")]
pub struct Shown {
    /// Private channels.
    pub private: bool,
    /// Direct messages, of two or of several.
    pub direct_messages: bool,
}

/// What a home withholds, for a store that may hold it from an earlier time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Withheld {
    /// The conversations.
    pub channels: BTreeSet<ChannelId>,
    /// The users whom nothing names but these conversations.
    pub users: BTreeSet<UserId>,
    /// The channels of the home whose ids are made from folders' names, where it has a table of channels: one that it had and
    /// has no more was found to be another channel, and is withheld under its old id.
    pub of_folders: Option<BTreeSet<ChannelId>>,
}

impl Withheld {
    /// What [`leave_out`] left out of `tables`, given what it made of them.
    ///
    /// # Errors
    ///
    /// Where a table of users cannot be read.
    pub fn of(
        tables: &dyn TableSource,
        visible: &dyn TableSource,
        channels: &HashSet<ChannelId>,
    ) -> Result<Self> {
        let mut users = strangers(tables)?;
        for user in strangers(visible)? {
            users.remove(&user);
        }
        let of_folders = RawReader::open(tables, &SHOWN_BY)?.map(of_folders).transpose()?;
        let id = |id: Vec<u8>| UserId::from(&*String::from_utf8_lossy(&id));
        let users = users.into_iter().map(id).collect();
        Ok(Self { channels: channels.iter().cloned().collect(), users, of_folders })
    }

    /// Whether a store that others read must not hold a conversation.
    pub fn holds(&self, channel: &ChannelId) -> bool {
        let is_there = |known: &BTreeSet<ChannelId>| known.contains(channel);
        self.channels.contains(channel)
            || channel.is_of_folder() && !self.of_folders.as_ref().is_none_or(is_there)
    }
}

/// The conversations of a batch or master whose ids are made of folders' names: those that were not found to be a channel.
///
/// # Errors
///
/// Where the table of channels cannot be read.
pub fn folders_left(tables: &dyn TableSource) -> Result<BTreeSet<ChannelId>> {
    Ok(RawReader::open(tables, &SHOWN_BY)?.map(of_folders).transpose()?.unwrap_or_default())
}

fn of_folders(mut channels: RawReader<impl Read>) -> Result<BTreeSet<ChannelId>> {
    let mut found = BTreeSet::new();
    while let Some(channel) = channels.read()? {
        let id = ChannelId::from(&*String::from_utf8_lossy(&channel.field(0)));
        found.extend(Some(id).filter(ChannelId::is_of_folder));
    }
    Ok(found)
}

/// What says whether a conversation is shown: whatever else is wrong with its row does not matter.
const SHOWN_BY: Schema = Schema::selected(
    Channel::SCHEMA.name,
    &[
        Column::selected("id", Kind::Text),
        Column::selected("type", Kind::Text),
        Column::selected("class", Kind::Text),
    ],
    &["id"],
);

/// What says whether a list holds a user.
const NAMED_BY: Schema = Schema::selected(
    User::SCHEMA.name,
    &[Column::selected("id", Kind::Text), Column::selected("known", Kind::Text)],
    &["id"],
);

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
/// Users whom a list holds stay. Those whom nothing names but such a conversation go with it. A table whose columns are not the
/// contract's, or in another order, is written in that order. `confidential_at` of a channel stays empty: it may be the second of
/// a message that nobody is shown.
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
    let mut strangers = if channels.is_empty() { HashSet::new() } else { strangers(tables)? };
    for schema in TABLES.iter().filter(|schema| schema.name != User::SCHEMA.name) {
        let column = schema.position(if schema.name == Channel::SCHEMA.name { "id" } else { "channel" });
        let names = ["user_id", "creator"].map(|name| schema.position(name));
        copy_if(tables, sink, schema, |row| {
            if column.is_some_and(|column| channels.contains(row.field(column).as_ref())) {
                return false;
            }
            if !strangers.is_empty() {
                for name in names.into_iter().flatten() {
                    strangers.remove(row.field(name).as_ref());
                }
            }
            true
        })?;
    }
    let id = User::SCHEMA.position("id");
    copy_if(tables, sink, &User::SCHEMA, |row| {
        !id.is_some_and(|id| strangers.contains(row.field(id).as_ref()))
    })
}

/// The users whom no list holds: something else names them.
fn strangers(tables: &dyn TableSource) -> Result<HashSet<Vec<u8>>> {
    let mut strangers = HashSet::new();
    let Some(mut users) = RawReader::open(tables, &NAMED_BY)? else { return Ok(strangers) };
    while let Some(user) = users.read()? {
        if &*user.field(1) == b"false" {
            strangers.insert(user.field(0).into_owned());
        }
    }
    Ok(strangers)
}

/// The column that is left empty in every copy.
const UNTOLD: &str = "confidential_at";

/// Copies the rows of a table that are wanted; nothing where there is no such table.
///
/// Nobody is shown the values of the column [`UNTOLD`].
fn copy_if<K: TableSink>(
    tables: &dyn TableSource,
    sink: &K,
    schema: &Schema,
    mut is_wanted: impl FnMut(&RawRecord<'_>) -> bool,
) -> Result<()> {
    let Some(mut reader) = RawReader::open(tables, schema)? else { return Ok(()) };
    let mut writer = RawWriter::new(sink.create(schema)?, schema);
    writer.write_header(schema)?;
    let mut record = ByteRecord::new();
    let untold = schema.position(UNTOLD);
    let is_copied = reader.layout().is_in_order() && untold.is_none();
    while let Some(row) = reader.read()? {
        if !is_wanted(&row) {
            continue;
        }
        if is_copied {
            writer.copy(&row)?;
            continue;
        }
        row.copy_to(&mut record, schema.columns.len());
        if untold.is_some() {
            let told = |(at, field)| if Some(at) == untold { &b""[..] } else { field };
            record = record.iter().enumerate().map(told).collect();
        }
        writer.write(&record)?;
    }
    sink.finish(schema, writer.finish()?)
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
             D1,D1,im,confidential\nG1,board,group,confidential\nG2,G2,mpim,confidential\n\
             F1,FC:F1:plan,canvas,confidential\n",
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
        assert_eq!(left_out(false, false), ["C2", "D1", "F1", "G1", "G2"]);
        assert_eq!(left_out(true, false), ["D1", "G2"]);
        assert_eq!(left_out(false, true), ["C2", "F1", "G1"]);
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

    #[test]
    fn nobody_is_shown_when_a_channel_was_private() {
        let (master, shown) = (MemoryTables::default(), MemoryTables::default());
        let header: Vec<_> = Channel::SCHEMA.columns.iter().map(|column| column.name).collect();
        let row =
            "C1,general,channel,public,false,false,true,false,U1,9,\"a, b\",,2,20200101000000,20200301000000";
        master.insert("channel_data", format!("{}\n{row},20200214010203\n", header.join(",")));
        leave_out(&master, &HashSet::from(["C2".into()]), &shown).expect("copied");
        let csv = String::from_utf8(shown.get("channel_data").expect("channels")).expect("UTF-8");
        assert_eq!(csv, format!("{}\n{row},\n", header.join(",")));
    }

    #[test]
    fn people_known_from_there_only_go_too() {
        let (master, shown) = (master(), MemoryTables::default());
        // Listed; a stranger of the board; one who wrote in public as well; one whom a visible channel names as its maker.
        master.insert("user_data", "id,known\nU1,true\nU2,false\nU3,false\nU4,false\nU5,false\n");
        master.insert(
            "channel_data",
            "id,type,class,creator\nC1,channel,public,U4\nG1,group,confidential,U2\n",
        );
        master.insert(
            "message_data",
            "channel,ts,user_id\nC1,1.000001,U3\nG1,1.000001,U2\nG1,1.000002,U3\nG1,1.000003,U1\n",
        );
        master.insert("reaction_data", "channel,ts,reaction,user_id\nC1,1.000001,+1,U5\nG1,1.000001,+1,U2\n");
        let channels = Shown::default().left_out(&master).expect("read");
        leave_out(&master, &channels, &shown).expect("copied");
        let users = String::from_utf8(shown.get("user_data").expect("users")).expect("UTF-8");
        let ids: Vec<_> = users.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
        assert_eq!(ids, ["U1", "U3", "U4", "U5"]);
        let withheld = Withheld::of(&master, &shown, &channels).expect("read");
        assert_eq!(withheld.channels, BTreeSet::from(["G1".into()]));
        assert_eq!(withheld.users, BTreeSet::from(["U2".into()]));
        // One that was known by its folder only, and is not any more, is another channel.
        let held = ["C1", "G1", "C9", "X1ZNE2VAN6S"].map(|id| withheld.holds(&id.into()));
        assert_eq!(held, [false, true, false, true]);
        assert!(!Withheld::default().holds(&"X1ZNE2VAN6S".into()), "nothing is known of it");
        master.insert("channel_data", "id,type,class\nX1ZNE2VAN6S,channel,public\n");
        let known = Withheld::of(&master, &master, &HashSet::new()).expect("read");
        assert!(!known.holds(&"X1ZNE2VAN6S".into()));
        // Where all is visible, everybody is.
        leave_out(&master, &HashSet::new(), &shown).expect("copied");
        let users = String::from_utf8(shown.get("user_data").expect("users")).expect("UTF-8");
        assert_eq!(users.lines().count(), 6);
    }
}

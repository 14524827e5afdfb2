//! Folders of exports that the operator knows to be channels: `references/channel_alias.csv`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::Serialize;
use slack_merge::JoinedFolder;
use slack_model::batch::BatchFolder;
use slack_model::rows::{Channel, ChannelAlias};
use slack_model::{ChannelId, Folder, Table, TableReader};

use crate::error::{Error, Result};
use crate::pipeline::Pipeline;

slack_model::select! {
    /// A line of the operator's list.
    struct AliasLine from "channel_alias" by (alias) {
        /// The folder: its name, or the id made of it.
        pub alias: String,
        /// The channel: its id or name.
        pub channel: String,
    }
}

/// The conversations of a data home, by id: what each set of tables says of it.
#[derive(Default)]
struct Conversations(BTreeMap<ChannelId, Vec<Channel>>);

impl Conversations {
    fn read(folders: impl IntoIterator<Item = PathBuf>) -> Result<Self> {
        let mut conversations = Self::default();
        for folder in folders {
            let table = TableReader::open(&Folder(folder), &Channel::SCHEMA)?;
            for channel in table.into_iter().flat_map(TableReader::rows::<Channel>) {
                let channel = channel?;
                conversations.0.entry(channel.id.clone()).or_default().push(channel);
            }
        }
        Ok(conversations)
    }

    fn is_listed(rows: &[Channel]) -> bool {
        rows.iter().any(|row| row.is_private.is_some() || row.kind == Channel::CANVAS)
    }

    /// A folder: one that is there, or else the one that would have the name.
    fn folder(&self, called: &str) -> ChannelId {
        if self.0.contains_key(called) { called.into() } else { ChannelId::of_folder(called) }
    }

    /// A channel that a list names, or else any conversation that is called so.
    fn channel(&self, called: &str) -> Result<ChannelId> {
        if self.0.contains_key(called) {
            return Ok(called.into());
        }
        let bare = called.strip_prefix('#').unwrap_or(called);
        let named = |is_listed: bool| -> BTreeSet<&ChannelId> {
            let named = self.0.iter().filter(|(_, rows)| Self::is_listed(rows) == is_listed);
            named.filter(|(_, rows)| rows.iter().any(|row| row.name == bare)).map(|(id, _)| id).collect()
        };
        let (listed, others) = (named(true), named(false));
        let found = if listed.is_empty() { others } else { listed };
        let why = match found.iter().collect::<Vec<_>>()[..] {
            [id] => return Ok((*id).clone()),
            [] => "channel not found",
            _ => "several channels have this name: give the id",
        };
        Err(refused(called, why))
    }

    /// People do not turn into a channel, whatever their folder is called.
    fn check_kinds(&self, line: &AliasLine, alias: &ChannelId, channel: &ChannelId) -> Result<()> {
        let kind = |row: &&Channel| ["im", "mpim"].contains(&&*row.kind);
        let Some(folder) = self.0.get(alias).and_then(|rows| rows.iter().find(kind)) else { return Ok(()) };
        let other = self.0.get(channel).and_then(|rows| rows.iter().find(|row| row.kind != folder.kind));
        match other {
            Some(other) => {
                let why = format!(
                    "a folder of type {} cannot be {:?} of type {}: remove the line",
                    folder.kind, line.channel, other.kind
                );
                Err(refused(&line.alias, &why))
            }
            None => Ok(()),
        }
    }
}

impl Pipeline<'_> {
    /// The operator's aliases, by ids. Names are looked up in the master and in the batches.
    pub(crate) fn aliases(&self, batches: &[BatchFolder]) -> Result<Vec<(ChannelId, ChannelId)>> {
        let references = Folder(self.home().references());
        let Some(lines) = TableReader::open(&references, &AliasLine::SCHEMA)? else { return Ok(Vec::new()) };
        let folders = batches.iter().map(BatchFolder::csv).chain([self.home().master_csv()]);
        let conversations = Conversations::read(folders)?;
        let mut named = BTreeMap::new();
        for line in lines.rows::<AliasLine>() {
            let line = line?;
            let (alias, channel) = (conversations.folder(&line.alias), conversations.channel(&line.channel)?);
            conversations.check_kinds(&line, &alias, &channel)?;
            if named.insert(alias, channel).is_some() {
                return Err(refused(&line.alias, "two lines for one folder: keep one of them"));
            }
        }
        Ok(named.into_iter().collect())
    }
}

/// What is wrong with the operator's list.
fn refused(folder: &str, why: &str) -> Error {
    Error::Alias { folder: folder.into(), why: why.into() }
}

/// A folder of an export that a merge joined with its channel.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct JoinedAlias {
    /// The id made of the folder's name.
    pub alias: ChannelId,
    /// The folder's name.
    pub name: String,
    /// The channel.
    pub channel: ChannelId,
    /// Why: `messages` that both hold, or the `operator`.
    pub reason: &'static str,
}

impl From<JoinedFolder> for JoinedAlias {
    fn from(joined: JoinedFolder) -> Self {
        let JoinedFolder { alias, name, channel, reason, .. } = joined;
        Self { alias, name, channel, reason: reason.as_str() }
    }
}

/// Where conversations of an old master are in a rebuilt one: under the channel that a folder was joined with, or under
/// the id that the folder's conversation has since a list names it.
pub(crate) fn moved(next: &Folder) -> Result<BTreeMap<ChannelId, ChannelId>> {
    let mut moved = BTreeMap::new();
    let channels = TableReader::open(next, &Channel::SCHEMA)?;
    for channel in channels.into_iter().flat_map(TableReader::rows::<Channel>) {
        let channel = channel?;
        for folder in [channel.id.as_str(), &channel.name] {
            moved.insert(ChannelId::of_folder(folder), channel.id.clone());
        }
    }
    let aliases = TableReader::open(next, &ChannelAlias::SCHEMA)?;
    for row in aliases.into_iter().flat_map(TableReader::rows::<ChannelAlias>) {
        let row = row?;
        moved.insert(row.alias, row.channel);
    }
    Ok(moved)
}

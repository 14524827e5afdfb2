//! Folders of exports that no list names, and the channels that they are.

use std::collections::{BTreeMap, BTreeSet};

use slack_model::rows::{Channel, ChannelAlias};
use slack_model::{ChannelId, Table, TableReader, TableSource};

use crate::error::{Error, Result};
use crate::proofs::Search;
use crate::tables::MergeOptions;

/// What tells that a folder is a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum JoinReason {
    /// A message of the same time, author and text in both.
    Messages,
    /// The operator.
    Operator,
}

impl JoinReason {
    /// The word for it in `channel_alias_data`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Messages => "messages",
            Self::Operator => "operator",
        }
    }
}

/// A folder that a merge found to be a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct JoinedFolder {
    /// The id made of the folder's name.
    pub alias: ChannelId,
    /// The folder's name.
    pub name: String,
    /// The channel.
    pub channel: ChannelId,
    /// What tells.
    pub reason: JoinReason,
}

/// What a merge has to join.
#[derive(Debug, Default)]
pub(crate) struct Aliases {
    /// The channel of each folder.
    pub(crate) channels: BTreeMap<ChannelId, ChannelId>,
    /// The rows of channel_alias_data; `None` where there are no such folders, and no such table is needed.
    pub(crate) rows: Option<Vec<ChannelAlias>>,
    /// What was not joined before.
    pub(crate) new: Vec<JoinedFolder>,
}

/// The conversations of one set of tables.
pub(crate) struct Directory {
    channels: BTreeMap<ChannelId, Channel>,
}

impl Directory {
    pub(crate) fn read(tables: &dyn TableSource) -> Result<Self> {
        let Some(reader) = TableReader::open(tables, &Channel::SCHEMA)? else {
            return Ok(Self { channels: BTreeMap::new() });
        };
        let rows = reader.rows::<Channel>().map(|row| row.map(|row| (row.id.clone(), row)));
        Ok(Self { channels: rows.collect::<Result<_, _>>()? })
    }

    /// The folders that are joined with channels, of those that the tables have.
    pub(crate) fn aliased(&self, aliases: &Aliases) -> BTreeMap<ChannelId, ChannelId> {
        let known = aliases.channels.iter().filter(|(alias, _)| self.channels.contains_key(*alias));
        known.map(|(alias, channel)| (alias.clone(), channel.clone())).collect()
    }
}

/// Whether a conversation stands under an id that stays: Slack's own, or a canvas's.
fn is_listed(channel: &Channel) -> bool {
    channel.is_private.is_some() || channel.kind == Channel::CANVAS || !channel.id.is_of_folder()
}

impl Aliases {
    /// Finds out what is joined: what is joined in the master stays so, then the operator's word counts, then messages.
    pub(crate) fn find(
        master: &dyn TableSource,
        batches: &[&dyn TableSource],
        directories: &[Directory],
        options: &MergeOptions,
    ) -> Result<Self> {
        let rows = directories.iter().flat_map(|directory| directory.channels.values());
        let listed: BTreeSet<&ChannelId> =
            rows.clone().filter(|channel| is_listed(channel)).map(|channel| &channel.id).collect();
        let folders: BTreeMap<&ChannelId, &Channel> = rows
            .filter(|channel| channel.id.is_of_folder() && !listed.contains(&channel.id))
            .map(|channel| (&channel.id, channel))
            .collect();
        let table = TableReader::open(master, &ChannelAlias::SCHEMA)?;
        let is_new_table = table.is_none();
        let mut known: BTreeMap<ChannelId, ChannelId> = BTreeMap::new();
        for row in table.into_iter().flat_map(TableReader::rows::<ChannelAlias>) {
            let row = row?;
            known.insert(row.alias, row.channel);
        }
        if folders.is_empty() && known.is_empty() && options.aliases.is_empty() {
            return Ok(Self::default());
        }
        let operator = operators(&options.aliases, &known, &listed)?;
        let mut reasons: BTreeMap<ChannelId, JoinReason> =
            operator.keys().map(|alias| (alias.clone(), JoinReason::Operator)).collect();
        let mut aliases = Self { channels: known.clone(), ..Self::default() };
        aliases.channels.extend(operator);
        let left: BTreeSet<&ChannelId> =
            folders.keys().filter(|folder| !aliases.channels.contains_key(**folder)).copied().collect();
        let search = Search { master, batches, folders: &left, listed: &listed };
        let by = |directory: &Directory, wanted: &BTreeSet<&ChannelId>| {
            directory.channels.keys().any(|channel| wanted.contains(channel))
        };
        let (in_master, in_batches) = (directories.first(), directories.get(1..).unwrap_or_default());
        // What is in the master was compared when it came there, unless an earlier version put it there.
        let found = if in_batches.iter().any(|batch| by(batch, &left)) || is_new_table {
            search.everywhere()?
        } else if in_master.is_some_and(|master| by(master, &left))
            && in_batches.iter().any(|batch| by(batch, &listed))
        {
            search.in_batches()?
        } else {
            BTreeMap::new()
        };
        for (folder, channel) in found {
            reasons.insert(folder.clone(), JoinReason::Messages);
            aliases.channels.insert(folder, channel);
        }
        aliases.describe(directories, &known, &reasons, !folders.is_empty());
        Ok(aliases)
    }

    /// Makes the rows of channel_alias_data, each with the batches that had the folder.
    fn describe(
        &mut self,
        directories: &[Directory],
        known: &BTreeMap<ChannelId, ChannelId>,
        reasons: &BTreeMap<ChannelId, JoinReason>,
        has_folders: bool,
    ) {
        let mut rows = Vec::new();
        for (alias, channel) in &self.channels {
            let seen: Vec<_> =
                directories.iter().filter_map(|directory| directory.channels.get(alias)).collect();
            let reason = reasons.get(alias).copied();
            // An operator may name a folder before any batch has it.
            if seen.is_empty() && !(known.contains_key(alias) && reason.is_some()) {
                continue;
            }
            rows.push(ChannelAlias {
                alias: alias.clone(),
                channel: channel.clone(),
                reason: reason.map(JoinReason::as_str).unwrap_or_default().into(),
                first_batch: seen.iter().filter_map(|row| row.first_batch).min(),
                last_batch: seen.iter().filter_map(|row| row.last_batch).max(),
            });
            if let (Some(reason), Some(row), false) = (reason, seen.last(), known.contains_key(alias)) {
                let (alias, channel, name) = (alias.clone(), channel.clone(), row.name.clone());
                self.new.push(JoinedFolder { alias, name, channel, reason });
            }
        }
        self.rows = (has_folders || !rows.is_empty()).then_some(rows);
    }
}

/// The operator's aliases, each led to the channel where its chain ends.
fn operators(
    named: &[(ChannelId, ChannelId)],
    known: &BTreeMap<ChannelId, ChannelId>,
    listed: &BTreeSet<&ChannelId>,
) -> Result<BTreeMap<ChannelId, ChannelId>> {
    let steps: BTreeMap<&ChannelId, &ChannelId> = named
        .iter()
        .filter(|(alias, channel)| alias != channel)
        .map(|(alias, channel)| (alias, channel))
        .collect();
    let mut ends = BTreeMap::new();
    for (&alias, &channel) in &steps {
        if listed.contains(alias) {
            return Err(Error::ListedAlias { alias: alias.clone(), channel: channel.clone() });
        }
        let mut end = channel;
        let mut left = steps.len();
        while let Some(next) = steps.get(end).copied().or_else(|| known.get(end)) {
            end = next;
            left = left.checked_sub(1).ok_or_else(|| Error::CircularAlias { alias: alias.clone() })?;
        }
        if let Some(joined) = known.get(alias).filter(|joined| *joined != end) {
            let (alias, joined, channel) = (alias.clone(), joined.clone(), end.clone());
            return Err(Error::OtherChannel { alias, joined, channel });
        }
        ends.insert(alias.clone(), end.clone());
    }
    Ok(ends)
}

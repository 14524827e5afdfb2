//! Folders of exports that no list names, and the channels that they are.

use std::collections::{BTreeMap, BTreeSet};

use slack_model::rows::{Channel, ChannelAlias};
use slack_model::{ChannelId, Table, TableReader, TableSource};

use crate::error::{Error, Result};
use crate::proofs::{BatchOf, Search, Unit};
use crate::split::{Move, Moves};
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
    /// What is taken out of each source, the master first.
    pub(crate) moves: Vec<Moves>,
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

    fn has_any(&self, wanted: impl Fn(&ChannelId) -> bool) -> bool {
        self.channels.keys().any(wanted)
    }
}

/// Whether a conversation stands under an id that stays: Slack's own, or a canvas's.
fn is_listed(channel: &Channel) -> bool {
    channel.is_private.is_some() || channel.kind == Channel::CANVAS || !channel.id.is_of_folder()
}

/// Whether a folder of a kind may be a conversation of another: people do not turn into a channel.
fn may_be(folder: &str, channel: &str) -> bool {
    !["im", "mpim", Channel::CANVAS].contains(&folder) || folder == channel
}

/// All conversations that a merge has to do with.
struct Conversations<'d> {
    directories: &'d [Directory],
    listed: BTreeSet<&'d ChannelId>,
    folders: BTreeSet<&'d ChannelId>,
    /// What the listed ones are, as the newest list says.
    kinds: BTreeMap<&'d ChannelId, &'d Channel>,
}

impl<'d> Conversations<'d> {
    fn of(directories: &'d [Directory]) -> Self {
        let rows = || directories.iter().flat_map(|directory| directory.channels.values());
        let mut kinds: BTreeMap<&ChannelId, &Channel> = BTreeMap::new();
        for row in rows().filter(|row| is_listed(row)) {
            let best = kinds.entry(&row.id).or_insert(row);
            if (best.is_private.is_some(), best.last_batch) < (row.is_private.is_some(), row.last_batch) {
                *best = row;
            }
        }
        let listed: BTreeSet<_> = kinds.keys().copied().collect();
        let folders = rows().map(|row| &row.id).filter(|id| id.is_of_folder() && !listed.contains(id));
        Self { directories, folders: folders.collect(), listed, kinds }
    }

    /// Whether a conversation stands under an id that is made of a folder's name.
    fn is_folder(&self, id: &ChannelId) -> bool {
        id.is_of_folder() && !self.listed.contains(id)
    }

    /// Whether the kind of a folder, as a source has it, allows for a channel.
    fn may_join(&self, source: usize, folder: &ChannelId, channel: &ChannelId) -> bool {
        let Some(folder) = self.directories[source].channels.get(folder) else { return true };
        let kind = self.kinds.get(channel).map(|row| &*row.kind);
        may_be(&folder.kind, kind.unwrap_or_else(|| Channel::kind_of_id(channel.as_str())))
    }
}

impl Aliases {
    /// Finds out what is joined: the operator's word counts, then messages. What an earlier merge joined stands under the
    /// channel's id already, and says nothing of what else has the folder's name.
    pub(crate) fn find(
        sources: &[&dyn TableSource],
        directories: &[Directory],
        options: &MergeOptions,
    ) -> Result<Self> {
        let conversations = Conversations::of(directories);
        let table = sources.first().map(|master| TableReader::open(*master, &ChannelAlias::SCHEMA));
        let table = table.transpose()?.flatten();
        let is_new_table = table.is_none();
        let rows = table.into_iter().flat_map(TableReader::rows::<ChannelAlias>);
        let rows = rows.map(|row| row.map(|row| (row.alias, row.channel)));
        let known: BTreeSet<(ChannelId, ChannelId)> = rows.collect::<Result<_, _>>()?;
        if conversations.folders.is_empty() && known.is_empty() && options.aliases.is_empty() {
            return Ok(Self { moves: directories.iter().map(|_| Moves::new()).collect(), ..Self::default() });
        }
        let mut operator = operators(&options.aliases, &known, &conversations)?;
        // Nobody's word makes a channel of a direct message.
        operator.retain(|alias, channel| {
            conversations.is_folder(channel)
                || (0..directories.len()).all(|source| conversations.may_join(source, alias, channel))
        });
        let units = search(sources, &conversations, &operator, is_new_table)?;
        let mut joins = Joins { conversations: &conversations, known: &known, found: BTreeMap::new() };
        let moves = (0..directories.len()).map(|source| joins.moves(source, &units, &operator)).collect();
        let (rows, new) = joins.describe(&operator);
        let is_wanted = !conversations.folders.is_empty() || !known.is_empty() || !rows.is_empty();
        Ok(Self { moves, rows: is_wanted.then_some(rows), new })
    }
}

/// Looks for messages that folders share with channels.
fn search(
    sources: &[&dyn TableSource],
    conversations: &Conversations<'_>,
    operator: &BTreeMap<ChannelId, ChannelId>,
    is_new_table: bool,
) -> Result<Vec<Unit>> {
    let stands = |folder: &ChannelId| operator.get(folder).unwrap_or(folder).clone();
    let left = conversations.folders.iter().map(|folder| (*folder, stands(folder)));
    let left: BTreeMap<&ChannelId, ChannelId> =
        left.filter(|(_, stands)| conversations.is_folder(stands)).collect();
    let Some((master, batches)) = conversations.directories.split_first() else { return Ok(Vec::new()) };
    let known = master.channels.values().filter(|row| left.contains_key(&row.id));
    let known: Vec<(ChannelId, BatchOf)> =
        known.flat_map(|row| [(row.id.clone(), row.first_batch), (row.id.clone(), row.last_batch)]).collect();
    let may_join = |source: usize, folder: &ChannelId, channel: &ChannelId| {
        let aliases = left.iter().filter(|(_, stands)| *stands == folder);
        aliases.map(|(alias, _)| alias).all(|alias| conversations.may_join(source, alias, channel))
    };
    let search =
        Search { sources, folders: &left, listed: &conversations.listed, known: &known, may_join: &may_join };
    if left.is_empty() || conversations.listed.is_empty() {
        return Ok(Vec::new());
    }
    let is_left = |id: &ChannelId| left.contains_key(id);
    // What is in the master was compared when it came there, unless an earlier version put it there.
    if is_new_table || batches.iter().any(|batch| batch.has_any(is_left)) {
        search.everywhere()
    } else if master.has_any(is_left)
        && batches.iter().any(|batch| batch.has_any(|id| conversations.listed.contains(id)))
    {
        search.of_master()
    } else {
        Ok(Vec::new())
    }
}

/// What tells that a folder is a channel, and the first and last batch that had it.
struct Join {
    reason: JoinReason,
    batches: BTreeSet<BatchOf>,
}

/// The folders that are joined with channels.
struct Joins<'j> {
    conversations: &'j Conversations<'j>,
    known: &'j BTreeSet<(ChannelId, ChannelId)>,
    found: BTreeMap<(ChannelId, ChannelId), Join>,
}

impl Joins<'_> {
    /// What is taken out of a source.
    fn moves(&mut self, source: usize, units: &[Unit], operator: &BTreeMap<ChannelId, ChannelId>) -> Moves {
        let mut moves = Moves::new();
        for (alias, row) in &self.conversations.directories[source].channels {
            if !self.conversations.folders.contains(alias) {
                continue;
            }
            let said = operator.get(alias);
            if let Some(channel) = said {
                self.note(alias, channel, JoinReason::Operator, [row.first_batch, row.last_batch]);
            }
            let stands = said.unwrap_or(alias);
            let units = units.iter().filter(|unit| unit.source == source && unit.folder == *stands);
            let channels: BTreeMap<BatchOf, Option<&ChannelId>> =
                units.map(|unit| (unit.batch, unit.channel.as_ref())).collect();
            for (batch, channel) in &channels {
                if let Some(channel) = channel {
                    let of_row = [row.first_batch, row.last_batch];
                    let batches = if source == 0 { [*batch; 2] } else { of_row };
                    self.note(alias, channel, JoinReason::Messages, batches);
                }
            }
            moves.extend(Move::of(&channels, said).map(|moved| (alias.clone(), moved)));
        }
        moves
    }

    fn note(&mut self, alias: &ChannelId, channel: &ChannelId, reason: JoinReason, batches: [BatchOf; 2]) {
        let join = self.found.entry((alias.clone(), channel.clone()));
        let join = join.or_insert(Join { reason, batches: BTreeSet::new() });
        join.batches.extend(batches);
    }

    /// The rows of channel_alias_data, each with the batches that had the folder, and what is new.
    fn describe(
        mut self,
        operator: &BTreeMap<ChannelId, ChannelId>,
    ) -> (Vec<ChannelAlias>, Vec<JoinedFolder>) {
        // An operator may name a folder before any batch has it, or after messages proved what it is.
        for pair in operator.iter().map(|(alias, channel)| (alias.clone(), channel.clone())) {
            if self.known.contains(&pair) {
                let join = Join { reason: JoinReason::Operator, batches: BTreeSet::new() };
                self.found.entry(pair).or_insert(join);
            }
        }
        let (mut rows, mut new) = (Vec::new(), Vec::new());
        for ((alias, channel), join) in self.found {
            let mut seen = self.conversations.directories.iter().rev();
            let name = seen.find_map(|directory| directory.channels.get(&alias)).map(|row| row.name.clone());
            if let (Some(name), false) = (name, self.known.contains(&(alias.clone(), channel.clone()))) {
                let (alias, channel) = (alias.clone(), channel.clone());
                new.push(JoinedFolder { alias, name, channel, reason: join.reason });
            }
            rows.push(ChannelAlias {
                alias,
                channel,
                reason: join.reason.as_str().into(),
                first_batch: join.batches.iter().flatten().min().copied(),
                last_batch: join.batches.iter().flatten().max().copied(),
            });
        }
        (rows, new)
    }
}

/// The operator's aliases, each led to the channel where its chain ends.
fn operators(
    named: &[(ChannelId, ChannelId)],
    known: &BTreeSet<(ChannelId, ChannelId)>,
    conversations: &Conversations<'_>,
) -> Result<BTreeMap<ChannelId, ChannelId>> {
    let steps: BTreeMap<&ChannelId, &ChannelId> = named
        .iter()
        .filter(|(alias, channel)| alias != channel)
        .map(|(alias, channel)| (alias, channel))
        .collect();
    let mut ends = BTreeMap::new();
    for (&alias, &channel) in &steps {
        if conversations.listed.contains(alias) {
            return Err(Error::ListedAlias { alias: alias.clone(), channel: channel.clone() });
        }
        let mut end = channel;
        let mut left = steps.len();
        while let Some(next) = steps.get(end).copied() {
            end = next;
            left = left.checked_sub(1).ok_or_else(|| Error::CircularAlias { alias: alias.clone() })?;
        }
        ends.insert(alias.clone(), end.clone());
    }
    for (alias, joined) in known {
        // What stands under another folder's id goes on from there.
        let joined = ends.get(joined).unwrap_or(joined);
        if let Some(end) = ends.get(alias).filter(|end| *end != joined && !conversations.is_folder(end)) {
            let (alias, joined, channel) = (alias.clone(), joined.clone(), end.clone());
            return Err(Error::OtherChannel { alias, joined, channel });
        }
    }
    Ok(ends)
}

//! What the master holds already, as far as a refresh must know it.

mod channel;

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::{Arc, Mutex};

use slack_model::rows::{Batch, Channel, Message, Reaction, Reply, User, Window, WindowScope};
use slack_model::{BatchId, ChannelId, Folder, Schema, Table, TableReader, Time, Ts, UserId};

pub(crate) use self::channel::KnownChannel;
use self::channel::{Columns, Stretch};
use super::lock;
use crate::error::Result;

/// So many channels' threads are kept in memory: more than histories are read side by side.
const RECENT: usize = 8;

/// What the master holds already. Empty without one: then everything is new.
///
/// It knows where each channel's rows lie in the master's tables, and reads what it must know of a channel when it
/// is asked, so that memory grows neither with messages nor with threads.
#[derive(Debug, Default)]
pub(crate) struct Known {
    master: Option<Folder>,
    channels: HashMap<ChannelId, Entry>,
    users: HashSet<u64>,
    /// The workspaces that the master's batches came from.
    pub(crate) teams: BTreeSet<String>,
    newest_batch: Option<BatchId>,
    recent: Mutex<VecDeque<(ChannelId, Arc<KnownChannel>)>>,
}

/// What is known of a channel without reading its rows.
#[derive(Debug, Default, Clone)]
struct Entry {
    messages: Stretch,
    replies: Stretch,
    reactions: Stretch,
    /// Up to where a history was walked completely.
    walked_to: Option<Ts>,
}

impl Known {
    /// Reads it from the master's tables.
    pub(crate) fn read(master: &Path) -> Result<Self> {
        let tables = Folder(master.into());
        let mut known = Self { master: Some(tables.clone()), ..Self::default() };
        known.read_batches(&tables)?;
        known.find_rows(&tables, &Message::SCHEMA, |entry| &mut entry.messages)?;
        known.find_rows(&tables, &Reply::SCHEMA, |entry| &mut entry.replies)?;
        known.find_rows(&tables, &Reaction::SCHEMA, |entry| &mut entry.reactions)?;
        if let Some(reader) = TableReader::open(&tables, &User::SCHEMA)? {
            let mut rows = Columns::of(reader, &["id"]);
            while let Some([id]) = rows.next()? {
                known.users.insert(digest(id));
            }
        }
        if let Some(reader) = TableReader::open(&tables, &Channel::SCHEMA)? {
            let mut rows = Columns::of(reader, &["id"]);
            while let Some([id]) = rows.next()? {
                known.channels.entry(String::from_utf8_lossy(id).as_ref().into()).or_default();
            }
        }
        if let Some(reader) = TableReader::open(&tables, &Window::SCHEMA)? {
            for window in reader.rows::<Window>() {
                let Window { channel, latest, scope, .. } = window?;
                // A reply's time says nothing of how far the history was read.
                if matches!(scope, WindowScope::All | WindowScope::Messages) {
                    let walked_to = &mut known.channels.entry(channel).or_default().walked_to;
                    *walked_to = (*walked_to).max(Some(latest));
                }
            }
        }
        Ok(known)
    }

    /// Whether there is a master to refresh.
    pub(crate) fn is_present(&self) -> bool {
        self.newest_batch.is_some()
    }

    /// From where on a channel's history is to be read, if it is to be read back to `oldest`: further back where
    /// it was not read so far yet.
    pub(crate) fn read_from(&self, channel: &ChannelId, oldest: Option<Ts>) -> Option<Ts> {
        if !self.is_present() {
            return oldest;
        }
        Some(oldest?.min(self.walked_to(channel)?))
    }

    /// Up to where a channel's history was walked completely.
    pub(crate) fn walked_to(&self, channel: &ChannelId) -> Option<Ts> {
        self.channels.get(channel)?.walked_to
    }

    /// The number of a channel's messages, replies not counted.
    pub(crate) fn messages(&self, channel: &ChannelId) -> u64 {
        self.channels.get(channel).map_or(0, |entry| entry.messages.rows)
    }

    /// What is known of a channel's threads and reactions. The last few channels that were asked for are kept.
    pub(crate) fn channel(&self, id: &ChannelId) -> Result<Arc<KnownChannel>> {
        let Some((master, entry)) = self.master.as_ref().zip(self.channels.get(id)) else {
            return Ok(Arc::default());
        };
        let mut recent = lock(&self.recent);
        if let Some(at) = recent.iter().position(|(known, _)| known == id) {
            let known = Arc::clone(&recent[at].1);
            if let Some(found) = recent.remove(at) {
                recent.push_back(found);
            }
            return Ok(known);
        }
        let Entry { messages, replies, reactions, .. } = entry;
        let known = Arc::new(KnownChannel::read(master, messages, replies, reactions)?);
        if recent.len() >= RECENT {
            recent.pop_front();
        }
        recent.push_back((id.clone(), Arc::clone(&known)));
        Ok(known)
    }

    /// Whether the master has a row of a user, known to a user list or not.
    pub(crate) fn has_user(&self, user: &UserId) -> bool {
        self.users.contains(&digest(user.as_str().as_bytes()))
    }

    /// Whether the master has a channel's details as they were at `updated`.
    pub(crate) fn has_details(&self, channel: &ChannelId, updated: Option<Time>) -> bool {
        let newest = self.newest_batch.map(BatchId::time);
        self.channels.contains_key(channel)
            && newest.is_some_and(|newest| updated.is_none_or(|at| at < newest))
    }

    fn read_batches(&mut self, tables: &Folder) -> Result<()> {
        let Some(reader) = TableReader::open(tables, &Batch::SCHEMA)? else { return Ok(()) };
        for batch in reader.rows::<Batch>() {
            let Batch { batch, team_id, .. } = batch?;
            self.newest_batch = self.newest_batch.max(Some(batch));
            self.teams.extend(team_id.map(|id| id.to_string()));
        }
        Ok(())
    }

    /// Notes where each channel's rows lie in a table that is sorted by channel.
    fn find_rows(
        &mut self,
        tables: &Folder,
        schema: &Schema,
        place: impl Fn(&mut Entry) -> &mut Stretch,
    ) -> Result<()> {
        let Some(reader) = TableReader::open(tables, schema)? else { return Ok(()) };
        let mut rows = Columns::of(reader, &["channel"]);
        let (mut channel, mut stretch) = (ChannelId::default(), Stretch::default());
        let mut note = |channel: &ChannelId, stretch: Stretch| {
            if stretch.rows > 0 {
                *place(self.channels.entry(channel.clone()).or_default()) = stretch;
            }
        };
        while let Some([id]) = rows.next()? {
            if id != channel.as_str().as_bytes() {
                let next = ChannelId::from(String::from_utf8_lossy(id).as_ref());
                note(&channel, stretch);
                (channel, stretch) = (next, Stretch { first: rows.begin(), end: 0, rows: 0 });
            }
            stretch.rows += 1;
            stretch.end = rows.end();
        }
        note(&channel, stretch);
        Ok(())
    }
}

/// A digest that stands for an id or a set of counts: of a million, two are the same with a chance of 1 in
/// thirty million.
pub(crate) fn digest(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

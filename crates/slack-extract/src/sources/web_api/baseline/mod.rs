//! What the master holds already, as far as a refresh must know it.

mod channel;
mod request_history;

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex};

use slack_model::batch::BatchFolder;
use slack_model::rows::{Batch, Channel, Message, Reaction, Reply, User, Window, WindowScope};
use slack_model::{BatchId, ChannelId, Folder, Schema, Table, TableReader, Time, Ts, UserId};

pub(crate) use self::channel::KnownChannel;
use self::channel::{Columns, Stretch};
use self::request_history::RequestHistory;
use crate::error::Result;
use crate::hash::digest;
use crate::sources::web_api::lock::lock;
use crate::sources::web_api::methods::CONVERSATIONS_INFO;

/// So many channels' threads are kept in memory: more than histories are read side by side.
const RECENT: usize = 16;

/// What the master holds already. Empty without one: then everything is new.
///
/// It is frozen at the moment at which a batch began: the batch itself, which may have been merged while its capture was
/// broken off, and later ones do not count. So a capture that goes on asks what it would have asked.
///
/// It knows where each channel's rows lie in the master's tables, and reads what it must know of a channel when it
/// is asked, so that memory grows neither with messages nor with threads.
#[derive(Debug, Default)]
pub(crate) struct Baseline {
    master: Option<Folder>,
    channels: HashMap<ChannelId, Entry>,
    /// The users of whom a list or an answer has told, as digests.
    users: HashSet<u64>,
    asked: RequestHistory,
    /// The batch that is captured.
    captured: Option<BatchId>,
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

impl Baseline {
    /// Reads it from the master's tables and from the batches before the one that is captured, the newest first. Without
    /// one it is all that the master holds.
    pub(crate) fn read(master: &Path, earlier: &[BatchFolder], captured: Option<BatchId>) -> Result<Self> {
        let tables = Folder(master.into());
        let asked = RequestHistory::read(earlier);
        let is_earlier = |batch: &BatchId| captured.is_none_or(|captured| *batch < captured);
        let mut known = Self { master: Some(tables.clone()), asked, captured, ..Self::default() };
        known.newest_batch = batches(&tables)?.map(|batch| batch.batch).filter(is_earlier).max();
        known.find_rows(&tables, &Message::SCHEMA, |entry| &mut entry.messages)?;
        known.find_rows(&tables, &Reply::SCHEMA, |entry| &mut entry.replies)?;
        known.find_rows(&tables, &Reaction::SCHEMA, |entry| &mut entry.reactions)?;
        if let Some(reader) = TableReader::open(&tables, &User::SCHEMA)? {
            let mut rows = Columns::of(reader, &["id", "known"]);
            while let Some([id, is_known]) = rows.next()? {
                // Of a user who is only named nobody has told yet.
                if is_known == b"true" {
                    known.users.insert(digest(id));
                }
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
                let Window { channel, oldest, latest, scope, batch, .. } = window?;
                // A reply's time says nothing of how far the history was read, nor does a tombstone, which is a
                // window of its own instant.
                let is_history = matches!(scope, WindowScope::All | WindowScope::Messages);
                if is_history && oldest < latest && is_earlier(&batch) {
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
        let known = Arc::new(KnownChannel::read(master, self.captured, [messages, replies, reactions])?);
        if recent.len() >= RECENT {
            recent.pop_front();
        }
        recent.push_back((id.clone(), Arc::clone(&known)));
        Ok(known)
    }

    /// Whether it is known who a user is.
    pub(crate) fn has_user(&self, user: &UserId) -> bool {
        self.users.contains(&digest(user.as_str().as_bytes()))
    }

    /// Whether an earlier batch asked for a channel's details after it was changed at `updated`.
    pub(crate) fn has_details(&self, channel: &ChannelId, updated: Option<Time>) -> bool {
        let asked = self.asked.lookup(CONVERSATIONS_INFO, channel.as_str()).map(BatchId::time);
        asked.is_some_and(|asked| updated.is_none_or(|at| at < asked))
    }

    /// What earlier batches asked for.
    pub(crate) fn asked(&self) -> &RequestHistory {
        &self.asked
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

/// The workspaces that a master's batches came from.
pub(crate) fn teams(master: &Path) -> Result<BTreeSet<String>> {
    Ok(batches(&Folder(master.into()))?.filter_map(|batch| Some(batch.team_id?.to_string())).collect())
}

fn batches(tables: &Folder) -> Result<impl Iterator<Item = Batch> + use<>> {
    let reader = TableReader::open(tables, &Batch::SCHEMA)?;
    let rows: Vec<Batch> =
        reader.into_iter().flat_map(TableReader::rows::<Batch>).collect::<Result<_, _>>()?;
    Ok(rows.into_iter())
}

//! What the master holds already, as far as a refresh must know it.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use slack_model::rows::{Batch, Channel, Message, Reaction, Reply, User, Window, WindowScope};
use slack_model::{
    BatchId, ByteRecord, ChannelId, ShownThread, Table, TableReader, TableSource, Time, Ts, UserId,
};

use crate::error::Result;

/// What the master holds already. Empty without one: then everything is new.
///
/// It takes some 20 bytes a thread and 16 a message with reactions, and nothing for other messages.
#[derive(Debug, Default)]
pub(crate) struct Known {
    channels: HashMap<ChannelId, KnownChannel>,
    users: HashSet<u64>,
    /// The workspaces that the master's batches came from.
    pub(crate) teams: BTreeSet<String>,
    newest_batch: Option<BatchId>,
}

#[derive(Debug, Default)]
struct KnownChannel {
    /// The threads whose replies are all there, by timestamp.
    threads: Vec<KnownThread>,
    /// The messages with reactions, and a digest of how often each emoji was used.
    reactions: Vec<(Ts, u64)>,
    messages: u64,
    /// Up to where a history was walked completely.
    walked_to: Option<Ts>,
}

#[derive(Debug, Clone, Copy)]
struct KnownThread {
    ts: Ts,
    reply_count: u32,
    latest_reply: Option<Ts>,
}

/// A thread while the master is read: what its first message says, and what is there.
struct Candidate {
    thread: KnownThread,
    stored: u32,
    newest: Option<Ts>,
}

impl Known {
    /// Reads it from the master's tables.
    pub(crate) fn read(master: &impl TableSource) -> Result<Self> {
        let mut known = Self::default();
        known.read_batches(master)?;
        known.read_threads(master)?;
        known.read_reactions(master)?;
        if let Some(reader) = TableReader::open(master, &User::SCHEMA)? {
            let mut rows = Rows::of(reader, &["id"]);
            while let Some([id]) = rows.next()? {
                known.users.insert(digest(id));
            }
        }
        if let Some(reader) = TableReader::open(master, &Channel::SCHEMA)? {
            let mut rows = Rows::of(reader, &["id"]);
            while let Some([id]) = rows.next()? {
                entry(&mut known.channels, id);
            }
        }
        if let Some(reader) = TableReader::open(master, &Window::SCHEMA)? {
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
        let walked_to = self.channels.get(channel).and_then(|channel| channel.walked_to);
        Some(oldest?.min(walked_to?))
    }

    /// Up to where a channel's history was walked completely.
    pub(crate) fn walked_to(&self, channel: &ChannelId) -> Option<Ts> {
        self.channels.get(channel)?.walked_to
    }

    /// The number of a channel's messages, replies not counted.
    pub(crate) fn messages(&self, channel: &ChannelId) -> u64 {
        self.channels.get(channel).map_or(0, |channel| channel.messages)
    }

    /// Whether the master has all that a page shows of a thread.
    pub(crate) fn has_thread(&self, channel: &ChannelId, thread: Ts, shown: ShownThread) -> bool {
        let known = self.channels.get(channel).and_then(|channel| channel.thread(thread));
        known.is_some_and(|known| match shown.reply_count {
            Some(count) => count == u64::from(known.reply_count) && shown.latest_reply == known.latest_reply,
            // Its first message is out of sight: a broadcast reply tells of it.
            None => shown.latest_reply <= known.latest_reply,
        })
    }

    /// Whether the master has replies to a message that has none any more.
    pub(crate) fn had_thread(&self, channel: &ChannelId, message: Ts) -> bool {
        self.channels.get(channel).is_some_and(|channel| channel.thread(message).is_some())
    }

    /// Whether the master has as many reactions to a message as Slack counts.
    ///
    /// One taken away and one added since by somebody new give the same counts; only a full capture sees that.
    pub(crate) fn has_reactions(&self, channel: &ChannelId, message: Ts, counts: &[(String, u64)]) -> bool {
        let Some(channel) = self.channels.get(channel) else { return false };
        let at = channel.reactions.binary_search_by_key(&message, |(ts, _)| *ts);
        at.is_ok_and(|at| channel.reactions[at].1 == digest_counts(counts))
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

    fn read_batches(&mut self, master: &impl TableSource) -> Result<()> {
        let Some(reader) = TableReader::open(master, &Batch::SCHEMA)? else { return Ok(()) };
        for batch in reader.rows::<Batch>() {
            let Batch { batch, team_id, .. } = batch?;
            self.newest_batch = self.newest_batch.max(Some(batch));
            self.teams.extend(team_id.map(|id| id.to_string()));
        }
        Ok(())
    }

    fn read_threads(&mut self, master: &impl TableSource) -> Result<()> {
        let mut candidates: HashMap<ChannelId, Vec<Candidate>> = HashMap::new();
        if let Some(reader) = TableReader::open(master, &Message::SCHEMA)? {
            let mut rows = Rows::of(reader, &["channel", "ts", "reply_count", "latest_reply"]);
            while let Some([channel, ts, reply_count, latest_reply]) = rows.next()? {
                let Some(ts) = Ts::parse(ts) else { continue };
                let known = entry(&mut self.channels, channel);
                known.messages += 1;
                let count: u32 =
                    std::str::from_utf8(reply_count).ok().and_then(|n| n.parse().ok()).unwrap_or(0);
                if count > 0 {
                    let thread =
                        KnownThread { ts, reply_count: count, latest_reply: Ts::parse(latest_reply) };
                    let thread = Candidate { thread, stored: 0, newest: None };
                    entry(&mut candidates, channel).push(thread);
                }
            }
        }
        if let Some(reader) = TableReader::open(master, &Reply::SCHEMA)? {
            let mut rows = Rows::of(reader, &["channel", "ts", "thread_ts", "deleted_batch"]);
            while let Some([channel, ts, thread, deleted]) = rows.next()? {
                let (Some(ts), Some(thread)) = (Ts::parse(ts), Ts::parse(thread)) else { continue };
                if !deleted.is_empty() {
                    continue;
                }
                let threads = entry(&mut candidates, channel);
                if let Ok(at) = threads.binary_search_by_key(&thread, |candidate| candidate.thread.ts) {
                    threads[at].stored += 1;
                    threads[at].newest = threads[at].newest.max(Some(ts));
                }
            }
        }
        for (channel, candidates) in candidates {
            // A thread of which a capture missed a reply is as good as new.
            let settled = candidates.into_iter().filter(|candidate| {
                let Candidate { thread, stored, newest } = candidate;
                *stored == thread.reply_count && *newest >= thread.latest_reply
            });
            let mut threads: Vec<KnownThread> = settled.map(|candidate| candidate.thread).collect();
            threads.shrink_to_fit();
            self.channels.entry(channel).or_default().threads = threads;
        }
        Ok(())
    }

    fn read_reactions(&mut self, master: &impl TableSource) -> Result<()> {
        let Some(reader) = TableReader::open(master, &Reaction::SCHEMA)? else { return Ok(()) };
        let mut rows = Rows::of(reader, &["channel", "ts", "reaction"]);
        let mut message: (ChannelId, Option<Ts>, Vec<(String, u64)>) = Default::default();
        loop {
            let next = rows.next()?;
            let key = next.map(|[channel, ts, reaction]| (channel, Ts::parse(ts), reaction));
            let is_same = key
                .is_some_and(|(channel, ts, _)| channel == message.0.as_str().as_bytes() && ts == message.1);
            if !is_same && let (channel, Some(ts), mut counts) = std::mem::take(&mut message) {
                counts.sort_unstable();
                self.channels.entry(channel).or_default().reactions.push((ts, digest_counts(&counts)));
            }
            let Some((channel, ts, reaction)) = key else { return Ok(()) };
            if !is_same {
                message.0 = String::from_utf8_lossy(channel).as_ref().into();
                message.1 = ts;
            }
            match message.2.last_mut() {
                Some((name, count)) if name.as_bytes() == reaction => *count += 1,
                _ => message.2.push((String::from_utf8_lossy(reaction).into_owned(), 1)),
            }
        }
    }
}

impl KnownChannel {
    fn thread(&self, ts: Ts) -> Option<&KnownThread> {
        let at = self.threads.binary_search_by_key(&ts, |thread| thread.ts).ok()?;
        self.threads.get(at)
    }
}

/// Some columns of a table's records.
struct Rows<R, const N: usize> {
    reader: TableReader<R>,
    record: ByteRecord,
    places: [usize; N],
}

impl<R: std::io::Read, const N: usize> Rows<R, N> {
    fn of(reader: TableReader<R>, columns: &[&str; N]) -> Self {
        // The names are those of the table's own schema.
        let places = columns.map(|column| reader.schema().position(column).unwrap_or(usize::MAX));
        Self { reader, record: ByteRecord::new(), places }
    }

    fn next(&mut self) -> Result<Option<[&[u8]; N]>> {
        let more = self.reader.read(&mut self.record)?;
        Ok(more.then(|| self.places.map(|at| self.record.get(at).unwrap_or_default())))
    }
}

/// A channel's entry, without a copy of its id where it is there already.
fn entry<'m, V: Default>(map: &'m mut HashMap<ChannelId, V>, channel: &[u8]) -> &'m mut V {
    let channel = String::from_utf8_lossy(channel);
    if !map.contains_key(channel.as_ref()) {
        map.insert(channel.as_ref().into(), V::default());
    }
    map.entry(channel.as_ref().into()).or_default()
}

/// A digest that stands for an id or a set of counts: of a million, two are the same with a chance of 1 in
/// thirty million.
pub(crate) fn digest(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// The same for how often each emoji was used, sorted by name.
fn digest_counts(counts: &[(String, u64)]) -> u64 {
    digest(counts)
}

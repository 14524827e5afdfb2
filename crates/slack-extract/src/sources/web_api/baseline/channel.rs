use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

use slack_model::rows::{Message, Reaction, Reply};
use slack_model::{BatchId, ByteRecord, Folder, Schema, ShownThread, Table, TableReader, Ts};

use crate::error::{Error, Result};
use crate::hash::digest;

/// What the master holds of a channel: some 24 bytes a thread and 16 a message with reactions, and nothing of other
/// messages.
#[derive(Debug, Default)]
pub(crate) struct KnownChannel {
    /// The threads whose replies are all there, by timestamp.
    threads: Vec<KnownThread>,
    /// The messages with reactions, and a digest of how often each emoji was used.
    reactions: Vec<(Ts, u64)>,
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

/// A part of a table's file, in bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stretch {
    pub(super) first: u64,
    pub(super) end: u64,
    pub(super) rows: u64,
}

impl KnownChannel {
    /// Reads it from a channel's stretches of the master's tables.
    pub(super) fn read(
        master: &Folder,
        captured: Option<BatchId>,
        [messages, replies, reactions]: [&Stretch; 3],
    ) -> Result<Self> {
        let candidates = threads_of(master, captured, messages)?;
        let candidates = with_replies(master, replies, candidates)?;
        // A thread of which a capture missed a reply is as good as new.
        let settled = candidates.into_iter().filter(|candidate| {
            let Candidate { thread, stored, newest } = candidate;
            *stored == thread.reply_count && *newest >= thread.latest_reply
        });
        let mut threads: Vec<KnownThread> = settled.map(|candidate| candidate.thread).collect();
        threads.shrink_to_fit();
        Ok(Self { threads, reactions: reactions_of(master, captured, reactions)? })
    }

    /// Whether the master has all that a page shows of a thread.
    pub(crate) fn has_thread(&self, thread: Ts, shown: ShownThread) -> bool {
        self.thread(thread).is_some_and(|known| match shown.reply_count {
            Some(count) => count == u64::from(known.reply_count) && shown.latest_reply == known.latest_reply,
            // Its first message is out of sight: a broadcast reply tells of it.
            None => shown.latest_reply <= known.latest_reply,
        })
    }

    /// Whether the master has replies to a message that has none any more.
    pub(crate) fn had_thread(&self, message: Ts) -> bool {
        self.thread(message).is_some()
    }

    /// Whether the master has as many reactions to a message as Slack counts.
    ///
    /// One taken away and one added since by somebody new give the same counts; only a full capture sees that.
    pub(crate) fn has_reactions(&self, message: Ts, counts: &[(String, u64)]) -> bool {
        let at = self.reactions.binary_search_by_key(&message, |(ts, _)| *ts);
        at.is_ok_and(|at| self.reactions[at].1 == digest(counts))
    }

    fn thread(&self, ts: Ts) -> Option<&KnownThread> {
        let at = self.threads.binary_search_by_key(&ts, |thread| thread.ts).ok()?;
        self.threads.get(at)
    }
}

/// The threads that a channel's messages open. Those that a later batch has seen, where an older one is gone on with,
/// are as good as new: the older one is to be whole by itself.
fn threads_of(master: &Folder, captured: Option<BatchId>, stretch: &Stretch) -> Result<Vec<Candidate>> {
    let mut candidates = Vec::new();
    let Some(reader) = open_at(master, &Message::SCHEMA, stretch)? else { return Ok(candidates) };
    let mut rows = Columns::of(reader, &["ts", "reply_count", "latest_reply", "last_batch"]);
    while let Some([ts, reply_count, latest_reply, last_batch]) = rows.next()? {
        let Some(ts) = Ts::parse(ts) else { continue };
        if captured.is_some_and(|captured| BatchId::parse(last_batch) > Some(captured)) {
            continue;
        }
        let count = std::str::from_utf8(reply_count).ok().and_then(|count| count.parse().ok());
        if let Some(reply_count) = count.filter(|count: &u32| *count > 0) {
            let thread = KnownThread { ts, reply_count, latest_reply: Ts::parse(latest_reply) };
            candidates.push(Candidate { thread, stored: 0, newest: None });
        }
    }
    Ok(candidates)
}

/// The same with the replies that are there.
fn with_replies(master: &Folder, stretch: &Stretch, mut threads: Vec<Candidate>) -> Result<Vec<Candidate>> {
    let Some(reader) = open_at(master, &Reply::SCHEMA, stretch)? else { return Ok(threads) };
    let mut rows = Columns::of(reader, &["ts", "thread_ts", "deleted_batch"]);
    while let Some([ts, thread, deleted]) = rows.next()? {
        let (Some(ts), Some(thread)) = (Ts::parse(ts), Ts::parse(thread)) else { continue };
        if !deleted.is_empty() {
            continue;
        }
        if let Ok(at) = threads.binary_search_by_key(&thread, |candidate| candidate.thread.ts) {
            threads[at].stored += 1;
            threads[at].newest = threads[at].newest.max(Some(ts));
        }
    }
    Ok(threads)
}

/// The messages with reactions, and a digest of how often each emoji was used. What the captured batch itself has seen,
/// where it was merged while it was broken off, or a later one, does not count.
fn reactions_of(master: &Folder, captured: Option<BatchId>, stretch: &Stretch) -> Result<Vec<(Ts, u64)>> {
    let mut found: Vec<(Ts, u64)> = Vec::new();
    let Some(reader) = open_at(master, &Reaction::SCHEMA, stretch)? else { return Ok(found) };
    let mut rows = Columns::of(reader, &["ts", "reaction", "last_batch"]);
    let mut message: (Option<Ts>, Vec<(String, u64)>) = (None, Vec::new());
    loop {
        let next = rows.next()?;
        if next.is_some_and(|[_, _, last]| {
            captured.is_some_and(|captured| BatchId::parse(last) >= Some(captured))
        }) {
            continue;
        }
        let next = next.map(|[ts, reaction, _]| (Ts::parse(ts), reaction));
        let is_same = next.is_some_and(|(ts, _)| ts == message.0);
        if !is_same && let (Some(ts), mut counts) = std::mem::take(&mut message) {
            counts.sort_unstable();
            found.push((ts, digest(counts.as_slice())));
        }
        let Some((ts, reaction)) = next else { return Ok(found) };
        message.0 = ts;
        match message.1.last_mut() {
            Some((name, count)) if name.as_bytes() == reaction => *count += 1,
            _ => message.1.push((String::from_utf8_lossy(reaction).into_owned(), 1)),
        }
    }
}

/// Opens a stretch of a table as though the table ended with it; `None` where it has no rows.
fn open_at(
    master: &Folder,
    schema: &Schema,
    stretch: &Stretch,
) -> Result<Option<TableReader<impl Read + use<>>>> {
    if stretch.rows == 0 {
        return Ok(None);
    }
    let path = master.0.join(schema.file_name());
    let failed = |error| Error::io("read", &path, error);
    let mut file = BufReader::new(File::open(&path).map_err(failed)?);
    let mut header = Vec::new();
    file.read_until(b'\n', &mut header).map_err(failed)?;
    let mut file = file.into_inner();
    file.seek(SeekFrom::Start(stretch.first)).map_err(failed)?;
    let rows = std::io::Cursor::new(header).chain(file.take(stretch.end - stretch.first));
    Ok(Some(TableReader::new(rows, schema, schema.file_name())?))
}

/// Some columns of a table's records.
pub(super) struct Columns<R, const N: usize> {
    reader: TableReader<R>,
    record: ByteRecord,
    places: [usize; N],
}

impl<R: Read, const N: usize> Columns<R, N> {
    pub(super) fn of(reader: TableReader<R>, columns: &[&str; N]) -> Self {
        // The names are those of the table's own schema.
        let places = columns.map(|column| reader.schema().position(column).unwrap_or(usize::MAX));
        Self { reader, record: ByteRecord::new(), places }
    }

    pub(super) fn next(&mut self) -> Result<Option<[&[u8]; N]>> {
        let more = self.reader.read(&mut self.record)?;
        Ok(more.then(|| self.places.map(|at| self.record.get(at).unwrap_or_default())))
    }

    /// The byte at which the record that was read last begins.
    pub(super) fn begin(&self) -> u64 {
        self.record.position().map_or(0, |at| at.byte())
    }

    /// The byte after it.
    pub(super) fn end(&self) -> u64 {
        self.reader.byte()
    }
}

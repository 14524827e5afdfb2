//! Writing the tables.

use std::collections::BTreeMap;
use std::io::Write;

use super::ascending::Ascending;
use super::record::Record;
use super::runs::Group;
use crate::error::Result;
use crate::ids::ChannelId;
use crate::rows::{Message, Reaction, ReactionRef, Reply, Revision, RevisionRef, SetAside, SetAsideKind};
use crate::table::{Id, LineWriter, Table, TableSink, TableWriter, Text, unquoted};
use crate::ts::{BatchId, Ts};

/// How many rows each table got.
pub(super) type Counts = BTreeMap<&'static str, u64>;

/// Writes rows that are sorted by their key as a table.
pub(super) fn write_table<S: TableSink, T: Table>(
    tables: &S,
    rows: impl IntoIterator<Item = T>,
    counts: &mut Counts,
) -> Result<()> {
    write_rows(tables, rows.into_iter().map(Ok), counts)
}

/// The same of rows that have to be read first.
pub(super) fn write_rows<S: TableSink, T: Table>(
    tables: &S,
    rows: impl IntoIterator<Item = Result<T>>,
    counts: &mut Counts,
) -> Result<()> {
    let mut writer = TableWriter::new(tables.create(&T::SCHEMA)?, &T::SCHEMA)?;
    for row in rows {
        writer.write_row(&row?)?;
    }
    let (output, rows) = writer.finish()?;
    tables.finish(&T::SCHEMA, output)?;
    counts.insert(T::SCHEMA.name, rows);
    Ok(())
}

/// The tables that grow channel by channel.
pub(super) struct MessageWriters<W> {
    messages: LineWriter<W>,
    replies: LineWriter<W>,
    reactions: LineWriter<W>,
    revisions: LineWriter<W>,
    keys: Ascending,
    channel: ChannelId,
    batch: BatchId,
    seconds: Vec<Second>,
    is_export: bool,
}

/// A second, different message of one `ts`: the key is unique, so it is set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Second {
    pub(super) ts: Ts,
    /// The page's number in its channel.
    pub(super) page: u32,
    /// Its place among the page's messages of this `ts`.
    pub(super) nth: usize,
}

impl Second {
    /// Its row of what was set aside, where no page has its place.
    pub(super) fn unplaced(&self, channel: &ChannelId) -> SetAside {
        SetAside {
            file: String::new(),
            offset: 0,
            length: 0,
            record: Some(self.nth as u64),
            channel: Some(channel.clone()),
            ts: self.ts.to_string(),
            field: String::new(),
            reason: SECOND.into(),
            kind: Some(SetAsideKind::Record),
        }
    }
}

/// Why a second message of one `ts` is set aside.
pub(super) const SECOND: &str = "another message of the channel has this ts: the first one is in the tables";

/// What is to know of a message that was written.
pub(super) struct Written {
    pub(super) ts: Ts,
    /// The number of the first page that holds it.
    pub(super) first_page: u32,
    /// Whether it opens a thread.
    pub(super) is_thread: bool,
    pub(super) is_tombstone: bool,
}

impl<W: Write + Send> MessageWriters<W> {
    /// `is_export`: whether the messages are those of an export.
    pub(super) fn create<S: TableSink<Output = W>>(
        tables: &S,
        batch: BatchId,
        is_export: bool,
    ) -> Result<Self> {
        let writer = |schema| LineWriter::new(tables.create(schema)?, schema);
        Ok(Self {
            messages: writer(&Message::SCHEMA)?,
            replies: writer(&Reply::SCHEMA)?,
            reactions: writer(&Reaction::SCHEMA)?,
            revisions: writer(&Revision::SCHEMA)?,
            keys: Ascending::default(),
            seconds: Vec::new(),
            is_export,
            channel: ChannelId::default(),
            batch,
        })
    }

    pub(super) fn finish<S: TableSink<Output = W>>(self, tables: &S) -> Result<Counts> {
        let mut counts = Counts::new();
        let mut finish = |writer: LineWriter<W>, schema| {
            let (output, rows) = writer.finish()?;
            tables.finish(schema, output)?;
            counts.insert(schema.name, rows);
            Ok::<_, crate::Error>(())
        };
        finish(self.messages, &Message::SCHEMA)?;
        finish(self.replies, &Reply::SCHEMA)?;
        finish(self.reactions, &Reaction::SCHEMA)?;
        finish(self.revisions, &Revision::SCHEMA)?;
        Ok(counts)
    }
}

impl<W: Write> MessageWriters<W> {
    /// Goes on with a channel.
    ///
    /// # Errors
    ///
    /// Where its id does not come after that of the channel before.
    pub(super) fn begin(&mut self, channel: &ChannelId) -> Result<()> {
        self.keys.begin(Message::SCHEMA.name, channel)?;
        self.channel.clone_from(channel);
        Ok(())
    }

    /// The messages that were set aside since this was asked last.
    pub(super) fn take_seconds(&mut self) -> Vec<Second> {
        std::mem::take(&mut self.seconds)
    }

    /// Writes all that the records of one `ts` say. `name` hears of each user.
    ///
    /// # Errors
    ///
    /// Where the rows would not be in the order of their tables' keys, or cannot be written.
    pub(super) fn write(&mut self, group: &Group, name: &mut impl FnMut(&[u8])) -> Result<Option<Written>> {
        self.keys.message(Message::SCHEMA.name, group.ts())?;
        let (channel, batch) = (Id::from(self.channel.as_str()), Some(self.batch));
        let mut first_page = None;
        let mut freshest: Option<Record<'_>> = None;
        let mut n_texts = 0;
        let is_second = seconds_of(group, self.is_export);
        let is_kept = |place: usize| !is_second.get(place).copied().unwrap_or_default();
        let records = || group.records().enumerate().filter(|(place, _)| is_kept(*place));
        for record in records().map(|(_, record)| record).filter(Record::is_message) {
            first_page.get_or_insert(record.page);
            n_texts += usize::from(!record.is_tombstone());
            if freshest.as_ref().is_none_or(|best| record.freshness() >= best.freshness()) {
                freshest = Some(record);
            }
        }
        if let Some(message) = &freshest {
            if let Some(user) = message.user() {
                name(&user);
            }
            let row = message.row(&self.channel, self.batch);
            if row.is_in_channel() {
                self.messages.row(&row)?;
            }
            if let Some(reply) = row.to_reply() {
                self.replies.row(&reply)?;
            }
        }
        let revision = |ts, edited_ts, text| RevisionRef { channel, ts, edited_ts, batch, text };
        match &freshest {
            Some(message @ Record { row, .. }) if n_texts == 1 && !message.is_tombstone() => {
                self.revisions.row(&revision(row.ts, row.edited_ts, row.text))?;
            }
            Some(message) if n_texts > 0 => {
                let texts = texts(records().map(|(_, record)| record));
                if !texts.is_sorted_by(|(one, text), (next, later)| {
                    (one, unquoted(text)) < (next, unquoted(later))
                }) {
                    return Err(self.keys.unsorted(Revision::SCHEMA.name, group.ts()));
                }
                for (edited, text) in texts {
                    self.revisions.row(&revision(message.row.ts, edited, Text::ready(text)))?;
                }
            }
            _ => {}
        }
        // Of a reaction that is there twice, the later page's record is used. A map's keys are in order, each once.
        let mut reactions = BTreeMap::new();
        let mut counts = BTreeMap::new();
        for (_, record) in records() {
            for reaction in record.reactions() {
                let users = reaction
                    .users()
                    .map(|user| ((reaction.name, user), (record.row.ts, record.row.thread_ts)));
                reactions.extend(users);
                counts.extend(reaction.count.map(|count| (reaction.name, count)));
            }
        }
        for ((reaction, user), (ts, thread_ts)) in reactions {
            name(user);
            self.reactions.row(&ReactionRef {
                channel,
                ts,
                thread_ts,
                user_id: user.into(),
                reaction: reaction.into(),
                first_batch: batch,
                last_batch: batch,
                count: counts.get(reaction).copied(),
            })?;
        }
        if is_second.contains(&true) {
            let mut of_page: BTreeMap<u32, usize> = BTreeMap::new();
            for (place, record) in group.records().enumerate().filter(|(_, record)| record.is_message()) {
                let nth = of_page.entry(record.page).or_default();
                if !is_kept(place) {
                    self.seconds.push(Second { ts: record.row.ts, page: record.page, nth: *nth });
                }
                *nth += 1;
            }
        }
        Ok(freshest.zip(first_page).map(|(message, first_page)| Written {
            ts: message.row.ts,
            first_page,
            is_thread: message.row.thread_ts == Some(message.row.ts),
            is_tombstone: message.is_tombstone(),
        }))
    }
}

/// Which records are another message than the first one of their `ts`; empty where there is one only.
///
/// One message may come many times: a thread's first one with its replies, an edited one in a later page. What comes from
/// somebody else, or says something else without having been edited, is another one: imports into Slack make such. Of pages of
/// the API only one page tells: between two, a bot may have changed its text.
fn seconds_of(group: &Group, is_export: bool) -> Vec<bool> {
    if group.len() < 2 {
        return Vec::new();
    }
    let real = |record: &Record<'_>| record.is_message() && !record.is_tombstone();
    let Some(first) = group.records().find(real) else { return Vec::new() };
    let is_second = |record: Record<'_>| {
        let is_comparable = is_export || record.page == first.page;
        real(&record) && is_comparable && !record.is_version_of(&first)
    };
    group.records().map(is_second).collect()
}

/// The texts that a message has had, in the order of what they say, not of how CSV writes them.
fn texts<'r>(records: impl Iterator<Item = Record<'r>>) -> Vec<(Option<Ts>, &'r [u8])> {
    let real = records.filter(|record| record.is_message() && !record.is_tombstone());
    let mut texts: Vec<_> = real.map(|record| (record.row.edited_ts, record.row.text.bytes())).collect();
    texts.sort_unstable();
    texts.dedup();
    // A thread's first message comes with its replies again, and mostly has not changed meanwhile.
    if texts.len() > 1 {
        texts.sort_by_cached_key(|(edited, text)| (*edited, unquoted(text).into_owned()));
    }
    texts
}

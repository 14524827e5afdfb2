//! The first pass: who is named, which channels there are, and when each post was written.

use std::cmp::Ordering;
use std::sync::Mutex;
use std::sync::atomic::{self, AtomicUsize};

use slack_model::rows::{Message, Reaction, Reply};
use slack_model::{ByteRecord, Schema, Table, TableReader, TableSource, Ts};

use crate::channel::MessageKind;
use crate::error::{Error, Result};
use crate::names::Interner;
use crate::workspace::Known;

/// Stands for no user in [`TableSurvey::posters`].
pub(crate) const NOBODY: u32 = u32::MAX;

/// What the first pass over a table found.
#[derive(Debug, Default)]
pub(crate) struct TableSurvey {
    /// The channels in the table's order, each with the row after its last.
    pub(crate) channels: Vec<(Box<[u8]>, usize)>,
    /// The timestamp of each row, in microseconds.
    pub(crate) times: Vec<i64>,
    /// Who posted: the rank among listed users, or beyond these the place in `strangers`; or [`NOBODY`].
    pub(crate) posters: Vec<u32>,
    /// Users that are named and not listed.
    pub(crate) strangers: Vec<Box<[u8]>>,
    /// Types and subtypes.
    pub(crate) words: Vec<Box<[u8]>>,
    /// Emoji.
    pub(crate) emoji: Vec<Box<[u8]>>,
}

/// What the first pass found.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    pub(crate) messages: TableSurvey,
    pub(crate) replies: TableSurvey,
    pub(crate) reactions: TableSurvey,
}

/// Reads messages, replies and reactions once, side by side where there are threads for it.
pub(crate) fn survey(source: &impl TableSource, known: &Known, threads: usize) -> Result<Survey> {
    // The longest first, so that the shorter ones fill the other thread.
    let jobs: [fn(&_, &_) -> _; 3] = [messages_of::<Message, _>, messages_of::<Reply, _>, reactions_of];
    let next = AtomicUsize::new(0);
    let found = [const { Mutex::new(None) }; 3];
    let work = || {
        while let Some((job, slot)) = Some(next.fetch_add(1, atomic::Ordering::Relaxed))
            .and_then(|at| Some((jobs.get(at)?, found.get(at)?)))
        {
            *slot.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(job(source, known));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.min(jobs.len()) {
            scope.spawn(work);
        }
        work();
    });
    let [messages, replies, reactions] = found.map(|slot| {
        slot.into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .unwrap_or_else(|| Ok(Default::default()))
    });
    Ok(Survey { messages: messages?, replies: replies?, reactions: reactions? })
}

fn messages_of<T: Table, S: TableSource>(source: &S, known: &Known) -> Result<TableSurvey> {
    let schema = T::SCHEMA;
    let Some(mut reader) = TableReader::open(source, &schema)? else { return Ok(TableSurvey::default()) };
    let columns = MessageColumns::of(&schema);
    let mut survey = TableSurvey::default();
    let mut strangers = Interner::default();
    let mut words = Interner::default();
    let mut record = ByteRecord::new();
    let mut channel: Option<Box<[u8]>> = None;
    while reader.read(&mut record)? {
        let ts = ts_field(&schema, &reader, &record, columns.ts)?.micros();
        let same_channel = channel.as_deref() == Some(&record[columns.channel]);
        let in_order = if same_channel {
            survey.times.last().is_none_or(|last| *last < ts)
        } else {
            channel.as_deref().is_none_or(|last| last < &record[columns.channel])
        };
        if !in_order {
            return Err(Error::Unsorted { table: schema.name, line: line_of(&reader, &record) });
        }
        if !same_channel && let Some(done) = channel.replace(record[columns.channel].into()) {
            survey.channels.push((done, survey.times.len()));
        }
        let user = match &record[columns.user] {
            b"" => NOBODY,
            id => number_of(id, known, &mut strangers),
        };
        words.number(&record[columns.kind]);
        words.number(&record[columns.subtype]);
        let is_post = MessageKind::of(&record, &columns, known.is_bot(user)) == MessageKind::Post;
        survey.times.push(ts);
        survey.posters.push(if is_post { user } else { NOBODY });
    }
    survey.channels.extend(channel.map(|channel| (channel, survey.times.len())));
    survey.strangers = strangers.into_texts();
    survey.words = words.into_texts();
    Ok(survey)
}

fn reactions_of<S: TableSource>(source: &S, known: &Known) -> Result<TableSurvey> {
    let schema = Reaction::SCHEMA;
    let Some(mut reader) = TableReader::open(source, &schema)? else { return Ok(TableSurvey::default()) };
    let columns = MessageColumns::of(&schema);
    let emoji = schema.position("reaction").unwrap_or_default();
    let mut strangers = Interner::default();
    let mut names = Interner::default();
    let mut record = ByteRecord::new();
    let mut channel: Option<Box<[u8]>> = None;
    let mut last_ts = None;
    while reader.read(&mut record)? {
        let ts = ts_field(&schema, &reader, &record, columns.ts)?;
        let in_order = match channel.as_deref().map(|last| last.cmp(&record[columns.channel])) {
            Some(Ordering::Equal) => last_ts <= Some(ts),
            Some(order) => order.is_lt(),
            None => true,
        };
        if !in_order {
            return Err(Error::Unsorted { table: schema.name, line: line_of(&reader, &record) });
        }
        if channel.as_deref() != Some(&record[columns.channel]) {
            channel = Some(record[columns.channel].into());
        }
        last_ts = Some(ts);
        number_of(&record[columns.user], known, &mut strangers);
        names.number(&record[emoji]);
    }
    let (strangers, emoji) = (strangers.into_texts(), names.into_texts());
    Ok(TableSurvey { strangers, emoji, ..TableSurvey::default() })
}

fn number_of(id: &[u8], known: &Known, strangers: &mut Interner) -> u32 {
    known.user_ids.rank(id).unwrap_or_else(|| known.user_ids.len() as u32 + strangers.number(id))
}

/// Where the columns of message_data or thread_data stand that are of interest here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MessageColumns {
    pub(crate) channel: usize,
    pub(crate) kind: usize,
    pub(crate) subtype: usize,
    pub(crate) ts: usize,
    pub(crate) thread_ts: usize,
    pub(crate) user: usize,
    pub(crate) bot: usize,
    pub(crate) text: usize,
}

impl MessageColumns {
    pub(crate) fn of(schema: &Schema) -> Self {
        // Both tables have all of these columns.
        let place = |name| schema.position(name).unwrap_or_default();
        Self {
            channel: place("channel"),
            kind: place("type"),
            subtype: place("subtype"),
            ts: place("ts"),
            thread_ts: place("thread_ts"),
            user: place("user_id"),
            bot: place("bot_id"),
            text: place("text"),
        }
    }
}

/// Reads a timestamp of a record.
pub(crate) fn ts_field<R: std::io::Read>(
    schema: &Schema,
    reader: &TableReader<R>,
    record: &ByteRecord,
    column: usize,
) -> Result<Ts> {
    Ts::parse(&record[column]).ok_or_else(|| Error::Field {
        table: schema.name,
        line: line_of(reader, record),
        column: schema.columns[column].name,
        wanted: "a Slack timestamp",
        found: String::from_utf8_lossy(&record[column]).into_owned(),
    })
}

fn line_of<R: std::io::Read>(reader: &TableReader<R>, record: &ByteRecord) -> u64 {
    record.position().map_or_else(|| reader.line(), |position| position.line())
}

//! The first pass: who is named, which channels there are, and everything about each row but its text.

mod types;
mod walk;

use slack_model::rows::{Message, Reaction, Reply};
use slack_model::{Schema, Table, TableSource};

use self::types::LastType;
use self::walk::walk;
pub(crate) use self::walk::{ChannelRows, Stretch};
use crate::channel::MessageKind;
use crate::error::Result;
use crate::names::Interner;
use crate::options::MetricOptions;
use crate::workspace::Known;

/// Stands for no user where a number is wanted.
pub(crate) const NOBODY: u32 = u32::MAX;

/// What the first pass found.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    pub(crate) messages: MessageSurvey,
    pub(crate) replies: MessageSurvey,
    pub(crate) reactions: ReactionSurvey,
}

/// What the first pass over message_data or thread_data found.
#[derive(Debug, Default)]
pub(crate) struct MessageSurvey {
    /// The channels in the table's order.
    pub(crate) channels: Vec<ChannelRows>,
    pub(crate) rows: MessageRows,
    /// Users that are named and not listed.
    pub(crate) strangers: Vec<Box<[u8]>>,
    /// Types with their subtypes, as two fields of CSV.
    pub(crate) types: Vec<Box<[u8]>>,
}

/// The wanted rows of message_data or thread_data but for their texts. A vector for each field.
#[derive(Debug, Default)]
pub(crate) struct MessageRows {
    /// The timestamps, in microseconds.
    pub(crate) times: Vec<i64>,
    /// The timestamps of the threads, of those rows alone that are in one.
    pub(crate) threads: Vec<i64>,
    pub(crate) has_thread: Vec<bool>,
    /// The authors: the rank among listed users, or beyond these the place among the strangers; or [`NOBODY`].
    pub(crate) users: Vec<u32>,
    pub(crate) kinds: Vec<MessageKind>,
    /// The places in the survey's `types`.
    pub(crate) types: Vec<u32>,
    /// Bytes from the end of the text of the channel's row before, or the beginning of its stretch, to the row's text.
    pub(crate) text_skips: Vec<u32>,
    /// Bytes of the text as it is written, with its quotes.
    pub(crate) text_lengths: Vec<u32>,
}

/// What the first pass over reaction_data found.
#[derive(Debug, Default)]
pub(crate) struct ReactionSurvey {
    /// The channels in the table's order.
    pub(crate) channels: Vec<ChannelRows>,
    pub(crate) rows: ReactionRows,
    /// Users that are named and not listed.
    pub(crate) strangers: Vec<Box<[u8]>>,
    /// Emoji.
    pub(crate) emoji: Vec<Box<[u8]>>,
}

/// The wanted rows of reaction_data. A vector for each field.
#[derive(Debug, Default)]
pub(crate) struct ReactionRows {
    /// The timestamps of the messages, in microseconds.
    pub(crate) times: Vec<i64>,
    /// Who reacted, as in [`MessageRows::users`].
    pub(crate) users: Vec<u32>,
    /// The places in the survey's `emoji`.
    pub(crate) emoji: Vec<u32>,
}

/// Reads each table once: messages, which are the most, and beside them, where there is a thread for it, the others.
pub(crate) fn survey<S: TableSource>(
    source: &S,
    known: &Known,
    options: &MetricOptions,
    threads: usize,
) -> Result<Survey> {
    let messages = || messages_of::<Message, S>(source, known, options);
    let others = || {
        let replies = messages_of::<Reply, S>(source, known, options)?;
        Ok::<_, crate::Error>((replies, reactions_of(source, known, options)?))
    };
    let (messages, others) = if threads > 1 {
        std::thread::scope(|scope| {
            let beside = std::thread::Builder::new().spawn_scoped(scope, others);
            let messages = messages();
            // Where the system gives no further thread, this one does the work.
            let others = beside.map_or_else(
                |_| others(),
                |thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            );
            (messages, others)
        })
    } else {
        (messages(), others())
    };
    let (replies, reactions) = others?;
    Ok(Survey { messages: messages?, replies, reactions })
}

fn messages_of<T: Table, S: TableSource>(
    source: &S,
    known: &Known,
    options: &MetricOptions,
) -> Result<MessageSurvey> {
    let columns = MessageColumns::of(&T::SCHEMA);
    let mut rows = MessageRows::default();
    let mut strangers = Interner::default();
    let mut types = Interner::default();
    let (mut last_type, mut type_number) = (LastType::default(), 0);
    let mut text_end = 0;
    let channels = walk::<T, S>(source, options, false, |row| {
        let record = &row.record;
        let id = record.field(columns.user);
        let user = if id.is_empty() { NOBODY } else { number_of(&id, known, &mut strangers) };
        if last_type.is_other(record, &columns) {
            type_number = types.number(last_type.name());
        }
        let has_thread = !record.field(columns.thread_ts).is_empty();
        if has_thread {
            rows.threads.push(row.ts(columns.thread_ts)?.micros());
        }
        if row.is_first {
            text_end = row.byte;
        }
        let text = record.place(columns.text);
        let skip = row.byte + text.start as u64 - text_end;
        text_end = row.byte + text.end as u64;
        rows.times.push(row.ts.micros());
        rows.has_thread.push(has_thread);
        rows.users.push(user);
        rows.kinds.push(MessageKind::of(record, &columns, &id, known.is_bot(user)));
        rows.types.push(type_number);
        rows.text_skips.push(row.short(skip)?);
        rows.text_lengths.push(row.short(text.len() as u64)?);
        Ok(())
    })?;
    let (strangers, types) = (strangers.into_texts(), types.into_texts());
    Ok(MessageSurvey { channels, rows, strangers, types })
}

fn reactions_of<S: TableSource>(
    source: &S,
    known: &Known,
    options: &MetricOptions,
) -> Result<ReactionSurvey> {
    let place = |name| Reaction::SCHEMA.position(name).unwrap_or_default();
    let (user, emoji) = (place("user_id"), place("reaction"));
    let mut rows = ReactionRows::default();
    let mut strangers = Interner::default();
    let mut names = Interner::default();
    let channels = walk::<Reaction, S>(source, options, true, |row| {
        rows.times.push(row.ts.micros());
        rows.users.push(number_of(&row.record.field(user), known, &mut strangers));
        rows.emoji.push(names.number(&row.record.field(emoji)));
        Ok(())
    })?;
    Ok(ReactionSurvey { channels, rows, strangers: strangers.into_texts(), emoji: names.into_texts() })
}

fn number_of(id: &[u8], known: &Known, strangers: &mut Interner) -> u32 {
    known.user_ids.rank(id).unwrap_or_else(|| known.user_ids.len() as u32 + strangers.number(id))
}

/// Where the columns of message_data or thread_data stand that are of interest here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MessageColumns {
    pub(crate) kind: usize,
    pub(crate) subtype: usize,
    pub(crate) thread_ts: usize,
    pub(crate) user: usize,
    pub(crate) bot: usize,
    pub(crate) text: usize,
}

impl MessageColumns {
    fn of(schema: &Schema) -> Self {
        // Both tables have all of these columns.
        let place = |name| schema.position(name).unwrap_or_default();
        Self {
            kind: place("type"),
            subtype: place("subtype"),
            thread_ts: place("thread_ts"),
            user: place("user_id"),
            bot: place("bot_id"),
            text: place("text"),
        }
    }
}

use std::ops::Range;

use slack_model::{Layout, Schema, Table, TableSource};

use super::pieces::{Place, Survey, join_numbers};
use super::types::LastType;
use super::walk::{Walked, walk};
use super::{NOBODY, number_of};
use crate::channel::MessageKind;
use crate::error::Result;
use crate::names::Interner;
use crate::workspace::Known;

/// What the first pass over message_data or thread_data found.
#[derive(Debug, Default)]
pub(crate) struct MessageSurvey {
    pub(crate) walked: Walked,
    pub(crate) rows: MessageRows,
    /// Users that are named and not listed.
    pub(crate) strangers: Vec<Box<[u8]>>,
    /// Types with their subtypes, as two fields of CSV.
    pub(crate) types: Vec<Box<[u8]>>,
    /// Where the last text ends.
    text_end: u64,
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

impl<T: Table> Survey<T> for MessageSurvey {
    fn of<S: TableSource>(place: &Place<'_, S>, layout: &Layout, bytes: Range<u64>) -> Result<Self> {
        let columns = MessageColumns::of(&T::SCHEMA);
        let known = place.known;
        let mut rows = MessageRows::default();
        let mut strangers = Interner::default();
        let mut types = Interner::default();
        let (mut last_type, mut type_number) = (LastType::default(), 0);
        let mut text_end = 0;
        let walked = walk::<T, S>(place, layout, bytes, false, |row| {
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
        Ok(Self { walked, rows, strangers, types, text_end })
    }

    fn walked(&self) -> &Walked {
        &self.walked
    }

    fn append(&mut self, mut later: Self, known: &Known) -> Result<()> {
        let continues = self.walked.is_continued_by(&later.walked);
        if let (Some(first), Some(skip)) = (continues, later.rows.text_skips.first_mut()) {
            // The row is no longer the first of its channel.
            let skipped = u64::from(*skip) + first - self.text_end;
            *skip = super::walk::short(&T::SCHEMA, first, skipped)?;
        }
        join_numbers(
            &mut self.strangers,
            later.strangers,
            &mut later.rows.users,
            known.user_ids.len() as u32,
        );
        join_numbers(&mut self.types, later.types, &mut later.rows.types, 0);
        if !later.rows.times.is_empty() {
            self.text_end = later.text_end;
        }
        self.walked.append(later.walked, self.rows.times.len());
        self.rows.append(later.rows);
        Ok(())
    }
}

impl MessageRows {
    fn append(&mut self, mut later: Self) {
        self.times.append(&mut later.times);
        self.threads.append(&mut later.threads);
        self.has_thread.append(&mut later.has_thread);
        self.users.append(&mut later.users);
        self.kinds.append(&mut later.kinds);
        self.types.append(&mut later.types);
        self.text_skips.append(&mut later.text_skips);
        self.text_lengths.append(&mut later.text_lengths);
    }
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

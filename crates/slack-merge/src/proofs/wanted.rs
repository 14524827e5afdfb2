//! Reads the messages, texts and windows of the conversations that are looked for.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use slack_model::rows::{Message, Reply, Revision, Window};
use slack_model::{BatchId, Column, Kind, RawReader, Schema, Table, TableSource, Ts};

use super::BatchOf;
use crate::error::Result;

/// What people and bots write themselves. That somebody joined or left is told in the same words in many channels.
const OWN_WORDS: [&[u8]; 5] = [b"", b"thread_broadcast", b"file_share", b"me_message", b"bot_message"];

const fn text(name: &'static str) -> Column {
    Column::selected(name, Kind::Text)
}

const TS: Column = Column::selected("ts", Kind::Ts);

/// Who wrote a message and which batches saw it, in the two tables that say so.
const AUTHORS: &[Column] = &[
    text("channel"),
    TS,
    text("subtype"),
    text("user_id"),
    text("bot_id"),
    text("username"),
    text("first_batch"),
    text("last_batch"),
];

/// Every text that a message has had.
const TEXTS: Schema = Schema::selected(
    Revision::SCHEMA.name,
    &[text("channel"), TS, text("batch"), text("text")],
    &["channel", "ts"],
);

/// Which batches looked into a conversation.
const LOOKS: Schema = Schema::selected(Window::SCHEMA.name, &[text("channel"), text("batch")], &["channel"]);

/// Conversations that are looked for, and their numbers.
pub(super) struct Wanted<'w>(pub(super) HashMap<&'w [u8], usize>);

impl Wanted<'_> {
    /// Shows `each` every message of the wanted conversations: where it is, a hash of its author if people or bots wrote it
    /// themselves, and the first and last batch.
    pub(super) fn each_message(
        &self,
        tables: &dyn TableSource,
        hasher: &RandomState,
        mut each: impl FnMut((usize, i64), Option<u64>, [BatchOf; 2]),
    ) -> Result<()> {
        for name in [Message::SCHEMA.name, Reply::SCHEMA.name] {
            let schema = Schema::selected(name, AUTHORS, &["channel", "ts"]);
            let Some(mut reader) = RawReader::open(tables, &schema)? else { continue };
            while let Some(row) = reader.read()? {
                let Some(number) = self.0.get(row.field(0).as_ref()) else { continue };
                let Some(ts) = Ts::parse(&row.field(1)).map(Ts::micros) else { continue };
                let is_own = OWN_WORDS.contains(&row.field(2).as_ref());
                let author = if is_own { author(&row.field(3), &row.field(4), &row.field(5)) } else { None };
                let batches = [6, 7].map(|at| BatchId::parse(&row.field(at)));
                each((*number, ts), author.map(|author| hasher.hash_one(author)), batches);
            }
        }
        Ok(())
    }

    /// Shows `each` every text of the wanted conversations, and the batch that saw it first.
    pub(super) fn each_text(
        &self,
        tables: &dyn TableSource,
        mut each: impl FnMut((usize, i64), BatchOf, &[u8]),
    ) -> Result<()> {
        let Some(mut reader) = RawReader::open(tables, &TEXTS)? else { return Ok(()) };
        while let Some(row) = reader.read()? {
            let Some(number) = self.0.get(row.field(0).as_ref()) else { continue };
            let Some(ts) = Ts::parse(&row.field(1)).map(Ts::micros) else { continue };
            let text = row.field(3);
            if !text.is_empty() {
                each((*number, ts), BatchId::parse(&row.field(2)), &text);
            }
        }
        Ok(())
    }

    /// Shows `each` every window of the wanted conversations, and its batch.
    pub(super) fn each_look(
        &self,
        tables: &dyn TableSource,
        mut each: impl FnMut(usize, BatchOf),
    ) -> Result<()> {
        let Some(mut reader) = RawReader::open(tables, &LOOKS)? else { return Ok(()) };
        while let Some(row) = reader.read()? {
            if let Some(number) = self.0.get(row.field(0).as_ref()) {
                each(*number, BatchId::parse(&row.field(1)));
            }
        }
        Ok(())
    }
}

/// Who wrote a message: a user, or else a bot under its name.
fn author(user: &[u8], bot: &[u8], username: &[u8]) -> Option<Vec<u8>> {
    if !user.is_empty() {
        return Some(user.to_vec());
    }
    // No id holds a NUL character.
    (!bot.is_empty() || !username.is_empty()).then(|| [bot, b"\0", username].concat())
}

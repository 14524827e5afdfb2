//! The second pass: messages, replies and reactions read side by side, channel by channel.

use std::io::Read;

use slack_model::rows::{Message as MessageRow, Reaction as ReactionRow, Reply as ReplyRow};
use slack_model::{ByteRecord, Schema, Table, TableReader, TableSource, Ts};

use super::{Channel, Message, MessageKind, Reaction};
use crate::error::{Error, Result};
use crate::gaps::Timeline;
use crate::survey::{MessageColumns, NOBODY, ts_field};
use crate::workspace::{ChannelNo, EmojiNo, UserNo, Workspace};

/// Reads one channel after the other.
pub(crate) struct ChannelReader<'a> {
    workspace: &'a Workspace,
    timeline: &'a Timeline,
    messages: Cursor,
    replies: Cursor,
    reactions: Cursor,
    next: u32,
}

impl<'a> ChannelReader<'a> {
    pub(crate) fn new(
        source: &impl TableSource,
        workspace: &'a Workspace,
        timeline: &'a Timeline,
    ) -> Result<Self> {
        Ok(Self {
            workspace,
            timeline,
            messages: Cursor::open(source, MessageRow::SCHEMA)?,
            replies: Cursor::open(source, ReplyRow::SCHEMA)?,
            reactions: Cursor::open(source, ReactionRow::SCHEMA)?,
            next: 0,
        })
    }

    /// Reads the next channel, those without messages too; `None` after the last.
    pub(crate) fn next_channel(&mut self) -> Result<Option<Channel<'a>>> {
        if self.next as usize >= self.workspace.channel_count() {
            // The first pass saw every channel. A row that is left stands in one that it did not see.
            for cursor in [&self.messages, &self.replies] {
                if cursor.ts.is_some() {
                    return Err(Error::Changed { table: cursor.schema.name });
                }
            }
            return Ok(None);
        }
        let mut channel = Channel::new(self.workspace, self.timeline, ChannelNo(self.next));
        if let [start, end, ..] = self.timeline.starts[self.next as usize..] {
            channel.messages.reserve_exact(end - start);
        }
        self.next += 1;
        self.read_messages(&mut channel)?;
        self.read_reactions(&mut channel)?;
        Ok(Some(channel))
    }

    fn read_messages(&mut self, channel: &mut Channel<'_>) -> Result<()> {
        loop {
            let message = self.messages.ts_in(channel.id());
            let reply = self.replies.ts_in(channel.id());
            // A reply that was also sent to the channel is in both tables; message_data's row counts.
            let from_messages = message.is_some_and(|message| reply.is_none_or(|reply| message <= reply));
            let cursor = if from_messages { &self.messages } else { &self.replies };
            let Some(ts) = message.into_iter().chain(reply).min() else { return Ok(()) };
            cursor.push_message(ts, channel, self.workspace)?;
            if from_messages {
                self.messages.advance()?;
            }
            if reply == Some(ts) {
                self.replies.advance()?;
            }
        }
    }

    fn read_reactions(&mut self, channel: &mut Channel<'_>) -> Result<()> {
        let id = channel.id();
        while self.reactions.is_before(id) {
            self.reactions.advance()?;
        }
        let mut place = 0;
        while let Some(ts) = self.reactions.ts_in(id) {
            while channel.messages.get(place).is_some_and(|message| message.ts < ts) {
                place += 1;
            }
            if channel.messages.get(place).is_some_and(|message| message.ts == ts) {
                let record = &self.reactions.record;
                let changed = || Error::Changed { table: ReactionRow::SCHEMA.name };
                let user = self.workspace.user_ids.rank(&record[self.reactions.columns.user]);
                let emoji = self.workspace.emoji.rank(&record[self.reactions.emoji]);
                channel.reactions.push(Reaction {
                    message: place as u32,
                    user: UserNo(user.ok_or_else(changed)?),
                    emoji: EmojiNo(emoji.ok_or_else(changed)?),
                });
            }
            self.reactions.advance()?;
        }
        Ok(())
    }
}

/// A table with the record that is read next.
struct Cursor {
    schema: Schema,
    columns: MessageColumns,
    emoji: usize,
    reader: Option<TableReader<Box<dyn Read + Send>>>,
    record: ByteRecord,
    /// The record's timestamp; `None` at the end.
    ts: Option<Ts>,
}

impl Cursor {
    fn open(source: &impl TableSource, schema: Schema) -> Result<Self> {
        let reader = TableReader::open(source, &schema)?;
        let columns = MessageColumns::of(&schema);
        let emoji = schema.position("reaction").unwrap_or_default();
        let mut cursor = Self { schema, columns, emoji, reader, record: ByteRecord::new(), ts: None };
        cursor.advance()?;
        Ok(cursor)
    }

    fn advance(&mut self) -> Result<()> {
        self.ts = None;
        if let Some(reader) = &mut self.reader
            && reader.read(&mut self.record)?
        {
            self.ts = Some(ts_field(&self.schema, reader, &self.record, self.columns.ts)?);
        }
        Ok(())
    }

    /// The timestamp of the next record where it is of a channel.
    fn ts_in(&self, channel: &[u8]) -> Option<Ts> {
        self.ts.filter(|_| &self.record[self.columns.channel] == channel)
    }

    fn is_before(&self, channel: &[u8]) -> bool {
        self.ts.is_some() && &self.record[self.columns.channel] < channel
    }

    fn push_message(&self, ts: Ts, channel: &mut Channel<'_>, workspace: &Workspace) -> Result<()> {
        let Some(reader) = &self.reader else { return Ok(()) };
        let (record, columns) = (&self.record, &self.columns);
        let changed = || Error::Changed { table: self.schema.name };
        let user = match &record[columns.user] {
            b"" => None,
            id => Some(workspace.user_ids.rank(id).ok_or_else(changed)?),
        };
        let is_bot = user.and_then(|user| workspace.user(UserNo(user))).is_some_and(|user| user.is_bot);
        let thread_ts = match &record[columns.thread_ts] {
            b"" => None,
            _ => Some(ts_field(&self.schema, reader, record, columns.thread_ts)?),
        };
        let text = &record[columns.text];
        channel.messages.push(Message {
            ts,
            thread_ts,
            local_time: workspace.calendar.local(ts),
            user: user.unwrap_or(NOBODY),
            type_word: workspace.words.rank(&record[columns.kind]).ok_or_else(changed)?,
            subtype_word: workspace.words.rank(&record[columns.subtype]).ok_or_else(changed)?,
            text_len: text.len() as u32,
            text_start: channel.texts.len(),
            kind: MessageKind::of(record, columns, is_bot),
        });
        channel.texts.extend_from_slice(text);
        Ok(())
    }
}

//! The second pass: the texts of messages and replies, channel by channel, put to what is known of them.

use std::io::{BufRead, BufReader, Read};
use std::ops::Range;

use slack_model::rows::{Message as MessageRow, Reply as ReplyRow};
use slack_model::{Schema, Table, TableSource, Ts};

use super::{Channel, Message, Reaction};
use crate::error::{Error, Result};
use crate::gaps::TableRows;
use crate::survey::Stretch;
use crate::timeline::{ChannelPlace, Timeline};
use crate::workspace::{ChannelNo, EmojiNo, UserNo, Workspace};

/// What a reader takes from its file at a time, in bytes.
const BUFFER: u64 = 1 << 17;

/// Reads channels that follow one another.
pub(crate) struct ChannelReader<'a, S> {
    workspace: &'a Workspace,
    timeline: &'a Timeline,
    messages: TextReader<'a, S>,
    replies: TextReader<'a, S>,
}

impl<'a, S: TableSource> ChannelReader<'a, S> {
    /// Begins to read some channels.
    pub(crate) fn new(
        source: &'a S,
        workspace: &'a Workspace,
        timeline: &'a Timeline,
        channels: Range<usize>,
    ) -> Self {
        let places = &timeline.channels[channels];
        let texts = |schema, stretch: fn(&ChannelPlace) -> &Stretch| TextReader {
            source,
            schema,
            end: places.iter().map(|place| stretch(place).bytes.end).max().unwrap_or_default(),
            at: 0,
            input: None,
        };
        Self {
            workspace,
            timeline,
            messages: texts(MessageRow::SCHEMA, |place| &place.messages),
            replies: texts(ReplyRow::SCHEMA, |place| &place.replies),
        }
    }

    /// Reads a channel, which may have no messages, into the room of `channel`.
    pub(crate) fn read(&mut self, number: ChannelNo, channel: &mut Channel<'a>) -> Result<()> {
        let Self { workspace, timeline, messages, replies } = self;
        let place = &timeline.channels[number.index()];
        channel.begin(number, place.rows(), usize::try_from(place.texts).unwrap_or_default());
        messages.read(&timeline.messages, &place.messages, workspace, channel)?;
        let n_messages = channel.messages.len();
        replies.read(&timeline.replies, &place.replies, workspace, channel)?;
        if 0 < n_messages && n_messages < channel.messages.len() {
            // Two sorted runs, which a stable sort merges. A reply that was also sent to the channel is in both tables;
            // message_data's row, which stands first, counts.
            channel.messages.sort_by_key(Message::ts);
            channel.messages.dedup_by_key(|message| message.ts);
        }
        self.put_reactions(place.reactions.rows.clone(), channel);
        Ok(())
    }

    /// Puts reactions to their messages; those to messages that are not there are left out.
    fn put_reactions(&self, rows: Range<usize>, channel: &mut Channel<'a>) {
        let Channel { messages, reactions, .. } = channel;
        let known = &self.timeline.reactions;
        let mut at = 0;
        for row in rows {
            let time = known.times[row];
            while messages.get(at).is_some_and(|message| message.ts.micros() < time) {
                at += 1;
            }
            if messages.get(at).is_some_and(|message| message.ts.micros() == time) {
                let (user, emoji) = (UserNo(known.users[row]), EmojiNo(known.emoji[row]));
                reactions.push(Reaction { message: at as u32, user, emoji });
            }
        }
    }
}

/// Reads the texts of message_data or thread_data.
struct TextReader<'a, S> {
    source: &'a S,
    schema: Schema,
    /// The byte after the last row that is wanted.
    end: u64,
    /// The byte at which the input stands.
    at: u64,
    input: Option<BufReader<Box<dyn Read + Send>>>,
}

impl<S: TableSource> TextReader<'_, S> {
    fn read(
        &mut self,
        known: &TableRows,
        stretch: &Stretch,
        workspace: &Workspace,
        channel: &mut Channel<'_>,
    ) -> Result<()> {
        if stretch.rows.is_empty() {
            return Ok(());
        }
        self.stand_at(stretch.bytes.start)?;
        let Channel { messages, texts, .. } = channel;
        let rows = &known.rows;
        let mut threads = known.threads_from(stretch.rows.start);
        for row in stretch.rows.clone() {
            let ts = Ts::from_micros(rows.times[row]).ok_or_else(|| self.changed())?;
            let has_thread = rows.has_thread[row];
            let thread_ts = if has_thread { threads.next().and_then(Ts::from_micros) } else { None };
            let before = self.skip(rows.text_skips[row].into())?;
            let start = texts.len();
            let is_plain = self.take_text(rows.text_lengths[row].into(), texts)?;
            // A table that was replaced meanwhile has other texts at these places; it would be chance if the ends of all
            // of them were those of fields.
            let is_end = |byte: &u8| matches!(byte, b',' | b'\n' | b'\r');
            if !before.iter().chain(self.next_byte()?.iter()).all(is_end) {
                return Err(self.changed());
            }
            messages.push(Message {
                ts,
                thread_ts: thread_ts.unwrap_or(ts),
                local_time: workspace.calendar.local(ts),
                user_gap: known.gap(row),
                user: rows.users[row],
                type_number: rows.types[row],
                text_len: (texts.len() - start) as u32,
                text_start: start,
                kind: rows.kinds[row],
                has_thread,
                is_plain,
            });
        }
        self.skip(stretch.bytes.end - self.at).map(|_| ())
    }

    /// Goes to a byte of the table, which is where the input stands unless rows are left out.
    fn stand_at(&mut self, byte: u64) -> Result<()> {
        if self.input.is_none() || self.at != byte {
            let length = self.end - byte;
            let input = self.source.open_at(&self.schema, byte)?.ok_or_else(|| self.changed())?;
            let input: Box<dyn Read + Send> = Box::new(input.take(length));
            self.input = Some(BufReader::with_capacity(length.clamp(1, BUFFER) as usize, input));
            self.at = byte;
        }
        Ok(())
    }

    /// Passes over bytes; returns the last of them.
    fn skip(&mut self, mut length: u64) -> Result<Option<u8>> {
        self.at += length;
        let mut last = None;
        while length > 0 {
            let bytes = self.buffered()?;
            let here = bytes.len().min(usize::try_from(length).unwrap_or(usize::MAX));
            last = bytes[..here].last().copied();
            self.consume(here);
            length -= here as u64;
        }
        Ok(last)
    }

    /// Appends a text that is written in so many bytes; says whether it needs no quotes where it is written again.
    fn take_text(&mut self, length: u64, texts: &mut Vec<u8>) -> Result<bool> {
        self.at += length;
        let start = texts.len();
        let mut rest = length as usize;
        while rest > 0 {
            let bytes = self.buffered()?;
            let here = bytes.len().min(rest);
            texts.extend_from_slice(&bytes[..here]);
            self.consume(here);
            rest -= here;
        }
        if texts.get(start) == Some(&b'"') {
            unquote(texts, start);
            return Ok(false);
        }
        // A lone CR passes as part of a field for one reader and ends the row for another.
        Ok(memchr::memchr2(b'\r', b'"', &texts[start..]).is_none())
    }

    /// The byte that comes next; `None` at the end.
    fn next_byte(&mut self) -> Result<Option<u8>> {
        let table = self.schema.name;
        let input = self.input.as_mut().ok_or(Error::Changed { table })?;
        let bytes = input.fill_buf().map_err(|source| Error::Read { table, source })?;
        Ok(bytes.first().copied())
    }

    /// The bytes that come next, one at the least.
    fn buffered(&mut self) -> Result<&[u8]> {
        let table = self.schema.name;
        let input = self.input.as_mut().ok_or(Error::Changed { table })?;
        match input.fill_buf() {
            Ok([]) => Err(Error::Changed { table }),
            Ok(bytes) => Ok(bytes),
            Err(source) => Err(Error::Read { table, source }),
        }
    }

    fn consume(&mut self, length: usize) {
        if let Some(input) = &mut self.input {
            input.consume(length);
        }
    }

    fn changed(&self) -> Error {
        Error::Changed { table: self.schema.name }
    }
}

/// Takes the quotes off a field that begins at `start`, the first one of which is there.
fn unquote(bytes: &mut Vec<u8>, start: usize) {
    let inside = match &bytes[start + 1..] {
        [inside @ .., b'"'] => start + 1..start + 1 + inside.len(),
        inside => start + 1..start + 1 + inside.len(),
    };
    let (mut from, mut to) = (inside.start, start);
    while let Some(at) = memchr::memchr(b'"', &bytes[from..inside.end]) {
        // Of two quotes, which stand for one, the first is kept.
        bytes.copy_within(from..=from + at, to);
        to += at + 1;
        from += at + 1;
        from += usize::from(from < inside.end && bytes[from] == b'"');
    }
    bytes.copy_within(from..inside.end, to);
    bytes.truncate(to + inside.end - from);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_taken_off() {
        for (field, text) in [
            ("\"\"", ""),
            ("\"a,b\"", "a,b"),
            ("\"say \"\"hi\"\"\"", "say \"hi\""),
            ("\"\"\"\"", "\""),
            ("\"\"\"\"\"\"", "\"\""),
            ("\"open", "open"),
            ("\"abc\"def", "abc\"def"),
        ] {
            let mut bytes = [b"before", field.as_bytes()].concat();
            unquote(&mut bytes, 6);
            assert_eq!(String::from_utf8_lossy(&bytes), format!("before{text}"));
        }
    }
}

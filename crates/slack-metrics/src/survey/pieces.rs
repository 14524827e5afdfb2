//! Tables cut into pieces, which several threads survey, and put together again.
//!
//! Where in the middle of a file a record begins, only a reader from the file's beginning knows: a line break may be
//! part of a text. So a place is guessed, and the piece that begins there counts only if the piece before it ends there.

use std::io::Read;
use std::marker::PhantomData;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use slack_model::{Layout, RawReader, Table, TableSource, Ts, line_at};

use super::walk::Walked;
use crate::error::{Error, Result};
use crate::names::Interner;
use crate::options::MetricOptions;
use crate::pass::lock;
use crate::workspace::Known;

/// Whose tables are surveyed, and what of them is wanted.
pub(super) struct Place<'p, S> {
    pub(super) source: &'p S,
    pub(super) known: &'p Known,
    pub(super) options: &'p MetricOptions,
}

impl<S: TableSource> Place<'_, S> {
    /// Number of bytes of a table, 0 where that is not known.
    pub(super) fn length<T: Table>(&self) -> Result<u64> {
        Ok(self.source.length(&T::SCHEMA)?.unwrap_or_default())
    }
}

/// What is found in some of a table's records.
pub(super) trait Survey<T>: Default + Send {
    /// Reads the records that begin in a range of bytes.
    fn of<S: TableSource>(place: &Place<'_, S>, layout: &Layout, bytes: Range<u64>) -> Result<Self>;

    /// Which records they are.
    fn walked(&self) -> &Walked;

    /// Adds what was found in the records that follow.
    fn append(&mut self, later: Self, known: &Known) -> Result<()>;
}

/// A table in pieces.
pub(super) struct Cut<T, P> {
    /// `None` where there is no table.
    layout: Option<Layout>,
    pieces: Vec<Piece<P>>,
    length: u64,
    table: PhantomData<fn() -> T>,
}

/// Records that begin in a range of bytes, and what was found in them.
struct Piece<P> {
    bytes: Range<u64>,
    found: Mutex<Option<Result<P>>>,
}

/// Work for a thread, and the number of bytes that it reads.
pub(super) type Work<'w> = (u64, Box<dyn FnOnce() + Send + 'w>);

impl<T: Table, P: Survey<T>> Cut<T, P> {
    /// Cuts a table of `length` bytes into pieces of some `share` bytes.
    pub(super) fn of<S: TableSource>(place: &Place<'_, S>, length: u64, share: u64) -> Result<Self> {
        let Some(reader) = RawReader::open(place.source, &T::SCHEMA)? else {
            return Ok(Self { layout: None, pieces: Vec::new(), length, table: PhantomData });
        };
        let layout = reader.layout().clone();
        let mut starts = vec![reader.byte()];
        let mut at = share;
        while at < length && layout.is_in_order() {
            starts.extend(guess_record::<T, S>(place.source, at)?);
            at += share;
        }
        starts.dedup();
        let ends = starts.iter().skip(1).copied().chain([u64::MAX]);
        let piece = |(start, end): (&u64, u64)| Piece { bytes: *start..end, found: Mutex::new(None) };
        let pieces = starts.iter().zip(ends).map(piece).collect();
        Ok(Self { layout: Some(layout), pieces, length, table: PhantomData })
    }

    /// What there is to do, a piece at a time.
    pub(super) fn work<'w, S: TableSource>(&'w self, place: &'w Place<'w, S>) -> Vec<Work<'w>> {
        let Some(layout) = &self.layout else { return Vec::new() };
        let piece = |Piece { bytes, found }: &'w Piece<P>| -> Work<'w> {
            let survey = move || *lock(found) = Some(P::of(place, layout, bytes.clone()));
            (bytes.end.min(self.length).saturating_sub(bytes.start), Box::new(survey))
        };
        self.pieces.iter().map(piece).collect()
    }

    /// Puts together what was found in the pieces. Where a piece does not begin where the one before it ends, its records
    /// are read again, from there.
    pub(super) fn join<S: TableSource>(self, place: &Place<'_, S>) -> Result<P> {
        let (schema, Some(layout)) = (&T::SCHEMA, self.layout) else { return Ok(P::default()) };
        let mut whole: Option<P> = None;
        for Piece { bytes, found } in self.pieces {
            let end = whole.as_ref().map_or(bytes.start, |whole| whole.walked().end);
            if end >= bytes.end {
                continue;
            }
            let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
            let piece = match found {
                Some(found) if end == bytes.start => found?,
                _ => P::of(place, &layout, end..bytes.end)?,
            };
            match &mut whole {
                None => whole = Some(piece),
                Some(whole) if whole.walked().is_before(piece.walked()) => {
                    whole.append(piece, place.known)?
                }
                Some(_) => {
                    return Err(Error::Unsorted {
                        table: schema.name,
                        line: line_at(place.source, schema, end)?,
                    });
                }
            }
        }
        Ok(whole.unwrap_or_default())
    }
}

/// A record is guessed within so many bytes. Where none begins there, the piece before goes on.
const WINDOW: u64 = 1 << 16;

/// Guesses where the first record after a byte begins: after a line break, with as many fields as come before its
/// timestamp, and a timestamp.
fn guess_record<T: Table, S: TableSource>(source: &S, byte: u64) -> Result<Option<u64>> {
    let schema = &T::SCHEMA;
    let Some(input) = source.open_at(schema, byte)? else { return Ok(None) };
    let mut bytes = Vec::new();
    let read = input.take(WINDOW).read_to_end(&mut bytes);
    read.map_err(|source| Error::Read { table: schema.name, source })?;
    let column = schema.position("ts").unwrap_or_default();
    let is_record = |line: &[u8]| {
        let mut fields = line.split(|byte| *byte == b',');
        let ts = fields.nth(column);
        let is_whole = fields.next().is_some();
        ts.is_some_and(|ts| is_whole && Ts::parse(ts).is_some())
    };
    let mut ends = memchr::memchr_iter(b'\n', &bytes);
    Ok(ends.find(|end| is_record(&bytes[end + 1..])).map(|end| byte + end as u64 + 1))
}

/// Adds later texts to those that were found before, and gives what refers to them the numbers that they have here.
/// `known`: the numbers below are those of other texts, and stay.
pub(super) fn join_numbers(
    texts: &mut Vec<Box<[u8]>>,
    later: Vec<Box<[u8]>>,
    numbers: &mut [u32],
    known: u32,
) {
    if texts.is_empty() {
        *texts = later;
        return;
    }
    let mut all = Interner::default();
    for text in &*texts {
        all.number(text);
    }
    let ranks: Vec<_> = later.iter().map(|text| known + all.number(text)).collect();
    for number in numbers {
        let rank = number.checked_sub(known).and_then(|place| ranks.get(place as usize));
        *number = rank.copied().unwrap_or(*number);
    }
    *texts = all.into_texts();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survey::MessageSurvey;
    use crate::workspace::load;
    use proptest::prelude::*;
    use slack_model::MemoryTables;
    use slack_model::rows::Message;

    /// What is found in a table that is cut into pieces of so many bytes, whether they are put together or not.
    fn found(tables: &MemoryTables, share: u64) -> std::result::Result<String, String> {
        let options = MetricOptions::default();
        let known = load(tables, &options).expect("no users, no channels");
        let place = Place { source: tables, known: &known, options: &options };
        let length = place.length::<Message>().expect("known");
        let cut = Cut::<Message, MessageSurvey>::of(&place, length, share).expect("a header");
        assert!(share < length || cut.pieces.len() < 2);
        cut.work(&place).into_iter().for_each(|(_, survey)| survey());
        cut.join(&place).map(|found| format!("{found:?}")).map_err(|failure| failure.to_string())
    }

    proptest! {
        #[test]
        fn pieces_make_the_whole(
            rows in proptest::collection::vec((0u8..3, 0u32..500, 0u8..9, 0usize..6, any::<bool>()), 0..60),
            is_sorted in proptest::bool::weighted(0.9),
            share in 20u64..400,
        ) {
            let texts = ["", "a", "\"b\nC1,message,,1600000001.000000,,U1,,x\"", "\"\nC2,message,,1600000900.000000,,U1,,\n\"", "c d e", "\"\"\"\"\n"];
            let mut rows = rows;
            if is_sorted {
                rows.sort_unstable();
                rows.dedup_by_key(|row| (row.0, row.1));
            }
            let mut csv = "channel,type,subtype,ts,thread_ts,user_id,bot_id,text\n".to_owned();
            for (channel, seconds, user, text, in_thread) in rows {
                let ts = format!("{}.000000", 1_600_000_000 + seconds);
                let thread = if in_thread { &*ts } else { "" };
                csv += &format!("C{channel},message,,{ts},{thread},U{user},,{}\n", texts[text].trim_end());
            }
            let tables = MemoryTables::default();
            tables.insert("message_data", csv);
            prop_assert_eq!(found(&tables, share), found(&tables, u64::MAX));
        }
    }
}

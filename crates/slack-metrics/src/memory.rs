//! How much memory each part of the work may take.

use crate::channel::{Message, Reaction};
use crate::error::{Error, Result};
use crate::timeline::ChannelPlace;

/// What the program takes whatever is measured, in bytes.
const BASE: usize = 34 << 20;

/// What a thread takes: a buffer for each table.
const THREAD: usize = 5 << 20;

/// What is kept of all channels has so much room at the least: each time it is put aside costs some files.
const LEAST_KEPT: usize = 4 << 20;

/// What there is of the workspace, for it takes memory from the first pass to the end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) rows: usize,
    pub(crate) reactions: usize,
    pub(crate) channels: usize,
    pub(crate) users: usize,
    /// The most that a channel takes while it is measured, in bytes.
    pub(crate) largest_channel: usize,
}

impl Sizes {
    /// Bytes that are taken throughout.
    fn fixed(self, threads: usize) -> usize {
        // A row's time, author, kind, type, place of text, thread and gap; names, their numbers, and what is listed.
        BASE + threads * THREAD
            + self.rows * 42
            + self.reactions * 16
            + self.channels * 600
            + self.users * 500
    }
}

/// Where no bound is given, what is kept of all channels may take so many bytes before it goes to files, and rows that
/// wait for their turn so many.
const USUAL_KEPT: usize = 64 << 20;
const USUAL_ROWS: usize = 48 << 20;

/// Where no bound is given, channels that are measured may take so many bytes, or as much as the largest of them and
/// small ones beside it: two channels of millions of messages are not measured at the same time.
const USUAL_CHANNELS: usize = 256 << 20;
const BESIDE_LARGEST: usize = 48 << 20;

/// How much memory each part of the work may take, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MemoryBudget {
    /// For sorting posts by author.
    pub(crate) posts: usize,
    /// For channels that are measured.
    pub(crate) channels: usize,
    /// For rows that wait for their turn to be written.
    pub(crate) rows: usize,
    /// For what metrics keep of all channels.
    pub(crate) kept: usize,
}

impl MemoryBudget {
    /// Shares out memory.
    ///
    /// # Errors
    ///
    /// Where a bound leaves no room for what cannot be put aside: a few bytes of each row, and the largest channel.
    pub(crate) fn of(bound: Option<u64>, sizes: Sizes, threads: usize) -> Result<Self> {
        let largest_channel = sizes.largest_channel;
        let Some(bound) = bound else {
            let channels = USUAL_CHANNELS.max(largest_channel + BESIDE_LARGEST);
            return Ok(Self { posts: usize::MAX, channels, rows: USUAL_ROWS, kept: USUAL_KEPT });
        };
        let given = usize::try_from(bound).unwrap_or(usize::MAX);
        let needed = sizes.fixed(threads) + largest_channel + LEAST_KEPT;
        let Some(left) = given.checked_sub(needed) else {
            return Err(Error::Memory { needed: needed as u64, given: bound });
        };
        // What is kept of the largest channel is part of it; sorting needs as much again as is sorted.
        let share = left / 4;
        Ok(Self {
            posts: left + largest_channel,
            channels: largest_channel + share,
            rows: share,
            kept: share + LEAST_KEPT,
        })
    }
}

/// What a channel takes while it is measured, in bytes: its texts, its messages, and what metrics derive from them. Its
/// rows of metric tables are counted when they are made.
pub(crate) fn channel_bytes(place: &ChannelPlace) -> usize {
    let texts = usize::try_from(place.texts).unwrap_or(usize::MAX);
    let reactions = place.reactions.rows.len() * (size_of::<Reaction>() + DERIVED);
    texts.saturating_add(place.rows() * (size_of::<Message>() + DERIVED) + reactions)
}

/// What metrics derive from a message or reaction, in bytes: threads and gaps, days, references, edges.
const DERIVED: usize = 112;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_that_is_too_low_says_what_is_needed() {
        let sizes = Sizes { rows: 10, reactions: 3, channels: 1, users: 2, largest_channel: 4000 };
        let Err(Error::Memory { needed, given: 1000 }) = MemoryBudget::of(Some(1000), sizes, 2) else {
            panic!("a thousand bytes are enough")
        };
        let budget = MemoryBudget::of(Some(needed + 400), sizes, 2).expect("enough");
        assert_eq!((budget.channels, budget.rows, budget.kept), (4100, 100, LEAST_KEPT + 100));
        assert!(MemoryBudget::of(Some(needed), sizes, 3).is_err(), "a further thread takes more");
    }
}

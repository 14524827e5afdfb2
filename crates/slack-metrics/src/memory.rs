//! How much memory each part of the work may take.

use crate::channel::{Message, Reaction};
use crate::error::{Error, Result};
use crate::timeline::ChannelPlace;

/// What the program and its buffers take whatever is measured, in bytes.
const BASE: usize = 44 << 20;

/// What a row of messages or replies takes from the first pass to the end, in bytes, its text apart.
const ROW: usize = 42;

/// What a row of reactions takes.
const REACTION: usize = 16;

/// Where no bound is given, what is kept of all channels may take so many bytes before it goes to files, and rows that
/// wait for their turn so many.
const USUAL_KEPT: usize = 64 << 20;
const USUAL_ROWS: usize = 24 << 20;

/// Where no bound is given, channels that are measured may take so many bytes, or as much as the largest of them and
/// small ones beside it: two channels of millions of messages are not measured at the same time.
const USUAL_CHANNELS: usize = 256 << 20;
const BESIDE_LARGEST: usize = 48 << 20;

/// Rooms, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rooms {
    /// For sorting posts by author.
    pub(crate) posts: usize,
    /// For channels that are measured.
    pub(crate) channels: usize,
    /// For rows that wait for their turn to be written.
    pub(crate) rows: usize,
    /// For what metrics keep of all channels.
    pub(crate) kept: usize,
}

impl Rooms {
    /// Shares out memory.
    ///
    /// # Errors
    ///
    /// Where a bound leaves no room for what cannot be put aside: a few bytes of each row, and the largest channel.
    pub(crate) fn of(
        bound: Option<u64>,
        n_rows: usize,
        n_reactions: usize,
        largest_channel: usize,
    ) -> Result<Self> {
        let Some(bound) = bound else {
            let channels = USUAL_CHANNELS.max(largest_channel + BESIDE_LARGEST);
            return Ok(Self { posts: usize::MAX, channels, rows: USUAL_ROWS, kept: USUAL_KEPT });
        };
        let given = usize::try_from(bound).unwrap_or(usize::MAX);
        let fixed = BASE + n_rows * ROW + n_reactions * REACTION;
        let needed = fixed + largest_channel;
        let Some(left) = given.checked_sub(needed) else {
            return Err(Error::Memory { needed: needed as u64, given: bound });
        };
        // What is kept of the largest channel is part of it; sorting needs as much again as is sorted.
        let share = left / 4;
        Ok(Self {
            posts: left + largest_channel,
            channels: largest_channel + share,
            rows: share,
            kept: share,
        })
    }
}

/// What a channel takes while it is measured, in bytes: its texts, its messages, and what metrics derive from them. Its
/// rows of metric tables are counted when they are made.
pub(crate) fn channel_bytes(place: &ChannelPlace) -> usize {
    let texts = usize::try_from(place.texts).unwrap_or(usize::MAX);
    let reactions = place.reactions.rows.len() * size_of::<Reaction>();
    texts.saturating_add(place.rows() * (size_of::<Message>() + DERIVED) + reactions)
}

/// What metrics derive from a message, in bytes: its thread and the gap in it, its author's days, references, edges.
const DERIVED: usize = 112;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_that_is_too_low_says_what_is_needed() {
        let Err(Error::Memory { needed, given: 1000 }) = Rooms::of(Some(1000), 10, 3, 4000) else {
            panic!("a thousand bytes are enough")
        };
        let rooms = Rooms::of(Some(needed + 400), 10, 3, 4000).expect("enough");
        assert_eq!((rooms.channels, rooms.rows, rooms.kept), (4100, 100, 100));
    }
}

//! Rows with borrowed texts as bytes in memory or in a file of our own, to be read again.
//!
//! Texts are packed as CSV has them, in quotes where they need them: they are encoded once, on the thread that packs.

use super::quotes::{needs_quotes, push_field};
use super::{Field, Id, Text, Value};
use crate::ids::{BotId, ChannelId, UserId};
use crate::ts::{BatchId, Time, Ts};

/// A value that can be packed. [`table!`](crate::table!) packs a row of them.
pub(crate) trait Packed<'a>: Sized {
    /// Whether it is what [`Packed::unpack`] makes of nothing, and so takes no room.
    fn is_empty(&self) -> bool {
        false
    }

    /// Appends the value.
    fn pack(&self, out: &mut Vec<u8>);

    /// Takes the value; that of an empty one where there is nothing to take from.
    fn unpack(bytes: Option<&mut PackedBytes<'a>>) -> Option<Self>;
}

impl<'a, T: Packed<'a>> Packed<'a> for Option<T> {
    fn is_empty(&self) -> bool {
        self.is_none()
    }

    fn pack(&self, out: &mut Vec<u8>) {
        if let Some(value) = self {
            value.pack(out);
        }
    }

    #[inline]
    fn unpack(bytes: Option<&mut PackedBytes<'a>>) -> Option<Self> {
        match bytes {
            Some(bytes) => T::unpack(Some(bytes)).map(Some),
            None => Some(None),
        }
    }
}

impl<'a> Packed<'a> for Text<'a> {
    fn is_empty(&self) -> bool {
        (*self).is_empty()
    }

    #[inline]
    fn pack(&self, out: &mut Vec<u8>) {
        let bytes = self.bytes();
        if self.is_ready() || !needs_quotes(bytes) {
            push_length(out, bytes.len());
            out.extend_from_slice(bytes);
        } else {
            piece(out, |out| push_field(out, bytes));
        }
    }

    #[inline]
    fn unpack(bytes: Option<&mut PackedBytes<'a>>) -> Option<Self> {
        match bytes {
            Some(bytes) => bytes.piece().map(Self::ready),
            None => Some(Self::ready(b"")),
        }
    }
}

impl<'a> Packed<'a> for Id<'a> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[inline]
    fn pack(&self, out: &mut Vec<u8>) {
        self.0.pack(out);
    }

    #[inline]
    fn unpack(bytes: Option<&mut PackedBytes<'a>>) -> Option<Self> {
        Text::unpack(bytes).map(Self)
    }
}

impl Packed<'_> for Ts {
    fn is_empty(&self) -> bool {
        self.micros() == 0
    }

    #[inline]
    fn pack(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.micros().to_le_bytes());
    }

    #[inline]
    fn unpack(bytes: Option<&mut PackedBytes<'_>>) -> Option<Self> {
        Self::from_micros(bytes.map_or(Some(0), |bytes| bytes.array().map(i64::from_le_bytes))?)
    }
}

/// Values that are packed as their fields are written.
macro_rules! fields {
    ($($type:ty),+ $(,)?) => { $(
        impl Packed<'_> for $type {
            fn pack(&self, out: &mut Vec<u8>) {
                piece(out, |out| self.encode(out));
            }

            fn unpack(bytes: Option<&mut PackedBytes<'_>>) -> Option<Self> {
                Self::decode(bytes?.piece()?).ok()
            }
        }

        impl Lend<'_, Self> for $type {
            fn lend(&self) -> Self {
                *self
            }
        }
    )+ };
}

fields! { BatchId, Time, u64 }

/// A value of a row as its borrowed twin has it.
pub(crate) trait Lend<'a, T> {
    fn lend(&'a self) -> T;
}

impl Lend<'_, Self> for Ts {
    fn lend(&self) -> Self {
        *self
    }
}

impl<'a, T, O: Lend<'a, T>> Lend<'a, Option<T>> for Option<O> {
    fn lend(&'a self) -> Option<T> {
        self.as_ref().map(O::lend)
    }
}

macro_rules! lent {
    ($($owned:ty => $borrowed:ident),+ $(,)?) => { $(
        impl<'a> Lend<'a, $borrowed<'a>> for $owned {
            fn lend(&'a self) -> $borrowed<'a> {
                self.as_str().into()
            }
        }
    )+ };
}

lent! { String => Text, UserId => Id, ChannelId => Id, BotId => Id }

/// Appends bytes with their length before them.
pub(crate) fn piece(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.push(0);
    write(out);
    let length = out.len() - start - 1;
    if length < usize::from(LONG) {
        out[start] = length as u8;
    } else {
        let mut written = Vec::new();
        push_length(&mut written, length);
        out.splice(start..=start, written);
    }
}

/// Appends a length: one byte where it is small, five where it is not.
fn push_length(out: &mut Vec<u8>, length: usize) {
    if length < usize::from(LONG) {
        out.push(length as u8);
    } else {
        out.push(LONG);
        // A field has the length of its page at the most, and Slack's pages are far below 4 GB.
        out.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
    }
}

const LONG: u8 = u8::MAX;

/// Packed values that are still to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PackedBytes<'a>(pub(crate) &'a [u8]);

impl<'a> PackedBytes<'a> {
    /// Takes a few bytes; `None` where fewer are left.
    #[inline]
    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }

    /// Takes bytes whose length stands before them.
    #[inline]
    pub(crate) fn piece(&mut self) -> Option<&'a [u8]> {
        let [short] = self.array()?;
        let length = match short {
            LONG => u32::from_le_bytes(self.array()?) as usize,
            short => usize::from(short),
        };
        let (piece, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(piece)
    }
}

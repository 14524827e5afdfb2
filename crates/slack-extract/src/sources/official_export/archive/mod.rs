//! Reading zips from outside: what the table of contents lists, and what lies in the file besides.
//!
//! A reader of our own, on top of a library's inflate. The usual library holds the table of contents in memory whole,
//! and under each name one entry: of two entries with one name it drops the first, in silence.

mod content;
mod directory;
mod entry;
mod extra;
mod fault;
mod salvage;
mod survey;

pub(super) use self::content::unpack_entry;
pub(super) use self::directory::{Directory, Found};
pub(super) use self::entry::{Entry, Size, read_local};
pub(super) use self::fault::{Fault, Halt};
pub(super) use self::salvage::{Salvage, Span, unclaimed};
pub(super) use self::survey::{Survey, key};

/// A number of so many bytes, little end first; 0 where the bytes are not there.
fn number(bytes: &[u8], at: usize, length: usize) -> u64 {
    let bytes = bytes.get(at..at + length).unwrap_or_default();
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// As [`number`], of two bytes.
fn short(bytes: &[u8], at: usize) -> u16 {
    u16::try_from(number(bytes, at, 2)).unwrap_or_default()
}

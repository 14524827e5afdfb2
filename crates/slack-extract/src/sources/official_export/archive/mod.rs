//! Reading zips from outside: what the table of contents lists, and what lies in the file besides.
//!
//! A reader of our own, on top of a library's inflate. The usual library holds the table of contents in memory whole,
//! and under each name one entry: of two entries with one name it drops the first, in silence.

mod bytes;
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

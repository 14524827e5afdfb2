use std::fmt;
use std::io;

use super::super::limits::LimitMet;
use crate::error::Error;

/// Why an entry of a zip, or a file of a folder, is not imported. None of these holds a path of this machine.
#[derive(Debug)]
pub(in super::super) enum Fault {
    /// It is encrypted.
    Locked,
    /// It is compressed with a method that this program does not have.
    Method(u16),
    /// The table of contents points to a place where no entry begins.
    NoEntry,
    /// Its bytes are not those that were packed.
    Damaged(&'static str),
    /// It cannot be read: the compressed bytes are damaged, or the disk is.
    Unreadable(io::Error),
    /// It cannot be written, because of its name.
    Unwritable(io::Error),
    /// Its name leads out of the export.
    Outside,
    /// Its name is empty, or holds what no file's name may hold.
    Name,
    /// Too many other files have its name.
    Copies,
    /// It is a link or another special file.
    Special,
    /// A limit is met.
    Limit(LimitMet),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Locked => f.write_str("it is protected by a password"),
            Self::Method(method) => match method_name(*method) {
                Some(name) => write!(f, "its compression method, {name} ({method}), is not supported"),
                None => write!(f, "its compression method, {method}, is not supported"),
            },
            Self::NoEntry => f.write_str("the zip has no entry in the place where it should begin"),
            Self::Damaged(how) => write!(f, "it is damaged: {how}"),
            Self::Unreadable(error) => write!(f, "it cannot be read: {error}"),
            Self::Unwritable(error) => write!(f, "it cannot be written: {error}"),
            Self::Outside => f.write_str("the name leads out of the export"),
            Self::Name => f.write_str("the name is not valid as the name of a file"),
            Self::Copies => f.write_str("too many other files have the same name"),
            Self::Special => f.write_str("it is a link or other special file"),
            Self::Limit(met) => met.fmt(f),
        }
    }
}

impl From<LimitMet> for Fault {
    fn from(met: LimitMet) -> Self {
        Self::Limit(met)
    }
}

fn method_name(method: u16) -> Option<&'static str> {
    let name = match method {
        1 => "shrink",
        2..=5 => "reduce",
        6 => "implode",
        9 => "deflate64",
        12 => "bzip2",
        14 => "LZMA",
        20 | 93 => "Zstandard",
        94 => "MP3",
        95 => "xz",
        96 => "JPEG",
        97 => "WavPack",
        98 => "PPMd",
        _ => return None,
    };
    Some(name)
}

/// Why the work at an entry ends: for this entry, or for the whole import.
#[derive(Debug)]
pub(in super::super) enum Halt {
    Entry(Fault),
    Import(Error),
    /// What is unpacked cannot be written.
    Write(io::Error),
}

impl From<Fault> for Halt {
    fn from(fault: Fault) -> Self {
        Self::Entry(fault)
    }
}

impl From<LimitMet> for Halt {
    fn from(met: LimitMet) -> Self {
        Self::Entry(Fault::Limit(met))
    }
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Import(error)
    }
}

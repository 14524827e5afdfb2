use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::bytes::{number, short};
use super::entry::{CENTRAL_LENGTH, Entry};
use crate::error::{Error, Result};

/// A zip's table of contents.
#[derive(Debug)]
pub(in super::super) struct Directory {
    path: PathBuf,
    start: u64,
    length: u64,
    /// How many bytes stand before the zip: its own offsets do not count them.
    shift: u64,
    /// Where the zip ends.
    pub(in super::super) end: u64,
}

/// What was found at the end of a file.
pub(in super::super) enum Found {
    /// A table of contents.
    Directory(Directory),
    /// The end of one part of a zip that lies in several files.
    Part,
    /// Nothing: the end is missing, or the file is not a zip.
    Nothing,
}

const END: &[u8] = b"PK\x05\x06";
const END_LENGTH: usize = 22;
const WIDE_LOCATOR: &[u8] = b"PK\x06\x07";
const WIDE_LOCATOR_LENGTH: u64 = 20;
const WIDE_END: &[u8] = b"PK\x06\x06";
const WIDE_END_LENGTH: u64 = 56;

/// How far from the end of the file the zip may end: a comment has 64 KiB at most, and downloads append junk.
const FARTHEST_END: u64 = 16 << 20;
const BLOCK: u64 = 1 << 16;

/// So many marks of an end are tried: junk may hold any number of them.
const MOST_ENDS: u32 = 1_000;

impl Directory {
    /// Looks for the table of contents, from the end of the file.
    pub(in super::super) fn find(path: &Path, mut file: &File) -> io::Result<Found> {
        let length = file.metadata()?.len();
        let floor = length.saturating_sub(FARTHEST_END);
        let (mut end, mut tried) = (length, 0);
        while end > floor {
            let start = end.saturating_sub(BLOCK).max(floor);
            // A mark may lie across the border of two blocks.
            let mut block = vec![0; (end - start + END.len() as u64 - 1).min(length - start) as usize];
            file.seek(SeekFrom::Start(start))?;
            file.read_exact(&mut block)?;
            for at in (0..block.len()).rev().filter(|at| block[*at..].starts_with(END)) {
                match Self::at(path, file, start + at as u64, length)? {
                    Found::Nothing if tried < MOST_ENDS => tried += 1,
                    found => return Ok(found),
                }
            }
            end = start;
        }
        Ok(Found::Nothing)
    }

    /// Reads the record that closes a zip, if there is one that fits the file.
    fn at(path: &Path, file: &File, place: u64, file_length: u64) -> io::Result<Found> {
        let Some(record) = read_at(file, place, END_LENGTH)? else { return Ok(Found::Nothing) };
        let mut entries = number(&record, 10, 2);
        let mut length = number(&record, 12, 4);
        let mut offset = number(&record, 16, 4);
        let mut before = place;
        let is_wide = entries == 0xFFFF || length == 0xFFFF_FFFF || offset == 0xFFFF_FFFF;
        if is_wide && let Some((place, wide)) = wide_end(file, place)? {
            (entries, length, offset) = (number(&wide, 32, 8), number(&wide, 40, 8), number(&wide, 48, 8));
            before = place;
        }
        if !matches!(short(&record, 4), 0 | 0xFFFF) {
            return Ok(Found::Part);
        }
        let end = place + END_LENGTH as u64 + number(&record, 20, 2);
        let directory = |start, shift| {
            Found::Directory(Self { path: path.into(), start, length, shift, end: end.min(file_length) })
        };
        if entries == 0 && length == 0 {
            return Ok(directory(before, 0));
        }
        // It stands right before the record in nearly all zips, and otherwise where its offset says.
        let starts = [before.checked_sub(length), Some(offset)];
        for start in starts.into_iter().flatten().filter(|start| *start < before) {
            let is_there = read_at(file, start, 4)?.is_some_and(|mark| mark == b"PK\x01\x02");
            if is_there && let Some(shift) = start.checked_sub(offset) {
                return Ok(directory(start, shift));
            }
        }
        Ok(Found::Nothing)
    }

    /// The bytes that the table of contents takes.
    pub(in super::super) fn span(&self) -> (u64, u64) {
        (self.start, self.end)
    }

    /// The entries in their order, read one by one. The last one is an error where the table is damaged.
    pub(in super::super) fn entries(&self) -> Result<Entries> {
        let failed = |error| Error::io("read", &self.path, error);
        let mut file = File::open(&self.path).map_err(failed)?;
        file.seek(SeekFrom::Start(self.start)).map_err(failed)?;
        let reader = BufReader::with_capacity(BLOCK as usize, file);
        Ok(Entries { reader, left: self.length, shift: self.shift })
    }
}

/// The entries of a table of contents.
pub(in super::super) struct Entries {
    reader: BufReader<File>,
    left: u64,
    shift: u64,
}

impl Iterator for Entries {
    type Item = io::Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        // A signature of the table may follow its rows: it is shorter than one, or has a mark of its own.
        if self.left < CENTRAL_LENGTH as u64 {
            return None;
        }
        let read = Entry::read_central(&mut self.reader, self.shift);
        self.left = match &read {
            Ok(Some((_, length))) => self.left.saturating_sub(*length),
            _ => 0,
        };
        match read {
            Ok(Some((entry, _))) => Some(Ok(entry)),
            Ok(None) => Some(Err(io::Error::new(io::ErrorKind::InvalidData, "a row is missing"))),
            Err(error) => Some(Err(error)),
        }
    }
}

/// The record that closes a zip with numbers of 64 bits, and its place.
fn wide_end(file: &File, place: u64) -> io::Result<Option<(u64, Vec<u8>)>> {
    let Some(locator_place) = place.checked_sub(WIDE_LOCATOR_LENGTH) else { return Ok(None) };
    let locator = read_at(file, locator_place, WIDE_LOCATOR_LENGTH as usize)?;
    let Some(locator) = locator.filter(|locator| locator.starts_with(WIDE_LOCATOR)) else { return Ok(None) };
    // Where something stands before the zip, its own offset leads elsewhere.
    let places = [Some(number(&locator, 8, 8)), locator_place.checked_sub(WIDE_END_LENGTH)];
    for place in places.into_iter().flatten().filter(|place| *place < locator_place) {
        let record = read_at(file, place, WIDE_END_LENGTH as usize)?;
        if let Some(record) = record.filter(|record| record.starts_with(WIDE_END)) {
            return Ok(Some((place, record)));
        }
    }
    Ok(None)
}

/// So many bytes at a place; `None` where the file ends before.
fn read_at(mut file: &File, place: u64, length: usize) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = vec![0; length];
    file.seek(SeekFrom::Start(place))?;
    match file.read_exact(&mut bytes) {
        Ok(()) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

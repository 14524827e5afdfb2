//! Entries that no table of contents lists: those of a zip that is cut, and those that another one of the same name
//! has replaced in the table.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use super::entry::{Entry, read_local};

/// A part of a file, from its first byte to the one after its last.
pub(in super::super) type Span = (u64, u64);

/// Finds headers of entries in parts of a file.
pub(in super::super) struct Salvage<'a> {
    file: &'a File,
    spans: std::vec::IntoIter<Span>,
    /// The rest of the part that is searched.
    open: Span,
    block: Block<'a>,
    /// How many marks were not those of an entry.
    n_false: u32,
}

const MARK: &[u8] = b"PK\x03\x04";
const BLOCK: u64 = 1 << 16;

/// So many marks may turn out not to begin an entry before the search ends: each costs a look at its header, which can be
/// 128 KiB long. By chance, 4 GiB hold one mark.
const MOST_FALSE: u32 = 10_000;

impl<'a> Salvage<'a> {
    pub(in super::super) fn new(file: &'a File, spans: Vec<Span>) -> Self {
        let block = Block { file, start: 0, bytes: Vec::new() };
        Self { file, spans: spans.into_iter(), open: (0, 0), block, n_false: 0 }
    }

    /// The next header that can be one, with the place of its content and the end of the part.
    pub(in super::super) fn next(&mut self) -> io::Result<Option<(Entry, u64, u64)>> {
        while !self.has_given_up() {
            let (start, end) = self.open;
            let Some(place) = self.block.find_mark(start, end)? else {
                match self.spans.next() {
                    Some(span) => self.open = span,
                    None => return Ok(None),
                }
                continue;
            };
            self.open.0 = place + MARK.len() as u64;
            if let Ok((entry, data)) = read_local(self.file, place)
                && entry.is_plausible()
                && data <= end
            {
                return Ok(Some((entry, data, end)));
            }
            self.n_false += 1;
        }
        Ok(None)
    }

    /// Whether the search ended before the end of the parts, since too many marks were not those of an entry.
    pub(in super::super) fn has_given_up(&self) -> bool {
        self.n_false == MOST_FALSE
    }

    /// Resumes the search behind an entry's content.
    pub(in super::super) fn skip_to(&mut self, place: u64) {
        self.open.0 = place.max(self.open.0).min(self.open.1);
    }
}

/// A block of a file, kept from one search to the next: marks may stand close to each other.
struct Block<'a> {
    file: &'a File,
    start: u64,
    bytes: Vec<u8>,
}

impl Block<'_> {
    fn find_mark(&mut self, start: u64, end: u64) -> io::Result<Option<u64>> {
        let mut at = start;
        while at + MARK.len() as u64 <= end {
            let bytes = self.bytes_at(at, end)?;
            if bytes.len() < MARK.len() {
                return Ok(None);
            }
            if let Some(found) = bytes.windows(MARK.len()).position(|window| window == MARK) {
                return Ok(Some(at + found as u64));
            }
            // A mark may lie across the border of two blocks.
            at += (bytes.len() - MARK.len() + 1) as u64;
        }
        Ok(None)
    }

    /// The bytes from a place on, as far as a block goes: as many as a mark has, unless the file ends before.
    fn bytes_at(&mut self, at: u64, end: u64) -> io::Result<&[u8]> {
        let kept = self.start..self.start + self.bytes.len() as u64;
        if at < kept.start || at + MARK.len() as u64 > kept.end {
            self.start = at;
            self.bytes.clear();
            self.file.seek(SeekFrom::Start(at))?;
            self.file.take(BLOCK.min(end - at)).read_to_end(&mut self.bytes)?;
        }
        let bytes = &self.bytes[(at - self.start) as usize..];
        Ok(&bytes[..bytes.len().min((end - at) as usize)])
    }
}

/// The parts of `0..end` that none of the spans takes.
pub(in super::super) fn unclaimed(mut claimed: Vec<Span>, end: u64) -> Vec<Span> {
    claimed.sort_unstable();
    let mut free = Vec::new();
    let mut at = 0;
    for (start, after) in claimed {
        if start > at {
            free.push((at, start.min(end)));
        }
        at = after.max(at);
    }
    if at < end {
        free.push((at, end));
    }
    free.retain(|(start, after)| after - start >= MARK.len() as u64);
    free
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::io::Write;

    use super::*;

    #[test]
    fn marks_are_found_across_blocks_and_each_block_is_read_once() {
        let mut bytes = vec![b'.'; 4 * BLOCK as usize];
        let border = BLOCK as usize;
        let places = [0, 4, 8, border - 9, border - 2, border + 2, 2 * border - 5, 4 * border - 4];
        for place in places {
            bytes[place..place + MARK.len()].copy_from_slice(MARK);
        }
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(&bytes).expect("written");
        let mut block = Block { file: &file, start: 0, bytes: Vec::new() };
        let (mut found, mut at, mut read) = (Vec::new(), 0, BTreeSet::new());
        while let Some(place) = block.find_mark(at, bytes.len() as u64).expect("read") {
            found.push(place as usize);
            at = place + MARK.len() as u64;
            read.insert(block.start);
        }
        assert_eq!(found, places);
        assert!(read.len() <= 5, "{read:?}");
        // The end of a part is not passed, and a search may go back.
        assert_eq!(block.find_mark(5, 11).expect("read"), None);
        assert_eq!(block.find_mark(5, 12).expect("read"), Some(8));
        assert_eq!(block.find_mark(bytes.len() as u64, u64::MAX).expect("read"), None);
    }

    #[test]
    fn what_lies_between_spans_is_unclaimed() {
        assert_eq!(unclaimed(vec![], 10), [(0, 10)]);
        assert_eq!(unclaimed(vec![(20, 30), (5, 10), (7, 9)], 40), [(0, 5), (10, 20), (30, 40)]);
        assert_eq!(unclaimed(vec![(0, 10), (12, 40)], 40), []);
        assert_eq!(unclaimed(vec![(0, 50)], 40), []);
    }
}

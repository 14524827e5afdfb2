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
}

const MARK: &[u8] = b"PK\x03\x04";
const BLOCK: u64 = 1 << 16;

impl<'a> Salvage<'a> {
    pub(in super::super) fn new(file: &'a File, spans: Vec<Span>) -> Self {
        Self { file, spans: spans.into_iter(), open: (0, 0) }
    }

    /// The next header that can be one, with the place of its content and the end of the part.
    pub(in super::super) fn next(&mut self) -> io::Result<Option<(Entry, u64, u64)>> {
        loop {
            let (start, end) = self.open;
            let Some(place) = find_mark(self.file, start, end)? else {
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
        }
    }

    /// Resumes the search behind an entry's content.
    pub(in super::super) fn skip_to(&mut self, place: u64) {
        self.open.0 = place.max(self.open.0).min(self.open.1);
    }
}

fn find_mark(mut file: &File, start: u64, end: u64) -> io::Result<Option<u64>> {
    let mut at = start;
    let mut block = Vec::new();
    while at + MARK.len() as u64 <= end {
        file.seek(SeekFrom::Start(at))?;
        block.clear();
        file.take(BLOCK.min(end - at)).read_to_end(&mut block)?;
        if block.len() < MARK.len() {
            return Ok(None);
        }
        if let Some(found) = block.windows(MARK.len()).position(|window| window == MARK) {
            return Ok(Some(at + found as u64));
        }
        // A mark may lie across the border of two blocks.
        at += (block.len() - MARK.len() + 1) as u64;
    }
    Ok(None)
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
    use super::unclaimed;

    #[test]
    fn what_lies_between_spans_is_unclaimed() {
        assert_eq!(unclaimed(vec![], 10), [(0, 10)]);
        assert_eq!(unclaimed(vec![(20, 30), (5, 10), (7, 9)], 40), [(0, 5), (10, 20), (30, 40)]);
        assert_eq!(unclaimed(vec![(0, 10), (12, 40)], 40), []);
        assert_eq!(unclaimed(vec![(0, 50)], 40), []);
    }
}

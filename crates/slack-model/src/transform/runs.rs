//! The messages of a channel as sorted runs, in memory and, where that is small, in files.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};

use super::record::Record;
use super::spill::{FAN_IN, SpillFile, SpillFolder};
use crate::error::{Error, Result};
use crate::ts::Ts;

/// Records of some pages, sorted by `ts`; those of one `ts` stand in the order of their pages.
#[derive(Debug, Default)]
pub(super) struct Block {
    bytes: Vec<u8>,
    /// Where each record's body ends, and its `ts`. Sorted at last.
    places: Vec<Place>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    ts: i64,
    /// In the order in which records were put in: sorting by it keeps equals in their order.
    start: usize,
    length: u32,
}

impl Block {
    /// Puts in the record that `write` appends.
    pub(super) fn push(&mut self, ts: Ts, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.bytes.len();
        write(&mut self.bytes);
        let length = u32::try_from(self.bytes.len() - start).unwrap_or(u32::MAX);
        self.places.push(Place { ts: ts.micros(), start, length });
    }

    /// The number of records, to come back to by [`Block::truncate`].
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// Forgets the records from the `len`th on.
    pub(super) fn truncate(&mut self, len: usize) {
        if let Some(first) = self.places.get(len) {
            self.bytes.truncate(first.start);
            self.places.truncate(len);
        }
    }

    pub(super) fn sort(&mut self) {
        self.places.sort_unstable();
    }

    /// Bytes in memory.
    pub(super) fn weight(&self) -> usize {
        self.bytes.capacity() + self.places.capacity() * size_of::<Place>()
    }
}

/// All runs of a channel, the earlier pages' before the later ones'.
#[derive(Debug)]
pub(super) struct Runs<'s> {
    spill: &'s SpillFolder,
    /// Bytes that may be in memory.
    share: usize,
    files: Vec<SpillFile>,
    blocks: Vec<Block>,
    weight: usize,
}

impl<'s> Runs<'s> {
    pub(super) fn new(spill: &'s SpillFolder, share: usize) -> Self {
        Self { spill, share, files: Vec::new(), blocks: Vec::new(), weight: 0 }
    }

    /// Adds the next pages' block, and writes what has become too much for the memory to a file.
    pub(super) fn add(&mut self, block: Block) -> Result<()> {
        if block.len() == 0 {
            return Ok(());
        }
        self.weight += block.weight();
        self.blocks.push(block);
        if self.weight <= self.share {
            return Ok(());
        }
        let blocks = std::mem::take(&mut self.blocks);
        self.weight = 0;
        self.files.push(write_run(Merge::new(Vec::new(), blocks)?, self.spill)?);
        if self.files.len() >= FAN_IN {
            let files = std::mem::take(&mut self.files);
            self.files.push(write_run(Merge::new(files, Vec::new())?, self.spill)?);
        }
        Ok(())
    }

    /// All records, by `ts`.
    pub(super) fn merge(self) -> Result<Merge> {
        Merge::new(self.files, self.blocks)
    }
}

/// The records of one `ts`, in the order of their pages.
#[derive(Debug, Default)]
pub(super) struct Group {
    ts: i64,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Group {
    /// The timestamp of all records, in microseconds.
    pub(super) fn ts(&self) -> i64 {
        self.ts
    }

    /// The number of records.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The records. All can be read: what comes out of a file was looked at as it came.
    pub(super) fn records(&self) -> impl Iterator<Item = Record<'_>> {
        let ts = Ts::from_micros(self.ts);
        let mut start = 0;
        self.ends.iter().filter_map(move |end| {
            let body = &self.bytes[start..*end];
            start = *end;
            Record::read(ts?, body)
        })
    }
}

/// Merges runs into one.
#[derive(Debug)]
pub(super) struct Merge {
    sources: Vec<Source>,
    /// The `ts` that each run is at, and the run's number: of equals the earlier run's comes first.
    heads: BinaryHeap<Reverse<(i64, usize)>>,
}

impl Merge {
    fn new(files: Vec<SpillFile>, blocks: Vec<Block>) -> Result<Self> {
        let files = files.into_iter().map(Source::open).collect::<Result<Vec<_>>>()?;
        let blocks = blocks.into_iter().map(|block| Source::Block { block, at: 0 });
        let sources: Vec<_> = files.into_iter().chain(blocks).collect();
        let heads = sources.iter().enumerate();
        let heads = heads.filter_map(|(run, source)| Some(Reverse((source.head()?, run)))).collect();
        Ok(Self { sources, heads })
    }

    /// Reads the next `ts`'s records; `false` at the end.
    pub(super) fn next_group(&mut self, group: &mut Group) -> Result<bool> {
        group.bytes.clear();
        group.ends.clear();
        while let Some(mut head) = self.heads.peek_mut() {
            let Reverse((ts, run)) = *head;
            if group.ends.is_empty() {
                group.ts = ts;
            } else if group.ts != ts {
                break;
            }
            let source = &mut self.sources[run];
            group.bytes.extend_from_slice(source.body());
            group.ends.push(group.bytes.len());
            source.advance()?;
            match source.head() {
                Some(next) => *head = Reverse((next, run)),
                None => {
                    PeekMut::pop(head);
                }
            }
        }
        Ok(!group.ends.is_empty())
    }
}

/// A run while it is merged.
#[derive(Debug)]
enum Source {
    Block { block: Block, at: usize },
    File { file: SpillFile, reader: BufReader<File>, head: Option<i64>, body: Vec<u8> },
}

impl Source {
    fn open(file: SpillFile) -> Result<Self> {
        let opened = File::open(file.path()).map_err(|error| Error::io("read", file.path(), error))?;
        let reader = BufReader::with_capacity(1 << 16, opened);
        let mut source = Self::File { file, reader, head: None, body: Vec::new() };
        source.advance()?;
        Ok(source)
    }

    fn head(&self) -> Option<i64> {
        match self {
            Self::Block { block, at } => block.places.get(*at).map(|place| place.ts),
            Self::File { head, .. } => *head,
        }
    }

    fn body(&self) -> &[u8] {
        match self {
            Self::Block { block, at } => {
                let place = block.places[*at];
                &block.bytes[place.start..place.start + place.length as usize]
            }
            Self::File { body, .. } => body,
        }
    }

    fn advance(&mut self) -> Result<()> {
        match self {
            Self::Block { block, at } => {
                *at += 1;
                if *at == block.places.len() {
                    // What is written needs no memory while the other runs are.
                    *block = Block::default();
                }
                Ok(())
            }
            Self::File { file, reader, head, body } => {
                let failed = |error| Error::io("read", file.path(), error);
                *head = None;
                if reader.fill_buf().map_err(failed)?.is_empty() {
                    return Ok(());
                }
                let (mut ts, mut length) = ([0; 8], [0; 4]);
                reader.read_exact(&mut ts).and_then(|()| reader.read_exact(&mut length)).map_err(failed)?;
                body.resize(u32::from_le_bytes(length) as usize, 0);
                reader.read_exact(body).map_err(failed)?;
                let ts = i64::from_le_bytes(ts);
                if !Record::is_record(ts, body) {
                    return Err(failed(io::Error::new(io::ErrorKind::InvalidData, "a record is damaged")));
                }
                *head = Some(ts);
                Ok(())
            }
        }
    }
}

fn write_run(mut merge: Merge, spill: &SpillFolder) -> Result<SpillFile> {
    let file = SpillFile(spill.next_path()?);
    let failed = |error| Error::io("write", file.path(), error);
    let mut output = BufWriter::with_capacity(1 << 17, File::create(file.path()).map_err(failed)?);
    let mut group = Group::default();
    while merge.next_group(&mut group)? {
        let mut start = 0;
        for end in &group.ends {
            let body = &group.bytes[start..*end];
            start = *end;
            output.write_all(&group.ts.to_le_bytes()).map_err(failed)?;
            output.write_all(&(body.len() as u32).to_le_bytes()).map_err(failed)?;
            output.write_all(body).map_err(failed)?;
        }
    }
    output.flush().map_err(failed)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_record_of_a_file_is_an_error() {
        let folder = tempfile::tempdir().expect("a folder");
        let spill = SpillFolder::new(folder.path().join("spill")).expect("made");
        // Reactions without a message, of page 0, one of which has no user.
        let whole = b"\x80\0\0\0\0\x02+1\0\x03\x02U1".as_slice();
        let (wrong_count, cut_user) = (b"\x80\0\0\0\0\x02+1\x01\x01\0", b"\x80\0\0\0\0\x02+1\0\x03\x03U1");
        let cut = [&whole[..11], &whole[..8], &whole[..6], &whole[..3], b"\0\0\0\0\0", b""];
        for body in [whole, wrong_count, cut_user].into_iter().chain(cut) {
            let mut block = Block::default();
            block.push(Ts::from_micros(1_600_000_000_000_000).expect("a time"), |out| {
                out.extend_from_slice(body);
            });
            let mut runs = Runs::new(&spill, 0);
            runs.add(block).expect("written");
            match runs.merge() {
                Ok(_) => assert_eq!(body, whole),
                Err(Error::Io { source, .. }) => {
                    assert_eq!((source.kind(), body == whole), (io::ErrorKind::InvalidData, false));
                }
                Err(other) => panic!("{other}"),
            }
        }
    }
}

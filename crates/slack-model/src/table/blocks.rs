use std::hash::Hasher;
use std::io::Read;
use std::ops::Range;

use rustc_hash::FxHasher;

use super::RawReader;
use crate::error::Result;

/// Rows of a block on average: the fewer, the less is looked at again for the sake of one changed row, and the more
/// digests there are to keep.
const ROWS: u64 = 512;

/// Rows after which a block ends whatever the keys are.
const MOST_ROWS: u64 = 16 * ROWS;

/// Bytes after which a block ends whatever the keys are.
const MOST_BYTES: usize = 1 << 22;

/// The first half of the BLAKE3 hash of a block's rows: two blocks of the same digest hold the same rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest([u8; 16]);

impl Digest {
    /// A digest that was kept, of 16 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// A digest that no block has: of one that is to be looked at again.
    pub fn unmet(self) -> Self {
        Self(self.0.map(|byte| !byte))
    }

    /// The digest's bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Cuts a table into blocks of some hundred rows, so that whoever keeps their digests need not look at rows that it has
/// seen before.
///
/// Where a block begins depends on the keys at its beginning and on nothing else (content-defined chunking, as in rsync
/// and its kin): a row that comes or goes changes the block around it, and no block before or after. Rows are those of the
/// file, with whatever columns it has; what is left out of them is for the caller to say.
///
/// ```
/// use slack_model::{Block, BlockReader};
///
/// let csv = "channel,user_id\nC1,U1\nC1,U2\n";
/// let (mut reader, columns) = BlockReader::new(csv.as_bytes(), "member_data.csv".into())?;
/// assert_eq!(columns, ["channel", "user_id"]);
/// reader.cut_by(&[0, 1]);
/// let mut block = Block::default();
/// assert!(reader.read(&mut block)?);
/// assert_eq!((block.rows(), block.first_key()), (2, ["C1".to_owned(), "U1".to_owned()].as_slice()));
/// let mut rows = block.records();
/// assert_eq!(rows.read()?.expect("a row").field(1).as_ref(), b"U1");
/// assert!(!reader.read(&mut block)?);
/// # Ok::<(), slack_model::Error>(())
/// ```
#[derive(Debug)]
pub struct BlockReader<R> {
    reader: RawReader<R>,
    width: usize,
    /// The key's places in the file.
    key: Vec<usize>,
    /// What makes digests of one header differ from those of another.
    salt: [u8; 32],
    /// The row that ended the last block, which begins the next one.
    carried: Block,
}

/// A block's rows, as they stand in the file.
#[derive(Debug, Default)]
pub struct Block {
    width: usize,
    rows: u64,
    first_key: Vec<String>,
    bytes: Vec<u8>,
    digest: Option<Digest>,
    /// The byte of the file at which it begins.
    start: u64,
}

impl<R: Read> BlockReader<R> {
    /// Reads the header row, and returns its columns. `source` names the input in errors.
    ///
    /// # Errors
    ///
    /// Where the input cannot be read.
    pub fn new(input: R, source: String) -> Result<(Self, Vec<String>)> {
        let (reader, columns) = RawReader::with_any_header(input, source)?;
        let mut hasher = blake3::Hasher::new();
        for column in &columns {
            hasher.update(column.as_bytes()).update(b"\0");
        }
        let salt = *hasher.finalize().as_bytes();
        let width = columns.len();
        Ok((Self { reader, width, key: Vec::new(), salt, carried: Block::default() }, columns))
    }

    /// Says which columns of the file are the key: blocks begin where their values say. Without them a block ends where
    /// it is full.
    pub fn cut_by(&mut self, key: &[usize]) {
        self.key = key.to_vec();
    }

    /// Makes digests depend on something more: what is done with the rows, say. Digests of another one are never met.
    pub fn salt(&mut self, salt: &[u8]) {
        self.salt = *blake3::Hasher::new_keyed(&self.salt).update(salt).finalize().as_bytes();
    }

    /// Reads the next block into `block`, whose room is used again; `false` at the end.
    ///
    /// # Errors
    ///
    /// Where the input cannot be read, or a record has more or fewer fields than the header.
    pub fn read(&mut self, block: &mut Block) -> Result<bool> {
        std::mem::swap(block, &mut self.carried);
        self.carried.clear(self.width);
        block.width = self.width;
        loop {
            let at = self.reader.byte();
            let Some(record) = self.reader.read()? else { break };
            let begins = begins_a_block(self.key.iter().map(|&place| record.raw(place)));
            let is_full = block.rows >= MOST_ROWS || block.bytes.len() >= MOST_BYTES;
            let next = if block.rows > 0 && (begins || is_full) { &mut self.carried } else { &mut *block };
            if next.rows == 0 {
                next.start = at;
                let text = |&place: &usize| String::from_utf8_lossy(&record.field(place)).into_owned();
                next.first_key = self.key.iter().map(text).collect();
            }
            next.bytes.extend_from_slice(record.as_bytes());
            next.bytes.push(b'\n');
            next.rows += 1;
            if self.carried.rows > 0 {
                break;
            }
        }
        if block.rows == 0 {
            return Ok(false);
        }
        let hash = blake3::Hasher::new_keyed(&self.salt).update(&block.bytes).finalize();
        block.digest = hash.as_bytes().first_chunk().copied().map(Digest);
        Ok(true)
    }
}

impl Block {
    /// Number of rows.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The values of the key's columns in the first row.
    pub fn first_key(&self) -> &[String] {
        &self.first_key
    }

    /// The digest of the rows.
    pub fn digest(&self) -> Digest {
        self.digest.unwrap_or(Digest([0; 16]))
    }

    /// The bytes of the file that the block takes up, where lines end in LF.
    pub fn range(&self) -> Range<u64> {
        self.start..self.start + self.bytes.len() as u64
    }

    /// The rows. Fields are asked for by their place in the file.
    pub fn records(&self) -> RawReader<&[u8]> {
        RawReader::of_records(&self.bytes, self.width, self.bytes.len().max(1))
    }

    fn clear(&mut self, width: usize) {
        self.width = width;
        self.rows = 0;
        self.first_key.clear();
        self.bytes.clear();
        self.digest = None;
    }
}

/// Whether a row of this key begins a block: so does one in [`ROWS`], by the key's hash.
fn begins_a_block<'k>(mut key: impl Iterator<Item = &'k [u8]>) -> bool {
    let mut hasher = FxHasher::default();
    let Some(first) = key.next() else { return false };
    hasher.write(first);
    for part in key {
        hasher.write(part);
    }
    hasher.finish().is_multiple_of(ROWS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    fn csv(rows: impl Iterator<Item = u64>) -> String {
        let mut csv = String::from("id,text\n");
        for row in rows {
            csv.push_str(&format!("{row},\"text, \"\"{row}\"\"\n\"\n"));
        }
        csv
    }

    /// The rows, bytes and digests of a table's blocks.
    fn blocks(csv: &str, salt: &[u8]) -> Vec<(u64, Vec<u8>, Digest)> {
        let (mut reader, _) = BlockReader::new(csv.as_bytes(), "text_data.csv".into()).expect("a header");
        reader.cut_by(&[0]);
        reader.salt(salt);
        let mut block = Block::default();
        let mut blocks = Vec::new();
        while reader.read(&mut block).expect("read") {
            let range = block.range();
            assert_eq!(&csv.as_bytes()[range.start as usize..range.end as usize], block.bytes);
            let (mut records, mut n) = (block.records(), 0);
            while let Some(record) = records.read().expect("read") {
                if n == 0 {
                    assert_eq!(block.first_key(), [String::from_utf8_lossy(&record.field(0))]);
                }
                n += 1;
            }
            assert_eq!(n, block.rows());
            blocks.push((block.rows(), block.bytes.clone(), block.digest()));
        }
        blocks
    }

    #[test]
    fn blocks_are_all_of_the_rows() {
        let csv = csv(0..20_000);
        let blocks = blocks(&csv, b"");
        assert!((20..80).contains(&blocks.len()), "{} blocks", blocks.len());
        let bytes: Vec<u8> = blocks.iter().flat_map(|block| block.1.clone()).collect();
        assert_eq!(bytes, csv.as_bytes()["id,text\n".len()..]);
        assert_eq!(blocks.iter().map(|block| block.0).sum::<u64>(), 20_000);
    }

    #[test]
    fn digests_tell_headers_and_salts_apart() {
        let rows = csv(0..10);
        let other = rows.replacen("text", "name", 1);
        let all = [blocks(&rows, b"a"), blocks(&rows, b"b"), blocks(&other, b"a")];
        let digests: HashSet<_> = all.iter().map(|blocks| blocks[0].2).collect();
        assert_eq!(digests.len(), 3);
    }

    #[test]
    fn without_a_key_blocks_end_where_they_are_full() {
        let csv = csv(0..20_000);
        let (mut reader, _) = BlockReader::new(csv.as_bytes(), "text_data.csv".into()).expect("a header");
        let mut block = Block::default();
        let mut rows = Vec::new();
        while reader.read(&mut block).expect("read") {
            rows.push(block.rows());
        }
        assert_eq!(rows, [MOST_ROWS, MOST_ROWS, 20_000 - 2 * MOST_ROWS]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// A row that comes, goes or changes leaves all but a few blocks as they are.
        #[test]
        fn a_change_stays_in_its_block(gone in 0u64..2_000, extra in 0u64..2_000) {
            let before = blocks(&csv((0..2_000).map(|row| 2 * row)), b"");
            let after = (0..2_000).filter(|row| *row != gone).flat_map(|row| {
                let more = (row == extra).then_some(2 * row + 1);
                [Some(2 * row), more].into_iter().flatten()
            });
            let after = blocks(&csv(after), b"");
            let before: HashSet<_> = before.into_iter().map(|block| block.2).collect();
            let new = after.iter().filter(|block| !before.contains(&block.2)).count();
            prop_assert!(new <= 4, "{} of {} blocks are new", new, after.len());
        }
    }
}

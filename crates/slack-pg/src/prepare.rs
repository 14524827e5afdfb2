//! A table's rows made ready to be sent, on a thread of their own: what is known is left out.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::io::Read;
use std::sync::mpsc::SyncSender;

use slack_model::{Block, BlockReader, Digest, Progress, RawRecord, Step};
use slack_store::RejectedRow;

use crate::catalog::{TargetColumn, TargetTable, ValueKind};
use crate::encode::{Changes, Source, encode_row};
use crate::error::{Error, Result};
use crate::memory::{Known, KnownBlock};

/// Bytes that are sent at once.
const PIECE: usize = 1 << 18;

/// What makes digests of this way to load differ from those of a later one.
const VERSION: &[u8] = b"1";

/// A table's file, its header read.
pub(crate) struct TableInput<'t> {
    reader: BlockReader<Box<dyn Read + Send>>,
    table: &'t TargetTable,
    /// The columns that file and database share, and where in the file they stand.
    pub(crate) columns: Vec<Source<'t>>,
    /// The columns likewise by which rows differ.
    key: Vec<Source<'t>>,
    /// Columns of the file that the database has no place for.
    pub(crate) unknown_columns: Vec<String>,
}

/// What became of a table's rows.
#[derive(Debug, Default)]
pub(crate) struct Prepared {
    /// Rows of the file.
    pub(crate) rows: u64,
    /// Rows that were sent.
    pub(crate) sent: u64,
    pub(crate) changes: Changes,
    pub(crate) n_refused: u64,
    pub(crate) refused: Vec<RejectedRow>,
    /// Blocks that were not known.
    pub(crate) new: Vec<KnownBlock>,
    /// Blocks that were.
    pub(crate) met: HashSet<Digest>,
    /// Whether the keys ascend, so that no two rows share one.
    pub(crate) is_unique: bool,
    /// Whether they do so as the database compares them, so that a block is a stretch of keys.
    pub(crate) ascends: bool,
}

impl<'t> TableInput<'t> {
    /// Reads the header: columns are matched by name.
    pub(crate) fn new(table: &'t TargetTable, input: Box<dyn Read + Send>, name: String) -> Result<Self> {
        let failed = |source| Error::Read { table: table.name, source };
        let (mut reader, header) = BlockReader::new(input, name).map_err(failed)?;
        let place = |column: &str| header.iter().position(|name| name == column);
        let mut columns = Vec::new();
        for column in &table.columns {
            match place(&column.name) {
                Some(place) => columns.push((column, place)),
                None if table.is_key(&column.name) => {
                    return Err(Error::NoColumn { table: table.name, column: column.name.clone() });
                }
                None => {}
            }
        }
        let source = |name: &String| columns.iter().find(|(column, _)| column.name == *name).copied();
        let key: Vec<Source<'_>> = table.unique_by.iter().filter_map(source).collect();
        let is_known = |name: &&String| table.columns.iter().any(|column| column.name == **name);
        let unknown_columns = header.iter().filter(|name| !is_known(name)).cloned().collect();
        let in_file: Vec<_> = table.key.iter().filter_map(|column| place(column)).collect();
        reader.cut_by(&in_file);
        let described: Vec<_> =
            columns.iter().map(|(column, _)| format!("{} {:?}", column.name, column.kind)).collect();
        reader.salt(&[VERSION, described.join("\n").as_bytes()].concat());
        Ok(Self { reader, table, columns, key, unknown_columns })
    }

    /// Reads the rows, and sends those of blocks that are not known, ready for COPY.
    ///
    /// Ends early where nobody receives any more.
    pub(crate) fn run(
        mut self,
        known: &Known,
        pieces: &SyncSender<Vec<u8>>,
        progress: &dyn Progress,
    ) -> Result<Prepared> {
        let failed = |source| Error::Read { table: self.table.name, source };
        let mut prepared = Prepared { is_unique: true, ..Prepared::default() };
        let mut keys = Keys::new(&self.key);
        let mut block = Block::default();
        let mut piece = Vec::with_capacity(PIECE + (PIECE >> 2));
        while self.reader.read(&mut block).map_err(failed)? {
            prepared.rows += block.rows();
            if let Some(last_key) = known.get(&block.digest()) {
                prepared.met.insert(block.digest());
                prepared.is_unique &= keys.pass_over(block.first_key(), last_key);
            } else {
                self.encode(&block, &mut keys, &mut piece, &mut prepared)?;
            }
            if piece.len() >= PIECE {
                let full = std::mem::replace(&mut piece, Vec::with_capacity(PIECE + (PIECE >> 2)));
                if pieces.send(full).is_err() {
                    return Ok(prepared);
                }
            }
            progress.report(Step::new(self.table.name, prepared.rows, None));
        }
        // Where the database works a part of the key out, its order is not the file's.
        prepared.ascends =
            prepared.is_unique && keys.are_comparable && self.table.key == self.table.unique_by;
        if !piece.is_empty() {
            // The server's error, which made the receiver go, is told by the one who received it.
            let _ = pieces.send(piece);
        }
        Ok(prepared)
    }

    fn encode(
        &self,
        block: &Block,
        keys: &mut Keys<'_>,
        piece: &mut Vec<u8>,
        prepared: &mut Prepared,
    ) -> Result<()> {
        let mut records = block.records();
        let (mut changes, mut n_refused) = (Changes::default(), 0);
        loop {
            let byte = block.range().start + records.byte();
            let record = records.read().map_err(|source| Error::Read { table: self.table.name, source })?;
            let Some(record) = record else { break };
            prepared.is_unique &= keys.is_next(&record);
            match encode_row(&record, &self.columns, piece) {
                Ok(changed) => changes.add(changed),
                Err((column, reason)) => {
                    n_refused += 1;
                    if prepared.refused.len() < RejectedRow::MOST_TOLD {
                        prepared.refused.push(RejectedRow { byte, column, reason });
                    }
                }
            }
        }
        prepared.sent += block.rows() - n_refused;
        prepared.n_refused += n_refused;
        prepared.changes.add(changes);
        let is_sound = n_refused == 0 && changes == Changes::default();
        prepared.new.push(KnownBlock {
            // What is not as the file has it is looked at again, and told again, by the next load.
            digest: if is_sound { block.digest() } else { block.digest().unmet() },
            first_key: block.first_key().iter().map(|key| key.replace('\0', "")).collect(),
            // A text that stands for a part of the key is not kept.
            last_key: if self.table.key == self.table.unique_by { keys.last() } else { Vec::new() },
            rows: block.rows(),
        });
        Ok(())
    }
}

impl Changes {
    fn add(&mut self, other: Self) {
        self.nul_characters += other.nul_characters;
        self.no_utf8 += other.no_utf8;
        self.unreadable += other.unreadable;
    }
}

/// Watches whether keys ascend.
struct Keys<'k> {
    columns: &'k [Source<'k>],
    /// Whether the database compares these columns' values as this does.
    are_comparable: bool,
    last: Vec<Vec<u8>>,
    has_last: bool,
}

impl<'k> Keys<'k> {
    fn new(columns: &'k [Source<'k>]) -> Self {
        let are_comparable = !columns.is_empty() && columns.iter().all(|(column, _)| is_comparable(column));
        Self { columns, are_comparable, last: vec![Vec::new(); columns.len()], has_last: false }
    }

    /// Whether a row's key is above the one before. One that the server would get otherwise than the file has it, and so
    /// might take for another, is not.
    fn is_next(&mut self, record: &RawRecord<'_>) -> bool {
        let mut order = if self.has_last { Ordering::Equal } else { Ordering::Less };
        let mut is_clean = true;
        for ((column, place), last) in self.columns.iter().zip(&mut self.last) {
            let field = record.field(*place);
            if order == Ordering::Equal {
                order = compare(column.kind, last, &field);
            }
            is_clean &= memchr::memchr(0, &field).is_none() && std::str::from_utf8(&field).is_ok();
            last.clear();
            last.extend_from_slice(&field);
        }
        self.has_last = true;
        is_clean && order == Ordering::Less
    }

    /// Passes over a block whose rows are known to ascend; whether its first key is above the last one.
    fn pass_over(&mut self, first_key: &[String], last_key: &[String]) -> bool {
        if first_key.len() != self.columns.len() || last_key.len() != self.columns.len() {
            // A block of a table whose key the database works out: its last text was not kept.
            self.has_last = false;
            return true;
        }
        let mut order = if self.has_last { Ordering::Equal } else { Ordering::Less };
        let keys = first_key.iter().zip(last_key);
        for (((column, _), last), (first_part, last_part)) in
            self.columns.iter().zip(&mut self.last).zip(keys)
        {
            if order == Ordering::Equal {
                order = compare(column.kind, last, first_part.as_bytes());
            }
            last.clear();
            last.extend_from_slice(last_part.as_bytes());
        }
        self.has_last = true;
        order == Ordering::Less
    }

    /// The last row's key, as the database can hold it.
    fn last(&self) -> Vec<String> {
        self.last.iter().map(|field| String::from_utf8_lossy(field).replace('\0', "")).collect()
    }
}

fn is_comparable(column: &TargetColumn) -> bool {
    match column.kind {
        ValueKind::Text => column.is_bytewise,
        ValueKind::BigInt | ValueKind::Integer | ValueKind::SmallInt | ValueKind::Date => true,
        ValueKind::Boolean | ValueKind::Double | ValueKind::Numeric | ValueKind::Timestamp => false,
    }
}

fn compare(kind: ValueKind, one: &[u8], other: &[u8]) -> Ordering {
    let number = |field: &[u8]| std::str::from_utf8(field).ok().and_then(|text| text.parse::<i64>().ok());
    match kind {
        ValueKind::BigInt | ValueKind::Integer | ValueKind::SmallInt => number(one).cmp(&number(other)),
        // Dates of four-digit years are compared as texts.
        _ => one.cmp(other),
    }
}

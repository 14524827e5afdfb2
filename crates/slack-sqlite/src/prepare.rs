//! A table's file, read in blocks on a thread of its own.

use std::collections::HashSet;
use std::io::Read;
use std::sync::mpsc::SyncSender;

use slack_model::{Block, BlockReader, Digest, Progress, Step};

use crate::catalog::TargetTable;
use crate::convert::Source;
use crate::error::{Error, Result};

/// What makes digests of this way to load differ from those of a later one.
const VERSION: &[u8] = b"1";

/// A table's file, its header read.
pub(crate) struct TableInput<'t> {
    reader: BlockReader<Box<dyn Read + Send>>,
    table: &'t TargetTable,
    /// The columns that file and database share, and where in the file they stand.
    pub(crate) columns: Vec<Source<'t>>,
    /// Columns of the file that the database has no place for.
    pub(crate) unknown_columns: Vec<String>,
}

/// Rows of a file.
pub(crate) enum Piece {
    /// Rows that the database is known to hold.
    Known {
        digest: Digest,
        rows: u64,
        first_key: Vec<String>,
    },
    New(Block),
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
        let is_known = |name: &&String| table.columns.iter().any(|column| column.name == **name);
        let unknown_columns = header.iter().filter(|name| !is_known(name)).cloned().collect();
        let key: Vec<_> = table.key.iter().filter_map(|column| place(column)).collect();
        reader.cut_by(&key);
        let described: Vec<_> =
            columns.iter().map(|(column, _)| format!("{} {:?}", column.name, column.kind)).collect();
        reader.salt(&[VERSION, described.join("\n").as_bytes()].concat());
        Ok(Self { reader, table, columns, unknown_columns })
    }

    /// Reads the next rows; false at the end.
    pub(crate) fn read(&mut self, block: &mut Block) -> Result<bool> {
        self.reader.read(block).map_err(|source| Error::Read { table: self.table.name, source })
    }

    /// Reads the rows, and sends those of blocks that are not known. Ends early where nobody receives any more.
    pub(crate) fn run(
        mut self,
        known: &HashSet<Digest>,
        pieces: &SyncSender<Piece>,
        progress: &dyn Progress,
    ) -> Result<()> {
        let mut rows = 0;
        loop {
            let mut block = Block::default();
            if !self.read(&mut block)? {
                return Ok(());
            }
            rows += block.rows();
            let digest = block.digest();
            let piece = if known.contains(&digest) {
                Piece::Known { digest, rows: block.rows(), first_key: block.first_key().to_vec() }
            } else {
                Piece::New(block)
            };
            if pieces.send(piece).is_err() {
                return Ok(());
            }
            progress.report(Step::new(self.table.name, rows, None));
        }
    }
}

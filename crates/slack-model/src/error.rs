use std::io;
use std::path::{Path, PathBuf};

use crate::lost::LostKeys;
use crate::table::FieldError;
use crate::ts::BatchId;

/// What can go wrong between the folders and the rows, with the place where it did.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be used.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A table's file is no CSV, or reading or writing it failed.
    #[error("{file} cannot be read or written as a table")]
    Csv {
        /// The file or the table.
        file: String,
        /// Why, and on which line.
        source: csv::Error,
    },
    /// A record of a table's file has more or fewer fields than its header.
    #[error("{file}, byte {byte}: the record has {found} fields, the header {wanted}")]
    Width {
        /// The file.
        file: String,
        /// The byte at which the record begins.
        byte: u64,
        /// Number of fields of the header.
        wanted: usize,
        /// Number of fields of the record.
        found: usize,
    },
    /// A table's file lacks a column of its key.
    #[error("{file} has no column {column}")]
    NoColumn {
        /// The file.
        file: String,
        /// The missing column.
        column: &'static str,
    },
    /// A field of a table's file does not fit its column.
    #[error("{file}, line {line}")]
    Field {
        /// The file.
        file: String,
        /// Its line, counted from 1.
        line: u64,
        /// The column and what stands there.
        #[source]
        error: FieldError,
    },
    /// Rows were written out of the order of their key, or a key twice.
    #[error("{table}: the row of key ({key}) is out of order or there twice")]
    Unsorted {
        /// The table.
        table: &'static str,
        /// The key.
        key: String,
    },
    /// A data home has no such batch.
    #[error("there is no batch {batch} in {}", home.display())]
    NoBatch {
        /// The batch.
        batch: BatchId,
        /// The data home.
        home: PathBuf,
    },
    /// Another process works in the data home.
    #[error("{} is in use ({holder}); try again when it is done", home.display())]
    Locked {
        /// The data home.
        home: PathBuf,
        /// Who holds it.
        holder: String,
    },
    /// New tables lack keys of those whose place they would take.
    #[error("the new tables would drop {lost}: {} stays as it is", tables.display())]
    Drops {
        /// The folder of the old tables.
        tables: PathBuf,
        /// The keys.
        lost: LostKeys,
    },
    /// Something in a data home that would be written to or removed is a symbolic link.
    #[error("{} is a link; nothing in a data home is written or removed through links", path.display())]
    Link {
        /// The link.
        path: PathBuf,
    },
    /// A later version made the data home, or changed its layout.
    #[error(
        "{} has format {found}, written by slack-analytics {written_by}; this is version {}, which reads formats up to {known}",
        home.display(),
        env!("CARGO_PKG_VERSION")
    )]
    NewerFormat {
        /// The data home.
        home: PathBuf,
        /// Its format.
        found: u32,
        /// The newest format that this version reads.
        known: u32,
        /// The version that wrote it, as far as it is known.
        written_by: String,
    },
    /// The file that names a data home's format names none.
    #[error("{}: expected a line such as `format = 1`", file.display())]
    Format {
        /// The file.
        file: PathBuf,
    },
    /// A batch holds neither `api/` nor `export/`.
    #[error("{} holds neither api/ nor export/", folder.display())]
    NoPages {
        /// The batch's folder.
        folder: PathBuf,
    },
}

impl Error {
    /// An I/O error with what was tried and where.
    pub fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { action, path: path.into(), source }
    }

    /// A CSV error with the file or table.
    pub fn csv(file: &str, source: csv::Error) -> Self {
        Self::Csv { file: file.into(), source }
    }
}

/// The crate's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

use std::time::Duration;

use rusqlite::{Connection, ErrorCode};

/// Why an SQLite file cannot be read, or does not take the tables. `path` is the file's.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file cannot be opened or made.
    #[error("cannot open {path} (is its folder there, and may you write to it?)")]
    Open {
        /// The file.
        path: String,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// There is no such file.
    #[error("there is no {path}")]
    NoFile {
        /// The file.
        path: String,
    },
    /// SQLite does not understand a query, or cannot answer it.
    #[error("the query cannot be answered: {message}")]
    Query {
        /// What SQLite says.
        message: String,
        /// The byte of the query at which it found so, where it tells.
        offset: Option<usize>,
    },
    /// The statement changes something, or gives no rows.
    #[error(
        "the statement is no query: the file is only read (want SELECT, WITH, VALUES, EXPLAIN or a PRAGMA that tells)"
    )]
    NotAQuery,
    /// SQLite worked on a query for longer than it may.
    #[error("the query cannot be answered within {} s", limit.as_secs_f64())]
    TimeLimit {
        /// How long it may work.
        limit: Duration,
    },
    /// A query needs more memory than it may have.
    #[error("the query needs more than {} MB of memory", limit >> 20)]
    MemoryLimit {
        /// How many bytes it may have.
        limit: u64,
    },
    /// A value of a query is longer than it may be.
    #[error("a value of the query is longer than {} MB", limit >> 20)]
    ValueLimit {
        /// How many bytes it may have.
        limit: u64,
    },
    /// The file is something else than an SQLite database.
    #[error("{path} is no SQLite database")]
    NotADatabase {
        /// The file.
        path: String,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// The file is a database that another program made.
    #[error("{path} is the database of another program; give the tables a file of their own")]
    OtherProgram {
        /// The file.
        path: String,
    },
    /// The file holds another workspace.
    #[error(
        "{path} holds workspace {found}, the master is of {master}; give each workspace a file of its own"
    )]
    OtherTeam {
        /// The file.
        path: String,
        /// The workspace in it.
        found: String,
        /// The workspace that was to be loaded.
        master: String,
    },
    /// A newer version of this program made the tables.
    #[error("{path} is of version {found}, this program knows up to {known}: use a newer program")]
    NewerSchema {
        /// The file.
        path: String,
        /// Its version.
        found: i32,
        /// The newest version that this program knows.
        known: i32,
    },
    /// Another program writes to the file, or reads it for so long that it cannot be written to.
    #[error("{path} is in use: another load, or a long query, is under way; try again when it is done")]
    Busy {
        /// The file.
        path: String,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// The file, or its folder, may not be written to.
    #[error("{path} is read-only: cannot {action}")]
    ReadOnly {
        /// The file.
        path: String,
        /// What was tried.
        action: String,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// There is no room left.
    #[error("no room left for {path}: cannot {action}; nothing was changed")]
    DiskFull {
        /// The file.
        path: String,
        /// What was tried.
        action: String,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// What was withdrawn is in no table any more, but the file could not be written anew.
    #[error(
        "cannot overwrite what was withdrawn from {path}: the load is done, but bytes of it may be in the file's free space: \
         close what reads the file, make room, and run VACUUM on it; or delete it and load again"
    )]
    NotOverwritten {
        /// The file.
        path: String,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// The file is damaged.
    #[error("{path} is damaged: cannot {action} (delete the file and load again: the master holds it all)")]
    Damaged {
        /// The file.
        path: String,
        /// What was tried.
        action: String,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// A table's input cannot be read.
    #[error("cannot read {table}")]
    Read {
        /// The table.
        table: &'static str,
        /// Why not.
        source: slack_model::Error,
    },
    /// A table's input lacks a column of the key.
    #[error("{table} has no column {column}")]
    NoColumn {
        /// The table.
        table: &'static str,
        /// The missing column.
        column: String,
    },
    /// A table that the load fills is not in the file.
    #[error("{path} has no table {table}, though its version says so: someone removed it")]
    NoTable {
        /// The file.
        path: String,
        /// The table.
        table: &'static str,
    },
    /// A column has another type than the migrations gave it.
    #[error("column {column} of {table} is of type {kind}, which the load does not fill: someone changed it")]
    ColumnType {
        /// The table.
        table: &'static str,
        /// The column.
        column: String,
        /// Its type.
        kind: String,
    },
    /// The thread that read a table broke off: a defect of this crate.
    #[error("reading {table} broke off; nothing was changed")]
    Panic {
        /// The table.
        table: &'static str,
    },
    /// A table does not take a row: mostly, what the row refers to is not there.
    #[error("cannot load {table}{}", line.map(|line| format!(" (line {line} of its file)")).unwrap_or_default())]
    Table {
        /// The table.
        table: &'static str,
        /// The line of the table's file at which the row begins, where it is known.
        line: Option<u64>,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// SQLite does not carry out a statement.
    #[error("cannot {action} in {path}")]
    Statement {
        /// The file.
        path: String,
        /// What was tried.
        action: String,
        /// What SQLite says.
        source: rusqlite::Error,
    },
}

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// SQLite's kind of failure, where there is one.
    pub(crate) fn sqlite_error_code(&self) -> Option<ErrorCode> {
        match self {
            Self::Open { source, .. } | Self::ReadOnly { source, .. } => source.sqlite_error_code(),
            _ => None,
        }
    }

    /// Wraps a failure of a statement. `action` completes "cannot …".
    pub(crate) fn statement<'c>(
        connection: &'c Connection,
        action: impl Into<String> + 'c,
    ) -> impl FnOnce(rusqlite::Error) -> Self + 'c {
        move |source| Self::classified(path_of(connection), action.into(), source)
    }

    /// Wraps a failure of a statement that writes rows of a table.
    pub(crate) fn table<'c>(
        connection: &'c Connection,
        table: &'static str,
    ) -> impl FnOnce(rusqlite::Error) -> Self + 'c {
        move |source| match Self::classified(path_of(connection), format!("load {table}"), source) {
            Self::Statement { source, .. } => Self::Table { table, line: None, source },
            other => other,
        }
    }

    /// Adds the line of the table's file, where the failure is one of a row.
    pub(crate) fn at_line(self, number: Option<u64>) -> Self {
        match self {
            Self::Table { table, source, .. } => Self::Table { table, line: number, source },
            other => other,
        }
    }

    /// A failure by what may befall every statement.
    pub(crate) fn classified(path: String, action: String, source: rusqlite::Error) -> Self {
        match source.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::NotADatabase { path, source },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy { path, source },
            Some(ErrorCode::CannotOpen) => Self::Open { path, source },
            Some(ErrorCode::ReadOnly) => Self::ReadOnly { path, action, source },
            Some(ErrorCode::DiskFull) => Self::DiskFull { path, action, source },
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged { path, action, source },
            _ => Self::Statement { path, action, source },
        }
    }
}

/// The file of a connection, as messages give it.
pub(crate) fn path_of(connection: &Connection) -> String {
    match connection.path() {
        Some(path) if !path.is_empty() => path.to_owned(),
        _ => "the database in memory".into(),
    }
}

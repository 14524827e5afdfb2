//! Questions to a file, which they cannot change.

use std::path::Path;

use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, Params, Statement};

use crate::error::{Error, Result, path_of};
use crate::file::open_with;
use crate::limits::{Clock, QueryLimits};

/// A file that is only read.
///
/// Neither it nor any other file is written to, and none is read beside it: the file is opened for reading, statements
/// that write are refused, and no other file can be attached.
#[derive(Debug)]
pub struct Reader {
    connection: Connection,
    clock: Clock,
    limits: Option<QueryLimits>,
}

/// A query that was understood.
#[derive(Debug)]
pub struct Query<'r> {
    reader: &'r Reader,
    statement: Statement<'r>,
    columns: Vec<String>,
}

/// The rows of a query's answer, one after the other.
pub struct QueryRows<'q> {
    reader: &'q Reader,
    rows: rusqlite::Rows<'q>,
    n_columns: usize,
}

/// A row of a query's answer.
#[derive(Debug)]
pub struct QueryRow<'q> {
    reader: &'q Reader,
    row: &'q rusqlite::Row<'q>,
    n_columns: usize,
}

impl Reader {
    /// Opens a file for reading.
    ///
    /// Where a load into it was killed, the file is set back to what it was before; that alone writes to it.
    ///
    /// # Errors
    ///
    /// [`Error::NoFile`] where it is not there, [`Error::NotADatabase`] where it is something else, and [`Error::Busy`]
    /// where another program keeps it.
    pub fn open(path: &Path) -> Result<Self> {
        if !path.exists() {
            return Err(Error::NoFile { path: path.display().to_string() });
        }
        let mut opened = Self::open_as_it_is(path);
        let error = opened.as_ref().err().and_then(Error::sqlite_error_code);
        if matches!(error, Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen)) {
            set_back(path)?;
            opened = Self::open_as_it_is(path);
        }
        opened
    }

    /// Limits what queries may use from now on, all of them together. Without limits, a query may take any time and
    /// the memory that there is.
    ///
    /// The limit of memory is the process's: it can be lowered later, and not raised.
    ///
    /// # Errors
    ///
    /// [`Error::Statement`] where SQLite does not set them.
    pub fn limit(&mut self, limits: QueryLimits) -> Result<()> {
        self.limits = Some(limits);
        limits.set(&mut self.connection, self.clock.clone())
    }

    /// Has SQLite understand a query.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] where it cannot, [`Error::NotAQuery`] where the statement would do something else than answer.
    pub fn query(&self, sql: &str) -> Result<Query<'_>> {
        let prepared = self.clock.counting(|| self.connection.prepare(sql));
        let statement = prepared.map_err(|source| self.failed(source))?;
        if !statement.readonly() || statement.column_count() == 0 {
            return Err(Error::NotAQuery);
        }
        let columns = statement.column_names().map(str::to_owned).collect();
        Ok(Query { reader: self, statement, columns })
    }

    fn open_as_it_is(path: &Path) -> Result<Self> {
        let connection = open_with(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let prepare = || -> rusqlite::Result<()> {
            connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
            connection.pragma_update(None, "query_only", true)?;
            // SQLite looks at a file only when it has to.
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
        };
        prepare().map_err(Error::statement(&connection, "read it"))?;
        Ok(Self { connection, clock: Clock::default(), limits: None })
    }

    /// What is wrong with a query, or with the file.
    fn failed(&self, source: rusqlite::Error) -> Error {
        match (source.sqlite_error_code(), self.limits) {
            (Some(ErrorCode::OperationInterrupted), Some(limits)) => Error::TimeLimit { limit: limits.time },
            (Some(ErrorCode::OutOfMemory), Some(limits)) => Error::MemoryLimit { limit: limits.memory },
            (Some(ErrorCode::TooBig), Some(limits)) => Error::ValueLimit { limit: limits.value() },
            _ => failed(&self.connection, source),
        }
    }
}

/// Takes back what a load that was killed had begun: SQLite does so when the file is read by one who may write.
fn set_back(path: &Path) -> Result<()> {
    let connection = open_with(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let read = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()));
    read.map_err(Error::statement(&connection, "take back a load that was broken off"))
}

impl Query<'_> {
    /// The names of the answer's columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Begins to answer, with values for the query's parameters, if it has any.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] where the values do not fit the parameters.
    pub fn rows(&mut self, parameters: impl Params) -> Result<QueryRows<'_>> {
        let reader = self.reader;
        let rows = self.statement.query(parameters).map_err(|source| reader.failed(source))?;
        Ok(QueryRows { reader, rows, n_columns: self.columns.len() })
    }
}

impl QueryRows<'_> {
    /// The next row; `None` at the end.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] where SQLite cannot work it out; [`Error::TimeLimit`], [`Error::MemoryLimit`] and
    /// [`Error::ValueLimit`] where it would need more than it may use.
    #[expect(clippy::should_implement_trait, reason = "a row borrows from the rows")]
    pub fn next(&mut self) -> Result<Option<QueryRow<'_>>> {
        let (reader, n_columns) = (self.reader, self.n_columns);
        let row = reader.clock.counting(|| self.rows.next()).map_err(|source| reader.failed(source))?;
        Ok(row.map(|row| QueryRow { reader, row, n_columns }))
    }
}

impl<'q> QueryRow<'q> {
    /// The values, in the order of the columns.
    pub fn values(&self) -> impl Iterator<Item = Result<ValueRef<'q>>> + '_ {
        (0..self.n_columns)
            .map(|column| self.row.get_ref(column).map_err(|source| self.reader.failed(source)))
    }
}

impl std::fmt::Debug for QueryRows<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QueryRows").field("n_columns", &self.n_columns).finish_non_exhaustive()
    }
}

/// What is wrong with a query, or with the file.
fn failed(connection: &Connection, source: rusqlite::Error) -> Error {
    match source {
        rusqlite::Error::SqlInputError { msg, offset, .. } => {
            Error::Query { message: msg, offset: usize::try_from(offset).ok() }
        }
        rusqlite::Error::MultipleStatement => {
            Error::Query { message: "there is more than one statement".into(), offset: None }
        }
        source => match Error::classified(path_of(connection), "answer".into(), source) {
            Error::ReadOnly { .. } => Error::NotAQuery,
            Error::Statement { source, .. } => Error::Query { message: source.to_string(), offset: None },
            other => other,
        },
    }
}

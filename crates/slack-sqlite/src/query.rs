//! Questions to a file, which they cannot change.

use std::path::Path;

use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, Params, Statement};

use crate::error::{Error, Result, path_of};
use crate::file::open_with;

/// A file that is only read.
///
/// Neither it nor any other file is written to, and none is read beside it: the file is opened for reading, statements
/// that write are refused, and no other file can be attached.
#[derive(Debug)]
pub struct Reader {
    connection: Connection,
}

/// A query that was understood.
#[derive(Debug)]
pub struct Query<'r> {
    connection: &'r Connection,
    statement: Statement<'r>,
    columns: Vec<String>,
}

/// The rows of a query's answer, one after the other.
pub struct QueryRows<'q> {
    connection: &'q Connection,
    rows: rusqlite::Rows<'q>,
    n_columns: usize,
}

/// A row of a query's answer.
#[derive(Debug)]
pub struct QueryRow<'q> {
    connection: &'q Connection,
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

    /// Has SQLite understand a query.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] where it cannot, [`Error::NotAQuery`] where the statement would do something else than answer.
    pub fn query(&self, sql: &str) -> Result<Query<'_>> {
        let statement = self.connection.prepare(sql).map_err(|source| failed(&self.connection, source))?;
        if !statement.readonly() || statement.column_count() == 0 {
            return Err(Error::NotAQuery);
        }
        let columns = statement.column_names().map(str::to_owned).collect();
        Ok(Query { connection: &self.connection, statement, columns })
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
        Ok(Self { connection })
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
        let rows = self.statement.query(parameters).map_err(|source| failed(self.connection, source))?;
        Ok(QueryRows { connection: self.connection, rows, n_columns: self.columns.len() })
    }
}

impl QueryRows<'_> {
    /// The next row; `None` at the end.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] where SQLite cannot work it out.
    #[expect(clippy::should_implement_trait, reason = "a row borrows from the rows")]
    pub fn next(&mut self) -> Result<Option<QueryRow<'_>>> {
        let (connection, n_columns) = (self.connection, self.n_columns);
        let row = self.rows.next().map_err(|source| failed(connection, source))?;
        Ok(row.map(|row| QueryRow { connection, row, n_columns }))
    }
}

impl<'q> QueryRow<'q> {
    /// The values, in the order of the columns.
    pub fn values(&self) -> impl Iterator<Item = Result<ValueRef<'q>>> + '_ {
        (0..self.n_columns)
            .map(|column| self.row.get_ref(column).map_err(|source| failed(self.connection, source)))
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

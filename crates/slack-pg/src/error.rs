use std::error::Error as _;

use postgres::error::SqlState;

/// Why PostgreSQL cannot be reached, or does not take the tables.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address is no PostgreSQL URL.
    ///
    /// The parser's own words are left out: where a password is not percent-encoded, they quote it.
    #[error(
        "the address is no PostgreSQL URL (want postgres://USER:PASSWORD@HOST:PORT/DATABASE; in user and \
         password, characters such as @ : / ? # % are written as %40 %3A %2F %3F %23 %25)"
    )]
    InvalidUrl,
    /// The address asks for an encrypted connection.
    #[error("sslmode={mode} needs TLS, which is not built in yet (use sslmode=disable or sslmode=prefer)")]
    NoTls {
        /// The mode asked for.
        mode: String,
    },
    /// No server answers.
    #[error("no PostgreSQL server answers at {server} (does it run, and does it listen there?)")]
    Unreachable {
        /// Host and port.
        server: String,
        /// Why not.
        source: postgres::Error,
    },
    /// The server does not let the user in.
    #[error("{server} does not let user {user} in (check user and password)")]
    WrongPassword {
        /// Host and port.
        server: String,
        /// The user.
        user: String,
        /// What the server says.
        source: postgres::Error,
    },
    /// The server has no such database.
    #[error("{server} has no database {database} (make it with: createdb {database})")]
    NoDatabase {
        /// Host and port.
        server: String,
        /// The database.
        database: String,
        /// What the server says.
        source: postgres::Error,
    },
    /// The connection cannot be made for another reason.
    #[error("cannot connect to {server}")]
    Connect {
        /// Host and port.
        server: String,
        /// Why not.
        source: postgres::Error,
    },
    /// The schema holds another workspace.
    #[error(
        "schema {schema} holds workspace {found}, the master is of {master}; give each workspace a schema of its own"
    )]
    OtherTeam {
        /// The schema.
        schema: String,
        /// The workspace in it.
        found: String,
        /// The workspace that was to be loaded.
        master: String,
    },
    /// The user lacks a right.
    #[error("no right to {action} (ask the database's owner, or connect as another user)")]
    NoRights {
        /// What was tried.
        action: String,
        /// What the server says.
        source: postgres::Error,
    },
    /// The schema's name cannot be used.
    #[error("{name:?} cannot name a schema (want 1 to 63 bytes, not beginning with pg_)")]
    SchemaName {
        /// The name.
        name: String,
    },
    /// A newer version of this program made the schema.
    #[error("schema {schema} is of version {found}, this program knows up to {known}: use a newer program")]
    NewerSchema {
        /// The schema.
        schema: String,
        /// Its version.
        found: i32,
        /// The newest version that this program knows.
        known: i32,
    },
    /// Another load works on the same schema.
    #[error("another load into schema {schema} is under way; try again when it is done")]
    Busy {
        /// The schema.
        schema: String,
    },
    /// A table's input cannot be read.
    #[error("cannot read {table}")]
    Read {
        /// The table.
        table: &'static str,
        /// Why not.
        source: slack_model::Error,
    },
    /// The table of time zones cannot be read.
    #[error("cannot read the table of time zones")]
    Zones {
        /// Why not.
        source: csv::Error,
    },
    /// A table's input lacks a column of the key.
    #[error("{table} has no column {column}")]
    NoColumn {
        /// The table.
        table: &'static str,
        /// The missing column.
        column: String,
    },
    /// The server does not take a table's rows.
    #[error("cannot load {table}{}", place.as_deref().map(|place| format!(" ({place})")).unwrap_or_default())]
    Table {
        /// The table.
        table: &'static str,
        /// The line and column, where the server names them.
        place: Option<String>,
        /// What the server says.
        source: postgres::Error,
    },
    /// The server stops listening in the middle of a table without saying why.
    #[error("the server stopped taking {table}")]
    Stream {
        /// The table.
        table: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// The server does not carry out a statement.
    #[error("cannot {action}")]
    Statement {
        /// What was tried.
        action: String,
        /// What the server says.
        source: postgres::Error,
    },
}

/// The crate's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Wraps the failure of a statement that was to do `action`.
    pub(crate) fn statement(action: impl Into<String>) -> impl FnOnce(postgres::Error) -> Self {
        move |source| {
            let action = action.into();
            if source.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) {
                Self::NoRights { action, source }
            } else {
                Self::Statement { action, source }
            }
        }
    }

    /// Wraps a failure while a table was loaded.
    pub(crate) fn table(table: &'static str) -> impl FnOnce(postgres::Error) -> Self {
        move |source| {
            if source.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) {
                return Self::NoRights { action: format!("load {table}"), source };
            }
            let place = source.as_db_error().and_then(|error| error.where_()).map(place_of);
            Self::Table { table, place, source }
        }
    }
}

/// `COPY load_tag_data, line 3, column ts: "…"` without its first part, and without the value.
fn place_of(context: &str) -> String {
    let first = context.lines().next().unwrap_or_default();
    let place = first.split_once(", ").map_or(first, |(_, place)| place);
    place.split_once(": \"").map_or(place, |(place, _)| place).to_owned()
}

/// Whether an I/O error stands at the end of the chain of causes.
pub(crate) fn is_io(error: &postgres::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<std::io::Error>() {
            return true;
        }
        cause = error.source();
    }
    false
}

use std::error::Error as _;

use postgres::error::SqlState;

use crate::connect::SslMode;
use crate::tls_problem::TlsProblem;

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
    /// A parameter of the address, or the option in its place, cannot be used.
    #[error("{name} cannot be used ({advice})")]
    Parameter {
        /// The parameter's name in libpq.
        name: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// The `sslmode` checks less than another option is worth.
    #[error("sslmode={mode} is too weak for {option} (use sslmode={want})")]
    WeakSslMode {
        /// The mode.
        mode: SslMode,
        /// The other option.
        option: &'static str,
        /// The mode or modes that fit it.
        want: &'static str,
    },
    /// There are no root certificates to check the server's certificate by.
    #[error("the root certificates of {place} cannot be read: {reason} (sslrootcert names them)")]
    RootCertificates {
        /// The file, or the system's store.
        place: String,
        /// Why not.
        reason: String,
    },
    /// TLS cannot be set up.
    #[error("TLS cannot be set up")]
    TlsLibrary {
        /// Why not.
        source: rustls::Error,
    },
    /// The server cannot be reached by TLS as the `sslmode` wants it.
    #[error("cannot connect to {server} by TLS: {problem}")]
    Tls {
        /// Host and port.
        server: String,
        /// What stands in the way.
        problem: TlsProblem,
        /// The client's own words.
        source: postgres::Error,
    },
    /// No server answers.
    #[error("no PostgreSQL server answers at {server}")]
    Unreachable {
        /// Host and port.
        server: String,
        /// Why not.
        source: postgres::Error,
    },
    /// The server does not let the user in.
    #[error("{server} does not let user {user} in ({advice})")]
    WrongPassword {
        /// Host and port.
        server: String,
        /// The user.
        user: String,
        /// Where the password came from, or why there was none.
        advice: String,
        /// What the server says.
        source: postgres::Error,
    },
    /// The server has no such database.
    #[error("{server} has no database {database}")]
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
    #[error("no right to {action}")]
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
    /// The role's name cannot be used.
    #[error(
        "{name:?} cannot name a role (want 1 to 63 bytes, not beginning with pg_, and neither public nor none)"
    )]
    RoleName {
        /// The name.
        name: String,
    },
    /// The role that is to read owns what it is to read.
    #[error("role {role} owns schema {schema} or tables of it: it can be no mere reader")]
    OwnerRole {
        /// The schema.
        schema: String,
        /// The role.
        role: String,
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
    /// The schema was made by a step that is not the one that this program knows by its number.
    #[error(
        "schema {schema} was made by a migration {version} ({name}) that differs from this program's: load into a \
         new schema, or use the program that made this one"
    )]
    ChangedMigration {
        /// The schema.
        schema: String,
        /// The step's number.
        version: i32,
        /// What the schema calls it.
        name: String,
    },
    /// The schema has seen a later step, but not this one, or one that this program lacks.
    #[error(
        "migration {version} ({name}) is missing among those of schema {schema} or of this program: load into a new \
         schema, or use the program that made this one"
    )]
    SkippedMigration {
        /// The schema.
        schema: String,
        /// The step's number.
        version: i32,
        /// What it is called.
        name: String,
    },
    /// The migrations do not work for a reason of their own.
    #[error("cannot migrate schema {schema}")]
    Migrations {
        /// The schema.
        schema: String,
        /// Why not.
        source: Box<dyn std::error::Error + Send + Sync>,
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
    /// A table that the load fills is not in the schema.
    #[error("schema {schema} has no table {table}, though its version says so: someone removed it")]
    NoTable {
        /// The schema.
        schema: String,
        /// The table.
        table: &'static str,
    },
    /// A role that is to be a reader can read what is private by other ways.
    #[error(
        "role {role} can read {column} of schema {schema} all the same (as a superuser, a member of the owner's role, or by \
         what everyone may): it cannot be a reader"
    )]
    ReadsPrivate {
        /// The schema.
        schema: String,
        /// The role.
        role: String,
        /// Table and column.
        column: String,
    },
    /// Rows name others that could not be loaded.
    #[error("cannot load {table}: it names rows that could not be loaded ({}); nothing was changed", refusals.join("; "))]
    Orphans {
        /// The table.
        table: String,
        /// The rows that are named: file, line and column.
        refusals: Vec<String>,
        /// What the server says.
        source: postgres::Error,
    },
    /// A column of the schema has another type than the migrations gave it.
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
    /// The rows do not obey a key of their table.
    #[error("cannot build the keys of {table}; nothing was changed")]
    Keys {
        /// The table.
        table: String,
        /// What the server says.
        source: postgres::Error,
    },
    /// The server has no room left.
    #[error("the server's disk is full: cannot {action}; nothing was changed")]
    DiskFull {
        /// What was tried.
        action: String,
        /// What the server says.
        source: postgres::Error,
    },
    /// The connection ended: the server was stopped, or it was cut.
    #[error("the server went away: cannot {action}; nothing was changed, so try again when it is back")]
    Gone {
        /// What was tried.
        action: String,
        /// What the server, or the connection, says.
        source: postgres::Error,
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
            Self::classified(action.into(), source)
                .unwrap_or_else(|(action, source)| Self::Statement { action, source })
        }
    }

    /// Wraps a failure while a table was loaded.
    pub(crate) fn table(table: &'static str) -> impl FnOnce(postgres::Error) -> Self {
        move |source| {
            Self::classified(format!("load {table}"), source).unwrap_or_else(|(_, source)| {
                let place = source.as_db_error().and_then(|error| error.where_()).map(place_of);
                Self::Table { table, place, source }
            })
        }
    }

    /// Wraps a failure while keys and indexes of a table were built.
    pub(crate) fn keys(table: String) -> impl FnOnce(postgres::Error) -> Self {
        move |source| {
            Self::classified(format!("build the keys of {table}"), source)
                .unwrap_or_else(|(_, source)| Self::Keys { table, source })
        }
    }

    /// Where rows name others that are not there, says which of these could not be loaded.
    pub(crate) fn with_refusals(self, refused: &[String]) -> Self {
        let is_orphan = |source: &postgres::Error| {
            source.code() == Some(&SqlState::FOREIGN_KEY_VIOLATION) && !refused.is_empty()
        };
        match self {
            Self::Table { table, source, .. } if is_orphan(&source) => {
                Self::Orphans { table: table.into(), refusals: refused.to_vec(), source }
            }
            Self::Keys { table, source } if is_orphan(&source) => {
                Self::Orphans { table, refusals: refused.to_vec(), source }
            }
            other => other,
        }
    }

    /// The failures that may befall every statement.
    fn classified(action: String, source: postgres::Error) -> Result<Self, (String, postgres::Error)> {
        let gone = [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN, SqlState::CANNOT_CONNECT_NOW];
        match source.code() {
            Some(code) if *code == SqlState::INSUFFICIENT_PRIVILEGE => Ok(Self::NoRights { action, source }),
            Some(code) if *code == SqlState::DISK_FULL => Ok(Self::DiskFull { action, source }),
            Some(code) if gone.contains(code) => Ok(Self::Gone { action, source }),
            None if source.is_closed() || is_io(&source) => Ok(Self::Gone { action, source }),
            _ => Err((action, source)),
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

//! A database's file: opening it, and how it is written to during a load.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::error::{Error, Result};

/// How long to wait where another program uses the file.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// Kibibytes of pages that a load keeps in memory.
const CACHE: i64 = 64 * 1024;

/// Opens a file for [`load`](crate::load()), and makes it where it is not there. Where another program uses the file,
/// statements wait for some seconds.
///
/// # Errors
///
/// [`Error::Open`] where the folder is not there, or does not take the file.
pub fn open(path: &Path) -> Result<Connection> {
    open_with(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)
}

pub(crate) fn open_with(path: &Path, flags: OpenFlags) -> Result<Connection> {
    // A connection is used by one thread at a time: Rust sees to that.
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|source| Error::classified(path.display().to_string(), "open it".into(), source))?;
    connection.busy_timeout(PATIENCE).map_err(Error::statement(&connection, "set a waiting time"))?;
    Ok(connection)
}

/// What a load sets on a connection, to be set back.
#[derive(Debug)]
pub(crate) struct Settings {
    foreign_keys: bool,
    cache_size: i64,
    busy_timeout: i64,
    /// Whether the journal is a write-ahead log for the load's time only.
    has_log: bool,
}

impl Settings {
    /// Makes a connection ready to load.
    ///
    /// A file that holds something is written to by way of a write-ahead log, so that others read the old state for as
    /// long as the load lasts, however much it changes: with a rollback journal they would have to wait from the moment
    /// at which changed pages outgrow the cache. An empty file has no old state, and without a log its pages are
    /// written once instead of twice.
    pub(crate) fn set(connection: &Connection) -> Result<Self> {
        let failed = || Error::statement(connection, "prepare for loading");
        let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        let foreign_keys = number("foreign_keys").map_err(failed())? != 0;
        let cache_size = number("cache_size").map_err(failed())?;
        let busy_timeout = number("busy_timeout").map_err(failed())?;
        let mut settings = Self { foreign_keys, cache_size, busy_timeout, has_log: false };
        if number("schema_version").map_err(failed())? != 0 {
            settings.has_log = begin_log(connection)?;
        }
        connection.pragma_update(None, "foreign_keys", true).map_err(failed())?;
        connection.pragma_update(None, "cache_size", -CACHE).map_err(failed())?;
        Ok(settings)
    }

    /// Sets back what was set; the file is one file again.
    ///
    /// What fails here fails after the load was written or given up, and changes neither. The log stays where others
    /// read from it: then the last of them to close the file removes it.
    pub(crate) fn restore(self, connection: &Connection) {
        let _ = connection.pragma_update(None, "foreign_keys", self.foreign_keys);
        let _ = connection.pragma_update(None, "cache_size", self.cache_size);
        if self.has_log {
            let _ = connection.busy_timeout(Duration::ZERO);
            let _ = connection.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()));
            let _ = connection.pragma_update(None, "busy_timeout", self.busy_timeout);
        }
    }
}

/// Turns the rollback journal into a write-ahead log; false where the file has another journal, or is being read. Then
/// the load waits for readers when it ends.
fn begin_log(connection: &Connection) -> Result<bool> {
    let mode: String = connection
        .pragma_query_value(None, "journal_mode", |row| row.get(0))
        .map_err(Error::statement(connection, "read the journal's mode"))?;
    if mode != "delete" {
        // A log may be there still from a load that could not end it.
        return Ok(mode == "wal");
    }
    let begun =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0));
    match begun {
        Ok(mode) => Ok(mode == "wal"),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Ok(false),
        Err(error) => Err(Error::statement(connection, "begin a write-ahead log")(error)),
    }
}

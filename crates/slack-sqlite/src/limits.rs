//! What a query may use of the machine.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rusqlite::limits::Limit;

use crate::error::{Error, Result};

/// What the queries to a file may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueryLimits {
    /// How long SQLite may work on them. Time between two rows, in which nobody asks for the next one, is not part of it.
    pub time: Duration,
    /// How many bytes of memory SQLite may use, in the whole process; sorting goes to temporary files. One value of an
    /// answer may have a quarter of it.
    pub memory: u64,
}

impl Default for QueryLimits {
    /// A minute and 512 MiB.
    fn default() -> Self {
        Self { time: Duration::from_secs(60), memory: 512 << 20 }
    }
}

/// SQLite calls back after so many steps of its machine.
const STEPS: i32 = 1_000;

/// The time that SQLite has worked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Clock(Arc<Mutex<Worked>>);

#[derive(Debug, Default)]
struct Worked {
    before: Duration,
    since: Option<Instant>,
}

impl Clock {
    /// Counts the time of some work.
    pub(crate) fn counting<T>(&self, work: impl FnOnce() -> T) -> T {
        self.worked(|worked| worked.since = Some(Instant::now()));
        let done = work();
        self.worked(|worked| {
            worked.before += worked.since.take().map(|since| since.elapsed()).unwrap_or_default();
        });
        done
    }

    fn total(&self) -> Duration {
        self.worked(|worked| worked.before + worked.since.map(|since| since.elapsed()).unwrap_or_default())
    }

    fn worked<T>(&self, with: impl FnOnce(&mut Worked) -> T) -> T {
        with(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl QueryLimits {
    /// The longest value, in bytes.
    pub(crate) fn value(self) -> u64 {
        self.memory / 4
    }

    /// Sets the limits of a connection, and those of memory in the whole process.
    pub(crate) fn set(self, connection: &mut Connection, clock: Clock) -> Result<()> {
        let path = crate::error::path_of(connection);
        let set = || -> rusqlite::Result<()> {
            connection
                .set_limit(Limit::SQLITE_LIMIT_LENGTH, i32::try_from(self.value()).unwrap_or(i32::MAX))?;
            let memory = i64::try_from(self.memory).unwrap_or(i64::MAX);
            connection.pragma_update_and_check(None, "hard_heap_limit", memory, |_| Ok(()))?;
            connection.progress_handler(STEPS, Some(move || clock.total() > self.time))
        };
        set().map_err(|source| Error::classified(path, "set limits".into(), source))
    }
}

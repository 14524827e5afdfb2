//! A table that is empty is filled without its indexes: they are built when its rows are there, in one go, instead of row
//! by row in an order that is not theirs.

use rusqlite::Connection;
use slack_model::{Progress, Step};

use crate::error::{Error, Result};
use crate::statements::quote;

/// Indexes that were taken off tables, to be made again.
#[derive(Debug, Default)]
pub(crate) struct Stripped {
    statements: Vec<String>,
}

/// Takes the indexes off the tables. Keys stay: a table lies in the order of its key, which is the files' too.
pub(crate) fn strip<'t>(connection: &Connection, tables: impl Iterator<Item = &'t str>) -> Result<Stripped> {
    let failed = || Error::statement(connection, "take the indexes off empty tables");
    let mut stripped = Stripped::default();
    let query =
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ?1";
    let mut statement = connection.prepare(query).map_err(failed())?;
    for table in tables {
        let found = statement.query_map([table], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)));
        let found = found.and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>).map_err(failed())?;
        for (name, sql) in found {
            connection.execute_batch(&format!("DROP INDEX {}", quote(name))).map_err(failed())?;
            stripped.statements.push(sql);
        }
    }
    Ok(stripped)
}

impl Stripped {
    /// Makes again what was taken off.
    pub(crate) fn restore(self, connection: &Connection, progress: &dyn Progress) -> Result<()> {
        let total = self.statements.len() as u64;
        for (done, statement) in (0..).zip(self.statements) {
            progress.report(Step::new("indexes", done, Some(total)));
            connection
                .execute_batch(&statement)
                .map_err(Error::statement(connection, "build the indexes"))?;
        }
        if total > 0 {
            progress.report(Step::new("indexes", total, Some(total)));
        }
        Ok(())
    }
}

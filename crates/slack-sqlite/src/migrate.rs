//! The schema's versions. `user_version` in the file's header says which one a file has, and `application_id` whose it
//! is. The steps run in the load's transaction, which the libraries for migrations do not allow for: they begin their own.

use rusqlite::Connection;

use crate::error::{Error, Result, path_of};

/// A step from one version of the schema to the next. Once released, its SQL never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Migration {
    /// The version that it leads to, from 1.
    pub version: i32,
    /// What it brings.
    pub name: &'static str,
    sql: &'static str,
}

macro_rules! migration {
    ($version:literal, $file:literal, $name:literal) => {
        Migration {
            version: $version,
            name: $name,
            sql: include_str!(concat!("../sql/migrations/", $file, "_", $name, ".sql")),
        }
    };
}

impl Migration {
    /// All steps, the first one first.
    pub const ALL: &[Self] = &[
        migration!(1, "0001", "contract_tables"),
        migration!(2, "0002", "metric_tables"),
        migration!(3, "0003", "graph_tables"),
        migration!(4, "0004", "load_memory"),
        migration!(5, "0005", "message_views"),
        migration!(6, "0006", "activity_views"),
        migration!(7, "0007", "value_batches"),
        migration!(8, "0008", "channel_aliases"),
    ];
}

/// `SLKA`: what the header of a file says that these tables were made in.
const APPLICATION_ID: i32 = i32::from_be_bytes(*b"SLKA");

/// Brings a file from nothing or from any older version up to date, in the transaction that is under way.
///
/// Returns the steps that were taken: none where it is up to date.
pub(crate) fn migrate(connection: &Connection) -> Result<Vec<Migration>> {
    let found = version(connection)?;
    let known = Migration::ALL.last().map_or(0, |migration| migration.version);
    if found > known {
        return Err(Error::NewerSchema { path: path_of(connection), found, known });
    }
    let failed = || Error::statement(connection, "make or update the tables");
    let steps: Vec<_> = Migration::ALL.iter().filter(|step| step.version > found).copied().collect();
    for step in &steps {
        connection.execute_batch(step.sql).map_err(failed())?;
    }
    if !steps.is_empty() {
        connection.pragma_update(None, "application_id", APPLICATION_ID).map_err(failed())?;
        connection.pragma_update(None, "user_version", known).map_err(failed())?;
    }
    Ok(steps)
}

/// The version of a file's schema, 0 where the file is empty.
pub(crate) fn version(connection: &Connection) -> Result<i32> {
    let failed = || Error::statement(connection, "read the version of the tables");
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let has_tables: bool = connection
        .query_row("SELECT EXISTS (SELECT 1 FROM sqlite_schema)", [], |row| row.get(0))
        .map_err(failed())?;
    if has_tables && number("application_id").map_err(failed())? != APPLICATION_ID {
        return Err(Error::OtherProgram { path: path_of(connection) });
    }
    number("user_version").map_err(failed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_count_up_from_one_and_are_all_there() {
        for (at, migration) in Migration::ALL.iter().enumerate() {
            assert_eq!(migration.version as usize, at + 1);
        }
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/sql/migrations");
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .expect("the folder is there")
            .map(|file| file.expect("readable").file_name().into_string().expect("UTF-8"))
            .collect();
        files.sort();
        let named: Vec<_> =
            Migration::ALL.iter().map(|step| format!("{:04}_{}.sql", step.version, step.name)).collect();
        assert_eq!(files, named);
    }
}

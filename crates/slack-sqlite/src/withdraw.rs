//! What was public when it was loaded, and is withheld now, leaves the file.

use rusqlite::{Connection, OptionalExtension as _};
use slack_model::rows::{Channel, TABLES, User};
use slack_model::{ChannelId, Table, Withheld};

use crate::error::{Error, Result};
use crate::load::METRIC_TABLES;
use crate::memory;
use crate::statements::quote;

/// What left the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Withdrawn {
    /// The conversations, each with its name.
    pub channels: Vec<(ChannelId, String)>,
    /// Rows of all tables of the contract.
    pub rows: u64,
}

/// Deletes what is withheld now and was public when it was loaded. What was loaded as confidential was asked for, and stays.
///
/// Metric tables that are not loaded again (`has_metrics` is false) are emptied: their numbers tell of what is gone. Bytes of
/// rows that are deleted are overwritten, since the file may be given to others.
pub(crate) fn withdraw(connection: &Connection, withheld: &Withheld, has_metrics: bool) -> Result<Withdrawn> {
    let mut withdrawn = Withdrawn::default();
    let ids = withheld.channels.iter().map(ChannelId::as_str);
    let query = "SELECT id, name FROM channel_data WHERE class = 'public' AND id = ?1";
    let found = named(connection, Channel::SCHEMA.name, query, ids)?;
    let mut emptier = Emptier { connection, rows: 0 };
    if !found.is_empty() {
        overwrite(connection)?;
        let ids: Vec<&str> = found.iter().map(|(id, _)| id.as_str()).collect();
        let of_channels = TABLES.iter().filter(|table| table.position("channel").is_some());
        // Rows that refer to a conversation go before its own.
        for table in of_channels {
            emptier.delete(table.name, "channel = ?1", &ids)?;
        }
        emptier.delete(Channel::SCHEMA.name, "id = ?1", &ids)?;
        withdrawn.rows = emptier.rows;
        for table in METRIC_TABLES.iter().filter(|_| !has_metrics) {
            emptier.delete(table, "?1 IS NOT NULL", &ids[..1])?;
        }
    }
    withdrawn.channels = found.into_iter().map(|(id, name)| (id.into(), name)).collect();
    withdrawn.rows += withdraw_strangers(connection, withheld)?;
    Ok(withdrawn)
}

/// Deletes users whom no list holds, and nothing in the file names any more.
fn withdraw_strangers(connection: &Connection, withheld: &Withheld) -> Result<u64> {
    let query = "SELECT id, name FROM user_data WHERE known = 0 AND id = ?1";
    let users = withheld.users.iter().map(AsRef::as_ref);
    let found = named(connection, User::SCHEMA.name, query, users)?;
    if found.is_empty() {
        return Ok(0);
    }
    let mut of = "id = ?1".to_owned();
    for table in TABLES {
        for column in ["user_id", "creator"].iter().filter(|column| table.position(column).is_some()) {
            of.push_str(&format!(
                " AND ?1 NOT IN (SELECT {column} FROM {} WHERE {column} IS NOT NULL)",
                table.name
            ));
        }
    }
    overwrite(connection)?;
    let ids: Vec<&str> = found.iter().map(|(id, _)| id.as_str()).collect();
    let mut emptier = Emptier { connection, rows: 0 };
    emptier.delete(User::SCHEMA.name, &of, &ids)?;
    Ok(emptier.rows)
}

/// Has SQLite write zeros over what is deleted.
fn overwrite(connection: &Connection) -> Result<()> {
    let set = connection.query_row("PRAGMA secure_delete = ON", [], |_| Ok(()));
    set.map_err(Error::statement(connection, "overwrite what is deleted"))
}

/// Deletes rows, and counts them.
struct Emptier<'c> {
    connection: &'c Connection,
    rows: u64,
}

impl Emptier<'_> {
    fn delete(&mut self, table: &'static str, of: &str, ids: &[&str]) -> Result<()> {
        let failed = || Error::table(self.connection, table);
        let statement = format!("DELETE FROM {} WHERE {of}", quote(table));
        let mut statement = self.connection.prepare(&statement).map_err(failed())?;
        let mut gone = 0;
        for id in ids {
            gone += statement.execute([id]).map_err(failed())? as u64;
        }
        if gone > 0 {
            memory::forget_all(self.connection, table)?;
        }
        self.rows += gone;
        Ok(())
    }
}

/// The ids and names that a query finds for some ids.
fn named<'i>(
    connection: &Connection,
    table: &'static str,
    query: &str,
    ids: impl Iterator<Item = &'i str>,
) -> Result<Vec<(String, String)>> {
    let failed = || Error::table(connection, table);
    let mut statement = connection.prepare(query).map_err(failed())?;
    let mut found = Vec::new();
    for id in ids {
        let row = statement.query_row([id], |row| Ok((row.get(0)?, row.get(1)?))).optional();
        found.extend(row.map_err(failed())?);
    }
    Ok(found)
}

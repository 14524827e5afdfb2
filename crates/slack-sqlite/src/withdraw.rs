//! What was public when it was loaded, and is withheld now, leaves the file.

use rusqlite::Connection;
use slack_model::rows::{Channel, TABLES, User};
use slack_model::{ChannelId, Table, Withheld};
use slack_store::{Input, Withdrawn};

use crate::error::{Error, Result, path_of};
use crate::memory;
use crate::search;
use crate::statements::quote;

/// Deletes what is withheld now and was public when it was loaded. What was loaded as confidential was asked for, and stays.
///
/// Metric tables that are not loaded again (the input has none) are emptied: their numbers tell of what is gone. Bytes of
/// rows that are deleted are overwritten, since the file may be given to others; [`compact`] must follow.
pub(crate) fn withdraw(connection: &Connection, input: &Input<'_>) -> Result<Withdrawn> {
    let withheld = &input.withheld;
    let mut withdrawn = Withdrawn::default();
    let public = rows(
        connection,
        Channel::SCHEMA.name,
        "SELECT id, name FROM channel_data WHERE class = 'public' ORDER BY id",
    )?;
    let public = public.into_iter().map(|(id, name)| (ChannelId::from(id), name));
    withdrawn.channels = public.filter(|(id, _)| withheld.holds(id)).collect();
    let mut emptier = Emptier { connection, rows: 0 };
    if !withdrawn.channels.is_empty() {
        overwrite(connection)?;
        let ids: Vec<&str> = withdrawn.channels.iter().map(|(id, _)| id.as_str()).collect();
        let of_channels = TABLES.iter().filter(|table| table.position("channel").is_some());
        // Rows that refer to a conversation go before its own.
        for table in of_channels {
            emptier.delete(table.name, "channel = ?1", &ids)?;
        }
        emptier.delete(Channel::SCHEMA.name, "id = ?1", &ids)?;
        withdrawn.rows = emptier.rows;
        for table in input.metric_tables.iter().filter(|_| input.metrics.is_none()) {
            emptier.delete(table.name, "?1 IS NOT NULL", &ids[..1])?;
        }
    }
    withdrawn.rows += withdraw_strangers(connection, withheld)?;
    if !withdrawn.channels.is_empty() {
        search::forget_words(connection)?;
    }
    Ok(withdrawn)
}

/// Writes the file anew without its free space. There may be older copies of what was withdrawn: from an edit, from a row that
/// moved to another page, from parts of the index of words that were merged.
///
/// To be called outside of a transaction.
pub(crate) fn compact(connection: &Connection) -> Result<()> {
    connection
        .execute_batch("VACUUM")
        .map_err(|source| Error::NotOverwritten { path: path_of(connection), source })
}

/// Deletes users whom no list holds, and nothing in the file names any more.
fn withdraw_strangers(connection: &Connection, withheld: &Withheld) -> Result<u64> {
    if withheld.users.is_empty() {
        return Ok(0);
    }
    let mut found = rows(connection, User::SCHEMA.name, "SELECT id, name FROM user_data WHERE known = 0")?;
    found.retain(|(id, _)| withheld.users.contains(id.as_str()));
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

/// Ids and names, as a query gives them.
fn rows(connection: &Connection, table: &'static str, query: &str) -> Result<Vec<(String, String)>> {
    let failed = || Error::table(connection, table);
    let mut statement = connection.prepare(query).map_err(failed())?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.and_then(Iterator::collect).map_err(failed())
}

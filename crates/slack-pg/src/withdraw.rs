//! What was public when it was loaded, and is withheld now, leaves the database.

use postgres::GenericClient;
use slack_model::rows::{Channel, TABLES, User};
use slack_model::{ChannelId, Table, Withheld};
use slack_store::{Input, Withdrawn};

use crate::error::{Error, Result};
use crate::identifier::quote;
use crate::memory;

/// Deletes what is withheld now and was public when it was loaded. What was loaded as confidential was asked for, and stays.
///
/// Metric tables that are not loaded again (the input has none) are emptied: their numbers tell of what is gone.
pub(crate) fn withdraw(
    client: &mut impl GenericClient,
    schema: &str,
    input: &Input<'_>,
) -> Result<Withdrawn> {
    let withheld = &input.withheld;
    let mut withdrawn = Withdrawn::default();
    let query =
        format!("SELECT id, name FROM {}.channel_data WHERE class = 'public' ORDER BY id", quote(schema));
    let public = client.query(&query, &[]).map_err(Error::table(Channel::SCHEMA.name))?;
    let public = public.iter().map(|row| (ChannelId::from(row.get::<_, &str>(0)), row.get(1)));
    withdrawn.channels = public.filter(|(id, _)| withheld.holds(id)).collect();
    let ids: Vec<&str> = withdrawn.channels.iter().map(|(id, _)| id.as_str()).collect();
    if !ids.is_empty() {
        let of_channels = TABLES.iter().filter(|table| table.position("channel").is_some());
        // Rows that refer to a conversation go before its own.
        for (table, column) in
            of_channels.map(|table| (table.name, "channel")).chain([(Channel::SCHEMA.name, "id")])
        {
            let statement = format!("DELETE FROM {}.{table} WHERE {column} = ANY ($1)", quote(schema));
            let gone = client.execute(&statement, &[&ids]).map_err(Error::table(table))?;
            withdrawn.rows += gone;
            if gone > 0 {
                memory::forget_all(client, schema, table)?;
            }
        }
        for table in input.metric_tables.iter().filter(|_| input.metrics.is_none()).map(|table| table.name) {
            let statement = format!("DELETE FROM {}.{}", quote(schema), quote(table));
            client.batch_execute(&statement).map_err(Error::table(table))?;
            memory::forget_all(client, schema, table)?;
        }
    }
    withdrawn.rows += withdraw_strangers(client, schema, withheld)?;
    Ok(withdrawn)
}

/// Deletes users whom no list holds, and nothing in the database names any more.
fn withdraw_strangers(client: &mut impl GenericClient, schema: &str, withheld: &Withheld) -> Result<u64> {
    if withheld.users.is_empty() {
        return Ok(0);
    }
    let ids: Vec<&str> = withheld.users.iter().map(AsRef::as_ref).collect();
    let schema_name = quote(schema);
    let query = format!("SELECT id FROM {schema_name}.user_data WHERE NOT known AND id = ANY ($1)");
    let found = client.query(&query, &[&ids]).map_err(Error::table(User::SCHEMA.name))?;
    let ids: Vec<&str> = found.iter().map(|row| row.get(0)).collect();
    if ids.is_empty() {
        return Ok(0);
    }
    let mut is_named = Vec::new();
    for table in TABLES {
        for column in ["user_id", "creator"].iter().filter(|column| table.position(column).is_some()) {
            is_named.push(format!(
                "NOT EXISTS (SELECT FROM {schema_name}.{} AS row WHERE row.{column} = stranger.id)",
                table.name
            ));
        }
    }
    let statement = format!(
        "DELETE FROM {schema_name}.user_data AS stranger WHERE stranger.id = ANY ($1) AND {}",
        is_named.join(" AND ")
    );
    let gone = client.execute(&statement, &[&ids]).map_err(Error::table(User::SCHEMA.name))?;
    if gone > 0 {
        memory::forget_all(client, schema, User::SCHEMA.name)?;
    }
    Ok(gone)
}

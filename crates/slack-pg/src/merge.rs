use postgres::GenericClient;
use slack_model::Digest;

use crate::catalog::{TargetColumn, TargetTable, ValueKind};
use crate::error::{Error, Result};
use crate::identifier::{quote, quote_list};

/// Merges a staging table into its table; returns the number of rows that were new or changed.
///
/// A row that is there already as it is stays untouched, so loading again costs no dead rows. Where rows may share a key
/// (`is_unique` is false), the last of them counts. Columns that did not arrive keep what is there, or lose it (`clears`).
pub(crate) fn upsert(
    client: &mut impl GenericClient,
    table: &TargetTable,
    columns: &[&str],
    is_unique: bool,
    clears: bool,
) -> Result<u64> {
    let statement = upsert_statement(table, columns, is_unique, clears);
    client.execute(&statement, &[]).map_err(Error::table(table.name))
}

/// Deletes the rows that the staging table lacks; returns their number. Only stretches of keys that the given blocks held
/// are looked at, where they are given.
pub(crate) fn delete_vanished(
    client: &mut impl GenericClient,
    table: &TargetTable,
    within: Option<&[Digest]>,
) -> Result<u64> {
    let same_key = table.key.iter().map(quote).map(|key| format!("kept.{key} = arrived.{key}"));
    let is_gone = format!(
        "NOT EXISTS (SELECT FROM {} AS arrived WHERE {})",
        table.staging(),
        same_key.collect::<Vec<_>>().join(" AND "),
    );
    let (from, table_name) = (format!("DELETE FROM {} AS kept", table.qualified()), table.name);
    let deleted = match (within, table.key_columns()) {
        (Some(blocks), Some(key)) => {
            let kept: Vec<_> = key.iter().map(|column| format!("kept.{}", quote(&column.name))).collect();
            let bound = |of: &str| {
                let parts = key
                    .iter()
                    .enumerate()
                    .map(|(at, column)| format!("block.{of}_key[{}]::{}", at + 1, column.kind.sql()));
                parts.collect::<Vec<_>>().join(", ")
            };
            let statement = format!(
                "{from} USING {}.load_block AS block WHERE block.table_name = $1 AND block.digest = ANY ($2)
                    AND ROW({kept}) >= ROW({}) AND ROW({kept}) <= ROW({}) AND {is_gone}",
                quote(table.schema()),
                bound("first"),
                bound("last"),
                kept = kept.join(", "),
            );
            let blocks: Vec<&[u8]> = blocks.iter().map(Digest::as_bytes).collect();
            client.execute(&statement, &[&table_name, &blocks])
        }
        _ => client.execute(&format!("{from} WHERE {is_gone}"), &[]),
    };
    deleted.map_err(Error::table(table.name))
}

/// Deletes the rows of folders that are known to be channels; `column` says whose a row is. Returns their number.
pub(crate) fn delete_joined(
    client: &mut impl GenericClient,
    schema: &str,
    table: &'static str,
    column: &str,
    left: &[&str],
) -> Result<u64> {
    let (schema, name, column) = (quote(schema), quote(table), quote(column));
    let statement = format!(
        "DELETE FROM {schema}.{name} WHERE {column} IN (SELECT alias FROM {schema}.channel_alias_data) \
         AND NOT ({column} = ANY ($1))"
    );
    client.execute(&statement, &[&left]).map_err(Error::table(table))
}

/// Deletes all rows; returns their number.
pub(crate) fn delete_all(client: &mut impl GenericClient, table: &TargetTable) -> Result<u64> {
    client.execute(&format!("DELETE FROM {}", table.qualified()), &[]).map_err(Error::table(table.name))
}

/// Deletes all but one of the rows that share a key, of a table that has no key yet; returns their number.
pub(crate) fn delete_duplicates(client: &mut impl GenericClient, table: &TargetTable) -> Result<u64> {
    let keys = quote_list(table.key.iter().map(String::as_str));
    let statement = format!(
        "DELETE FROM {table} WHERE ctid IN (SELECT ctid FROM (
            SELECT ctid, row_number() OVER (PARTITION BY {keys} ORDER BY ctid DESC) AS nth FROM {table}) AS row
         WHERE nth > 1)",
        table = table.qualified(),
    );
    client.execute(&statement, &[]).map_err(Error::table(table.name))
}

fn upsert_statement(table: &TargetTable, columns: &[&str], is_unique: bool, clears: bool) -> String {
    let arrived = |column: &TargetColumn| columns.contains(&column.name.as_str());
    let written: Vec<_> = table.columns.iter().filter(|column| clears || arrived(column)).collect();
    let all = quote_list(written.iter().map(|column| column.name.as_str()));
    // A staging table has every column, empty where the file has none; a text that is not known is an empty one.
    let selected = written.iter().map(|column| match quote(&column.name) {
        name if arrived(column) || column.is_nullable || column.kind != ValueKind::Text => name,
        name => format!("coalesce({name}, '')"),
    });
    let selected = selected.collect::<Vec<_>>().join(", ");
    let values = written.iter().filter(|column| !table.is_key(&column.name));
    let values: Vec<_> = values.map(|column| quote(&column.name)).collect();
    let of = |row: &str| values.iter().map(|value| format!("{row}.{value}")).collect::<Vec<_>>().join(", ");
    let on_conflict = if values.is_empty() {
        "NOTHING".into()
    } else {
        let set: Vec<_> = values.iter().map(|value| format!("{value} = excluded.{value}")).collect();
        let (kept, arrived) = (of("kept"), of("excluded"));
        format!("UPDATE SET {} WHERE ROW({kept}) IS DISTINCT FROM ROW({arrived})", set.join(", "))
    };
    let key = quote_list(table.key.iter().map(String::as_str));
    let from = if is_unique {
        table.staging()
    } else {
        let differ = quote_list(table.unique_by.iter().map(String::as_str));
        let staging = table.staging();
        format!("(SELECT DISTINCT ON ({differ}) * FROM {staging} ORDER BY {differ}, ctid DESC) AS last")
    };
    format!(
        "INSERT INTO {} AS kept ({all}) SELECT {selected} FROM {from} ON CONFLICT ({key}) DO {on_conflict}",
        table.qualified(),
    )
}

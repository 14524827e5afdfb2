use postgres::GenericClient;

use crate::catalog::TargetTable;
use crate::error::{Error, Result};
use crate::identifier::{quote, quote_list};

/// Merges a staging table into its table; returns the number of rows that were new or changed.
///
/// A row that is there already as it is stays untouched, so loading again costs no dead rows.
pub(crate) fn upsert(
    client: &mut impl GenericClient,
    table: &TargetTable,
    columns: &[String],
) -> Result<u64> {
    client.execute(&upsert_statement(table, columns), &[]).map_err(Error::table(table.name))
}

/// Deletes the rows that the staging table lacks; returns their number.
pub(crate) fn delete_vanished(client: &mut impl GenericClient, table: &TargetTable) -> Result<u64> {
    let same_key: Vec<_> =
        table.key.iter().map(quote).map(|key| format!("kept.{key} = arrived.{key}")).collect();
    let statement = format!(
        "DELETE FROM {} AS kept WHERE NOT EXISTS (SELECT FROM {} AS arrived WHERE {})",
        table.qualified(),
        table.staging(),
        same_key.join(" AND "),
    );
    client.execute(&statement, &[]).map_err(Error::table(table.name))
}

fn upsert_statement(table: &TargetTable, columns: &[String]) -> String {
    let all = quote_list(columns.iter().map(String::as_str));
    let values: Vec<_> = columns.iter().filter(|column| !table.is_key(column)).map(quote).collect();
    let of = |row: &str| values.iter().map(|value| format!("{row}.{value}")).collect::<Vec<_>>().join(", ");
    let on_conflict = if values.is_empty() {
        "NOTHING".into()
    } else {
        let set: Vec<_> = values.iter().map(|value| format!("{value} = excluded.{value}")).collect();
        let (kept, arrived) = (of("kept"), of("excluded"));
        format!("UPDATE SET {} WHERE ROW({kept}) IS DISTINCT FROM ROW({arrived})", set.join(", "))
    };
    format!(
        "INSERT INTO {} AS kept ({all}) SELECT {all} FROM {} ON CONFLICT ({}) DO {on_conflict}",
        table.qualified(),
        table.staging(),
        quote_list(table.key.iter().map(String::as_str)),
    )
}

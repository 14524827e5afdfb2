//! The statements of a table, as SQLite's dialect has them.

use crate::catalog::TargetTable;

/// A name as SQL takes it.
pub(crate) fn quote(name: impl AsRef<str>) -> String {
    format!("\"{}\"", name.as_ref().replace('"', "\"\""))
}

/// Names with commas between them.
pub(crate) fn list(names: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    names.into_iter().map(quote).collect::<Vec<_>>().join(", ")
}

/// Deletes the rows of folders that are known to be channels; `column` says whose a row is. They are there under the
/// channel's id, from where a master that is loaded later does not have them again. The parameter is a JSON array of the
/// folders of which some rows are no channel's that is known.
pub(crate) fn delete_joined(table: &str, column: &str) -> String {
    let (table, column) = (quote(table), quote(column));
    format!(
        "DELETE FROM {table} WHERE {column} IN (SELECT alias FROM channel_alias_data) \
         AND {column} NOT IN (SELECT value FROM json_each(?1))"
    )
}

/// Inserts a row, whose values are parameters in the order of the columns, or replaces what differs in the one of its
/// key. A row that is there as it is stays untouched.
pub(crate) fn upsert(table: &TargetTable, columns: &[&str]) -> String {
    let values: Vec<_> = (1..=columns.len()).map(|number| format!("?{number}")).collect();
    format!(
        "INSERT INTO {} ({}) VALUES ({}) {}",
        quote(table.name),
        list(columns),
        values.join(", "),
        on_conflict(table, columns)
    )
}

/// What an INSERT does with a row whose key is there.
pub(crate) fn on_conflict(table: &TargetTable, columns: &[&str]) -> String {
    let values: Vec<_> = columns.iter().filter(|column| !table.is_key(column)).map(quote).collect();
    let key = list(&table.key);
    if values.is_empty() {
        return format!("ON CONFLICT ({key}) DO NOTHING");
    }
    let set: Vec<_> = values.iter().map(|value| format!("{value} = excluded.{value}")).collect();
    let differs: Vec<_> =
        values.iter().map(|value| format!("{}.{value} IS NOT excluded.{value}", quote(table.name))).collect();
    format!("ON CONFLICT ({key}) DO UPDATE SET {} WHERE {}", set.join(", "), differs.join(" OR "))
}

/// Deletes the rows whose key lies above `?1, …`, where `above` says so, and below the parameters after those, where
/// `below` does.
pub(crate) fn delete_between(table: &TargetTable, above: bool, below: bool) -> String {
    let key = list(&table.key);
    let n = table.key.len();
    let bound = |comparison: &str, from: usize| {
        let parameters: Vec<_> = (from..from + n).map(|number| format!("?{number}")).collect();
        format!("({key}) {comparison} ({})", parameters.join(", "))
    };
    let mut bounds = Vec::new();
    if above {
        bounds.push(bound(">", 1));
    }
    if below {
        bounds.push(bound("<", if above { n + 1 } else { 1 }));
    }
    let bounds = if bounds.is_empty() { "true".into() } else { bounds.join(" AND ") };
    format!("DELETE FROM {} WHERE {bounds}", quote(table.name))
}

//! What a load did, told in one way for every database.

use serde_json::{Map, Value, json};
use slack_store::{TableLoad, Withdrawn};

use crate::failure::Outcome;
use crate::figures::{count, number};
use crate::words::withheld;

/// Rows that could not be loaded are told up to this number.
const MOST_TOLD: usize = 5;

/// A line for what left the database, if there is anything.
pub(super) fn withdrawn_line(withdrawn: &Withdrawn) -> String {
    if withdrawn.rows == 0 {
        return String::new();
    }
    let rows = count(withdrawn.rows, "row");
    if withdrawn.channels.is_empty() {
        return format!("\n{rows} of people known from withheld conversations only left the database");
    }
    let named = withdrawn.channels.iter().take(MOST_TOLD).map(|(id, name)| {
        if name.is_empty() || name == id.as_str() { id.to_string() } else { format!("{name} ({id})") }
    });
    let mut names = named.collect::<Vec<_>>().join(", ");
    if withdrawn.channels.len() > MOST_TOLD {
        names.push_str(&format!(" and {} more", number((withdrawn.channels.len() - MOST_TOLD) as u64)));
    }
    let what = count(withdrawn.channels.len() as u64, "conversation");
    format!(
        "\n{what} loaded as public before, withheld or of another id now: {names}; {rows} left the database \
         (to load what is withheld: --include-private, --include-dms)"
    )
}

/// The conversations that left the database, for a program.
pub(super) fn withdrawn_values(withdrawn: &Withdrawn) -> Value {
    withdrawn.channels.iter().map(|(id, name)| json!({ "id": id.as_str(), "name": name })).collect()
}

/// Sums a number of all tables.
fn sum(tables: &[TableLoad], of: impl Fn(&TableLoad) -> u64) -> u64 {
    tables.iter().map(of).sum()
}

/// A line for what was done, and one for everything that is odd.
pub(super) fn line(target: &str, tables: &[TableLoad], left_out: usize) -> String {
    let mut line = format!(
        "{target}: {}, {} rows, {} new or changed",
        count(tables.len() as u64, "table"),
        number(sum(tables, |table| table.rows)),
        number(sum(tables, |table| table.written)),
    );
    let deleted = sum(tables, |table| table.deleted);
    if deleted > 0 {
        line.push_str(&format!(", {} gone", number(deleted)));
    }
    line.push_str(&withheld(left_out));
    for (number, what) in [
        (sum(tables, |table| table.nul_characters), "NUL character left out, which the database cannot hold"),
        (sum(tables, |table| table.no_utf8), "byte that is no UTF-8 replaced"),
        (sum(tables, |table| table.unreadable), "value that is none of its column's type left empty"),
        (sum(tables, |table| table.refused), "row that could not be loaded"),
    ] {
        if number > 0 {
            let (noun, rest) = what.split_once(' ').unwrap_or((what, ""));
            line.push_str(&format!("\n{} {rest}", count(number, noun)));
        }
    }
    for refusal in tables.iter().flat_map(|table| &table.refusals).take(MOST_TOLD) {
        line.push_str(&format!("\n  {refusal}"));
    }
    for table in tables.iter().filter(|table| !table.unknown_columns.is_empty()) {
        let columns = table.unknown_columns.join(", ");
        line.push_str(&format!("\n{}: no place for {columns}", table.table));
    }
    line
}

/// The tables' numbers for a program.
pub(super) fn values(tables: &[TableLoad]) -> Value {
    let of_table = |table: &TableLoad| (table.table.to_owned(), serde_json::to_value(table).unwrap_or_default());
    Value::Object(tables.iter().map(of_table).collect::<Map<_, _>>())
}

/// Rows that were not loaded are gaps.
pub(super) fn outcome(tables: &[TableLoad]) -> Outcome {
    Outcome::of_gaps(sum(tables, |table| table.refused))
}

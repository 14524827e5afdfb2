//! What a load did, told in one way for every database.

use serde_json::{Map, Value, json};

use crate::exit::Outcome;
use crate::output::{count, number};

/// Rows that could not be loaded are told up to this number.
const MOST_TOLD: usize = 5;

/// What became of a table.
pub(super) struct Loaded {
    pub(super) table: &'static str,
    pub(super) rows: u64,
    pub(super) sent: u64,
    pub(super) written: u64,
    pub(super) deleted: u64,
    pub(super) nul_characters: u64,
    pub(super) no_utf8: u64,
    pub(super) unreadable: u64,
    pub(super) refused: u64,
    pub(super) refusals: Vec<String>,
    pub(super) unknown_columns: Vec<String>,
}

/// Sums a number of all tables.
fn sum(tables: &[Loaded], of: impl Fn(&Loaded) -> u64) -> u64 {
    tables.iter().map(of).sum()
}

/// A line for what was done, and one for everything that is odd.
pub(super) fn line(target: &str, tables: &[Loaded], left_out: usize) -> String {
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
    if left_out > 0 {
        let what = count(left_out as u64, "private or direct conversation");
        line.push_str(&format!("\n{what} left out (--include-private, --include-dms)"));
    }
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
pub(super) fn values(tables: &[Loaded]) -> Value {
    let of_table = |table: &Loaded| {
        json!({
            "rows": table.rows, "sent": table.sent, "written": table.written, "deleted": table.deleted,
            "nul_characters": table.nul_characters, "no_utf8": table.no_utf8, "unreadable": table.unreadable,
            "refused": table.refused, "refusals": table.refusals, "unknown_columns": table.unknown_columns,
        })
    };
    Value::Object(tables.iter().map(|table| (table.table.to_owned(), of_table(table))).collect::<Map<_, _>>())
}

/// Rows that were not loaded are gaps.
pub(super) fn outcome(tables: &[Loaded]) -> Outcome {
    Outcome::of_gaps(sum(tables, |table| table.refused))
}

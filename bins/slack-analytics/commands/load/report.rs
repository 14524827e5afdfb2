//! What a load did, told in one way for every database.

use serde_json::{Map, Value, json};
use slack_model::ChannelId;

use crate::failure::Outcome;
use crate::figures::{count, number};
use crate::words::withheld;

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

/// What was public when it was loaded, and left the database.
pub(super) struct Withdrawn {
    /// Conversations, each with its name.
    pub(super) channels: Vec<(ChannelId, String)>,
    pub(super) rows: u64,
}

impl Withdrawn {
    /// A line for it, if there is anything.
    pub(super) fn line(&self) -> String {
        if self.rows == 0 {
            return String::new();
        }
        let rows = count(self.rows, "row");
        if self.channels.is_empty() {
            return format!("\n{rows} of people known from withheld conversations only left the database");
        }
        let named = self.channels.iter().take(MOST_TOLD).map(|(id, name)| {
            if name.is_empty() || name == id.as_str() { id.to_string() } else { format!("{name} ({id})") }
        });
        let mut names = named.collect::<Vec<_>>().join(", ");
        if self.channels.len() > MOST_TOLD {
            names.push_str(&format!(" and {} more", number((self.channels.len() - MOST_TOLD) as u64)));
        }
        let what = count(self.channels.len() as u64, "conversation");
        format!(
            "\n{what} loaded as public before, withheld or of another id now: {names}; {rows} left the database \
             (to load what is withheld: --include-private, --include-dms)"
        )
    }

    /// The conversations for a program.
    pub(super) fn values(&self) -> Value {
        self.channels.iter().map(|(id, name)| json!({ "id": id.as_str(), "name": name })).collect()
    }
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

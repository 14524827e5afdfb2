//! The tables that a catalogue has and the file lacks: tables are made, and columns added at the end.
//!
//! What the columns mean is a table too: `catalogue_data`.

use std::collections::BTreeSet;

use rusqlite::Connection;
use slack_model::{Column, Kind, Schema};

use crate::error::{Error, Result};
use crate::memory;
use crate::statements::{list, quote};

slack_model::table! {
    /// The columns of every table, what they mean, and who may see them.
    struct CatalogueRow in "catalogue_data" by (table_name, column_name) {
        /// The table.
        open table_name: String,
        /// The column.
        open column_name: String,
        /// What its fields hold: text, id, instant, whole number, and so on.
        open kind: String,
        /// The unit or the format of its values; empty where the description gives it.
        open unit: String,
        /// Who may see it: open, name, content or private. A file has no readers of its own: who may read it sees all.
        open sensitivity: String,
        /// What it means.
        open description: String,
    }
}

const CATALOGUE: Schema = <CatalogueRow as slack_model::Table>::SCHEMA;

/// Makes what is missing, in the transaction that is under way.
pub(crate) fn complete(connection: &Connection, tables: &[Schema]) -> Result<()> {
    let failed = || Error::statement(connection, "bring the tables up to date");
    for table in tables.iter().chain([&CATALOGUE]) {
        let there = columns(connection, table)?;
        if there.is_empty() {
            connection.execute_batch(&made(table)).map_err(failed())?;
            // Someone may have removed the table with rows that are remembered.
            memory::forget_all(connection, table.name)?;
            continue;
        }
        for column in table.columns.iter().filter(|column| !there.contains(column.name)) {
            let (name, definition) = (quote(table.name), definition(table, column));
            // SQLite puts a new column before the comment of the one that was the last, hence a comment of the other kind.
            let added =
                format!("ALTER TABLE {name} ADD COLUMN {definition} /* {} */", comment(column.description));
            connection.execute_batch(&added).map_err(failed())?;
        }
    }
    describe(connection, tables)
}

fn columns(connection: &Connection, table: &Schema) -> Result<BTreeSet<String>> {
    let failed = || Error::statement(connection, format!("look up table {}", table.name));
    let query = "SELECT name FROM pragma_table_info(?1)";
    let mut statement = connection.prepare(query).map_err(failed())?;
    let names = statement.query_map([table.name], |row| row.get(0)).and_then(Iterator::collect);
    names.map_err(failed())
}

/// Writes down what the tables and columns are, where that has changed.
fn describe(connection: &Connection, tables: &[Schema]) -> Result<()> {
    let failed = || Error::table(connection, CATALOGUE.name);
    let statement = format!(
        "INSERT INTO {} VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (table_name, column_name) DO UPDATE SET kind = excluded.kind, unit = excluded.unit,
            sensitivity = excluded.sensitivity, description = excluded.description
         WHERE kind <> excluded.kind OR unit <> excluded.unit OR sensitivity <> excluded.sensitivity
            OR description <> excluded.description",
        CATALOGUE.name
    );
    let mut statement = connection.prepare(&statement).map_err(failed())?;
    for table in tables {
        for column in table.columns {
            let (kind, sensitivity) = (column.kind, column.sensitivity.name());
            let row = [table.name, column.name, kind.name(), kind.unit(), sensitivity, column.description];
            statement.execute(row).map_err(failed())?;
        }
    }
    Ok(())
}

/// The statements that make a table, with its comments, which SQLite keeps.
fn made(table: &Schema) -> String {
    let name = quote(table.name);
    let mut statements = format!("CREATE TABLE {name} (\n    -- {}\n", comment(table.description));
    for column in table.columns {
        statements.push_str(&format!(
            "    {}, -- {}\n",
            definition(table, column),
            comment(column.description)
        ));
    }
    let key = list(table.key);
    statements.push_str(&format!("    PRIMARY KEY ({key})\n) STRICT, WITHOUT ROWID;\n"));
    for event in ["insert", "update", "delete"] {
        let trigger = quote(format!("forget_{}_{event}", table.name));
        let of = table.name.replace('\'', "''");
        statements.push_str(&format!(
            "CREATE TRIGGER {trigger} AFTER {} ON {name}\nWHEN NOT EXISTS (SELECT 1 FROM load_now)\n\
             BEGIN DELETE FROM load_block WHERE table_name = '{of}'; END;\n",
            event.to_uppercase()
        ));
    }
    statements
}

fn definition(table: &Schema, column: &Column) -> String {
    let is_key = table.key.contains(&column.name);
    let kind = match column.kind {
        Kind::Int | Kind::Bool => "INTEGER",
        Kind::Seconds | Kind::Fraction | Kind::Float => "REAL",
        _ => "TEXT",
    };
    let required = match (is_key, column.kind) {
        (true, _) => " NOT NULL",
        (false, Kind::Text) => " NOT NULL DEFAULT ''",
        _ => "",
    };
    let references = column.references.map(|table| format!(" REFERENCES {}", quote(table)));
    format!("{} {kind}{required}{}", quote(column.name), references.unwrap_or_default())
}

/// A description in one line, without Markdown, that ends no comment.
fn comment(description: &str) -> String {
    let text = description.split_whitespace().collect::<Vec<_>>().join(" ");
    text.replace('`', "").replace("*/", "* /").trim_end_matches('.').to_owned()
}

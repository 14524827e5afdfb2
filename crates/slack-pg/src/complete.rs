//! The tables that a catalogue has and the schema lacks: tables are made, and columns added at the end.
//!
//! What the schema knows of every table that it was loaded with, and of who may see which column, is a table too:
//! `catalogue_data`.

use std::collections::{BTreeMap, BTreeSet};

use postgres::GenericClient;
use slack_model::{Column, Kind, Schema, Sensitivity};

use crate::error::{Error, Result};
use crate::identifier::{quote, quote_list};
use crate::memory;

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
        /// Who may see it: open (every reader), name and content (readers by the views), private (nobody).
        open sensitivity: String,
        /// What it means.
        open description: String,
    }
}

/// The table of columns.
pub(crate) const CATALOGUE: Schema = <CatalogueRow as slack_model::Table>::SCHEMA;

/// Makes what is missing, in the transaction that is under way.
pub(crate) fn complete(client: &mut impl GenericClient, schema: &str, tables: &[Schema]) -> Result<()> {
    let there = columns(client, schema)?;
    let mut statements = String::new();
    for table in tables.iter().chain([&CATALOGUE]) {
        match there.get(table.name) {
            None => {
                statements.push_str(&made(schema, table));
                // Someone may have removed the table with rows that are remembered.
                memory::forget_all(client, schema, table.name)?;
            }
            Some(columns) => {
                for column in table.columns.iter().filter(|column| !columns.contains(column.name)) {
                    statements.push_str(&added(schema, table, column));
                }
            }
        }
    }
    if !statements.is_empty() {
        let action = format!("bring the tables of schema {schema} up to date");
        client.batch_execute(&statements).map_err(Error::statement(action))?;
    }
    describe(client, schema, tables)
}

/// The columns of each table.
fn columns(client: &mut impl GenericClient, schema: &str) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let query = "SELECT c.relname::text, array_agg(a.attname::text)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE n.nspname = $1 AND c.relkind = 'r' GROUP BY c.relname";
    let rows = client.query(query, &[&schema]).map_err(Error::statement("read the catalog"))?;
    Ok(rows.iter().map(|row| (row.get(0), row.get::<_, Vec<String>>(1).into_iter().collect())).collect())
}

/// Writes down what the tables and columns are, where that has changed.
fn describe(client: &mut impl GenericClient, schema: &str, tables: &[Schema]) -> Result<()> {
    let failed = || Error::table(CATALOGUE.name);
    let all = || tables.iter().flat_map(|table| table.columns.iter().map(move |column| (table, column)));
    let texts = |text: &dyn Fn(&Schema, &Column) -> String| -> Vec<String> {
        all().map(|(table, column)| text(table, column)).collect()
    };
    let values = [
        texts(&|table, _| table.name.into()),
        texts(&|_, column| column.name.into()),
        texts(&|_, column| column.kind.name().into()),
        texts(&|_, column| column.kind.unit().into()),
        texts(&|_, column| column.sensitivity.name().into()),
        texts(&|_, column| column.description.into()),
    ];
    let names = quote_list(CATALOGUE.columns.iter().map(|column| column.name));
    let table = format!("{}.{}", quote(schema), CATALOGUE.name);
    let statement = format!(
        "INSERT INTO {table} AS kept ({names})
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
         ON CONFLICT (table_name, column_name) DO UPDATE SET kind = excluded.kind, unit = excluded.unit,
            sensitivity = excluded.sensitivity, description = excluded.description
         WHERE ROW(kept.*) IS DISTINCT FROM ROW(excluded.*)"
    );
    let [tables, columns, kinds, units, sensitivities, descriptions] = &values;
    client
        .execute(&statement, &[tables, columns, kinds, units, sensitivities, descriptions])
        .map(drop)
        .map_err(failed())
}

/// The statements that make a table.
fn made(schema: &str, table: &Schema) -> String {
    let name = format!("{}.{}", quote(schema), quote(table.name));
    let columns: Vec<_> =
        table.columns.iter().map(|column| format!("    {}", definition(schema, table, column))).collect();
    let mut statements = format!(
        "CREATE TABLE {name} (\n{},\n    PRIMARY KEY ({})\n);\nCOMMENT ON TABLE {name} IS {};\n",
        columns.join(",\n"),
        quote_list(table.key.iter().copied()),
        comment(table.description)
    );
    for column in table.columns {
        statements.push_str(&commented(&name, column));
    }
    let schema = quote(schema);
    statements.push_str(&format!(
        "CREATE TRIGGER forget_load AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {name}
         FOR EACH STATEMENT EXECUTE FUNCTION {schema}.forget_load();\n"
    ));
    statements
}

/// The statements that add a column to a table.
fn added(schema: &str, table: &Schema, column: &Column) -> String {
    let name = format!("{}.{}", quote(schema), quote(table.name));
    format!(
        "ALTER TABLE {name} ADD COLUMN {};\n{}",
        definition(schema, table, column),
        commented(&name, column)
    )
}

fn definition(schema: &str, table: &Schema, column: &Column) -> String {
    let is_key = table.key.contains(&column.name);
    let kind = match column.kind {
        Kind::Text if is_key => "text COLLATE \"C\"",
        Kind::Text => "text",
        Kind::Time => "timestamptz",
        Kind::Bool => "boolean",
        Kind::Int => "bigint",
        Kind::Seconds | Kind::Fraction => "numeric",
        Kind::Float => "double precision",
        Kind::Date => "date",
        // Compared byte by byte, as the files are sorted.
        _ => "text COLLATE \"C\"",
    };
    let required = match (is_key, column.kind) {
        (true, _) => " NOT NULL",
        (false, Kind::Text) => " NOT NULL DEFAULT ''",
        _ => "",
    };
    let references = column.references.map(|table| format!(" REFERENCES {}.{}", quote(schema), quote(table)));
    format!("{} {kind}{required}{}", quote(column.name), references.unwrap_or_default())
}

fn commented(table: &str, column: &Column) -> String {
    let closed = if column.sensitivity == Sensitivity::Private { " (private)" } else { "" };
    let text = format!("{}{closed}", column.description.trim_end_matches('.'));
    format!("COMMENT ON COLUMN {table}.{} IS {};\n", quote(column.name), comment(&text))
}

/// A description as a literal of SQL, without Markdown.
fn comment(description: &str) -> String {
    let text = description.split_whitespace().collect::<Vec<_>>().join(" ").replace('`', "");
    format!("'{}'", text.trim_end_matches('.').replace('\'', "''"))
}

//! The columns of a metric table, and how a query's values become them.

use postgres::GenericClient;

use crate::error::{Error, Result};
use crate::identifier::{quote, quote_list};
use crate::views::View;

/// The columns of a metric table, as the server describes them.
#[derive(Debug)]
pub(crate) struct Shape {
    table: &'static str,
    columns: Vec<Column>,
}

#[derive(Debug)]
struct Column {
    name: String,
    /// As `CREATE TABLE` takes it.
    sql_type: String,
    is_required: bool,
    is_in_c_collation: bool,
    comment: Option<String>,
    /// The place in the primary key, from 0.
    key_place: Option<i32>,
}

impl Shape {
    /// Looks a table up; `None` where the schema lacks it.
    pub(crate) fn read(
        client: &mut impl GenericClient,
        schema: &str,
        table: &'static str,
    ) -> Result<Option<Self>> {
        let rows = client
            .query(
                "SELECT a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                    coalesce(o.collname = 'C', false), col_description(c.oid, a.attnum),
                    array_position(i.indkey::smallint[], a.attnum)
                 FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                 JOIN pg_namespace n ON n.oid = c.relnamespace
                 JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
                 LEFT JOIN pg_collation o ON o.oid = a.attcollation
                 WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped
                 ORDER BY a.attnum",
                &[&schema, &table],
            )
            .map_err(Error::statement(format!("look up table {schema}.{table}")))?;
        let columns: Vec<_> = rows
            .iter()
            .map(|row| Column {
                name: row.get(0),
                sql_type: row.get(1),
                is_required: row.get(2),
                is_in_c_collation: row.get(3),
                comment: row.get(4),
                key_place: row.get(5),
            })
            .collect();
        Ok((!columns.is_empty()).then_some(Self { table, columns }))
    }

    /// What of the table a view's definition depends on, in a text that is the same as long as that is.
    pub(crate) fn outline(&self) -> String {
        let mut outline = String::new();
        for column in &self.columns {
            let Column { name, sql_type, is_required, is_in_c_collation, key_place, .. } = column;
            outline += &format!("{name} {sql_type} {is_required} {is_in_c_collation} {key_place:?}\n");
        }
        outline
    }

    /// The query of a view with values of the table's types under the table's names.
    ///
    /// `found` are the columns that the query has, in order; case does not count in their names.
    pub(crate) fn query(&self, view: &View, found: &[String]) -> Result<String> {
        let mut values = Vec::new();
        for name in found {
            let column = self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name));
            let column = column.ok_or_else(|| Error::NoColumn { table: self.table, column: name.clone() })?;
            values.push(format!(
                "{} AS {}",
                column.value_of(&format!("q.{}", quote(name))),
                quote(&column.name)
            ));
        }
        Ok(format!("SELECT {}\nFROM (\n{}\n) AS q", values.join(",\n    "), view.sql))
    }

    /// The names in SQL of the columns of the key, with commas between them.
    pub(crate) fn key(&self) -> String {
        let mut key: Vec<_> = self
            .columns
            .iter()
            .filter_map(|column| Some((column.key_place?, column.name.as_str())))
            .collect();
        key.sort_unstable();
        quote_list(key.into_iter().map(|(_, name)| name))
    }

    /// The columns with their comments.
    pub(crate) fn comments(&self) -> impl Iterator<Item = (&str, &str)> {
        self.columns.iter().filter_map(|column| Some((column.name.as_str(), column.comment.as_deref()?)))
    }
}

impl Column {
    /// The SQL that makes a query's value one of this column: queries give times and durations in microseconds.
    fn value_of(&self, value: &str) -> String {
        let micros = format!("cast({value} AS bigint)");
        match self.sql_type.as_str() {
            // Two steps, as a product with an interval is worked out in floating point: seconds and millionths are
            // small enough to be exact in it.
            "timestamp with time zone" => format!(
                "timestamptz 'epoch' + ({micros} / 1000000) * interval '1 second' \
                 + ({micros} % 1000000) * interval '1 microsecond'"
            ),
            "numeric" => format!("{micros} * 0.000001"),
            "text" => {
                let collation = if self.is_in_c_collation { "C" } else { "default" };
                let value = if self.is_required {
                    format!("coalesce({value}, '')")
                } else {
                    format!("nullif({value}, '')")
                };
                format!("{value} COLLATE {}", quote(collation))
            }
            other => format!("cast({value} AS {other})"),
        }
    }
}

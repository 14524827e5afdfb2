use postgres::GenericClient;

use crate::error::{Error, Result};
use crate::identifier::quote;

/// A table of the database, as the server describes it.
#[derive(Debug)]
pub(crate) struct TargetTable {
    pub(crate) name: &'static str,
    schema: String,
    /// The columns that take values, in order; generated ones are left out.
    pub(crate) columns: Vec<TargetColumn>,
    /// The primary key's columns, generated ones too.
    pub(crate) key: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct TargetColumn {
    pub(crate) name: String,
    /// Whether an empty field is an empty text, and not null.
    pub(crate) keeps_empty: bool,
}

impl TargetTable {
    pub(crate) fn read(client: &mut impl GenericClient, schema: &str, table: &'static str) -> Result<Self> {
        let failed = || Error::statement(format!("look up table {schema}.{table}"));
        let rows = client
            .query(
                "SELECT a.attname::text, a.attgenerated <> '', a.attnotnull AND a.atttypid = 'text'::regtype,
                    array_position(i.indkey::smallint[], a.attnum)
                 FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                 JOIN pg_namespace n ON n.oid = c.relnamespace
                 JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
                 WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped
                 ORDER BY a.attnum",
                &[&schema, &table],
            )
            .map_err(failed())?;
        let mut columns = Vec::new();
        let mut key: Vec<(i32, String)> = Vec::new();
        for row in rows {
            let name: String = row.get(0);
            if let Some(place) = row.get(3) {
                key.push((place, name.clone()));
            }
            if !row.get::<_, bool>(1) {
                columns.push(TargetColumn { name, keeps_empty: row.get(2) });
            }
        }
        key.sort();
        let key = key.into_iter().map(|(_, name)| name).collect();
        Ok(Self { name: table, schema: schema.into(), columns, key })
    }

    /// The table's name in SQL.
    pub(crate) fn qualified(&self) -> String {
        format!("{}.{}", quote(&self.schema), quote(self.name))
    }

    /// The name in SQL of the temporary table in which its rows arrive.
    pub(crate) fn staging(&self) -> String {
        format!("pg_temp.{}", quote(format!("load_{}", self.name)))
    }

    pub(crate) fn is_key(&self, column: &str) -> bool {
        self.key.iter().any(|key| key == column)
    }
}

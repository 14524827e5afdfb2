use rusqlite::Connection;
use slack_model::{Kind, Schema};

use crate::error::{Error, Result, path_of};
use crate::statements::quote;

/// A table of the database, as SQLite describes it.
#[derive(Debug)]
pub(crate) struct TargetTable {
    pub(crate) name: &'static str,
    /// The columns, in order.
    pub(crate) columns: Vec<TargetColumn>,
    /// The primary key's columns.
    pub(crate) key: Vec<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct TargetColumn {
    pub(crate) name: String,
    pub(crate) kind: ValueKind,
    pub(crate) is_nullable: bool,
}

/// What a column holds. SQLite's own types are fewer: the name tells the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ValueKind {
    Text,
    Integer,
    /// 0 or 1.
    Boolean,
    Real,
    /// `2020-09-13`, as text.
    Date,
    /// `2020-09-13T12:26:40.000100Z`, as text.
    Time,
}

impl ValueKind {
    /// What a column of the catalogue holds, if the file has it in a type that can hold it.
    fn of(kind: Option<Kind>, declared: &str) -> Option<Self> {
        Some(match (declared, kind) {
            ("INTEGER", Some(Kind::Bool)) => Self::Boolean,
            ("INTEGER", _) => Self::Integer,
            ("REAL", _) => Self::Real,
            ("TEXT", Some(Kind::Date)) => Self::Date,
            ("TEXT", Some(Kind::Time)) => Self::Time,
            ("TEXT", _) => Self::Text,
            _ => return None,
        })
    }
}

impl TargetTable {
    pub(crate) fn read(connection: &Connection, schema: &Schema) -> Result<Self> {
        let table = schema.name;
        let failed = || Error::statement(connection, format!("look up table {table}"));
        let mut statement = connection
            .prepare("SELECT name, type, \"notnull\", pk FROM pragma_table_info(?1) ORDER BY cid")
            .map_err(failed())?;
        let mut rows = statement.query([table]).map_err(failed())?;
        let mut columns = Vec::new();
        let mut key: Vec<(i64, String)> = Vec::new();
        while let Some(row) = rows.next().map_err(failed())? {
            let name: String = row.get(0).map_err(failed())?;
            let declared: String = row.get(1).map_err(failed())?;
            let is_required: bool = row.get(2).map_err(failed())?;
            let place: i64 = row.get(3).map_err(failed())?;
            if place > 0 {
                key.push((place, name.clone()));
            }
            let Some(kind) = ValueKind::of(schema.column(&name).map(|column| column.kind), &declared) else {
                return Err(Error::ColumnType { table, column: name, kind: declared });
            };
            columns.push(TargetColumn { name, kind, is_nullable: !is_required });
        }
        if columns.is_empty() {
            return Err(Error::NoTable { path: path_of(connection), table });
        }
        key.sort();
        Ok(Self { name: table, columns, key: key.into_iter().map(|(_, name)| name).collect() })
    }

    pub(crate) fn is_key(&self, column: &str) -> bool {
        self.key.iter().any(|key| key == column)
    }

    /// Whether the table holds no row.
    pub(crate) fn is_empty(&self, connection: &Connection) -> Result<bool> {
        let query = format!("SELECT NOT EXISTS (SELECT 1 FROM {})", quote(self.name));
        connection.query_row(&query, [], |row| row.get(0)).map_err(Error::table(connection, self.name))
    }
}

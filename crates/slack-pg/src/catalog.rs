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
    /// The key, where a generated column is given by the column that it is worked out of: rows of a file differ in these.
    pub(crate) unique_by: Vec<String>,
    /// Whether the user may take keys and indexes off it, and neither a view nor a table of others needs them.
    pub(crate) may_be_stripped: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct TargetColumn {
    pub(crate) name: String,
    pub(crate) kind: ValueKind,
    pub(crate) is_nullable: bool,
    /// Whether it is part of an index, whose entries have a greatest length.
    pub(crate) is_indexed: bool,
    /// Whether its texts are compared byte by byte, as the files are sorted; true of all that are no texts.
    pub(crate) is_bytewise: bool,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ValueKind {
    Text,
    BigInt,
    Integer,
    SmallInt,
    Boolean,
    Double,
    Numeric,
    Date,
    Timestamp,
}

impl ValueKind {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "text" => Self::Text,
            "int8" => Self::BigInt,
            "int4" => Self::Integer,
            "int2" => Self::SmallInt,
            "bool" => Self::Boolean,
            "float8" => Self::Double,
            "numeric" => Self::Numeric,
            "date" => Self::Date,
            "timestamptz" => Self::Timestamp,
            _ => return None,
        })
    }

    /// The type's name in SQL.
    pub(crate) fn sql(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::BigInt => "bigint",
            Self::Integer => "integer",
            Self::SmallInt => "smallint",
            Self::Boolean => "boolean",
            Self::Double => "double precision",
            Self::Numeric => "numeric",
            Self::Date => "date",
            Self::Timestamp => "timestamptz",
        }
    }
}

impl TargetTable {
    pub(crate) fn read(client: &mut impl GenericClient, schema: &str, table: &'static str) -> Result<Self> {
        let failed = || Error::statement(format!("look up table {schema}.{table}"));
        let rows = client
            .query(
                "SELECT a.attname::text, t.typname::text, NOT a.attnotnull, a.attgenerated <> '',
                    EXISTS (
                        SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
                        JOIN pg_am m ON m.oid = x.relam AND m.amname = 'btree'
                        WHERE i.indrelid = c.oid AND a.attnum = ANY (i.indkey)),
                    a.attcollation IN (0, (
                        SELECT oid FROM pg_collation
                        WHERE collname = 'C' AND collnamespace = 'pg_catalog'::regnamespace)),
                    array_position(k.indkey::smallint[], a.attnum),
                    (SELECT max(s.attname::text) FROM pg_attrdef e
                        JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = e.oid
                            AND d.refobjid = c.oid AND d.refobjsubid <> a.attnum
                        JOIN pg_attribute s ON s.attrelid = c.oid AND s.attnum = d.refobjsubid
                        WHERE e.adrelid = c.oid AND e.adnum = a.attnum AND a.attgenerated <> '')
                 FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                 JOIN pg_namespace n ON n.oid = c.relnamespace
                 JOIN pg_type t ON t.oid = a.atttypid
                 JOIN pg_index k ON k.indrelid = c.oid AND k.indisprimary
                 WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped
                 ORDER BY a.attnum",
                &[&schema, &table],
            )
            .map_err(failed())?;
        let mut columns = Vec::new();
        let mut key: Vec<(i32, String, String)> = Vec::new();
        for row in rows {
            let (name, kind): (String, &str) = (row.get(0), row.get(1));
            if let Some(place) = row.get(6) {
                let source = row.get::<_, Option<String>>(7).unwrap_or_else(|| name.clone());
                key.push((place, name.clone(), source));
            }
            if row.get(3) {
                continue;
            }
            let Some(kind) = ValueKind::of(kind) else {
                return Err(Error::ColumnType { table, column: name, kind: kind.into() });
            };
            columns.push(TargetColumn {
                name,
                kind,
                is_nullable: row.get(2),
                is_indexed: row.get(4),
                is_bytewise: row.get(5),
            });
        }
        if columns.is_empty() {
            return Err(Error::NoTable { schema: schema.into(), table });
        }
        key.sort();
        let (key, unique_by) = key.into_iter().map(|(_, name, source)| (name, source)).unzip();
        let may_be_stripped = client
            .query_one(
                "SELECT pg_has_role(c.relowner, 'USAGE') AND NOT EXISTS (
                    SELECT FROM pg_constraint k
                    JOIN pg_depend d ON d.refclassid = 'pg_constraint'::regclass AND d.refobjid = k.oid
                    WHERE k.conrelid = c.oid AND d.classid = 'pg_rewrite'::regclass)
                    AND NOT EXISTS (
                        SELECT FROM pg_constraint f JOIN pg_class o ON o.oid = f.conrelid
                        WHERE f.confrelid = c.oid
                            AND (o.relnamespace <> c.relnamespace OR NOT pg_has_role(o.relowner, 'USAGE')))
                 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE n.nspname = $1 AND c.relname = $2",
                &[&schema, &table],
            )
            .map_err(failed())?
            .get(0);
        Ok(Self { name: table, schema: schema.into(), columns, key, unique_by, may_be_stripped })
    }

    /// The schema in which it is.
    pub(crate) fn schema(&self) -> &str {
        &self.schema
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

    /// The key's columns as they stand in the table; `None` where the database works one out of other columns.
    pub(crate) fn key_columns(&self) -> Option<Vec<&TargetColumn>> {
        self.key.iter().map(|key| self.columns.iter().find(|column| column.name == *key)).collect()
    }

    /// Whether the table holds no row.
    pub(crate) fn is_empty(&self, client: &mut impl GenericClient) -> Result<bool> {
        let query = format!("SELECT NOT EXISTS (SELECT FROM {})", self.qualified());
        Ok(client.query_one(&query, &[]).map_err(Error::table(self.name))?.get(0))
    }
}

use postgres::GenericClient;

use crate::error::{Error, Result};
use crate::identifier::{check_schema_name, quote};

/// A step from one version of the schema to the next. Once released, its SQL never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Migration {
    /// The version that it leads to, from 1.
    pub version: i32,
    /// What it brings.
    pub name: &'static str,
    sql: &'static str,
}

impl Migration {
    /// All steps, the first one first.
    pub const ALL: &[Self] = &[
        Self {
            version: 1,
            name: "contract_tables",
            sql: include_str!("../sql/migrations/0001_contract_tables.sql"),
        },
        Self {
            version: 2,
            name: "metric_tables",
            sql: include_str!("../sql/migrations/0002_metric_tables.sql"),
        },
        Self { version: 3, name: "zone_data", sql: include_str!("../sql/migrations/0003_zone_data.sql") },
    ];
}

const SCHEMA_VERSION: &str = "
CREATE TABLE schema_version (
    version integer PRIMARY KEY,
    name text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE schema_version IS 'The migrations that made this schema what it is';
COMMENT ON COLUMN schema_version.version IS 'The version that the migration led to';
COMMENT ON COLUMN schema_version.name IS 'What the migration brought';
COMMENT ON COLUMN schema_version.applied_at IS 'When it was carried out';
";

/// Brings a schema from nothing or from any older version up to date, in one transaction.
///
/// Returns the steps that were taken: none where the schema is up to date. Until the transaction ends, no other
/// load or migration gets into the schema: it fails with [`Error::Busy`].
pub fn migrate(client: &mut impl GenericClient, schema: &str) -> Result<Vec<Migration>> {
    check_schema_name(schema)?;
    let failed = || format!("make or update schema {schema}");
    let mut transaction = client.transaction().map_err(Error::statement(failed()))?;
    lock(&mut transaction, schema)?;
    let found = prepare(&mut transaction, schema)?;
    let known = Migration::ALL.last().map_or(0, |migration| migration.version);
    if found > known {
        return Err(Error::NewerSchema { schema: schema.into(), found, known });
    }
    let steps: Vec<_> = Migration::ALL.iter().filter(|step| step.version > found).copied().collect();
    for step in &steps {
        run_in_schema(&mut transaction, schema, step.sql)?;
        let record = format!("INSERT INTO {}.schema_version (version, name) VALUES ($1, $2)", quote(schema));
        transaction.execute(&record, &[&step.version, &step.name]).map_err(Error::statement(failed()))?;
    }
    transaction.commit().map_err(Error::statement(failed()))?;
    Ok(steps)
}

/// Keeps other loads out of the schema until the outermost transaction ends.
pub(crate) fn lock(client: &mut impl GenericClient, schema: &str) -> Result<()> {
    let row = client
        .query_one(
            "SELECT pg_try_advisory_xact_lock(hashtextextended('slack-analytics load ' || $1::text, 0))",
            &[&schema],
        )
        .map_err(Error::statement(format!("lock schema {schema}")))?;
    if row.get(0) { Ok(()) } else { Err(Error::Busy { schema: schema.into() }) }
}

/// Makes the schema and its table of versions where they are missing; returns the version.
fn prepare(client: &mut impl GenericClient, schema: &str) -> Result<i32> {
    let failed = || Error::statement(format!("make schema {schema}"));
    // CREATE … IF NOT EXISTS asks for the right to create even where there is nothing to do.
    let exists = |client: &mut _, query: &str| -> Result<bool> {
        let row = GenericClient::query_one(client, query, &[&schema]).map_err(failed())?;
        Ok(row.get(0))
    };
    if !exists(client, "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)")? {
        client.batch_execute(&format!("CREATE SCHEMA {}", quote(schema))).map_err(failed())?;
    }
    let has_versions = "SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                        WHERE n.nspname = $1 AND c.relname = 'schema_version')";
    if !exists(client, has_versions)? {
        run_in_schema(client, schema, SCHEMA_VERSION)?;
    }
    let newest = format!("SELECT coalesce(max(version), 0) FROM {}.schema_version", quote(schema));
    let row = client.query_one(&newest, &[]);
    Ok(row.map_err(Error::statement(format!("read the version of schema {schema}")))?.get(0))
}

/// Runs statements that name tables without a schema, and leaves the search path as it was.
fn run_in_schema(client: &mut impl GenericClient, schema: &str, sql: &str) -> Result<()> {
    let failed = || Error::statement(format!("make the tables of schema {schema}"));
    let before: String =
        client.query_one("SELECT current_setting('search_path')", &[]).map_err(failed())?.get(0);
    let set = "SELECT set_config('search_path', $1, true)";
    client.execute(set, &[&quote(schema)]).map_err(failed())?;
    client.batch_execute(sql).map_err(failed())?;
    client.execute(set, &[&before]).map_err(failed())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_count_up_from_one_and_are_all_there() {
        for (at, migration) in Migration::ALL.iter().enumerate() {
            assert_eq!(migration.version as usize, at + 1);
        }
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/sql/migrations");
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .expect("the folder is there")
            .map(|file| file.expect("readable").file_name().into_string().expect("UTF-8"))
            .collect();
        files.sort();
        let named: Vec<_> =
            Migration::ALL.iter().map(|step| format!("{:04}_{}.sql", step.version, step.name)).collect();
        assert_eq!(files, named);
    }
}

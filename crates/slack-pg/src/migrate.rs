use std::sync::LazyLock;

use postgres::GenericClient;
use refinery::error::Kind;
use refinery::{Migrate, Runner};

use crate::error::{Error, Result};
use crate::history::History;
use crate::identifier::{check_schema_name, quote};

mod embedded {
    refinery::embed_migrations!("sql/migrations");
}

/// All steps as refinery reads them, the first one first: it finds them in the order of the files' names, in which
/// the tenth comes before the second.
static STEPS: LazyLock<Vec<refinery::Migration>> = LazyLock::new(|| {
    let mut steps = embedded::migrations::runner().get_migrations().clone();
    steps.sort();
    steps
});

/// A step from one version of the schema to the next. Once released, its SQL never changes: each schema remembers
/// the digest of what made it, and one that was made otherwise is refused.
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
    pub fn all() -> Vec<Self> {
        STEPS.iter().map(Self::of).collect()
    }

    /// Its statements, which name everything without a schema: the search path leads to the right one.
    pub fn sql(&self) -> &'static str {
        self.sql
    }

    fn of(step: &'static refinery::Migration) -> Self {
        Self { version: step.version(), name: step.name(), sql: step.sql().unwrap_or_default() }
    }
}

/// Brings a schema from nothing or from any older version up to date, in one transaction.
///
/// Returns the steps that were taken: none where the schema is up to date. Until the transaction ends, no other
/// load or migration gets into the schema: it fails with [`Error::Busy`].
pub fn migrate(client: &mut impl GenericClient, schema: &str) -> Result<Vec<Migration>> {
    check_schema_name(schema)?;
    let failed = || format!("make or update schema {schema}");
    let mut transaction = client.transaction().map_err(Error::statement(failed()))?;
    lock(&mut transaction, schema)?;
    let steps = missing_steps(&mut transaction, schema)?;
    if !steps.is_empty() {
        make_schema(&mut transaction, schema)?;
        in_schema(&mut transaction, schema, |client| take(client, schema, &steps))?;
    }
    transaction.commit().map_err(Error::statement(failed()))?;
    Ok(steps)
}

/// The steps that [`migrate`] would take, none of which is taken: nothing is written or locked, so that reading
/// rights are enough, and none are needed where there is no such schema yet.
pub fn plan(client: &mut impl GenericClient, schema: &str) -> Result<Vec<Migration>> {
    check_schema_name(schema)?;
    missing_steps(client, schema)
}

fn missing_steps(client: &mut impl GenericClient, schema: &str) -> Result<Vec<Migration>> {
    let mut history = History::open(client, schema, &STEPS)?;
    let (found, known) = (history.version()?, STEPS.last().map_or(0, refinery::Migration::version));
    if found > known {
        return Err(Error::NewerSchema { schema: schema.into(), found, known });
    }
    let table = history.table();
    let missing = history
        .get_unapplied_migrations(&STEPS, true, true, &table)
        .map_err(|error| failure(error, &mut history, schema, &[]))?;
    let is_missing = |step: &&refinery::Migration| missing.contains(step);
    Ok(STEPS.iter().filter(is_missing).map(Migration::of).collect())
}

/// Has refinery take the steps.
fn take(client: &mut impl GenericClient, schema: &str, steps: &[Migration]) -> Result<()> {
    let mut history = History::open(client, schema, &STEPS)?;
    history.prepare()?;
    // Grouped, it hands everything over at once, and leaves the transaction to whoever began it.
    let mut runner = Runner::new(&STEPS).set_grouped(true);
    runner.set_migration_table_name(history.table());
    runner.run(&mut history).map_err(|error| failure(error, &mut history, schema, steps))?;
    Ok(())
}

/// What refinery's error means here.
fn failure<C: GenericClient>(
    error: refinery::Error,
    history: &mut History<'_, C>,
    schema: &str,
    steps: &[Migration],
) -> Error {
    let schema = schema.to_owned();
    match (error.kind(), history.failure()) {
        (Kind::DivergentVersion(applied, _), _) => {
            Error::ChangedMigration { schema, version: applied.version(), name: applied.name().into() }
        }
        (Kind::MissingVersion(missing), _) => {
            Error::SkippedMigration { schema, version: missing.version(), name: missing.name().into() }
        }
        (_, Some(refused)) => {
            // Of each step there is its text, and the record that it was taken.
            let step = steps.get(refused.done / 2);
            let action = step.map_or_else(
                || format!("read the versions of schema {schema}"),
                |step| format!("bring schema {schema} to version {} ({})", step.version, step.name),
            );
            Error::statement(action)(refused.source)
        }
        (_, None) => Error::Migrations { schema, source: Box::new(error) },
    }
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

/// Makes the schema where it is missing.
fn make_schema(client: &mut impl GenericClient, schema: &str) -> Result<()> {
    let failed = || Error::statement(format!("make schema {schema}"));
    // CREATE … IF NOT EXISTS asks for the right to create even where there is nothing to do.
    let exists = "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)";
    if !client.query_one(exists, &[&schema]).map_err(failed())?.get::<_, bool>(0) {
        client.batch_execute(&format!("CREATE SCHEMA {}", quote(schema))).map_err(failed())?;
    }
    Ok(())
}

/// Runs statements that name tables without a schema, and leaves the search path as it was.
pub(crate) fn in_schema<C: GenericClient, T>(
    client: &mut C,
    schema: &str,
    run: impl FnOnce(&mut C) -> Result<T>,
) -> Result<T> {
    let failed = || Error::statement(format!("set the search path to schema {schema}"));
    let before = client.query_one("SELECT current_setting('search_path')", &[]).map_err(failed())?;
    let set = "SELECT set_config('search_path', $1, true)";
    client.execute(set, &[&quote(schema)]).map_err(failed())?;
    let result = run(client)?;
    client.execute(set, &[&before.get::<_, &str>(0)]).map_err(failed())?;
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_count_up_and_are_all_there() {
        assert_eq!(STEPS[0].version(), 1);
        assert!(STEPS.windows(2).all(|pair| pair[0].version() < pair[1].version()));
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/sql/migrations");
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .expect("the folder is there")
            .map(|file| file.expect("readable").file_name().into_string().expect("UTF-8"))
            .collect();
        files.sort();
        let mut named: Vec<_> = STEPS.iter().map(|step| format!("{step}.sql")).collect();
        named.sort();
        assert_eq!(files, named);
        assert!(Migration::all().iter().all(|step| !step.sql().is_empty()));
    }
}

use std::time::SystemTime;

use postgres::GenericClient;
use refinery::Migrate;
use refinery_core::traits::sync::{Query, Transaction};

use crate::error::{Error, Result};
use crate::identifier::quote;

/// What refinery writes to. Its own statements fit these types: they give the instant as RFC 3339 and the checksum
/// in decimal.
const CREATE: &str = "
CREATE TABLE schema_version (
    version integer PRIMARY KEY,
    name text NOT NULL,
    applied_on timestamptz NOT NULL DEFAULT now(),
    checksum text NOT NULL
);
COMMENT ON TABLE schema_version IS 'The migrations that made this schema what it is';
COMMENT ON COLUMN schema_version.version IS 'The version that the migration led to';
COMMENT ON COLUMN schema_version.name IS 'What the migration brought';
COMMENT ON COLUMN schema_version.applied_on IS 'When it was carried out';
COMMENT ON COLUMN schema_version.checksum IS 'Digest of its name, version and text, by which a change of them is seen';
";

/// Schemas of this program's first two versions have no checksum, and called the instant `applied_at`.
const CONVERT: &str = "
ALTER TABLE schema_version RENAME COLUMN applied_at TO applied_on;
ALTER TABLE schema_version ADD COLUMN checksum text;
COMMENT ON COLUMN schema_version.checksum IS 'Digest of its name, version and text, by which a change of them is seen';
";

/// The form of the table of versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// There is none.
    Missing,
    /// It has no checksums.
    Old,
    /// It is as [`CREATE`] makes it.
    Current,
}

/// A schema's table of versions, as refinery uses it.
///
/// Every statement runs in the transaction that the client is in, and whoever began that ends it.
pub(crate) struct History<'a, C> {
    client: &'a mut C,
    schema: &'a str,
    known: &'a [refinery::Migration],
    form: Form,
    failure: Option<Failure>,
}

/// Why a statement of refinery's was refused: its errors lend their cause, but do not give it away.
pub(crate) struct Failure {
    /// How many statements of the same batch were carried out before it.
    pub(crate) done: usize,
    pub(crate) source: postgres::Error,
}

/// Stands for a [`Failure`] in refinery's errors.
#[derive(Debug, thiserror::Error)]
#[error("the server refused a statement")]
pub(crate) struct Refused;

impl<'a, C: GenericClient> History<'a, C> {
    /// Finds out what is there, and writes nothing.
    pub(crate) fn open(client: &'a mut C, schema: &'a str, known: &'a [refinery::Migration]) -> Result<Self> {
        let query = "SELECT EXISTS (SELECT FROM pg_attribute a
                        WHERE a.attrelid = c.oid AND a.attname = 'checksum' AND NOT a.attisdropped)
                     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                     WHERE n.nspname = $1 AND c.relname = 'schema_version'";
        let found = client.query_opt(query, &[&schema]).map_err(Error::statement("read the catalog"))?;
        let form = found.map_or(Form::Missing, |row| if row.get(0) { Form::Current } else { Form::Old });
        Ok(Self { client, schema, known, form, failure: None })
    }

    /// The table's name in SQL, wherever the search path leads.
    pub(crate) fn table(&self) -> String {
        format!("{}.schema_version", quote(self.schema))
    }

    /// The version of the schema, 0 where nothing is there yet.
    pub(crate) fn version(&mut self) -> Result<i32> {
        if self.form == Form::Missing {
            return Ok(0);
        }
        let newest = format!("SELECT coalesce(max(version), 0) FROM {}", self.table());
        let row = self.client.query_one(&newest, &[]);
        Ok(row.map_err(Error::statement(format!("read the version of schema {}", self.schema)))?.get(0))
    }

    /// Makes the table in the schema that the search path leads to, or gives an old one the form of today.
    pub(crate) fn prepare(&mut self) -> Result<()> {
        match self.form {
            Form::Current => Ok(()),
            Form::Missing => self.client.batch_execute(CREATE),
            Form::Old => self.convert(),
        }
        .map_err(Error::statement(format!("make the table of versions of schema {}", self.schema)))?;
        self.form = Form::Current;
        Ok(())
    }

    fn convert(&mut self) -> Result<(), postgres::Error> {
        self.client.batch_execute(CONVERT)?;
        for step in self.known {
            let set = "UPDATE schema_version SET checksum = $3 WHERE version = $1 AND name = $2";
            self.client.execute(set, &[&step.version(), &step.name(), &step.checksum().to_string()])?;
        }
        // What is called otherwise than any step here gets a checksum that fits none.
        self.client.batch_execute(
            "UPDATE schema_version SET checksum = '0' WHERE checksum IS NULL;
             ALTER TABLE schema_version ALTER COLUMN checksum SET NOT NULL",
        )
    }

    fn applied(&mut self, query: &str) -> Result<Vec<refinery::Migration>, postgres::Error> {
        let without_checksums =
            format!("SELECT version, name, applied_at, NULL FROM {} ORDER BY version", self.table());
        let rows = match self.form {
            Form::Missing => return Ok(Vec::new()),
            Form::Old => self.client.query(&without_checksums, &[])?,
            Form::Current => self.client.query(query, &[])?,
        };
        let migration = |row: &postgres::Row| {
            let (version, name): (i32, String) = (row.try_get(0)?, row.try_get(1)?);
            let applied_on: SystemTime = row.try_get(2)?;
            let same = self.known.iter().find(|step| step.version() == version && step.name() == name);
            // A text that is no number fits no step, as 0 does not.
            let checksum = match row.try_get::<_, Option<&str>>(3)? {
                Some(digits) => digits.parse().unwrap_or_default(),
                None => same.map_or(0, refinery::Migration::checksum),
            };
            Ok(refinery::Migration::applied(version, name, applied_on.into(), checksum))
        };
        rows.iter().map(migration).collect()
    }

    /// Keeps a failure's cause for [`History::failure`].
    fn keep<T>(&mut self, done: usize, result: Result<T, postgres::Error>) -> Result<T, Refused> {
        result.map_err(|source| {
            self.failure = Some(Failure { done, source });
            Refused
        })
    }

    /// Gives away why the last run failed, where a statement was refused.
    pub(crate) fn failure(&mut self) -> Option<Failure> {
        self.failure.take()
    }
}

impl<C: GenericClient> Transaction for History<'_, C> {
    type Error = Refused;

    fn execute<'q, T: Iterator<Item = &'q str>>(&mut self, statements: T) -> Result<usize, Refused> {
        let mut done = 0;
        for statement in statements {
            let result = self.client.batch_execute(statement);
            self.keep(done, result)?;
            done += 1;
        }
        Ok(done)
    }
}

impl<C: GenericClient> Query<Vec<refinery::Migration>> for History<'_, C> {
    fn query(&mut self, query: &str) -> Result<Vec<refinery::Migration>, Refused> {
        let applied = self.applied(query);
        self.keep(0, applied)
    }
}

impl<C: GenericClient> Migrate for History<'_, C> {
    /// The table is left to [`History::prepare`], so that asking what is to be done writes nothing.
    fn assert_migrations_table(&mut self, _: &str) -> Result<usize, refinery::Error> {
        Ok(0)
    }
}

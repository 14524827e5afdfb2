//! A large table that is empty is filled without keys and indexes: they are built when its rows are there, at once and by
//! several of the server's processes, instead of row by row.

use postgres::GenericClient;
use slack_model::{Progress, Step};

use crate::catalog::TargetTable;
use crate::error::{Error, Result};
use crate::identifier::quote;

/// What was taken off tables, to be made again.
#[derive(Debug, Default)]
pub(crate) struct Stripped {
    /// Statements, in the order in which they can be carried out, each with its table.
    statements: Vec<(String, String)>,
}

/// Memory for each index that is built, as users may set it.
const MAINTENANCE_MEMORY: &str = "SET LOCAL maintenance_work_mem = '256MB'";

/// Takes foreign keys, keys and indexes off the tables.
pub(crate) fn strip(client: &mut impl GenericClient, tables: &[&TargetTable]) -> Result<Stripped> {
    let names: Vec<String> = tables.iter().map(|table| table.qualified()).collect();
    let failed = || Error::statement("take keys and indexes off empty tables");
    let found = client
        .query(
            "WITH stripped AS (SELECT name::regclass::oid AS id FROM unnest($1::text[]) AS name),
             part AS (
                SELECT CASE k.contype WHEN 'f' THEN 3 ELSE 1 END AS step, k.conname AS name, k.conrelid AS id,
                    'ADD CONSTRAINT ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid) AS made
                FROM pg_constraint k
                WHERE k.contype IN ('p', 'u', 'f')
                    AND (k.conrelid IN (SELECT id FROM stripped) OR k.confrelid IN (SELECT id FROM stripped))
                UNION ALL
                SELECT 2, c.relname, i.indrelid, pg_get_indexdef(i.indexrelid)
                FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                WHERE i.indrelid IN (SELECT id FROM stripped)
                    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype <> 'f'))
             SELECT step, part.name::text, quote_ident(n.nspname) || '.' || quote_ident(c.relname), made,
                quote_ident(n.nspname) || '.' || quote_ident(part.name), c.relname::text
             FROM part JOIN pg_class c ON c.oid = part.id JOIN pg_namespace n ON n.oid = c.relnamespace
             ORDER BY step, c.relname, part.name",
            &[&names],
        )
        .map_err(failed())?;
    let mut stripped = Stripped::default();
    let mut drops = Vec::new();
    for row in &found {
        let (step, name, table): (i32, &str, &str) = (row.get(0), row.get(1), row.get(2));
        let (made, index): (&str, &str) = (row.get(3), row.get(4));
        let constraint = quote(name);
        let (drop, make) = if step == 2 {
            (format!("DROP INDEX {index}"), made.to_owned())
        } else {
            (
                format!("ALTER TABLE {table} DROP CONSTRAINT {constraint}"),
                format!("ALTER TABLE {table} {made}"),
            )
        };
        drops.push(drop);
        stripped.statements.push((row.get(5), make));
    }
    // A key that others refer to can go after the references.
    for drop in drops.iter().rev() {
        client.batch_execute(drop).map_err(failed())?;
    }
    Ok(stripped)
}

impl Stripped {
    /// Makes again what was taken off.
    pub(crate) fn restore(self, client: &mut impl GenericClient, progress: &dyn Progress) -> Result<()> {
        if self.statements.is_empty() {
            return Ok(());
        }
        client.batch_execute(MAINTENANCE_MEMORY).map_err(Error::statement("set aside memory for indexes"))?;
        let total = self.statements.len() as u64;
        for (done, (table, statement)) in (0..).zip(self.statements) {
            progress.report(Step::new("keys and indexes", done, Some(total)));
            client.batch_execute(&statement).map_err(Error::keys(table))?;
        }
        progress.report(Step::new("keys and indexes", total, Some(total)));
        Ok(())
    }
}

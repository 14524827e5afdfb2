use postgres::GenericClient;
use slack_model::{Progress, Step};

use crate::error::{Error, Result};
use crate::identifier::{check_schema_name, quote};
use crate::migrate::{Migration, lock, migrate};
use crate::shape::Shape;
use crate::views::View;
use crate::zones;

/// What [`materialize`] did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MaterializeSummary {
    /// The steps that the schema needed first.
    pub migrations: Vec<Migration>,
    /// Each view, in the order in which they were worked out.
    pub views: Vec<MaterializedView>,
}

/// What [`materialize`] did to a view.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MaterializedView {
    /// The metric table whose rows it holds; the view's name is `mv_` and this.
    pub table: &'static str,
    /// How it came to hold them.
    pub outcome: Materialized,
    /// The number of its rows.
    pub rows: u64,
}

/// How a view came to hold what the database holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Materialized {
    /// It was missing, and was made.
    Made,
    /// It, or one that it reads, had another definition: it was dropped and made again.
    Remade,
    /// It was there, and was worked out again.
    Refreshed,
}

/// Works the metric tables out inside the database: materialized views `mv_<metric table>`, which have the columns,
/// types and rows that the table itself has after a load.
///
/// The queries are the files of `sql/metrics`, over the tables of the master, tag_data, and `zones`: the table of
/// time zones as CSV (tz, cc, country, city, coord), which becomes zone_data. So [`load`](crate::load) the master and
/// its tag_data first. A metric table that the schema lacks has no view. Days, hours and months are always those of
/// UTC: a metrics stage that was told another time zone gives other numbers.
///
/// The schema is brought up to date first. A view that is there as this program defines it is refreshed beside those
/// who read it, who see the old rows until the end and never wait. One that is missing, or defined otherwise, is made,
/// with those that read it; a view of others upon it stands in the way of that. All happens in one transaction, in
/// which no load gets into the schema ([`Error::Busy`]).
pub fn materialize(
    client: &mut impl GenericClient,
    schema: &str,
    zones: &[u8],
    progress: &dyn Progress,
) -> Result<MaterializeSummary> {
    let zones = zones::read(zones)?;
    let mut transaction = client.transaction().map_err(Error::statement("begin a transaction"))?;
    let migrations = migrate(&mut transaction, schema)?;
    let before = Settings::change(&mut transaction, schema)?;
    zones::put(&mut transaction, &zones)?;
    // Tables that were filled a moment ago have no statistics yet, and joins of unknown size are planned badly.
    transaction
        .batch_execute(
            "ANALYZE user_data, channel_data, message_data, thread_data, reaction_data, tag_data, zone_data",
        )
        .map_err(Error::statement("analyze the tables"))?;
    let plans = plan(&mut transaction, schema)?;
    for plan in plans.iter().rev().filter(|plan| plan.step == Materialized::Remade) {
        drop_view(&mut transaction, plan.view)?;
    }
    let mut views = Vec::new();
    for (done, plan) in (0..).zip(&plans) {
        progress.report(Step::new(plan.view.table, done, Some(plans.len() as u64)));
        views.push(plan.carry_out(&mut transaction)?);
    }
    before.restore(&mut transaction)?;
    transaction.commit().map_err(Error::statement("commit the views"))?;
    Ok(MaterializeSummary { migrations, views })
}

/// Drops the views that [`materialize`] made, for a migration that alters what they depend on.
///
/// Returns how many there were. Fails where a view of others depends on one of them, and while a load or another
/// [`materialize`] is under way.
pub fn drop_materialized(client: &mut impl GenericClient, schema: &str) -> Result<usize> {
    check_schema_name(schema)?;
    let mut transaction = client.transaction().map_err(Error::statement("begin a transaction"))?;
    lock(&mut transaction, schema)?;
    let before = Settings::change(&mut transaction, schema)?;
    let standing = Standing::read(&mut transaction, schema)?;
    for view in View::ALL.iter().rev().filter(|view| standing.iter().any(|it| it.name == view.name())) {
        drop_view(&mut transaction, view)?;
    }
    before.restore(&mut transaction)?;
    transaction.commit().map_err(Error::statement("drop the views"))?;
    Ok(standing.len())
}

/// Whether the schema has views that [`materialize`] made.
pub fn has_materialized(client: &mut impl GenericClient, schema: &str) -> Result<bool> {
    Ok(!Standing::read(client, schema)?.is_empty())
}

/// A view of [`View::ALL`] that is in the database.
struct Standing {
    name: String,
    /// Whether it holds rows: one that was restored from a dump may wait for them.
    is_populated: bool,
    comment: String,
}

impl Standing {
    fn read(client: &mut impl GenericClient, schema: &str) -> Result<Vec<Self>> {
        let names: Vec<_> = View::ALL.iter().map(View::name).collect();
        let rows = client
            .query(
                "SELECT c.relname::text, c.relispopulated, coalesce(obj_description(c.oid, 'pg_class'), '')
                 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE n.nspname = $1 AND c.relkind = 'm' AND c.relname = ANY ($2)",
                &[&schema, &names],
            )
            .map_err(Error::statement(format!("look up the views of schema {schema}")))?;
        let view =
            |row: &postgres::Row| Self { name: row.get(0), is_populated: row.get(1), comment: row.get(2) };
        Ok(rows.iter().map(view).collect())
    }
}

/// What is to be done about a view.
struct Plan {
    view: &'static View,
    shape: Shape,
    comment: String,
    step: Materialized,
    can_be_read: bool,
}

/// Looks at what is there and decides what becomes of each view.
fn plan(client: &mut impl GenericClient, schema: &str) -> Result<Vec<Plan>> {
    let standing = Standing::read(client, schema)?;
    let mut plans: Vec<Plan> = Vec::new();
    for view in View::ALL {
        let Some(shape) = Shape::read(client, schema, view.table)? else { continue };
        let comment = comment(client, view, &shape)?;
        let found = standing.iter().find(|standing| standing.name == view.name());
        let is_read_anew =
            plans.iter().any(|plan| plan.step != Materialized::Refreshed && view.reads(plan.view));
        let step = match found {
            None => Materialized::Made,
            Some(found) if found.comment != comment || is_read_anew => Materialized::Remade,
            Some(_) => Materialized::Refreshed,
        };
        let can_be_read = found.is_some_and(|found| found.is_populated);
        plans.push(Plan { view, shape, comment, step, can_be_read });
    }
    Ok(plans)
}

/// The view's comment, which ends with a digest of its definition.
fn comment(client: &mut impl GenericClient, view: &View, shape: &Shape) -> Result<String> {
    let definition = format!("{}\n{}", view.sql, shape.outline());
    let digest: String = client
        .query_one("SELECT encode(sha256(convert_to($1, 'UTF8')), 'hex')", &[&definition])
        .map_err(Error::statement("work out a digest"))?
        .get(0);
    Ok(format!(
        "{} By the database; days, hours and months are those of UTC. Definition: {digest}",
        view.about()
    ))
}

impl Plan {
    fn carry_out(&self, client: &mut impl GenericClient) -> Result<MaterializedView> {
        match self.step {
            Materialized::Made | Materialized::Remade => self.make(client)?,
            Materialized::Refreshed => self.refresh(client)?,
        }
        let name = self.view.name();
        let failed = || Error::statement(format!("count the rows of {name}"));
        client.batch_execute(&format!("ANALYZE {}", quote(&name))).map_err(failed())?;
        let count = client.query_one(&format!("SELECT count(*) FROM {}", quote(&name)), &[]);
        let rows: i64 = count.map_err(failed())?.get(0);
        Ok(MaterializedView { table: self.view.table, outcome: self.step, rows: rows.unsigned_abs() })
    }

    fn make(&self, client: &mut impl GenericClient) -> Result<()> {
        let name = self.view.name();
        let failed = || Error::statement(format!("make {name}"));
        let columns = client.prepare(self.view.sql).map_err(failed())?;
        let columns: Vec<_> = columns.columns().iter().map(|column| column.name().to_owned()).collect();
        let query = self.shape.query(self.view, &columns)?;
        let (view, key) = (quote(&name), quote(format!("{name}_key")));
        let mut statements = format!(
            "CREATE MATERIALIZED VIEW {view} AS\n{query};\nCREATE UNIQUE INDEX {key} ON {view} ({});\n\
             COMMENT ON MATERIALIZED VIEW {view} IS {};\n",
            self.shape.key(),
            literal(&self.comment),
        );
        for (column, comment) in self.shape.comments() {
            statements += &format!("COMMENT ON COLUMN {view}.{} IS {};\n", quote(column), literal(comment));
        }
        client.batch_execute(&statements).map_err(failed())
    }

    fn refresh(&self, client: &mut impl GenericClient) -> Result<()> {
        let name = self.view.name();
        // Beside readers, only rows can be exchanged: a view that was never filled has no readers.
        let beside_readers = if self.can_be_read { "CONCURRENTLY " } else { "" };
        let statement = format!("REFRESH MATERIALIZED VIEW {beside_readers}{}", quote(&name));
        client.batch_execute(&statement).map_err(Error::statement(format!("refresh {name}")))
    }
}

fn drop_view(client: &mut impl GenericClient, view: &View) -> Result<()> {
    let name = view.name();
    let statement = format!("DROP MATERIALIZED VIEW {}", quote(&name));
    client.batch_execute(&statement).map_err(Error::statement(format!("drop {name}")))
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Settings of the session as they were, by name.
struct Settings(Vec<(String, String)>);

impl Settings {
    /// Makes names without a schema those of the schema, until the transaction ends or [`Settings::restore`].
    fn change(client: &mut impl GenericClient, schema: &str) -> Result<Self> {
        let wanted = [
            // Temporary tables of the session must not stand for the schema's: they come first unless they are named.
            ("search_path", format!("{}, pg_temp", quote(schema))),
            // Compiling these queries takes longer than running them.
            ("jit", "off".into()),
            // A million messages are sorted a few times over.
            ("work_mem", "64MB".into()),
        ];
        let mut before = Vec::new();
        for (name, value) in wanted {
            let row = client.query_one(
                "SELECT before.value, set_config($1, $2, true)
                 FROM (SELECT current_setting($1) AS value OFFSET 0) AS before",
                &[&name, &value],
            );
            before.push((name.into(), row.map_err(Error::statement(format!("set {name}")))?.get(0)));
        }
        Ok(Self(before))
    }

    fn restore(self, client: &mut impl GenericClient) -> Result<()> {
        for (name, value) in self.0 {
            let set = client.execute("SELECT set_config($1, $2, true)", &[&name, &value]);
            set.map_err(Error::statement(format!("set {name} back")))?;
        }
        Ok(())
    }
}

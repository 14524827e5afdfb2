use std::collections::{BTreeMap, BTreeSet};

use postgres::GenericClient;

use crate::complete::CATALOGUE;
use crate::error::{Error, Result};
use crate::identifier::{check_role_name, check_schema_name, quote, quote_list};
use crate::search;

/// Tables beside those of the contract and of the metrics.
const OTHER_TABLES: [&str; 3] = ["zone_data", "schema_version", CATALOGUE.name];

/// The views of `sql/migrations`.
const VIEWS: &[&str] = &[
    "v_channel_activity",
    "v_channels",
    "v_daily_activity",
    "v_deleted_messages",
    "v_edges",
    "v_files",
    "v_mentions",
    "v_messages",
    "v_newcomers",
    "v_reactions",
    "v_reader",
    "v_references",
    "v_response_by_channel",
    "v_response_times",
    "v_revisions",
    "v_threads",
    "v_top_posters",
    "v_users",
];

/// Lets a role read a schema, except for private texts and e-mail addresses, and nothing more than read. Names and texts come
/// from the views, which mask the addresses in them.
///
/// The role is made where it is missing, without the right to log in: `GRANT role TO ann` makes Ann a reader. Texts
/// of public channels and all else are in the views. What the role could do in the schema before is taken away first,
/// so that calling this again after new tables came brings it up to date. A role that owns something in the schema is
/// refused with [`Error::OwnerRole`].
pub fn grant_read(client: &mut impl GenericClient, schema: &str, role: &str) -> Result<()> {
    check_schema_name(schema)?;
    check_role_name(role)?;
    let failed = || Error::statement(format!("let role {role} read schema {schema}"));
    let mut transaction = client.transaction().map_err(failed())?;
    make_role(&mut transaction, role)?;
    refuse_owner(&mut transaction, schema, role)?;

    let (in_schema, to_role) = (quote(schema), quote(role));
    let mut statements = format!(
        "REVOKE ALL ON ALL TABLES IN SCHEMA {in_schema} FROM {to_role};
         REVOKE ALL ON ALL SEQUENCES IN SCHEMA {in_schema} FROM {to_role};
         REVOKE ALL ON ALL ROUTINES IN SCHEMA {in_schema} FROM {to_role};
         REVOKE ALL ON SCHEMA {in_schema} FROM {to_role};
         GRANT USAGE ON SCHEMA {in_schema} TO {to_role};
         GRANT EXECUTE ON FUNCTION {in_schema}.without_addresses(text) TO {to_role};"
    );
    let catalogue = Sensitivities::read(&mut transaction, schema)?;
    for (relation, columns) in relations(&mut transaction, schema, &catalogue)? {
        let shown: Vec<_> = columns.iter().filter(|column| catalogue.is_open(&relation, column)).collect();
        if shown.is_empty() {
            continue;
        }
        let granted = if shown.len() == columns.len() {
            String::new()
        } else {
            format!(" ({})", quote_list(shown.into_iter().map(String::as_str)))
        };
        let relation = quote(relation);
        statements.push_str(&format!("GRANT SELECT{granted} ON {in_schema}.{relation} TO {to_role};"));
    }
    transaction.batch_execute(&statements).map_err(failed())?;
    refuse_reader_of_private(&mut transaction, schema, role)?;
    search::grant(&mut transaction, schema, role)?;
    transaction.commit().map_err(failed())
}

/// Who may see which column of the tables that the schema was loaded with.
struct Sensitivities(BTreeMap<(String, String), bool>);

impl Sensitivities {
    fn read(client: &mut impl GenericClient, schema: &str) -> Result<Self> {
        let query = format!(
            "SELECT table_name, column_name, sensitivity = 'open' FROM {}.{}",
            quote(schema),
            CATALOGUE.name
        );
        let rows = client.query(&query, &[]).map_err(Error::table(CATALOGUE.name))?;
        Ok(Self(rows.iter().map(|row| ((row.get(0), row.get(1)), row.get(2))).collect()))
    }

    /// Whether every reader may see a column. What is not declared open is withheld: columns that the database works out of
    /// others, too. A materialized view `mv_X` has the columns of `X`; the program's own views mask what they show.
    fn is_open(&self, relation: &str, column: &str) -> bool {
        let table = relation.strip_prefix("mv_").unwrap_or(relation);
        OTHER_TABLES.contains(&table)
            || VIEWS.contains(&table)
            || self.0.get(&(table.to_owned(), column.to_owned())).is_some_and(|is_open| *is_open)
    }

    fn tables(&self) -> BTreeSet<&str> {
        self.0.keys().map(|(table, _)| table.as_str()).collect()
    }
}

fn make_role(client: &mut impl GenericClient, role: &str) -> Result<()> {
    let exists = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)";
    let exists = client.query_one(exists, &[&role]).map_err(Error::statement("read the roles"))?;
    if !exists.get::<_, bool>(0) {
        client.batch_execute(&format!("CREATE ROLE {} NOLOGIN", quote(role))).map_err(Error::statement(
            format!("make role {role}, which is missing and which only a user with CREATEROLE can make"),
        ))?;
    }
    Ok(())
}

/// Taking an owner's rights away would lock it out of its own tables.
fn refuse_owner(client: &mut impl GenericClient, schema: &str, role: &str) -> Result<()> {
    let owns = "SELECT EXISTS (
            SELECT FROM pg_namespace n JOIN pg_roles r ON r.rolname = $2
            WHERE n.nspname = $1 AND (n.nspowner = r.oid OR EXISTS (
                SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relowner = r.oid)))";
    let owns = client.query_one(owns, &[&schema, &role]).map_err(Error::statement("read the catalog"))?;
    if owns.get(0) {
        return Err(Error::OwnerRole { schema: schema.into(), role: role.into() });
    }
    Ok(())
}

/// A role that can read what is private by other ways (as a member of the owner's role, as a superuser, by what everyone
/// may) is no reader as this program means it, and the views would show it everything.
fn refuse_reader_of_private(client: &mut impl GenericClient, schema: &str, role: &str) -> Result<()> {
    let query = format!(
        "SELECT d.table_name || '.' || d.column_name FROM {}.{} d
         JOIN pg_attribute a ON a.attrelid = to_regclass(format('%I.%I', $2::text, d.table_name))
            AND a.attname = d.column_name AND NOT a.attisdropped
         WHERE d.sensitivity <> 'open' AND has_column_privilege($1::name, a.attrelid, a.attnum, 'SELECT')
         ORDER BY 1 LIMIT 1",
        quote(schema),
        CATALOGUE.name
    );
    let found = client.query_opt(&query, &[&role, &schema]);
    match found.map_err(Error::statement(format!("look up the rights of role {role}")))? {
        Some(row) => {
            Err(Error::ReadsPrivate { schema: schema.into(), role: role.into(), column: row.get(0) })
        }
        None => Ok(()),
    }
}

/// The program's own tables and views, with their columns: what others keep in the schema is theirs to grant.
fn relations(
    client: &mut impl GenericClient,
    schema: &str,
    catalogue: &Sensitivities,
) -> Result<Vec<(String, Vec<String>)>> {
    let query = "SELECT c.relname::text, array_agg(a.attname::text ORDER BY a.attnum)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE n.nspname = $1 AND c.relkind IN ('r', 'v', 'm')
            AND (c.relkind = 'r' AND c.relname = ANY ($2) OR c.relkind = 'm' AND c.relname = ANY ($3)
                OR c.relkind = 'v' AND c.relname = ANY ($4))
        GROUP BY c.relname ORDER BY c.relname";
    let tables: Vec<&str> = catalogue.tables().into_iter().chain(OTHER_TABLES).collect();
    let materialized: Vec<String> = catalogue.tables().iter().map(|table| format!("mv_{table}")).collect();
    let rows = client
        .query(query, &[&schema, &tables, &materialized, &VIEWS])
        .map_err(Error::statement("read the catalog"))?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

//! Neo4j 5: a Cypher script of constraints, indexes and `LOAD CSV`.

use std::collections::BTreeSet;
use std::io::{self, BufWriter, Write};

use super::failed;
use super::neo4j::{NODE_LABEL, Property, header_of, properties, type_of};
use crate::error::Result;
use crate::export::{Export, ValueKind};

/// Writes a Cypher script (Neo4j 5) for a database that runs: the constraint that ids are unique, indexes, and what
/// loads the files of [`write_neo4j_nodes`](crate::write_neo4j_nodes) and
/// [`write_neo4j_edges`](crate::write_neo4j_edges). Run again, it changes what it loaded before.
///
/// `nodes` and `edges` are the addresses of the files: `file:///neo4j_nodes.csv` where they lie in the database's import
/// folder. How a new database is made of them by `neo4j-admin database import` is a comment; after that the first part
/// alone is wanted.
///
/// # Errors
///
/// Where the output cannot be written.
pub fn write_neo4j_script(export: &Export<'_>, nodes: &str, edges: &str, output: impl Write) -> Result<()> {
    write_script(export, nodes, edges, BufWriter::new(output)).map_err(failed("Cypher"))
}

fn write_script(export: &Export<'_>, nodes: &str, edges: &str, mut output: impl Write) -> io::Result<()> {
    let types: BTreeSet<_> = export.edges().map(|edge| edge.relate).collect();
    let types: BTreeSet<_> = types.into_iter().map(type_of).collect();
    write!(
        output,
        "// A new database is made of the files faster, while it is stopped, and needs the constraints and indexes only:\n\
         // neo4j-admin database import full neo4j --nodes={} --relationships={}\n\n\
         // Constraints and indexes.\n\
         CREATE CONSTRAINT node_id IF NOT EXISTS FOR (n:{NODE_LABEL}) REQUIRE n.id IS UNIQUE;\n\
         CREATE INDEX user_label IF NOT EXISTS FOR (n:User) ON (n.label);\n\
         CREATE INDEX channel_label IF NOT EXISTS FOR (n:Channel) ON (n.label);\n",
        file_name(nodes),
        file_name(edges)
    )?;
    for kind in &types {
        let name = format!("{}_weight", kind.to_ascii_lowercase());
        writeln!(output, "CREATE INDEX `{name}` IF NOT EXISTS FOR ()-[r:`{kind}`]-() ON (r.weight);")?;
    }
    output.write_all(b"CALL db.awaitIndexes();\n\n")?;
    output.write_all(
        b"// What follows loads the files. In Neo4j Browser, put :auto before each of the statements.\n\
          // Texts with a backslash want the setting db.import.csv.legacy_quote_escaping=false.\n",
    )?;
    write_load_nodes(export, nodes, &mut output)?;
    for kind in &types {
        write_load_edges(export, edges, kind, &mut output)?;
    }
    output.flush()
}

fn write_load_nodes(export: &Export<'_>, address: &str, output: &mut impl Write) -> io::Result<()> {
    let sets = properties(export).into_iter().map(|Property { name, header, kind }| {
        let field = field_in_cypher(&header);
        let value = match kind {
            ValueKind::Text => field,
            ValueKind::Integer => format!("toInteger({field})"),
            ValueKind::Float => format!("toFloat({field})"),
        };
        format!("n.{} = {value}", name_in_cypher(&name))
    });
    let sets: Vec<_> = sets.collect();
    let sets = sets.join(",\n    ");
    write!(
        output,
        "LOAD CSV WITH HEADERS FROM {} AS row\n\
         CALL {{\n  WITH row\n  MERGE (n:{NODE_LABEL} {{id: row.`id:ID`}})\n  SET {sets}\n",
        text_in_cypher(address)
    )?;
    for label in ["User", "Channel"] {
        writeln!(
            output,
            "  FOREACH (one IN CASE row.`:LABEL` WHEN '{NODE_LABEL};{label}' THEN [1] ELSE [] END | SET n:{label})"
        )?;
    }
    output.write_all(b"} IN TRANSACTIONS OF 10000 ROWS;\n")
}

fn write_load_edges(
    export: &Export<'_>,
    address: &str,
    kind: &str,
    output: &mut impl Write,
) -> io::Result<()> {
    let (edges, weight_kind) = (export.edge_kind(), export.weight_kind());
    // Nothing is merged by what is not there.
    let key = match (edges.has_relation(), edges.has_channel()) {
        (true, true) => " {relate: coalesce(row.relate, ''), channel: coalesce(row.channel, '')}",
        (true, false) => " {relate: coalesce(row.relate, '')}",
        (false, _) => "",
    };
    write!(
        output,
        "LOAD CSV WITH HEADERS FROM {} AS row\n\
         WITH row WHERE row.`:TYPE` = {}\n\
         CALL {{\n  WITH row\n\
         \x20 MATCH (source:{NODE_LABEL} {{id: row.`:START_ID`}})\n\
         \x20 MATCH (target:{NODE_LABEL} {{id: row.`:END_ID`}})\n\
         \x20 MERGE (source)-[r:`{kind}`{key}]->(target)\n\
         \x20 SET r.weight = {}({}),\n\
         \x20   r.first_time = datetime(row.`first_time:datetime`),\n\
         \x20   r.last_time = datetime(row.`last_time:datetime`)\n\
         }} IN TRANSACTIONS OF 10000 ROWS;\n",
        text_in_cypher(address),
        text_in_cypher(kind),
        if weight_kind == ValueKind::Integer { "toInteger" } else { "toFloat" },
        field_in_cypher(&header_of("weight", weight_kind))
    )
}

/// A file's name by its address, as it stands in a comment.
fn file_name(address: &str) -> String {
    address.rsplit('/').next().unwrap_or_default().replace(['\n', '\r'], " ")
}

/// A row's field of a header.
fn field_in_cypher(header: &str) -> String {
    format!("row.{}", name_in_cypher(header))
}

fn text_in_cypher(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'").replace(['\n', '\r'], " "))
}

fn name_in_cypher(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NodeValues, SocialGraph};
    use slack_model::MemoryTables;

    #[test]
    fn a_script_has_constraints_and_loads_both_files() {
        let tables = MemoryTables::default();
        tables.insert("node_data", "Id,Label,type\nU1,,user\nU2,,user\n");
        let edges = "Source,Target,Type,Weight,relate,channel\nU1,U2,,3,reacts,C1\nU2,U1,,3,refers,C1\n";
        tables.insert("edge_data", edges);
        let graph = SocialGraph::read(&tables).expect("sound");
        let export = Export::new(&graph).with_column("core", NodeValues::Integer(vec![Some(1)]));
        let mut script = Vec::new();
        write_neo4j_script(&export, "file:///n.csv", "file:///e.csv", &mut script)
            .expect("a Vec takes everything");
        let script = String::from_utf8(script).expect("UTF-8");
        let expected = "\
LOAD CSV WITH HEADERS FROM 'file:///e.csv' AS row
WITH row WHERE row.`:TYPE` = 'REFERS'
CALL {
  WITH row
  MATCH (source:Node {id: row.`:START_ID`})
  MATCH (target:Node {id: row.`:END_ID`})
  MERGE (source)-[r:`REFERS` {relate: coalesce(row.relate, ''), channel: coalesce(row.channel, '')}]->(target)
  SET r.weight = toInteger(row.`weight:long`),
    r.first_time = datetime(row.`first_time:datetime`),
    r.last_time = datetime(row.`last_time:datetime`)
} IN TRANSACTIONS OF 10000 ROWS;
";
        assert!(script.ends_with(expected), "{script}");
        let import = "// neo4j-admin database import full neo4j --nodes=n.csv --relationships=e.csv\n";
        assert!(script.contains(import), "{script}");
        assert!(script.contains("n.`core` = toInteger(row.`core:long`)\n"), "{script}");
        assert!(
            script.contains(
                "CREATE INDEX `reacts_weight` IF NOT EXISTS FOR ()-[r:`REACTS`]-() ON (r.weight);\n"
            )
        );
        assert!(script.contains(" THEN [1] ELSE [] END | SET n:Channel)\n} IN TRANSACTIONS"), "{script}");
    }

    #[test]
    fn names_and_texts_are_escaped() {
        assert_eq!(text_in_cypher("file:///it's\\here"), r"'file:///it\'s\\here'");
        assert_eq!(name_in_cypher("a`b"), "`a``b`");
    }
}

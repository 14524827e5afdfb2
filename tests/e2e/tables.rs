//! The catalogue of tables: `docs/tables.md` is made from it, and no reader takes more of it than it may show.

use std::fs;

use slack_model::batch::{HostedFile, Request, RunStage};
use slack_model::rows::{NETWORK_TABLES, NotRead, SetAside, TABLES};
use slack_model::{Schema, Sensitivity, Table};

/// The parts of the data dictionary: which tables, and where they come from.
fn parts() -> [(&'static str, &'static str, Vec<Schema>); 4] {
    let metadata =
        vec![Request::SCHEMA, HostedFile::SCHEMA, RunStage::SCHEMA, SetAside::SCHEMA, NotRead::SCHEMA];
    [
        (
            "Batches and the master",
            "`transform` makes them from a batch's pages (`<batch>/csv/`), and `merge` from those of all batches \
             (`master/csv/`). Databases have them under the same names.",
            TABLES.to_vec(),
        ),
        (
            "Metric tables",
            "`metrics` makes them from the tables above (`metrics/`).",
            slack_metrics::TABLES.to_vec(),
        ),
        (
            "The network",
            "`graph` makes them from node_data and edge_data (`metrics/`).",
            NETWORK_TABLES.to_vec(),
        ),
        ("Metadata of a batch", "Each batch keeps them about itself (`<batch>/metadata/`).", metadata),
    ]
}

const HEAD: &str = "\
# Tables

Every table is a CSV file: UTF-8, a header row, rows in the order of the key. An empty field is no value. This page is made
from the declarations in the code; a test compares it with them.

Who may see a column:

| level | what it is | who may see it |
|---|---|---|
| open | ids, times, counts, kinds | everybody who may read the workspace's numbers |
| name | what people and channels are called, in their own words | reports and files of the network; readers of a database by its views |
| content | what people wrote | tables of visible channels that are served or exported; readers of a database by its views |
| private | e-mail addresses, and what tells of hidden channels | the owner of the data home |
";

fn dictionary() -> String {
    let mut text = HEAD.to_owned();
    for (title, source, tables) in parts() {
        text.push_str(&format!("\n## {title}\n\n{source}\n"));
        for table in tables {
            text.push_str(&format!("\n{}", table.dictionary()));
        }
    }
    text
}

#[test]
fn the_data_dictionary_is_what_the_tables_are() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/tables.md");
    if std::env::var_os("WRITE_TABLES_MD").is_some() {
        fs::write(path, dictionary()).expect("written");
    }
    let written = fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == dictionary(),
        "docs/tables.md is outdated: WRITE_TABLES_MD=1 cargo test --test e2e tables"
    );
}

#[test]
fn every_column_is_described() {
    for table in parts().into_iter().flat_map(|(_, _, tables)| tables) {
        assert!(!table.description.is_empty(), "{}", table.name);
        for column in table.columns {
            assert!(
                column.description.ends_with(['.', ')']),
                "{}.{}: {:?}",
                table.name,
                column.name,
                column.description
            );
        }
    }
}

#[test]
fn a_report_reads_what_it_may_show() {
    let tables: Vec<Schema> = parts().into_iter().flat_map(|(_, _, tables)| tables).collect();
    for read in slack_report::READS {
        let table = tables.iter().find(|table| table.name == read.name).expect("a table of the catalogue");
        for column in read.columns {
            let declared = table.column(column.name).expect("a column of the catalogue");
            assert!(declared.sensitivity <= Sensitivity::Name, "{}.{}", table.name, column.name);
        }
    }
}

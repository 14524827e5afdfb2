//! Loading as these tests do it: everything that the program has a table for.

#![allow(dead_code, unused_imports, reason = "benchmarks use some of it")]

use slack_model::{Progress, Schema, TableSource, Withheld};
pub(crate) use slack_store::{LoadSummary, TableLoad};

/// The tables beside the contract's.
pub(crate) fn metric_tables() -> Vec<Schema> {
    let own = slack_metrics::TABLES.iter().copied();
    let network = slack_store::network_tables()
        .filter(|table| slack_metrics::TABLES.iter().all(|it| it.name != table.name));
    own.chain(network).collect()
}

/// Their names.
pub(crate) fn metric_names() -> Vec<&'static str> {
    metric_tables().iter().map(|table| table.name).collect()
}

#[derive(Debug, Clone, Default)]
pub(crate) struct LoadOptions {
    pub(crate) compare_all: bool,
    pub(crate) withheld: Withheld,
}

pub(crate) fn load(
    connection: &mut rusqlite::Connection,
    master: &dyn TableSource,
    metrics: Option<&dyn TableSource>,
    options: &LoadOptions,
    progress: &dyn Progress,
) -> slack_sqlite::Result<LoadSummary> {
    let mut input = slack_store::Input::new(master, metrics).with_catalogue(&metric_tables());
    input.compare_all = options.compare_all;
    input.withheld = options.withheld.clone();
    slack_sqlite::load(connection, &input, progress)
}

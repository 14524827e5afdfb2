//! Loads a data home's public channels and their metrics into PostgreSQL.
//!
//! ```sh
//! cargo run --example load_postgres -- DATA_HOME postgres://USER:PASSWORD@HOST/DATABASE
//! ```
//!
//! The first load makes the database schema `slack`; the next ones write what is new or has changed.

#![allow(clippy::print_stdout, reason = "an example shows what it did")]

mod visible;

use std::error::Error;

use slack_model::TableSource;
use slack_model::batch::DataHome;
use slack_pg::{LoadOptions, connect, load};

use self::visible::visible;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [home, url] = arguments.as_slice() else {
        return Err("usage: load_postgres DATA_HOME POSTGRES_URL".into());
    };
    let home = DataHome::new(home);
    let visible = visible(&home.master_csv())?;
    // Without metrics those in the database stay as they are; an empty folder would empty them.
    let has_metrics = home.metrics().is_dir();
    let metrics = has_metrics.then(|| visible.metrics(home.metrics(), &[])).transpose()?;
    let metrics = metrics.as_ref().map(|metrics| metrics as &dyn TableSource);
    let mut options = LoadOptions::default();
    // What was public at an earlier load, and is not any more, leaves the database.
    options.withheld = visible.withheld.clone();

    let mut client = connect(url)?;
    let summary = load(&mut client, &visible.tables, metrics, &options, &())?;
    println!("{} steps brought the schema up to date", summary.migrations.len());
    for table in &summary.tables {
        println!("{}: {} rows, {} of them new or changed", table.table, table.rows, table.written);
    }
    Ok(())
}

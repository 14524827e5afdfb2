//! Loads a data home's master and metrics into PostgreSQL.
//!
//! ```sh
//! cargo run --example load_postgres -- DATA_HOME postgres://USER:PASSWORD@HOST/DATABASE
//! ```
//!
//! The first load makes the database schema `slack`; the next ones write what is new or has changed.

#![allow(clippy::print_stdout, reason = "an example shows what it did")]

use std::error::Error;

use slack_model::batch::DataHome;
use slack_model::{Folder, TableSource};
use slack_pg::{LoadOptions, connect, load};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [home, url] = arguments.as_slice() else {
        return Err("usage: load_postgres DATA_HOME POSTGRES_URL".into());
    };
    let home = DataHome::new(home);
    let master = Folder(home.master_csv());
    // Without metrics those in the database stay as they are; an empty folder would empty them.
    let metrics = Folder(home.metrics());
    let metrics = metrics.0.is_dir().then_some(&metrics as &dyn TableSource);

    let mut client = connect(url)?;
    let summary = load(&mut client, &master, metrics, &LoadOptions::default(), &())?;
    println!("{} steps brought the schema up to date", summary.migrations.len());
    for table in &summary.tables {
        println!("{}: {} rows, {} of them new or changed", table.table, table.rows, table.written);
    }
    Ok(())
}

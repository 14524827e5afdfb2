//! Loads a data home's public channels and their metrics into PostgreSQL.
//!
//! ```sh
//! cargo run --example load_postgres -- DATA_HOME postgres://USER:PASSWORD@HOST/DATABASE
//! ```
//!
//! The first load makes the database schema `slack`; the next ones write what is new or has changed.

#![allow(clippy::print_stdout, reason = "an example shows what it did")]

use std::error::Error;

use slack_model::Shown;
use slack_pg::{Database, LoadOptions, connect};
use slack_pipeline::Pipeline;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [home, url] = arguments.as_slice() else {
        return Err("usage: load_postgres DATA_HOME POSTGRES_URL".into());
    };
    let pipeline = Pipeline::open(home, &())?;
    let mut client = connect(url)?;
    // What was public at an earlier load, and is not any more, leaves the database.
    let mut database = Database::new(&mut client, LoadOptions::default());
    let summary = pipeline.load(&mut database, Shown::default())?;
    println!("{} steps brought the schema up to date", summary.migrations.len());
    for table in &summary.tables {
        println!("{}: {} rows, {} of them new or changed", table.table, table.rows, table.written);
    }
    Ok(())
}

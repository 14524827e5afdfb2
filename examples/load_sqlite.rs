//! Loads a data home's public channels and their metrics into an SQLite file, and asks it who posted most.
//!
//! ```sh
//! cargo run --example load_sqlite -- DATA_HOME slack.db
//! ```

#![allow(clippy::print_stdout, reason = "an example shows what it did")]

use std::error::Error;
use std::path::Path;

use slack_model::Shown;
use slack_pipeline::Pipeline;
use slack_sqlite::{Database, Reader, ValueRef, open};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [home, file] = arguments.as_slice() else {
        return Err("usage: load_sqlite DATA_HOME FILE".into());
    };
    let (pipeline, file) = (Pipeline::open(home, &())?, Path::new(file));
    let mut connection = open(file)?;
    // What was public at an earlier load, and is not any more, leaves the database.
    let summary = pipeline.load(&mut Database::new(&mut connection), Shown::default())?;
    let written: u64 = summary.tables.iter().map(|table| table.written).sum();
    println!("{}: {} tables, {written} rows new or changed", file.display(), summary.tables.len());

    let reader = Reader::open(file)?;
    let mut query = reader
        .query("SELECT user_name FROM v_top_posters WHERE month IS NULL AND rank <= ?1 ORDER BY rank")?;
    let mut rows = query.rows([3])?;
    while let Some(row) = rows.next()? {
        if let Some(Ok(ValueRef::Text(name))) = row.values().next() {
            println!("posted most: {}", String::from_utf8_lossy(name));
        }
    }
    Ok(())
}

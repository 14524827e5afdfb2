//! Loads a data home's master and metrics into an SQLite file, and asks it who posted most.
//!
//! ```sh
//! cargo run --example load_sqlite -- DATA_HOME slack.db
//! ```

#![allow(clippy::print_stdout, reason = "an example shows what it did")]

use std::error::Error;
use std::path::Path;

use slack_model::batch::DataHome;
use slack_model::{Folder, TableSource};
use slack_sqlite::{LoadOptions, Reader, ValueRef, load, open};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [home, file] = arguments.as_slice() else {
        return Err("usage: load_sqlite DATA_HOME FILE".into());
    };
    let (home, file) = (DataHome::new(home), Path::new(file));
    let master = Folder(home.master_csv());
    // Without metrics those in the database stay as they are; an empty folder would empty them.
    let metrics = Folder(home.metrics());
    let metrics = metrics.0.is_dir().then_some(&metrics as &dyn TableSource);

    let summary = load(&mut open(file)?, &master, metrics, &LoadOptions::default(), &())?;
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

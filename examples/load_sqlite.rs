//! Loads a data home's public channels and their metrics into an SQLite file, and asks it who posted most.
//!
//! ```sh
//! cargo run --example load_sqlite -- DATA_HOME slack.db
//! ```

#![allow(clippy::print_stdout, reason = "an example shows what it did")]

mod visible;

use std::error::Error;
use std::path::Path;

use slack_model::TableSource;
use slack_model::batch::DataHome;
use slack_sqlite::{LoadOptions, Reader, ValueRef, load, open};

use self::visible::visible;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [home, file] = arguments.as_slice() else {
        return Err("usage: load_sqlite DATA_HOME FILE".into());
    };
    let (home, file) = (DataHome::new(home), Path::new(file));
    let visible = visible(&home.master_csv())?;
    // Without metrics those in the database stay as they are; an empty folder would empty them.
    let has_metrics = home.metrics().is_dir();
    let metrics = has_metrics.then(|| visible.metrics(home.metrics(), &[])).transpose()?;
    let metrics = metrics.as_ref().map(|metrics| metrics as &dyn TableSource);
    let mut options = LoadOptions::default();
    // What was public at an earlier load, and is not any more, leaves the database.
    options.withheld = visible.withheld.clone();

    let summary = load(&mut open(file)?, &visible.tables, metrics, &options, &())?;
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

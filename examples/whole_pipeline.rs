//! The whole pipeline in one program: an export in; a report and an SQLite file out.
//!
//! ```sh
//! cargo run --example whole_pipeline -- export.zip DATA_HOME
//! ```

#![allow(clippy::print_stdout, reason = "an example shows what it did")]

use std::error::Error;

use slack_extract::OfficialExport;
use slack_model::Shown;
use slack_pipeline::{Pipeline, RunOptions};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [export, home] = arguments.as_slice() else {
        return Err("usage: whole_pipeline EXPORT DATA_HOME".into());
    };
    // Opens the data home, or makes it, and keeps others from writing to it.
    let pipeline = Pipeline::open(home, &())?;
    let run = pipeline.run(&mut OfficialExport::new(export), &RunOptions::default())?;
    println!(
        "batch {}: {} gaps; the report is {}",
        run.batch.id(),
        run.gaps,
        run.highlights.report.display()
    );

    // What others may see: public channels alone, measured by themselves.
    let mut connection = slack_sqlite::open(&pipeline.home().root().join("slack.db"))?;
    let loaded = pipeline.load(&mut slack_sqlite::Database::new(&mut connection), Shown::default())?;
    println!("{} tables in slack.db", loaded.tables.len());
    Ok(())
}

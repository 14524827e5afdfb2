//! An official Slack export becomes a batch, its tables, and a part of the master.
//!
//! ```sh
//! cargo run --example import_export -- EXPORT DATA_HOME
//! ```
//!
//! `EXPORT` is the folder or the zip that Slack made. Importing it once more changes nothing.

#![allow(clippy::print_stdout, reason = "an example shows what it did")]

use std::error::Error;

use slack_extract::{OfficialExport, Source};
use slack_merge::{MergeOptions, merge_folder};
use slack_model::batch::DataHome;
use slack_model::{Folder, TransformOptions, transform};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [export, home] = arguments.as_slice() else {
        return Err("usage: import_export EXPORT DATA_HOME".into());
    };
    let home = DataHome::new(home);
    // Another process that works in the data home would get in the way; it is told to wait.
    let _lock = home.lock("import_export")?;

    let capture = OfficialExport::new(export).capture(&home, &())?;
    let batch = &capture.batch;
    println!("batch {}: {} files, {} gaps", batch.id(), capture.stored, capture.gaps.len());

    let tables = transform(batch, &Folder(batch.csv()), &TransformOptions::default(), &())?;
    for (table, rows) in &tables.rows {
        println!("{table}: {rows} rows");
    }
    println!("{} records could not be read", tables.set_aside);

    let merged = merge_folder(&home.master_csv(), std::slice::from_ref(batch), &MergeOptions::default())?;
    for (table, change) in &merged.tables {
        println!("master {table}: {} rows, {} new, {} changed", change.rows, change.added, change.changed);
    }
    Ok(())
}

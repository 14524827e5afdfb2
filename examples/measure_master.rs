//! The metrics of a master's public channels, or of a batch's: all tables but one, in local time.
//!
//! ```sh
//! cargo run --example measure_master -- MASTER_CSV OUT
//! ```
//!
//! `MASTER_CSV` is the folder of the tables, such as `DATA_HOME/master/csv`; the metric tables go to `OUT`.

#![allow(clippy::print_stdout, reason = "an example shows what it did")]

mod visible;

use std::error::Error;
use std::path::Path;

use slack_metrics::{MetricOptions, measure};
use slack_model::Folder;

use self::visible::visible;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [master, out] = arguments.as_slice() else {
        return Err("usage: measure_master MASTER_CSV OUT".into());
    };
    if !Path::new(master).is_dir() {
        return Err(format!("{master} is no folder").into());
    }
    let mut options = MetricOptions::default();
    // Days and hours as the community lives them, and not the one table that grows with every message.
    options.timezone = Some("Europe/Berlin".into());
    options.skip = vec!["conversation_data".into()];

    let summary = measure(&visible(Path::new(master))?.tables, &Folder(out.into()), &options, &())?;
    println!("{} posts of {} users in {} channels", summary.posts, summary.users, summary.channels);
    for table in &summary.tables {
        println!("{}: {} rows", table.name, table.rows);
    }
    Ok(())
}

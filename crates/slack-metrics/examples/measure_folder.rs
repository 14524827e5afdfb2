//! Measures a folder of tables: `measure_folder MASTER_CSV METRICS [THREADS]`.

use std::error::Error;
use std::path::PathBuf;

use slack_metrics::{MetricOptions, measure};
use slack_model::Folder;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [tables, metrics, threads @ ..] = arguments.as_slice() else {
        return Err("want the folder of the tables and the folder of the metrics".into());
    };
    let mut options = MetricOptions::default();
    options.threads = threads.first().map(|threads| threads.parse()).transpose()?;
    measure(&Folder(PathBuf::from(tables)), &Folder(PathBuf::from(metrics)), &options, &())?;
    Ok(())
}

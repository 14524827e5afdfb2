//! The floor: reads the tables of a workspace as CSV and writes as many bytes as its metric tables have, as CSV, and
//! computes nothing. What is faster leaves something out.
//!
//! ```sh
//! cargo bench -p slack-metrics --bench floor -- TABLES OUT BYTES THREADS
//! ```
//!
//! `tests/peers/metrics.py` runs it in turn with the metrics.

#![allow(clippy::print_stdout, reason = "a program of its own")]

use std::error::Error;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use csv::{ByteRecord, ReaderBuilder, WriterBuilder};

/// The tables that metrics read, the largest first.
const TABLES: [&str; 5] =
    ["message_data.csv", "thread_data.csv", "reaction_data.csv", "user_data.csv", "channel_data.csv"];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [tables, out, bytes, threads] = arguments.as_slice() else {
        println!("floor: TABLES OUT BYTES THREADS");
        return Ok(());
    };
    let (tables, out) = (Path::new(tables), Path::new(out));
    let (bytes, threads): (u64, usize) = (bytes.parse()?, threads.parse()?);
    std::fs::create_dir_all(out)?;
    let mut read = 0;
    for table in TABLES {
        read += std::fs::metadata(tables.join(table))?.len();
    }
    let open = Mutex::new(TABLES.iter());
    let work = || -> csv::Result<()> {
        loop {
            let Some(table) = open.lock().unwrap_or_else(PoisonError::into_inner).next() else {
                return Ok(());
            };
            copy(&tables.join(table), &out.join(table), read, bytes)?;
        }
    };
    std::thread::scope(|scope| -> csv::Result<()> {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        work()?;
        others.into_iter().try_for_each(|other| other.join().unwrap_or(Ok(())))
    })?;
    Ok(())
}

/// Reads a table, and writes its records again and again, `bytes` for every `read` that are read.
fn copy(from: &Path, to: &Path, read: u64, bytes: u64) -> csv::Result<()> {
    let mut reader = ReaderBuilder::new().has_headers(false).buffer_capacity(1 << 17).from_path(from)?;
    let mut writer = WriterBuilder::new().buffer_capacity(1 << 17).from_path(to)?;
    let mut record = ByteRecord::new();
    let (mut owed, mut before) = (0u128, 0);
    while reader.read_byte_record(&mut record)? {
        let length = reader.position().byte() - before;
        before += length;
        owed += u128::from(length) * u128::from(bytes);
        while owed >= u128::from(length) * u128::from(read) {
            writer.write_byte_record(&record)?;
            owed -= u128::from(length) * u128::from(read);
        }
    }
    writer.flush()?;
    Ok(())
}

//! Slack analytics' tables and metrics as JSON Lines: a file for each table, an object for each row.
//!
//! Whole numbers and decimals are numbers (decimals with the digits of the table), `true` and `false` are such, and no value is
//! `null`; all else is a text: ids, timestamps, instants in RFC 3339. Each load writes every file again, and each file takes the
//! place of the older one as a whole. So what is withheld from a load is in no file after it, which is all that a store must
//! see to. A value that is not of its column's kind is `null`, and counted.
//!
//! ```
//! use slack_jsonl::JsonLines;
//! use slack_model::MemoryTables;
//! use slack_store::{Input, Store};
//!
//! let folder = tempfile::tempdir()?;
//! let master = MemoryTables::default();
//! master.insert("user_data", "id,name,tz_offset,known\nU1,ann,3600,true\n");
//! JsonLines::new(folder.path()).load(&Input::new(&master, None), &())?;
//! let users = std::fs::read_to_string(folder.path().join("user_data.jsonl"))?;
//! assert!(users.starts_with(r#"{"id":"U1","name":"ann","#) && users.contains(r#""tz_offset":3600"#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod value;

use std::fs;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use slack_model::atomic::AtomicFile;
use slack_model::{Progress, RawReader, RawRecord, Schema, Step};
use slack_store::{Input, Job, LoadSummary, Store, TableLoad};

use self::value::{Changes, write_value};

/// A folder of JSON Lines.
#[derive(Debug, Clone)]
pub struct JsonLines {
    folder: PathBuf,
}

/// Why a table cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Its file cannot be read, or the folder not be made.
    #[error(transparent)]
    Model(#[from] slack_model::Error),
    /// Its file cannot be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
}

/// Rows between two reports of progress.
const REPORT_EVERY: u64 = 1 << 14;

impl JsonLines {
    /// A folder, which is made where there is none.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    fn path(&self, schema: &Schema) -> PathBuf {
        self.folder.join(format!("{}.jsonl", schema.name))
    }

    /// Writes a table's file; a table without a file leaves an empty one.
    fn write(&self, job: &Job<'_>, progress: &dyn Progress) -> Result<TableLoad, Error> {
        let path = self.path(&job.schema);
        let failed = |source| Error::Write { path: path.clone(), source };
        let mut output = BufWriter::with_capacity(1 << 17, AtomicFile::create(&path)?);
        let (mut load, mut changes) = (TableLoad::of(job.schema.name), Changes::default());
        if let Some(mut rows) = RawReader::open(job.source, &job.schema)? {
            let mut line = Vec::new();
            while let Some(row) = rows.read()? {
                line.clear();
                write_row(&job.schema, &row, &mut line, &mut changes);
                output.write_all(&line).map_err(failed)?;
                load.rows += 1;
                if load.rows.is_multiple_of(REPORT_EVERY) {
                    progress.report(Step::new(job.schema.name, load.rows, None));
                }
            }
        }
        output.flush().map_err(failed)?;
        output.into_inner().map_err(|error| failed(error.into_error()))?.commit()?;
        (load.sent, load.written) = (load.rows, load.rows);
        (load.no_utf8, load.unreadable) = (changes.no_utf8, changes.unreadable);
        progress.report(Step::new(job.schema.name, load.rows, Some(load.rows)));
        Ok(load)
    }
}

impl Store for JsonLines {
    type Error = Error;

    /// Writes a file for each table. Where it fails, tables before the one at hand are new and the others as they were.
    fn load(&mut self, input: &Input<'_>, progress: &dyn Progress) -> Result<LoadSummary, Error> {
        fs::create_dir_all(&self.folder)
            .map_err(|error| slack_model::Error::io("make", &self.folder, error))?;
        let mut summary = LoadSummary::default();
        for job in input.jobs() {
            summary.tables.push(self.write(&job, progress)?);
        }
        Ok(summary)
    }
}

/// Appends a row as an object in one line.
fn write_row(schema: &Schema, row: &RawRecord<'_>, line: &mut Vec<u8>, changes: &mut Changes) {
    for (at, column) in schema.columns.iter().enumerate() {
        line.extend_from_slice(if at == 0 { b"{\"" } else { b",\"" });
        line.extend_from_slice(column.name.as_bytes());
        line.extend_from_slice(b"\":");
        write_value(column.kind, &row.field(at), line, changes);
    }
    line.extend_from_slice(b"}\n");
}

//! Where tables are read from and written to: a folder of CSV files, or memory.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use super::Schema;
use crate::atomic::AtomicFile;
use crate::error::{Error, Result};

/// Where a stage's tables come from.
pub trait TableSource: Sync {
    /// Opens a table; `None` where there is no such table, which counts as empty.
    fn open(&self, schema: &Schema) -> Result<Option<Box<dyn Read + Send>>>;
}

/// Where a stage's tables go.
pub trait TableSink: Sync {
    /// What a table is written to.
    type Output: Write + Send;

    /// Begins a table.
    fn create(&self, schema: &Schema) -> Result<Self::Output>;

    /// Completes a table: only now readers see it.
    fn finish(&self, schema: &Schema, output: Self::Output) -> Result<()>;
}

/// A folder with a CSV file for each table.
#[derive(Debug, Clone)]
pub struct Folder(pub PathBuf);

impl TableSource for Folder {
    fn open(&self, schema: &Schema) -> Result<Option<Box<dyn Read + Send>>> {
        let path = self.0.join(schema.file_name());
        match File::open(&path) {
            Ok(file) => Ok(Some(Box::new(file))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io("open", &path, error)),
        }
    }
}

impl TableSink for Folder {
    type Output = AtomicFile;

    fn create(&self, schema: &Schema) -> Result<AtomicFile> {
        AtomicFile::create(&self.0.join(schema.file_name()))
    }

    fn finish(&self, _: &Schema, output: AtomicFile) -> Result<()> {
        output.commit()
    }
}

/// Tables in memory, by name.
#[derive(Debug, Default)]
pub struct MemoryTables(Mutex<BTreeMap<&'static str, Vec<u8>>>);

impl MemoryTables {
    /// Puts a table's CSV in, in place of an older one.
    pub fn insert(&self, table: &'static str, csv: impl Into<Vec<u8>>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(table, csv.into());
    }

    /// A table's CSV.
    pub fn get(&self, table: &str) -> Option<Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(table).cloned()
    }

    /// The names of the tables.
    pub fn names(&self) -> Vec<&'static str> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).keys().copied().collect()
    }
}

impl TableSource for MemoryTables {
    fn open(&self, schema: &Schema) -> Result<Option<Box<dyn Read + Send>>> {
        Ok(self.get(schema.name).map(|bytes| Box::new(io::Cursor::new(bytes)) as _))
    }
}

impl TableSink for MemoryTables {
    type Output = Vec<u8>;

    fn create(&self, _: &Schema) -> Result<Vec<u8>> {
        Ok(Vec::new())
    }

    fn finish(&self, schema: &Schema, output: Vec<u8>) -> Result<()> {
        self.insert(schema.name, output);
        Ok(())
    }
}

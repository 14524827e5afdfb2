//! Where tables are read from and written to: a folder of CSV files, or memory.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::Schema;
use crate::atomic::AtomicFile;
use crate::error::{Error, Result};

/// Where a stage's tables come from.
pub trait TableSource: Sync {
    /// Opens a table; `None` where there is no such table, which counts as empty.
    fn open(&self, schema: &Schema) -> Result<Option<Box<dyn Read + Send>>>;

    /// Opens a table at a byte of its file; `None` where there is no such table. By default reads up to there.
    fn open_at(&self, schema: &Schema, byte: u64) -> Result<Option<Box<dyn Read + Send>>> {
        let Some(mut input) = self.open(schema)? else { return Ok(None) };
        let before = io::copy(&mut input.by_ref().take(byte), &mut io::sink());
        before.map_err(|error| Error::csv(&self.name_of(schema), error.into()))?;
        Ok(Some(input))
    }

    /// Number of bytes of a table's file; `None` where there is no such table or its length is not known, as by default.
    fn length(&self, _: &Schema) -> Result<Option<u64>> {
        Ok(None)
    }

    /// What messages call a table of this source: by default the name of its file, which does not say whose it is.
    fn name_of(&self, schema: &Schema) -> String {
        schema.file_name()
    }
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

    fn open_at(&self, schema: &Schema, byte: u64) -> Result<Option<Box<dyn Read + Send>>> {
        let path = self.0.join(schema.file_name());
        let opened = File::open(&path).and_then(|mut file| file.seek(SeekFrom::Start(byte)).map(|_| file));
        match opened {
            Ok(file) => Ok(Some(Box::new(file))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io("open", &path, error)),
        }
    }

    fn length(&self, schema: &Schema) -> Result<Option<u64>> {
        let path = self.0.join(schema.file_name());
        match std::fs::metadata(&path) {
            Ok(metadata) => Ok(Some(metadata.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io("open", &path, error)),
        }
    }

    fn name_of(&self, schema: &Schema) -> String {
        self.0.join(schema.file_name()).display().to_string()
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

/// A folder for tables that can be made again, such as metrics: each appears whole, and nobody waits for the disk.
#[derive(Debug, Clone)]
pub struct DerivedFolder(pub PathBuf);

impl TableSink for DerivedFolder {
    type Output = AtomicFile;

    fn create(&self, schema: &Schema) -> Result<AtomicFile> {
        AtomicFile::create_derived(&self.0.join(schema.file_name()))
    }

    fn finish(&self, _: &Schema, output: AtomicFile) -> Result<()> {
        output.commit()
    }
}

/// Tables in memory, by name.
#[derive(Debug, Default)]
pub struct MemoryTables(Mutex<BTreeMap<&'static str, Arc<Vec<u8>>>>);

impl MemoryTables {
    /// Puts a table's CSV in, in place of an older one.
    pub fn insert(&self, table: &'static str, csv: impl Into<Vec<u8>>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(table, Arc::new(csv.into()));
    }

    /// A table's CSV.
    pub fn get(&self, table: &str) -> Option<Vec<u8>> {
        self.shared(table).map(|csv| csv.to_vec())
    }

    fn shared(&self, table: &str) -> Option<Arc<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(table).cloned()
    }

    /// The names of the tables.
    pub fn names(&self) -> Vec<&'static str> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).keys().copied().collect()
    }
}

/// A table's bytes, which a reader shares with the tables.
struct Shared(Arc<Vec<u8>>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl TableSource for MemoryTables {
    fn open(&self, schema: &Schema) -> Result<Option<Box<dyn Read + Send>>> {
        self.open_at(schema, 0)
    }

    fn open_at(&self, schema: &Schema, byte: u64) -> Result<Option<Box<dyn Read + Send>>> {
        Ok(self.shared(schema.name).map(|csv| {
            let mut cursor = io::Cursor::new(Shared(csv));
            cursor.set_position(byte);
            Box::new(cursor) as _
        }))
    }

    fn length(&self, schema: &Schema) -> Result<Option<u64>> {
        Ok(self.shared(schema.name).map(|csv| csv.len() as u64))
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

//! Tables of a folder, read and written as a whole.

use std::borrow::Borrow;
use std::fs;
use std::path::Path;

use slack_model::{DerivedFolder, Folder, Table, TableReader, TableSink, TableWriter};

use crate::error::Result;

/// All rows of a table; none where it is not there.
pub(crate) fn read_table<T: Table>(tables: &Folder) -> Result<Vec<T>> {
    let table = TableReader::open(tables, &T::SCHEMA)?;
    Ok(table.map(|table| table.rows().collect()).transpose()?.unwrap_or_default())
}

/// Writes a table that can be made again. The rows are in the order of their keys.
pub(crate) fn write_table<T: Table>(
    folder: &Path,
    rows: impl IntoIterator<Item = impl Borrow<T>>,
) -> Result<()> {
    fs::create_dir_all(folder).map_err(|error| slack_model::Error::io("make", folder, error))?;
    let sink = DerivedFolder(folder.into());
    let mut writer = TableWriter::new(sink.create(&T::SCHEMA)?, &T::SCHEMA)?;
    rows.into_iter().try_for_each(|row| writer.write_row(row.borrow()))?;
    sink.finish(&T::SCHEMA, writer.finish()?.0)?;
    Ok(())
}

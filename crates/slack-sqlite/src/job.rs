use slack_model::line_at;

use crate::catalog::TargetTable;
use crate::error::{Error, Result};
use crate::prepare::TableInput;

/// A table to load.
pub(crate) struct Job<'s> {
    pub(crate) table: TargetTable,
    pub(crate) of: slack_store::Job<'s>,
    /// Whether the table holds nothing yet.
    pub(crate) is_empty: bool,
}

impl Job<'_> {
    /// The line of the table's file on which a byte stands.
    pub(crate) fn line_at(&self, byte: u64) -> Result<u64> {
        line_at(self.of.source, &self.of.schema, byte).map_err(|source| self.unreadable(source))
    }

    /// Opens the table's file; `None` where there is none.
    pub(crate) fn open(&self) -> Result<Option<TableInput<'_>>> {
        let input = self.of.source.open(&self.of.schema).map_err(|source| self.unreadable(source))?;
        let name = || self.of.source.name_of(&self.of.schema);
        input.map(|input| TableInput::new(&self.table, input, name())).transpose()
    }

    pub(crate) fn unreadable(&self, source: slack_model::Error) -> Error {
        Error::Read { table: self.table.name, source }
    }
}

use slack_model::{Schema, TableSource, line_at};

use crate::catalog::TargetTable;
use crate::error::{Error, Result};
use crate::prepare::Input;

/// A table to load.
pub(crate) struct Job<'s> {
    pub(crate) table: TargetTable,
    pub(crate) source: &'s dyn TableSource,
    pub(crate) rows: Rows,
    /// Whether the table holds nothing yet.
    pub(crate) is_empty: bool,
}

impl Job<'_> {
    /// The line of the table's file on which a byte stands.
    pub(crate) fn line_at(&self, byte: u64) -> Result<u64> {
        line_at(self.source, &file_of(self.table.name), byte).map_err(|source| self.unreadable(source))
    }

    /// What messages call the table's file.
    pub(crate) fn file_name(&self) -> String {
        self.source.name_of(&file_of(self.table.name))
    }

    /// Opens the table's file; `None` where there is none.
    pub(crate) fn open(&self) -> Result<Option<Input<'_>>> {
        let input = self.source.open(&file_of(self.table.name)).map_err(|source| self.unreadable(source))?;
        input.map(|input| Input::new(&self.table, input, self.file_name())).transpose()
    }

    fn unreadable(&self, source: slack_model::Error) -> Error {
        Error::Read { table: self.table.name, source }
    }
}

/// What becomes of rows that the input lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rows {
    /// They stay.
    Merge,
    /// They are deleted.
    Replace,
}

/// A source looks at a table's name alone; the columns are matched by the header.
fn file_of(table: &'static str) -> Schema {
    Schema::selected(table, &[], &[])
}

use serde::Serialize;
use slack_model::{ChannelId, line_at};

use crate::input::Job;

/// What a load did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadSummary {
    /// The versions that the schema was brought to first.
    pub migrations: Vec<i32>,
    /// Each table that was loaded, in that order.
    pub tables: Vec<TableLoad>,
    /// What left the store first.
    pub withdrawn: Withdrawn,
}

/// What a load did to a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TableLoad {
    /// The table.
    #[serde(skip)]
    pub table: &'static str,
    /// Rows of the input.
    pub rows: u64,
    /// Rows that had to be sent or compared, as the store was not known to hold them.
    pub sent: u64,
    /// Rows of the store that were new or changed.
    pub written: u64,
    /// Rows of a metric table that were there and are in the input no more, and rows of folders that are known to be
    /// channels by now.
    pub deleted: u64,
    /// NUL characters left out, which the store's texts cannot hold, or take for their end.
    pub nul_characters: u64,
    /// Bytes that are not UTF-8, given as U+FFFD.
    pub no_utf8: u64,
    /// Values that are not of their column's type, left empty.
    pub unreadable: u64,
    /// Rows that were not loaded: a value that must be there is not of its column's type, or too long.
    pub refused: u64,
    /// Why, for the first of them: the line of the file, and the column.
    pub refusals: Vec<String>,
    /// Columns of the input that the store has no place for.
    pub unknown_columns: Vec<String>,
}

impl TableLoad {
    /// A table that was loaded so far with nothing.
    pub fn of(table: &'static str) -> Self {
        Self { table, ..Self::default() }
    }
}

/// What was public when it was loaded, and left the store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Withdrawn {
    /// The conversations, each with its name.
    pub channels: Vec<(ChannelId, String)>,
    /// Rows of all tables of the contract.
    pub rows: u64,
}

/// Why a row was not loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "stores must tell each apart")]
pub enum Reason {
    /// The column needs a value, and this one is not of its type.
    Unreadable,
    /// The text is longer than the store takes.
    TooLong,
}

/// A row that was not loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "a place and a reason")]
pub struct RejectedRow {
    /// The byte of the file at which the row begins.
    pub byte: u64,
    /// The column.
    pub column: String,
    /// Why.
    pub reason: Reason,
}

impl RejectedRow {
    /// Rows that were not loaded are told one by one up to this number.
    pub const MOST_TOLD: usize = 20;

    /// The row, as a person looks for it: file, line, column, and why.
    ///
    /// # Errors
    ///
    /// Where the table's file cannot be read again.
    pub fn describe(&self, job: &Job<'_>) -> slack_model::Result<String> {
        let line = line_at(job.source, &job.schema, self.byte)?;
        let why = match self.reason {
            Reason::Unreadable => "is missing or no value of its type",
            Reason::TooLong => "is too long",
        };
        Ok(format!("{}, line {line}: {} {why}", job.source.name_of(&job.schema), self.column))
    }
}

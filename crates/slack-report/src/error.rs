use std::io;

/// Why a report cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A table cannot be read.
    #[error("cannot read the tables that the report is made of")]
    Table(#[from] slack_model::Error),
    /// The options or the tables name a time zone that IANA's database does not have.
    #[error("there is no time zone {name:?}")]
    UnknownZone {
        /// The name.
        name: String,
    },
    /// A table's date is no date.
    #[error("{table}: {found:?} is no date as in 2024-03-01")]
    Date {
        /// The table.
        table: &'static str,
        /// What stands there.
        found: String,
    },
    /// The page cannot be written.
    #[error("cannot write the report")]
    Write(#[source] io::Error),
}

/// The crate's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

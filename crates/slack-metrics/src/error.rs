/// What can go wrong while a workspace is measured, with the place where it did.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A table could not be read, or a metric table not be completed.
    #[error(transparent)]
    Table(#[from] slack_model::Error),
    /// A field of a table is not what its column holds.
    #[error("{table}, line {line}: {found:?} in column {column} is not {wanted}")]
    Field {
        /// The table.
        table: &'static str,
        /// The line of the file, counted from 1.
        line: u64,
        /// The column.
        column: &'static str,
        /// What the column holds.
        wanted: &'static str,
        /// What stands there.
        found: String,
    },
    /// A table is not sorted by its key, or holds a key twice.
    #[error("{table}, line {line}: the row is out of order or there twice")]
    Unsorted {
        /// The table.
        table: &'static str,
        /// The line of the file, counted from 1.
        line: u64,
    },
    /// A table has an empty line among its records.
    #[error("{table}, line {line}: the line is empty")]
    EmptyLine {
        /// The table.
        table: &'static str,
        /// The line of the file, counted from 1.
        line: u64,
    },
    /// A record of a table is longer than 4 GB.
    #[error("{table}, byte {byte}: the record is too long")]
    TooLong {
        /// The table.
        table: &'static str,
        /// The byte of the file at which the record begins.
        byte: u64,
    },
    /// A table could not be read.
    #[error("cannot read {table}")]
    Read {
        /// The table.
        table: &'static str,
        /// Why not.
        source: std::io::Error,
    },
    /// A table was written to while it was measured.
    #[error("{table} changed while it was read")]
    Changed {
        /// The table.
        table: &'static str,
    },
    /// The memory that may be used is not enough.
    #[error("{needed} bytes of memory are needed at the least, {given} may be used")]
    Memory {
        /// Bytes that cannot be done without.
        needed: u64,
        /// Bytes that may be used.
        given: u64,
    },
    /// What outgrew memory could not be put aside, or not be read again.
    #[error("cannot put aside what {table} keeps")]
    Spill {
        /// The metric table.
        table: &'static str,
        /// Why not.
        source: std::io::Error,
    },
    /// A metric table could not be written.
    #[error("cannot write {table}")]
    Write {
        /// The metric table.
        table: &'static str,
        /// Why not.
        source: std::io::Error,
    },
    /// A metric wrote a row that has not as many fields as its table has columns.
    #[error("metric {table} wrote a row of {found} fields, its table has {wanted} columns")]
    Columns {
        /// The metric table.
        table: &'static str,
        /// Number of columns of the table.
        wanted: usize,
        /// Number of fields of the row.
        found: usize,
    },
    /// No metric writes a table of this name.
    #[error("there is no metric table {name:?} (known are {known})")]
    UnknownTable {
        /// The name that was asked for.
        name: String,
        /// The names of all tables.
        known: String,
    },
    /// Two metrics write a table of the same name.
    #[error("two metrics write the table {table}")]
    TwiceNamed {
        /// The name.
        table: &'static str,
    },
    /// IANA's database has no time zone of this name.
    #[error("there is no time zone {name:?} (want a name such as Europe/Berlin)")]
    UnknownZone {
        /// The name that was asked for.
        name: String,
    },
    /// The table of time zones and countries cannot be read.
    #[error("the table of time zones cannot be read")]
    Zones {
        /// Why not.
        source: csv::Error,
    },
}

/// The crate's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

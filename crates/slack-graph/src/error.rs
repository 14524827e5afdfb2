use std::io;

/// Why a graph cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A table cannot be read.
    #[error("cannot read the graph's tables")]
    Table(#[from] slack_model::Error),
    /// Two rows of a table have the same key.
    #[error("{table}: the row of key ({key}) is there twice")]
    Duplicate {
        /// The table.
        table: &'static str,
        /// The key.
        key: String,
    },
    /// An edge leads from or to something that node_data does not hold.
    #[error("{table}: the edge of key ({key}) ends in {end}, which is not in node_data")]
    UnknownEnd {
        /// The table.
        table: &'static str,
        /// The edge's key: source, target, relation, channel.
        key: String,
        /// The id that is no node.
        end: String,
    },
    /// A table of what was measured of a network cannot be written, or not be read again.
    #[error(transparent)]
    Measures(slack_model::Error),
    /// A graph cannot be written.
    #[error("cannot write the graph as {format}")]
    Write {
        /// The format.
        format: &'static str,
        /// Why not.
        source: io::Error,
    },
}

/// The crate's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

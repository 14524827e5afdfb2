use std::path::PathBuf;

use slack_model::{BatchId, ChannelId, TeamId};

/// What can go wrong in a merge. The old master is whole after each of these.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A table could not be read or written.
    #[error(transparent)]
    Table(#[from] slack_model::Error),
    /// A file or folder of the master could not be used.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A table's rows are not in the order of its key, or a key is there twice: nothing can be merged with it.
    #[error("{file}, line {line}: the row of key ({key}) is out of order or there twice")]
    Unsorted {
        /// The table's file, as its source names it.
        file: String,
        /// The line on which the row begins, counted from 1.
        line: u64,
        /// The row's key.
        key: String,
    },
    /// The batch has no tables.
    #[error("batch {0} has no tables yet; transform it first")]
    NoTables(BatchId),
    /// The operator says that a folder is another channel than the one that its rows stand under.
    #[error(
        "folder {alias} is joined with channel {joined} in the master, and {channel} in the operator's list; a rebuilt \
         master follows the list"
    )]
    OtherChannel {
        /// The folder's id.
        alias: ChannelId,
        /// The channel of the master.
        joined: ChannelId,
        /// The operator's.
        channel: ChannelId,
    },
    /// The operator says that a channel that a list names is another one.
    #[error("channel {alias} is named by a list and cannot be joined with {channel}")]
    ListedAlias {
        /// The listed channel.
        alias: ChannelId,
        /// The other one.
        channel: ChannelId,
    },
    /// The operator's list goes round in a circle.
    #[error("the operator's list of aliases leads from {alias} back to itself")]
    CircularAlias {
        /// A channel of the circle.
        alias: ChannelId,
    },
    /// The batch is of another workspace than the master.
    #[error(
        "batch {id} is of workspace {batch}, the master of {master}; give each workspace a data home of its own, \
         and remove the batch's folder from this one"
    )]
    OtherTeam {
        /// The batch.
        id: BatchId,
        /// The batch's workspace.
        batch: TeamId,
        /// The master's.
        master: TeamId,
    },
}

/// The crate's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

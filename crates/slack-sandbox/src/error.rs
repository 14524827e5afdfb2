use std::io;
use std::path::{Path, PathBuf};

/// Why a workspace could not be read, a sandbox not be started or a text not be understood.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder of an export could not be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file of an export could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file of an export is not the JSON that it should be.
    #[error("{} is not the JSON of an export", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// Where it breaks off, and how.
        source: serde_json::Error,
    },
    /// The folder holds nothing of an export.
    #[error("{} is no official export (neither users.json nor channels.json)", path.display())]
    NoExport {
        /// The folder.
        path: PathBuf,
    },
    /// A text is no fault's rule.
    #[error("{spec:?} is no fault's rule, expected {expected}")]
    Fault {
        /// The text.
        spec: String,
        /// What should stand in it.
        expected: &'static str,
    },
    /// The server could not be started.
    #[error("cannot listen on 127.0.0.1:{port}")]
    Listen {
        /// The port asked for; 0 for any.
        port: u16,
        /// Why not.
        source: io::Error,
    },
}

impl Error {
    pub(crate) fn read(path: &Path, source: io::Error) -> Self {
        Self::Read { path: path.into(), source }
    }

    pub(crate) fn json(path: &Path, source: serde_json::Error) -> Self {
        Self::Json { path: path.into(), source }
    }
}

/// The crate's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

use std::path::{Path, PathBuf};

use super::metadata::Metadata;
use crate::error::{Error, Result};
use crate::rows::Batch;
use crate::table::Table;
use crate::ts::{BatchId, Ts};

/// The folder of a batch: one extraction, or one import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchFolder {
    root: PathBuf,
    id: BatchId,
}

impl BatchFolder {
    /// The batch `id` in the folder `root`, which need not bear the batch's name.
    pub fn new(root: PathBuf, id: BatchId) -> Self {
        Self { root, id }
    }

    /// The batch.
    pub fn id(&self) -> BatchId {
        self.id
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Slack's answers, one file a request.
    pub fn api(&self) -> PathBuf {
        self.root.join("api")
    }

    /// An imported export, as Slack made it.
    pub fn export(&self) -> PathBuf {
        self.root.join("export")
    }

    /// Hosted files.
    pub fn files(&self) -> PathBuf {
        self.root.join("files")
    }

    /// What the batch says about itself.
    pub fn metadata(&self) -> PathBuf {
        self.root.join("metadata")
    }

    /// The batch's tables.
    pub fn csv(&self) -> PathBuf {
        self.root.join("csv")
    }

    /// Whether anything was captured: an extraction whose token was refused, or was another workspace's, leaves
    /// nothing but who the token is.
    pub fn has_pages(&self) -> bool {
        let methods = std::fs::read_dir(self.api()).into_iter().flatten().flatten();
        methods.into_iter().any(|method| method.file_name() != "auth.test") || self.export().is_dir()
    }

    /// When the batch's raw pages were removed; `None` where they never were.
    ///
    /// # Errors
    ///
    /// Where the metadata cannot be read.
    pub fn pruned_at(&self) -> Result<Option<String>> {
        let at = Metadata::read(&self.metadata())?.get(Metadata::PRUNED_AT).to_owned();
        Ok(Some(at).filter(|at| !at.is_empty()))
    }

    /// Makes the batch one whose tables are still to be made: its pages change.
    ///
    /// # Errors
    ///
    /// Where the file that tells cannot be removed.
    pub fn forget_tables(&self) -> Result<()> {
        let told = self.csv().join(Batch::SCHEMA.file_name());
        match std::fs::remove_file(&told) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::io("remove", &told, error))
            }
            _ => Ok(()),
        }
    }

    /// Whether the batch's tables are made. The table about the batch itself is written last.
    pub fn is_transformed(&self) -> bool {
        self.csv().join(Batch::SCHEMA.file_name()).is_file()
    }

    /// The batch's metrics and graph.
    pub fn metrics(&self) -> PathBuf {
        self.root.join("metrics")
    }

    /// Where the answer to a request lies, below the batch's folder.
    ///
    /// The keys of the request are in the path: `api/conversations.replies/C1/1600000000.000100-00001.json`.
    /// `object` is the id of what was asked for, mostly a channel. `page` counts from 1; a request that has no pages is page 1.
    pub fn page(method: &str, object: Option<&str>, thread: Option<Ts>, page: u32) -> PathBuf {
        let mut path = Path::new("api").join(method);
        if let Some(object) = object {
            path.push(object);
        }
        path.push(match thread {
            Some(thread) => format!("{thread}-{page:05}.json"),
            None => format!("{page:05}.json"),
        });
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requests_keys_are_in_its_path() {
        let page = |method, object, thread, page| {
            BatchFolder::page(method, object, thread, page).to_string_lossy().replace('\\', "/")
        };
        assert_eq!(page("users.list", None, None, 1), "api/users.list/00001.json");
        assert_eq!(
            page("conversations.history", Some("C012AB"), None, 3),
            "api/conversations.history/C012AB/00003.json"
        );
        assert_eq!(
            page("conversations.replies", Some("C012AB"), Ts::parse(b"1600000000.000100"), 1),
            "api/conversations.replies/C012AB/1600000000.000100-00001.json"
        );
    }
}

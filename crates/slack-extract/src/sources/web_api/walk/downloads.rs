//! The bytes of the files that pages show.

use std::fs;
use std::path::{Path, PathBuf};

use futures_util::stream::{self, Stream, StreamExt};
use slack_model::{Step, shown_files};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_stream::wrappers::UnboundedReceiverStream;

use super::engine::Walk;
use crate::error::{Error, Result};
use crate::sources::web_api::download::Downloads;
use crate::sources::web_api::http::SlackApi;
use crate::sources::web_api::methods::{CONVERSATIONS_HISTORY, CONVERSATIONS_REPLIES, DOWNLOAD, FILES_INFO};

/// The methods, beside the list of files, whose pages show files.
const SHOWING: [&str; 3] = [CONVERSATIONS_HISTORY, CONVERSATIONS_REPLIES, FILES_INFO];

impl<A: SlackApi> Walk<'_, A> {
    /// Fetches the files of each page of the list of files while the walk goes on.
    pub(super) async fn listed_downloads(&self, pages: UnboundedReceiver<PathBuf>) -> Result<()> {
        let Some(downloads) = &self.downloads else { return Ok(()) };
        self.download_from(downloads, UnboundedReceiverStream::new(pages).map(Ok)).await
    }

    /// Fetches what messages and single files show and no list did, after the walk. The pages on the disk are gone
    /// through, so that nothing about files is kept in memory meanwhile.
    pub(super) async fn other_downloads(&self) -> Result<()> {
        let Some(downloads) = &self.downloads else { return Ok(()) };
        let api = self.caller.archive().batch().api();
        for method in SHOWING {
            for folder in entries(&api.join(method))? {
                self.download_from(downloads, stream::iter(entries(&folder?)?)).await?;
            }
        }
        downloads
            .note_unplaced(|file| self.is_gone(FILES_INFO, file) || self.caller.is_gone(FILES_INFO, file))?;
        downloads.sync()
    }

    async fn download_from(
        &self,
        downloads: &Downloads<'_, A>,
        pages: impl Stream<Item = Result<PathBuf>>,
    ) -> Result<()> {
        let files = pages.flat_map(|page| {
            let body = page.and_then(|page| fs::read(&page).map_err(|error| Error::io("read", &page, error)));
            let (files, error) = match body {
                Ok(body) => (shown_files(&body), None),
                Err(error) => (Vec::new(), Some(Err(error))),
            };
            let files = files.into_iter().filter(|file| downloads.claim(file)).map(Ok);
            stream::iter(files.chain(error).collect::<Vec<_>>())
        });
        let fetches = files.map(|file| async { downloads.fetch(&file?).await });
        let mut fetches = std::pin::pin!(fetches.buffer_unordered(self.options.parallel.max(1)));
        while let Some(fetched) = fetches.next().await {
            fetched?;
            self.progress.report(Step::new(DOWNLOAD, self.caller.n_files(), None));
        }
        Ok(())
    }
}

/// What lies in a folder, in no order; nothing where there is no such folder. It is read as it is gone through.
fn entries(folder: &Path) -> Result<impl Iterator<Item = Result<PathBuf>> + use<>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => Some(entries),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(Error::io("list", folder, error)),
    };
    let folder = folder.to_owned();
    let paths = entries.into_iter().flatten().map(move |entry| match entry {
        Ok(entry) => Ok(entry.path()),
        Err(error) => Err(Error::io("list", &folder, error)),
    });
    Ok(paths.filter(|path| path.as_ref().map_or(true, |path| is_page(path) || path.is_dir())))
}

/// Whether a file is a page, and not one that was set aside or is being written.
fn is_page(path: &Path) -> bool {
    let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    !is_hidden && path.extension().is_some_and(|extension| extension == "json")
}

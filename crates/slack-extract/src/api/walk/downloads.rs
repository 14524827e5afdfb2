//! The bytes of the files that pages show.

use std::fs;
use std::path::PathBuf;

use futures_util::stream::{self, Stream, StreamExt};
use slack_model::{Step, shown_files};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_stream::wrappers::UnboundedReceiverStream;

use super::Walk;
use crate::api::download::{DOWNLOAD, Downloads};
use crate::api::http::SlackApi;
use crate::error::{Error, Result};

/// The methods, beside the list of files, whose pages show files.
const SHOWING: [&str; 3] = ["conversations.history", "conversations.replies", "files.info"];

impl<A: SlackApi> Walk<'_, A> {
    /// Fetches the files of each page of the list of files while the walk goes on.
    pub(super) async fn listed_downloads(&self, pages: UnboundedReceiver<PathBuf>) -> Result<()> {
        let Some(downloads) = &self.downloads else { return Ok(()) };
        self.download_from(downloads, UnboundedReceiverStream::new(pages)).await
    }

    /// Fetches what messages and single files show and no list did, after the walk. The pages on the disk are gone
    /// through, so that nothing about files is kept in memory meanwhile.
    pub(super) async fn other_downloads(&self) -> Result<()> {
        let Some(downloads) = &self.downloads else { return Ok(()) };
        let api = self.caller.archive().batch().api();
        let folders = SHOWING.into_iter().flat_map(move |method| entries(api.join(method)));
        self.download_from(downloads, stream::iter(folders.flat_map(entries))).await
    }

    async fn download_from(
        &self,
        downloads: &Downloads<'_, A>,
        pages: impl Stream<Item = PathBuf>,
    ) -> Result<()> {
        let files = pages.flat_map(|page| {
            let body = fs::read(&page).map_err(|error| Error::io("read", &page, error));
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

/// What lies in a folder, in no order; nothing where there is no such folder.
fn entries(folder: PathBuf) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder).into_iter().flatten().filter_map(|entry| {
        let path = entry.ok()?.path();
        let is_hidden = path.file_name()?.as_encoded_bytes().starts_with(b".");
        let is_page = path.extension().is_some_and(|extension| extension == "json");
        (!is_hidden && (is_page || path.is_dir())).then_some(path)
    })
}

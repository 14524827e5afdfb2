//! The batch as the place where answers go, and where a resumed capture finds them again.

use std::collections::HashSet;
use std::fs;
use std::sync::Mutex;

use slack_model::batch::{BatchFolder, BatchWriter, Request, RequestStatus, RowLog};
use slack_model::{Envelope, Ts};

use super::api_request::ApiRequest;
use crate::error::{Error, Result};
use crate::hash::digest;
use crate::sources::web_api::lock::lock;
use crate::sources::web_api::methods::DOWNLOAD;

/// The pages of a batch and the log of its requests. There is no other state: what is on the disk says how far a
/// capture has come.
pub(crate) struct Archive {
    writer: BatchWriter,
    /// The pages and skipped files that the log has a row of, where a capture goes on; none where it begins.
    logged: Mutex<HashSet<u64>>,
    /// What this capture was told is gone, by method, object and timestamp.
    gone: Mutex<HashSet<u64>>,
    is_resumed: bool,
}

impl Archive {
    /// Takes a batch, new or not.
    pub(crate) fn open(writer: BatchWriter, is_resumed: bool) -> Result<Self> {
        let (mut logged, mut gone) = (HashSet::new(), HashSet::new());
        if is_resumed {
            for request in RowLog::<Request>::readable(&writer.batch().metadata())? {
                let is_skipped_file = request.status == RequestStatus::Skipped && request.method == DOWNLOAD;
                if request.status == RequestStatus::Ok || is_skipped_file {
                    logged.insert(digest(request.file.as_str()));
                }
                if request.status == RequestStatus::Gone {
                    let object = request.channel.as_ref().map(|object| object.as_str());
                    gone.insert(gone_key(&request.method, object, request.thread_ts));
                }
            }
        }
        let (logged, gone) = (Mutex::new(logged), Mutex::new(gone));
        Ok(Self { writer, logged, gone, is_resumed })
    }

    /// Whether this capture was told already that what a request asks for is gone.
    pub(crate) fn is_gone(&self, method: &str, object: Option<&str>, ts: Option<Ts>) -> bool {
        lock(&self.gone).contains(&gone_key(method, object, ts))
    }

    /// Notes that what a request asks for is gone.
    pub(crate) fn append_gone(&self, row: &Request) -> Result<()> {
        let object = row.channel.as_ref().map(|object| object.as_str());
        lock(&self.gone).insert(gone_key(&row.method, object, row.thread_ts));
        self.append(row)
    }

    /// The batch.
    pub(crate) fn batch(&self) -> &BatchFolder {
        self.writer.batch()
    }

    /// The stored answer to a request, where there is one.
    ///
    /// Where a process was killed between the page and its row, the row is made up for. A page that is no whole
    /// answer (a disk may fail) is set aside beside its place, and counts as missing.
    pub(crate) fn page(&self, ask: &ApiRequest<'_>) -> Result<Option<Vec<u8>>> {
        let name = ask.file();
        let path = self.batch().root().join(&name);
        let body = match fs::read(&path) {
            Ok(body) => body,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io("read", &path, error)),
        };
        if !Envelope::read(&body).is_ok_and(|envelope| envelope.ok) {
            let aside = path.with_extension("json.damaged");
            fs::rename(&path, &aside).map_err(|error| Error::io("set aside", &path, error))?;
            return Ok(None);
        }
        if self.is_resumed && lock(&self.logged).insert(digest(name.as_str())) {
            let row = Request { bytes: body.len() as u64, file: name, ..ask.row(RequestStatus::Ok) };
            self.append(&row)?;
        }
        Ok(Some(body))
    }

    /// Stores an answer, then its row.
    pub(crate) fn store(&self, ask: &ApiRequest<'_>, body: &[u8], row: Request) -> Result<()> {
        let file = ask.file();
        if self.is_resumed {
            lock(&self.logged).insert(digest(file.as_str()));
        }
        Ok(self.writer.store_page(&file, body, row)?)
    }

    /// The batch's writer.
    pub(crate) fn writer(&self) -> &BatchWriter {
        &self.writer
    }

    /// Whether a capture goes on here.
    pub(crate) fn is_resumed(&self) -> bool {
        self.is_resumed
    }

    /// Whether an earlier run of this capture stored the first page of something.
    pub(crate) fn was_begun(&self, ask: &ApiRequest<'_>) -> bool {
        self.is_resumed && self.batch().root().join(ask.file()).is_file()
    }

    /// Sets aside the pages of an object from this one on: they belong to a cursor that has expired.
    pub(crate) fn set_aside_from(&self, ask: &ApiRequest<'_>) -> Result<()> {
        if !self.is_resumed {
            return Ok(());
        }
        let path = self.batch().root().join(ask.file());
        let Some((folder, first)) = path.parent().zip(path.file_name()) else { return Ok(()) };
        // The names of a chain's pages differ in their numbers alone, which have a fixed width.
        let first = first.to_string_lossy();
        let chain = first.rsplit_once('-').map_or("", |(thread, _)| thread);
        let failed = |error| Error::io("list", folder, error);
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(failed(error)),
        };
        for entry in entries {
            let name = entry.map_err(failed)?.file_name();
            let name = name.to_string_lossy();
            let is_of_chain = name.rsplit_once('-').map_or("", |(thread, _)| thread) == chain;
            if is_of_chain && name.ends_with(".json") && *name >= *first {
                let page = folder.join(&*name);
                let asides = (1..).map(|number| page.with_extension(format!("json.aside{number}")));
                let Some(aside) = asides.into_iter().find(|aside| !aside.exists()) else { continue };
                fs::rename(&page, &aside).map_err(|error| Error::io("set aside", &page, error))?;
            }
        }
        Ok(())
    }

    /// Whether a file has no row yet. It has one from now on.
    pub(crate) fn begin_row(&self, file: &str) -> bool {
        lock(&self.logged).insert(digest(file))
    }

    /// Notes a request that left no page.
    pub(crate) fn append(&self, row: &Request) -> Result<()> {
        Ok(self.writer.append(row)?)
    }
}

fn gone_key(method: &str, object: Option<&str>, thread: Option<Ts>) -> u64 {
    digest((method, object, thread.map(Ts::micros)))
}

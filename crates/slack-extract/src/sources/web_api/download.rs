//! Hosted files: their bytes, each file once.

use std::cell::Cell;
use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use slack_model::batch::{BatchFolder, HostedFile, Request, RequestStatus, RowLog};
use slack_model::{FileId, ShownFile, rows};

use super::api_request::ApiRequest;
use super::class::{CallError, ErrorClass};
use super::http::SlackApi;
use super::methods::{DOWNLOAD, LARGER};
use super::object_id::is_plain;
use super::options::MAX_FILE;
use super::plain::FileStream;
use super::safe_name::safe_name;
use crate::error::{Error, Result};
use crate::hash::digest;
use crate::hash::{hash_rest, hexadecimal};
use crate::sources::web_api::caller::Caller;
use crate::sources::web_api::lock::lock;
use crate::sources::web_api::tally::Tally;

const LARGER_NEEDS: &str = "a higher limit on the size of files";

/// Pages of HTML in the place of a file are waited out so often.
const MOST_PAGES: u32 = 3;

/// Hands an error of this machine's on, past the tries that only the network's are worth.
macro_rules! ok_or_return {
    ($outcome:expr) => {
        if let Err(error) = $outcome {
            return Ok(Err(error));
        }
    };
}

/// Brings hosted files into the batch's `files/`. The files that earlier batches hold are not fetched again.
pub(crate) struct Downloads<'a, A> {
    caller: &'a Caller<A>,
    log: Mutex<RowLog<HostedFile>>,
    /// The files that were looked at, or that a batch holds, as digests of their ids.
    settled: Mutex<HashSet<u64>>,
    /// Files that pages show without an address, as far as no page shows one.
    unplaced: Mutex<BTreeMap<FileId, ShownFile>>,
    limit: Option<u64>,
    /// How long the bytes of a file may take to come.
    timeout: Duration,
}

/// What the tries of a file have in common.
#[derive(Default)]
struct Tries {
    /// How often a page came in its place.
    pages: Cell<u32>,
    /// How long its bytes were waited for.
    spent: Cell<Duration>,
}

/// A file whose bytes are all there.
struct Fetched {
    bytes: u64,
    sha256: String,
}

impl<'a, A: SlackApi> Downloads<'a, A> {
    /// Reads which files other batches and this one hold. `limit` is in bytes.
    pub(crate) fn open(
        caller: &'a Caller<A>,
        others: &[BatchFolder],
        limit: Option<u64>,
        timeout: Duration,
    ) -> Result<Self> {
        let own = caller.archive().batch().metadata();
        // Opening it takes a row away that a killed process left half written: such a file is none yet.
        let log = Mutex::new(RowLog::open(&own)?);
        let mut settled = HashSet::new();
        for metadata in others.iter().map(BatchFolder::metadata).chain([own]) {
            for row in RowLog::<HostedFile>::readable(&metadata)? {
                settled.insert(digest(row.id.as_str()));
            }
        }
        Ok(Self { caller, log, settled: Mutex::new(settled), unplaced: Mutex::default(), limit, timeout })
    }

    /// Waits until the rows of the files so far are on the disk.
    pub(crate) fn sync(&self) -> Result<()> {
        Ok(lock(&self.log).sync()?)
    }

    /// Whether a file is to be fetched, or to be noted as one that is not: each is once.
    pub(crate) fn claim(&self, file: &ShownFile) -> bool {
        // A page that hides where a file is may be followed by one that shows it.
        let tells = !file.url.is_empty() || file.is_external || rows::File::is_gone(file.mode.as_bytes());
        if !tells {
            if !self.holds(file.id.as_str()) {
                lock(&self.unplaced).entry(file.id.clone()).or_insert_with(|| file.clone());
            }
            return false;
        }
        lock(&self.unplaced).remove(&file.id);
        lock(&self.settled).insert(digest(file.id.as_str()))
    }

    /// Whether a file was looked at, or is held by some batch.
    pub(crate) fn holds(&self, file: &str) -> bool {
        lock(&self.settled).contains(&digest(file))
    }

    /// Notes the files of which no page has shown where they are, but for those that are gone.
    pub(crate) fn note_unplaced(&self, is_gone: impl Fn(&str) -> bool) -> Result<()> {
        let unplaced = std::mem::take(&mut *lock(&self.unplaced)).into_values();
        for file in unplaced.filter(|file| !is_gone(file.id.as_str())) {
            let row = Self::row(RequestStatus::Gap, &format!("files/{}/{}", file.id, safe_name(&file.name)));
            self.caller.note(row, &CallError::own("no_address"))?;
        }
        Ok(())
    }

    /// Fetches a file, or notes why it is not fetched.
    pub(crate) async fn fetch(&self, file: &ShownFile) -> Result<()> {
        let batch = self.caller.archive().batch();
        if !is_plain(file.id.as_str()) {
            return self.caller.give_up_id(&ApiRequest::of(DOWNLOAD), file.id.as_str());
        }
        let name = safe_name(&file.name);
        let place = format!("files/{}/{name}", file.id);
        if let Some((why, class, needs)) = self.reason_to_skip(file) {
            return self.skip(&place, why, class, needs);
        }
        let path = batch.root().join(&place);
        let part = path.with_file_name(format!(".{name}.part"));
        let mut tally = Tally::default();
        // A process that was killed may have left the file without its row.
        let held = hashed(&path, Partial::reopen).await?;
        let held = held.filter(|held| expected_size(file).is_none_or(|size| size == held.length));
        let fetched = match held.map(Fetched::of) {
            Some(fetched) => Ok(fetched),
            None => {
                let tries = Tries::default();
                let attempt = async || self.try_once(file, &part, &path, &tries).await;
                match self.caller.persist(DOWNLOAD, &mut tally, attempt).await {
                    Ok(fetched) => Ok(fetched?),
                    Err(error) => Err(error),
                }
            }
        };
        match fetched {
            Ok(Fetched { bytes, sha256 }) => {
                let row = HostedFile {
                    id: file.id.clone(),
                    path: format!("{}/{place}", batch.id()),
                    bytes,
                    sha256,
                };
                lock(&self.log).append(&row)?;
                self.caller.archive().writer().placed(&path)?;
                // Its folder is new too.
                path.parent().map_or(Ok(()), |folder| self.caller.archive().writer().placed(folder))?;
                let row = Request { bytes, http_status: Some(200), ..Self::row(RequestStatus::Ok, &place) };
                self.caller.count_file(tally.fill(row))
            }
            Err(error) if error.code == LARGER => {
                // What came of it is of no use: the limit holds for every try.
                discard(&part)?;
                match self.limit {
                    Some(_) => self.skip(&place, LARGER, "policy", LARGER_NEEDS),
                    None => self.caller.note(
                        tally.fill(Self::row(RequestStatus::Gap, &place)),
                        &CallError::limit(LARGER, format!("more than {MAX_FILE} bytes")),
                    ),
                }
            }
            Err(error) => self.caller.note(tally.fill(Self::row(RequestStatus::Gap, &place)), &error),
        }
    }

    fn row(status: RequestStatus, place: &str) -> Request {
        Request { file: place.into(), ..Request::new(DOWNLOAD, status) }
    }

    fn skip(&self, place: &str, why: &str, class: &str, needs: &str) -> Result<()> {
        self.caller.count_left(why);
        if !self.caller.archive().begin_row(place) {
            return Ok(());
        }
        let row = Self::row(RequestStatus::Skipped, place);
        self.caller.archive().append(&Request {
            error: why.into(),
            class: class.into(),
            needs: needs.into(),
            ..row
        })
    }

    /// Why a file is not fetched: the reason, its class, and what it would take.
    fn reason_to_skip<'f>(&self, file: &'f ShownFile) -> Option<(&'f str, &'static str, &'static str)> {
        let class = ErrorClass::SkipObject.as_str();
        match file.mode.as_str() {
            "hidden_by_limit" => Some((&file.mode, class, "a plan that shows files of that age")),
            "tombstone" => Some((&file.mode, class, "it is deleted")),
            "external" => Some((&file.mode, class, "its bytes lie outside of Slack")),
            _ if file.is_external => Some(("external", class, "its bytes lie outside of Slack")),
            _ if self.limit.zip(file.size).is_some_and(|(limit, size)| size > limit) => {
                Some((LARGER, "policy", LARGER_NEEDS))
            }
            _ => None,
        }
    }

    /// Fetches what is missing of a file. What came stays in `part` whatever happens, and the next try goes on
    /// from there; a file that is whole gets its name.
    async fn try_once(
        &self,
        file: &ShownFile,
        part: &Path,
        path: &Path,
        tries: &Tries,
    ) -> Result<Result<Fetched>, CallError> {
        let mut written = match hashed(part, Partial::open).await {
            Ok(written) => written,
            Err(error) => return Ok(Err(error)),
        };
        let expected = expected_size(file);
        // Without a promise of its size, what is there may be the head of another version.
        if expected.is_none_or(|size| written.length > size) {
            ok_or_return!(written.restart());
        }
        if written.length == 0 || expected != Some(written.length) {
            let mut stream = match self.caller.open_file(&file.url, written.length).await {
                Err(error) if error.code == CallError::ODD_RANGE => {
                    ok_or_return!(written.restart());
                    return Err(error);
                }
                opened => opened?,
            };
            let is_page = stream.media.as_deref().is_some_and(|media| media.starts_with("text/html"));
            if is_page && expected.is_some() && !file.mimetype.contains("html") {
                // A gateway's excuse, or Slack's page to sign in: the first passes soon.
                tries.pages.set(tries.pages.get() + 1);
                let error = CallError::transport("answer_is_a_page", Some(200));
                let is_lasting = tries.pages.get() >= MOST_PAGES;
                return Err(if is_lasting {
                    CallError { class: ErrorClass::SkipObject, ..error }
                } else {
                    error
                });
            }
            let limit = self.limit.unwrap_or(MAX_FILE);
            if stream.total.is_some_and(|total| total > limit) {
                return Err(CallError::own(LARGER));
            }
            if expected.zip(stream.total).is_some_and(|(expected, total)| expected != total) {
                // Whatever this is, a server's excuse with status 200 perhaps, it must not mix with what is there.
                return Err(CallError::transport("size_differs", None));
            }
            if stream.first != written.length {
                ok_or_return!(written.restart());
            }
            let wanted = expected.or(stream.total);
            while let Some(chunk) = self.next_chunk(&mut stream, tries).await? {
                ok_or_return!(written.append(&chunk?));
                if written.length > limit {
                    return Err(CallError::own(LARGER));
                }
                if wanted.is_some_and(|wanted| written.length > wanted) {
                    break;
                }
            }
            if wanted.is_some_and(|wanted| wanted > written.length) {
                return Err(CallError::transport("answer_cut", None));
            }
            if wanted.is_some_and(|wanted| wanted < written.length) {
                ok_or_return!(written.restart());
                return Err(CallError::transport("size_differs", None));
            }
        }
        Ok(written.finish(path))
    }

    /// The next bytes of a file. Each piece may take as long as an answer, and all of them as long as a file.
    async fn next_chunk(
        &self,
        stream: &mut FileStream,
        tries: &Tries,
    ) -> Result<Option<Result<Bytes, CallError>>, CallError> {
        let too_slow =
            || CallError::limit(CallError::TOO_SLOW, format!("more than {} seconds", self.timeout.as_secs()));
        let left = self.timeout.checked_sub(tries.spent.get()).ok_or_else(too_slow)?;
        let begun = Instant::now();
        let chunk = tokio::time::timeout(left, self.caller.in_time(stream.chunks.next())).await;
        tries.spent.set(tries.spent.get() + begun.elapsed());
        chunk.map_err(|_| too_slow())?
    }
}

/// Removes what came of a file that is not to be had.
fn discard(part: &Path) -> Result<()> {
    match fs::remove_file(part) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", part, error)),
        _ => Ok(()),
    }
}

/// The size that a file's record promises. Of what Slack makes up at the download, such as a canvas, it does not
/// say the truth.
fn expected_size(file: &ShownFile) -> Option<u64> {
    file.size.filter(|_| matches!(file.mode.as_str(), "hosted" | "snippet"))
}

/// Opens a file and hashes what is in it, beside the runtime: it may be long.
async fn hashed<T: Send + 'static>(
    path: &Path,
    open: impl FnOnce(&Path) -> Result<T> + Send + 'static,
) -> Result<T> {
    let path = path.to_owned();
    let opened = tokio::task::spawn_blocking(move || open(&path)).await;
    // It neither panics nor is it called off.
    opened.map_err(|error| Error::Network(std::io::Error::other(error)))?
}

impl Fetched {
    fn of(written: Partial) -> Self {
        Self { bytes: written.length, sha256: hexadecimal(written.hash) }
    }
}

/// A file in the making, and the hash of what is in it.
struct Partial {
    file: File,
    path: PathBuf,
    length: u64,
    hash: Sha256,
}

impl Partial {
    /// Opens a file that is whole already; `None` where it is not there.
    fn reopen(path: &Path) -> Result<Option<Self>> {
        if path.is_file() { Self::open(path).map(Some) } else { Ok(None) }
    }

    /// Opens a file, new or begun, at its end.
    fn open(path: &Path) -> Result<Self> {
        let failed = |error| Error::io("write", path, error);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let mut file = OpenOptions::new().create(true).read(true).append(true).open(path).map_err(failed)?;
        let (length, hash) = hash_rest(&mut file).map_err(failed)?;
        Ok(Self { file, path: path.into(), length, hash })
    }

    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).map_err(|error| Error::io("write", &self.path, error))?;
        self.hash.update(bytes);
        self.length += bytes.len() as u64;
        Ok(())
    }

    fn restart(&mut self) -> Result<()> {
        self.file.set_len(0).map_err(|error| Error::io("write", &self.path, error))?;
        self.hash = Sha256::new();
        self.length = 0;
        Ok(())
    }

    /// Gives the whole file its name.
    fn finish(self, path: &Path) -> Result<Fetched> {
        let failed = |error| Error::io("write", path, error);
        self.file.sync_all().map_err(failed)?;
        fs::rename(&self.path, path).map_err(failed)?;
        Ok(Fetched::of(self))
    }
}

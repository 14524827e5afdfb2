//! The pages of a batch, one object's at a time: whole, logged, and chained without a hole.

use std::fs;
use std::path::Path;

use serde_json::value::RawValue;
use slack_model::batch::BatchFolder;
use slack_model::{Envelope, Ts};

use super::log::{Chain, Log};
use super::report::{FindingKind, Report};
use crate::error::{Error, Result};
use crate::sources::web_api::methods::FILES_INFO;
use crate::sources::web_api::object_id::is_plain;

/// How a chain of pages ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// At a page that says it is the last, without a hole before it.
    Whole,
    /// Anywhere else; what there was to say of it is said.
    Holed,
}

/// Reads a batch's pages and reports what is wrong with them.
pub(super) struct Pages<'a> {
    pub(super) batch: &'a BatchFolder,
    pub(super) log: Log,
    pub(super) report: Report,
    /// Whether the capture was broken off: what is open then is no hole.
    pub(super) is_unfinished: bool,
}

impl Pages<'_> {
    /// The names in a folder of the batch, sorted: its files, and its folders.
    pub(super) fn names(&self, folder: &Path) -> Result<(Vec<String>, Vec<String>)> {
        let folder = self.batch.root().join(folder);
        let (mut files, mut folders) = (Vec::new(), Vec::new());
        if folder.is_dir() {
            let failed = |error| Error::io("list", &folder, error);
            for entry in fs::read_dir(&folder).map_err(failed)? {
                let entry = entry.map_err(failed)?;
                let name = entry.file_name().to_string_lossy().into_owned();
                // A folder in a page's place cannot be read, and is told so.
                let is_folder = entry.file_type().map_err(failed)?.is_dir() && !name.ends_with(".json");
                if is_folder { folders.push(name) } else { files.push(name) }
            }
        }
        files.sort_unstable();
        folders.sort_unstable();
        Ok((files, folders))
    }

    /// Checks the pages of a method about an object, and shows each to `each`, with its chain and whether the
    /// chain begins anew with it. `ended` hears how each chain ends.
    pub(super) fn check(
        &mut self,
        method: &str,
        object: Option<&str>,
        mut each: impl FnMut(&Chain<'_>, bool, &[u8]),
        mut ended: impl FnMut(&Chain<'_>, End, &mut Self),
    ) -> Result<()> {
        if !object.is_none_or(is_plain) {
            // An id that leads elsewhere names no folder of the batch; the capture recorded it as a gap.
            return Ok(());
        }
        let folder = Path::new("api").join(method).join(object.unwrap_or_default());
        let (names, _) = self.names(&folder)?;
        let mut pages = Vec::with_capacity(names.len());
        for name in names {
            match page_of(&name) {
                Some(page) => pages.push(page),
                None => self.odd_name(&folder, &name),
            }
        }
        pages.sort_unstable();
        for chain_pages in pages.chunk_by(|one, other| one.0 == other.0) {
            let chain = Chain { method, object, thread: chain_pages[0].0 };
            let numbers = chain_pages.iter().map(|(_, number)| *number);
            let end = self.check_chain(&chain, numbers, &mut each);
            ended(&chain, end, self);
        }
        Ok(())
    }

    fn check_chain(
        &mut self,
        chain: &Chain<'_>,
        numbers: impl Iterator<Item = u32>,
        each: &mut impl FnMut(&Chain<'_>, bool, &[u8]),
    ) -> End {
        let mut end = End::Whole;
        let (mut last, mut goes_on) = (0, Some(true));
        for number in numbers {
            let path = chain.page(number);
            if number > last + 1 {
                end = End::Holed;
                self.missing(chain, last + 1, number - 1);
            } else if goes_on == Some(false) {
                end = End::Holed;
                let why = format!("page {last} before it says that it is the last");
                self.report.problem(FindingKind::BrokenChain, path.as_str(), why);
            }
            goes_on = None;
            if let Some((body, envelope)) = self.page(&path) {
                let counted = envelope.pages().is_some_and(|pages| u64::from(number) < pages);
                let more = envelope.next_cursor().is_some() || envelope.has_more;
                // `files.info` pages through the comments on a file, which are not read.
                goes_on = Some(chain.method != FILES_INFO && (more || counted));
                each(chain, self.log.begins_anew(&path), &body);
            } else {
                end = End::Holed;
            }
            last = number;
        }
        if goes_on == Some(true) {
            end = End::Holed;
            self.open_end(chain, last);
        }
        end
    }

    /// The bytes of a page and what they say of it, where it is a whole answer.
    fn page(&mut self, path: &str) -> Option<(Vec<u8>, Envelope)> {
        let body = match fs::read(self.batch.root().join(path)) {
            Ok(body) => body,
            Err(error) => {
                self.report.problem(FindingKind::Unreadable, path, error.to_string());
                return None;
            }
        };
        let length = body.len() as u64;
        self.report.pages += 1;
        self.report.bytes += length;
        let logged = self.log.bytes(path);
        match logged {
            Some(logged) if logged != length => {
                let why = format!("it has {length} bytes, and had {logged} when it was stored");
                self.report.problem(FindingKind::OtherBytes, path, why);
            }
            // A process may be killed between a page and its row; the capture that goes on makes up for it.
            None if self.is_unfinished => self.report.n_open += 1,
            None if self.log.is_there => {
                self.report.problem(FindingKind::MissingRow, path, "requests.csv has no row of it");
            }
            _ => {}
        }
        let wrong = match (not_json(&body), Envelope::read(&body)) {
            (None, Ok(envelope)) if envelope.ok => return Some((body, envelope)),
            (Some(wrong), _) => wrong,
            (None, Ok(_)) => "it does not say that the call succeeded".into(),
            (None, Err(error)) => error.to_string(),
        };
        // A page that was cut is told of once.
        if logged.is_none_or(|logged| logged == length) {
            self.report.problem(FindingKind::Unreadable, path, wrong);
        }
        None
    }

    /// Pages of a chain are not there. Those that have a row are told of with it.
    fn missing(&mut self, chain: &Chain<'_>, first: u32, last: u32) {
        if self.log.bytes(&chain.page(first)).is_some() {
            return;
        }
        let why = if first == last {
            "a page after it is there".into()
        } else {
            format!("nor are the pages up to {last}, and one after them is")
        };
        self.report.problem(FindingKind::MissingPage, chain.page(first), why);
    }

    /// Says that nothing follows upon a page with a cursor, unless there is a word on it already.
    fn open_end(&mut self, chain: &Chain<'_>, last: u32) {
        if self.is_told(chain, last) {
            return;
        }
        let why = "it says that more follows, which is not there, and no row says why";
        self.report.problem(FindingKind::OpenEnd, chain.page(last), why);
    }

    /// Whether there is a word already on why a chain has no page after this one (0: none at all).
    pub(super) fn is_told(&mut self, chain: &Chain<'_>, page: u32) -> bool {
        // A row of the page that would follow is a page that is gone.
        if self.log.explains(chain, page) || self.log.bytes(&chain.page(page + 1)).is_some() {
            return true;
        }
        self.report.n_open += u64::from(self.is_unfinished);
        self.is_unfinished
    }

    pub(super) fn odd_name(&mut self, folder: &Path, name: &str) {
        let path = folder.join(name).to_string_lossy().replace('\\', "/");
        if name.ends_with(".json.damaged") {
            self.report.note(FindingKind::SetAside, path, "the capture found it damaged and read it again");
        } else if name.contains(".json.aside") {
            let why = "it belongs to a cursor that expired; the capture read the object again";
            self.report.note(FindingKind::SetAside, path, why);
        } else if !name.starts_with('.') {
            // What begins with a point is a rest of a run that was broken off.
            self.report.problem(FindingKind::UnknownFile, path, "no capture writes such a file");
        }
    }
}

/// Why bytes are no whole JSON value; a mark of their order before it is none of it.
pub(super) fn not_json(body: &[u8]) -> Option<String> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    match std::str::from_utf8(body) {
        Ok(text) => serde_json::from_str::<&RawValue>(text).err().map(|error| error.to_string()),
        Err(error) => Some(error.to_string()),
    }
}

/// The thread and the number in a page's name: `00001.json`, `1600000000.000100-00001.json`.
fn page_of(name: &str) -> Option<(Option<Ts>, u32)> {
    let name = name.strip_suffix(".json")?;
    let (thread, number) = match name.split_once('-') {
        Some((thread, number)) => (Some(Ts::parse(thread.as_bytes())?), number),
        None => (None, name),
    };
    let is_number = number.len() >= 5 && number.bytes().all(|byte| byte.is_ascii_digit());
    let number = number.parse().ok().filter(|number| is_number && *number > 0)?;
    Some((thread, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pages_name_says_thread_and_number() {
        let thread = Ts::parse(b"1600000000.000100");
        assert_eq!(page_of("00012.json"), Some((None, 12)));
        assert_eq!(page_of("1600000000.000100-00001.json"), Some((thread, 1)));
        assert_eq!(page_of("123456.json"), Some((None, 123_456)));
        for name in ["1.json", "00000.json", "00001.txt", "x-00001.json", "+0001.json", ".json"] {
            assert_eq!(page_of(name), None, "{name}");
        }
    }

    #[test]
    fn a_byte_that_breaks_a_text_breaks_the_page() {
        assert_eq!(not_json(b"\xEF\xBB\xBF{\"text\":\"h\xC3\xA9\"}"), None);
        for body in [&b"{\"text\":\"h\xFF\"}"[..], b"{\"text\":\"h", b"{}{}", b"", b"{\"a\":\"\\u12\"}"] {
            assert!(not_json(body).is_some(), "{body:?}");
        }
    }
}

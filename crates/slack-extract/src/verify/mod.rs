//! Reads a batch again: whether it holds what its capture says it does.

mod channels;
mod export;
mod files;
mod log;
mod pages;
mod report;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use slack_model::batch::{BatchFolder, DataHome, Metadata};
use slack_model::rows::SetAside;
use slack_model::{BatchId, ChannelId, Folder, Progress, Step, Table, TableReader, listed_channels};

use self::channels::CaptureScope;
use self::export::check_export;
use self::files::check_files;
use self::log::{Chain, Log};
use self::pages::Pages;
use self::report::Report;
pub use self::report::{ChannelCoverage, Finding, FindingKind, KnownGap, Verification};
use crate::error::Result;
use crate::sources::web_api::methods::{
    BOOKMARKS_LIST, CONVERSATIONS_HISTORY, CONVERSATIONS_LIST, CONVERSATIONS_MEMBERS, CONVERSATIONS_REPLIES,
    FILES_LIST, PINS_LIST,
};
use crate::sources::web_api::object_id::is_plain;
use crate::sources::web_api::options::ApiOptions;
use crate::sources::web_api::options::Part;
use crate::sources::web_api::resume::covers;
use crate::sources::web_api::resume::is_unfinished;
use crate::sources::web_api::resume::read_options;
use crate::sources::web_api::resume::says_options;

/// Reads a batch of a data home again and checks it against what its capture logged: every page is there with its
/// bytes and is a whole answer, chains of cursors have no hole, every listed conversation has its history and
/// every thread its replies, or a row of `requests.csv` says why not.
///
/// A byte that changed and leaves a page of the same length valid JSON shows in hosted files and in exports only: pages of
/// the API have no checksum. One page, and the threads of one conversation, are in memory at a time, and some 20 bytes for each
/// row of `requests.csv`.
///
/// # Errors
///
/// Where a folder cannot be listed. A file that cannot be read is a finding.
pub fn verify(home: &DataHome, batch: &BatchFolder, progress: &dyn Progress) -> Result<Verification> {
    let metadata = Metadata::read(&batch.metadata())?;
    let is_unfinished = is_unfinished(&metadata);
    let mut report = Report::default();
    let pruned_at = batch.pruned_at()?;
    let mut log = Log::read(batch, is_unfinished, pruned_at.is_some(), &mut report)?;
    let hosted_files = check_files(home, batch, &mut log, is_unfinished, &mut report)?;
    let requests = log.rows;
    let n_gaps = log.n_gaps();
    let mut channels_not_asked = 0;
    let (mut channels, mut report) = if pruned_at.is_some() {
        (Vec::new(), report)
    } else if batch.export().is_dir() {
        let channels = check_export(batch, &metadata, &log, &mut report, progress)?;
        (channels, report)
    } else {
        let earlier = home.batches()?.into_iter().filter(|other| other.id() < batch.id());
        let earlier: Vec<BatchFolder> = earlier.collect();
        let options = read_options(&metadata, ApiOptions::default());
        let asked = CaptureScope { options, earlier: &earlier, master: (home.master_csv(), OnceCell::new()) };
        let mut pages = Pages { batch, log, report, is_unfinished };
        let channels =
            check_api(&mut pages, &asked, says_options(&metadata), &mut channels_not_asked, progress)?;
        (channels, pages.report)
    };
    check_set_aside(batch, &mut report)?;
    for channel in &mut channels {
        channel.window = metadata.window(&channel.channel);
    }
    if pruned_at.is_some() {
        if !batch.is_transformed() {
            let why = "its pages were removed, and its tables are not there";
            report.problem(FindingKind::MissingPage, "csv", why);
        }
    } else if !batch.has_pages() {
        report.problem(FindingKind::BrokenOff, "api", "nothing was captured");
    } else if is_unfinished {
        let status = metadata.get("status");
        let mut why = format!("its status is {status}: the capture was broken off, or is under way");
        if report.n_open > 0 {
            why.push_str(&format!("; {} pages, histories or threads are still to come", report.n_open));
        }
        let path = format!("metadata/{}", Metadata::FILE);
        match overtaken_by(home, batch)? {
            Some(later) => {
                why.push_str(&format!("; batch {later} was captured since"));
                report.note(FindingKind::BrokenOff, path, why);
            }
            None => report.problem(FindingKind::BrokenOff, path, why),
        }
    }
    channels.sort_by(|one, other| (&one.name, &one.channel).cmp(&(&other.name, &other.channel)));
    Ok(Verification {
        batch: batch.id(),
        source: metadata.get("source").into(),
        status: metadata.get("status").into(),
        pruned_at,
        pages: report.pages,
        bytes: report.bytes,
        requests,
        hosted_files,
        channels,
        channels_not_asked,
        problems: report.problems,
        n_problems: report.n_problems,
        notes: report.notes,
        n_notes: report.n_notes,
        gaps: report.gaps,
        n_gaps,
    })
}

/// Tells of the records that are in no table: the transformation set them aside.
fn check_set_aside(batch: &BatchFolder, report: &mut Report) -> Result<()> {
    let Some(table) = TableReader::open(&Folder(batch.metadata()), &SetAside::SCHEMA)? else { return Ok(()) };
    let mut of_file: BTreeMap<String, u64> = BTreeMap::new();
    for row in table.rows::<SetAside>() {
        let row = row?;
        if row.is_record() {
            *of_file.entry(row.file).or_default() += 1;
        }
    }
    for (file, records) in of_file {
        let why =
            format!("records that could not be read: {records}; metadata/set_aside.csv has their places");
        report.problem(FindingKind::RecordsSetAside, file, why);
    }
    Ok(())
}

/// A batch that was captured from the API after this one, to its end, and was asked for all that this one was: what is
/// missing here is missed no more.
fn overtaken_by(home: &DataHome, batch: &BatchFolder) -> Result<Option<BatchId>> {
    let options = |metadata: &Metadata| read_options(metadata, ApiOptions::default());
    let wanted = options(&Metadata::read(&batch.metadata())?);
    for later in home.batches()?.into_iter().filter(|other| other.id() > batch.id()) {
        let metadata = Metadata::read(&later.metadata())?;
        let is_whole = metadata.get("source") == "api" && !is_unfinished(&metadata);
        if is_whole && covers(&options(&metadata), &wanted) {
            return Ok(Some(later.id()));
        }
    }
    Ok(None)
}

/// Checks the pages of all methods, conversation by conversation at the end.
fn check_api(
    pages: &mut Pages<'_>,
    asked: &CaptureScope<'_>,
    says_options: bool,
    not_asked: &mut u64,
    progress: &dyn Progress,
) -> Result<Vec<ChannelCoverage>> {
    let api = Path::new("api");
    let (odd, methods) = pages.names(api)?;
    for name in odd {
        pages.odd_name(api, &name);
    }
    let mut listed: BTreeMap<ChannelId, String> = BTreeMap::new();
    let mut with_pages = BTreeSet::new();
    for method in &methods {
        let objects = pages.names(&api.join(method))?.1;
        if method == CONVERSATIONS_HISTORY || method == CONVERSATIONS_REPLIES {
            with_pages.extend(objects.into_iter().map(ChannelId::from));
            continue;
        }
        let mut each = |chain: &Chain<'_>, _: bool, body: &[u8]| {
            if chain.method == CONVERSATIONS_LIST {
                // An id that cannot be one was a gap, and nothing is asked about it.
                let plain = listed_channels(body).into_iter().filter(|channel| is_plain(channel.id.as_str()));
                listed.extend(plain.map(|channel| (channel.id, channel.name)));
            }
        };
        pages.check(method, None, &mut each, |_, _, _| {})?;
        for object in &objects {
            pages.check(method, Some(object), &mut each, |_, _, _| {})?;
        }
    }
    if says_options {
        for kind in &asked.options.types {
            let chain = Chain { method: CONVERSATIONS_LIST, object: Some(kind.as_str()), thread: None };
            if !pages.batch.root().join(chain.page(1)).is_file() && !pages.is_told(&chain, 0) {
                let why = "no row says why this type of conversation is not listed";
                pages.report.problem(FindingKind::MissingHistory, chain.page(1), why);
            }
        }
    }
    if says_options {
        check_lists(pages, asked, &listed);
    }
    for (channel, name) in &listed {
        if asked.wants(channel, name) {
            with_pages.insert(channel.clone());
        } else {
            *not_asked += u64::from(!with_pages.contains(channel));
        }
    }
    let total = with_pages.len() as u64;
    let mut channels = Vec::with_capacity(with_pages.len());
    for (done, channel) in with_pages.iter().enumerate() {
        progress.report(Step::new("verify", done as u64, Some(total)));
        let name = listed.get(channel).map(String::as_str).unwrap_or_default();
        channels.push(asked.check(pages, channel, name)?);
    }
    progress.report(Step::new("verify", total, Some(total)));
    Ok(channels)
}

/// The lists that are asked for of each conversation.
const LISTS: [(Part, &str); 4] = [
    (Part::Members, CONVERSATIONS_MEMBERS),
    (Part::Files, FILES_LIST),
    (Part::Pins, PINS_LIST),
    (Part::Bookmarks, BOOKMARKS_LIST),
];

/// Checks that each listed conversation that was asked for has its lists.
fn check_lists(pages: &mut Pages<'_>, asked: &CaptureScope<'_>, listed: &BTreeMap<ChannelId, String>) {
    for (_, method) in LISTS.into_iter().filter(|(part, _)| asked.options.has(*part)) {
        for (channel, _) in listed.iter().filter(|(channel, name)| asked.names(channel, name)) {
            let chain = Chain { method, object: Some(channel.as_str()), thread: None };
            if !pages.batch.root().join(chain.page(1)).is_file() && !pages.is_told(&chain, 0) {
                let why = "the list of conversations has it, and no row says why this is not here";
                pages.report.problem(FindingKind::MissingHistory, chain.page(1), why);
            }
        }
    }
}

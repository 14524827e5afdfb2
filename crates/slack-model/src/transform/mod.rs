//! From a batch's raw pages to its tables.

mod ascending;
mod channel;
mod contents;
mod export;
mod folders;
mod lists;
mod names;
mod options;
mod pages;
mod profiles;
mod reader;
mod record;
mod runs;
mod sorter;
mod spill;
mod survey;
mod tables;
mod work;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashSet;

pub use self::contents::is_day_file;
pub use self::export::ExportReading;
pub use self::names::composed as composed_name;
pub use self::options::TransformOptions;
pub use self::reader::{BatchReader, ListRows, MemoryRecords, MessageRows};
pub use self::survey::{ExportSurvey, export_channels, survey_export};

use self::channel::{Covered, OpenChannel, is_better_file};
use self::contents::{Contents, Conversation};
use self::lists::{Lists, push_file};
use self::pages::PageReader;
use self::sorter::RowSorter;
use self::spill::SpillFolder;
use self::tables::{Counts, MessageWriters, write_rows, write_table};
use self::work::{ReadPiece, all_pieces, read_piece};
use crate::atomic::{recover_folder, replace_folder, sync_folder};
use crate::batch::{BatchFolder, HostedFile, Metadata, Request, RequestStatus, RowLog};
use crate::error::{Error, Result};
use crate::ids::{ChannelId, FileId, UserId};
use crate::in_order::{InOrder, threads_or_all};
use crate::lost::lost_keys;
use crate::progress::{Progress, Step};
use crate::rows::SetAside;
use crate::table::{Folder, TableSink};
use crate::ts::{Time, Ts};

/// What a transformation made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransformSummary {
    /// Rows of each table.
    pub rows: Counts,
    /// Files that were read.
    pub pages: u64,
    /// Records that could not be read. Each is a row of `metadata/set_aside.csv`; the rest of a file that breaks off is one.
    pub set_aside: u64,
    /// Fields and characters that could not be read of records that are kept: the other rows of `metadata/set_aside.csv`.
    pub set_aside_parts: u64,
    /// Files of an export that nothing is known to read, in `metadata/not_read.csv` with those that exports are known to hold
    /// beside messages.
    pub not_read: u64,
    /// Messages without a text whose words, if they have any, are in blocks or attachments: in the raw pages alone.
    pub words_elsewhere: u64,
    /// Conversations that stand under another id than [`ChannelId::of_folder`] gives their folder, by that id: earlier
    /// versions may have written them there.
    pub moved: BTreeMap<ChannelId, ChannelId>,
}

impl TransformSummary {
    /// Whether everything that the batch holds is in its tables.
    pub fn is_whole(&self) -> bool {
        self.set_aside + self.set_aside_parts + self.not_read == 0
    }
}

/// Names the users that rows name.
struct People<'l, 's> {
    lists: &'l mut Lists<'s>,
    named: FxHashSet<UserId>,
}

impl People<'_, '_> {
    fn name(&mut self, user: &[u8]) {
        // Ids come out of texts, so they are text.
        let user = std::str::from_utf8(user).unwrap_or_default();
        if !self.named.contains(user) {
            self.named.insert(user.into());
            self.lists.name_user(&user.into());
        }
    }
}

/// Reads a batch's pages into the batch's own tables, which appear, or are replaced, as a whole.
///
/// # Errors
///
/// As [`transform`]. [`Error::Drops`] where the batch has complete tables with keys that the new ones lack, and
/// [`TransformOptions::allow_drops`] is not set: pages may be missing or damaged. The old tables stay.
pub fn transform_folder(
    batch: &BatchFolder,
    options: &TransformOptions,
    progress: &dyn Progress,
) -> Result<TransformSummary> {
    let (csv, next) = (batch.csv(), batch.root().join(".csv.next"));
    recover_folder(&csv)?;
    if next.exists() {
        fs::remove_dir_all(&next).map_err(|error| Error::io("remove", &next, error))?;
    }
    let made = transform(batch, &Folder(next.clone()), options, progress).and_then(|summary| {
        if !options.allow_drops {
            keeps_all(batch, &next, &summary)?;
        }
        Ok(summary)
    });
    match made {
        Ok(summary) => {
            // What was set aside is told before the tables without it are there.
            sync_folder(&batch.metadata())?;
            replace_folder(&next, &csv).map(|()| summary)
        }
        Err(error) => {
            let _ = fs::remove_dir_all(&next);
            Err(error)
        }
    }
}

/// Whether new tables hold every key that the batch's complete ones have.
fn keeps_all(batch: &BatchFolder, next: &Path, summary: &TransformSummary) -> Result<()> {
    if !batch.is_transformed() {
        return Ok(());
    }
    let same = |id: &ChannelId| summary.moved.get(id).cloned();
    let lost = lost_keys(&Folder(batch.csv()), &Folder(next.into()), &same)?;
    if lost.is_empty() { Ok(()) } else { Err(Error::Drops { tables: batch.csv(), lost }) }
}

/// Reads a batch's pages, whether the API's or an export's, and writes its tables.
///
/// Records that cannot be read are set aside with their place in `metadata/set_aside.csv`; the rest goes on.
/// Pages are read on all threads and their rows written in order, so that neither threads nor memory change a byte.
///
/// # Errors
///
/// Where the batch holds neither `api/` nor `export/`, or a table cannot be written.
pub fn transform<S: TableSink>(
    batch: &BatchFolder,
    tables: &S,
    options: &TransformOptions,
    progress: &dyn Progress,
) -> Result<TransformSummary> {
    transform_from(None, batch, tables, options, progress)
}

/// The same of a batch whose records `source` gives.
///
/// # Errors
///
/// Where `source` fails, or a table cannot be written.
pub fn transform_with<S: TableSink>(
    source: &dyn BatchReader,
    batch: &BatchFolder,
    tables: &S,
    options: &TransformOptions,
    progress: &dyn Progress,
) -> Result<TransformSummary> {
    transform_from(Some(source), batch, tables, options, progress)
}

fn transform_from<S: TableSink>(
    source: Option<&dyn BatchReader>,
    batch: &BatchFolder,
    tables: &S,
    options: &TransformOptions,
    progress: &dyn Progress,
) -> Result<TransformSummary> {
    let shares = options.shares();
    let spill = SpillFolder::new(batch.root().join(".transform.spill"))?;
    let contents = if source.is_some() { Contents::default() } else { Contents::of(batch)? };
    let metadata = Metadata::read(&batch.metadata())?;
    let mut reader = PageReader::new(batch);
    let mut set_aside = RowSorter::new(&spill, shares.table, |_: &SetAside, _| false);
    let mut lists = Lists::read(&contents, &metadata, &mut reader, &spill, &shares)?;
    if let Some(source) = source {
        source.lists(batch, &mut ListRows(&mut lists))?;
    }
    push_set_aside(&mut set_aside, reader.take_set_aside())?;
    let mut pages = reader.n_pages();
    let mut files = RowSorter::new(&spill, shares.table, is_better_file);
    let mut writers = MessageWriters::create(tables, batch.id(), batch.export().is_dir())?;
    let mut covered: Vec<Covered> = Vec::new();

    let conversations = Arc::new(lists.conversations(&contents));
    let not_read = contents.not_read;
    let is_given = source.is_some();
    let listed: Vec<ChannelId> = lists.channels().keys().filter(|_| is_given).cloned().collect();
    let total = conversations.len().max(listed.len()) as u64;
    let mut people = People { lists: &mut lists, named: FxHashSet::default() };
    let damaged = folders_with_gaps(batch)?;
    let taken_at = Time::parse(metadata.get(Metadata::TAKEN_AT).as_bytes()).map(Ts::from);
    let mut words_elsewhere = 0;
    let mut second_reader = PageReader::new(batch);
    let mut open: Option<OpenChannel<'_>> = None;
    let mut take_one = |mut piece: ReadPiece| {
        let channel = piece.channel.clone();
        progress.report(Step::new("transform", covered.len() as u64, Some(total)));
        pages += piece.pages.len() as u64;
        push_set_aside(&mut set_aside, std::mem::take(&mut piece.set_aside))?;
        for file in std::mem::take(&mut piece.files) {
            push_file(&mut files, file)?;
        }
        // What is said of somebody in private must not name them in public.
        if people.lists.is_public(&channel) {
            people.lists.introduce(std::mem::take(&mut piece.profiles));
        }
        words_elsewhere += piece.words_elsewhere;
        let is_last = piece.is_last;
        let rows = open.get_or_insert_with(|| {
            let mut opened = OpenChannel::new(channel.clone(), &spill, shares.channel);
            opened.set_taken_at(taken_at);
            let is_damaged = |conversation: &Conversation| conversation.lies_in(&damaged);
            if conversations.get(&*channel).is_some_and(is_damaged) {
                opened.set_damaged();
            }
            opened
        });
        rows.add(piece)?;
        if is_last && let Some(rows) = open.take() {
            let window = metadata.window(&channel);
            covered.push(rows.write(window, batch.id(), &mut writers, |user| people.name(user))?);
            let seconds = writers.take_seconds();
            if is_given {
                push_set_aside(
                    &mut set_aside,
                    seconds.iter().map(|second| second.unplaced(&channel)).collect(),
                )?;
            } else if let Some(conversation) = conversations.get(&*channel).filter(|_| !seconds.is_empty()) {
                second_reader.set_seconds_aside(&conversation.pages(batch.root())?, &channel, seconds);
                push_set_aside(&mut set_aside, second_reader.take_set_aside())?;
            }
        }
        Ok::<_, Error>(())
    };
    if let Some(source) = source {
        for channel in listed {
            let mut rows = MessageRows::new(channel.clone(), shares.pages, &mut take_one);
            source.messages(batch, &channel, &mut rows)?;
            rows.end(true)?;
        }
    } else {
        let take = |mut piece: ReadPiece| {
            // Pages that would have been too much at once are read now, when those before them are put away.
            while let Some(rest) = piece.rest.take() {
                take_one(piece)?;
                piece = read_piece(&mut reader, rest, shares.pages);
            }
            take_one(piece)
        };
        InOrder { threads: threads_or_all(options.threads), ahead: shares.ahead }.run(
            all_pieces((*conversations).clone(), batch.root().into(), shares.pages),
            || PageReader::new(batch),
            |reader, piece| Ok(read_piece(reader, piece, shares.pages)),
            ReadPiece::weight,
            take,
        )?;
    }
    progress.report(Step::new("transform", total, Some(total)));

    let mut rows = writers.finish(tables)?;
    for file in lists.take_files(&spill).finish()? {
        push_file(&mut files, file?)?;
    }
    let places = hosted_files(batch)?;
    let files = files.finish()?.inspect(|file| {
        if let Ok(file) = file {
            lists.name_owner(file);
        }
    });
    let placed = files.map(|file| {
        let mut file = file?;
        if let Some(hosted) = places.get(&file.id) {
            file.path.clone_from(&hosted.path);
            file.sha256.clone_from(&hosted.sha256);
        }
        Ok(file)
    });
    write_rows(tables, placed, &mut rows)?;
    let horizon = covered.iter().filter_map(Covered::oldest_seen).min();
    let horizon = horizon.and_then(|horizon| Ts::from_micros(horizon.micros() + drift(horizon, &metadata)));
    let windows = covered.into_iter().flat_map(|channel| channel.into_windows(horizon, batch.id()));
    write_table(tables, windows, &mut rows)?;
    // What could not be read is told before the batch counts as transformed.
    let (mut records, mut parts) = (0, 0);
    let counted = set_aside.finish()?.inspect(|row| match row {
        Ok(row) if row.is_record() => records += 1,
        _ => parts += 1,
    });
    write_rows(&Folder(batch.metadata()), counted, &mut Counts::new())?;
    let unknown = not_read.iter().filter(|file| !file.is_known).count() as u64;
    write_table(&Folder(batch.metadata()), not_read, &mut Counts::new())?;
    let moved = lists.take_moved();
    lists.write(&spill, tables, &mut rows)?;
    Ok(TransformSummary {
        rows,
        pages,
        set_aside: records,
        set_aside_parts: parts,
        not_read: unknown,
        words_elsewhere,
        moved,
    })
}

fn push_set_aside(sorter: &mut RowSorter<'_, SetAside>, rows: Vec<SetAside>) -> Result<()> {
    for row in rows {
        let texts = row.file.len() + row.ts.len() + row.field.len() + row.reason.len();
        sorter.push(row, texts)?;
    }
    Ok(())
}

/// Free plans hide what is older than 90 days; with a day to spare, in microseconds.
const SHOWN_BY_FREE_PLANS: i64 = 91 * 86_400 * 1_000_000;

/// How far the horizon of a free plan moved while a capture went on, in microseconds: as long as that took, from its
/// beginning to the end of the last time that it was gone on with. Who sees what is older has no such plan.
fn drift(horizon: Ts, metadata: &Metadata) -> i64 {
    let time = |key: &str| Time::parse(metadata.get(key).as_bytes()).map(Time::micros);
    let Some((started, ended)) = time("started_at").zip(time("finished_at")) else { return 0 };
    if started - horizon.micros() > SHOWN_BY_FREE_PLANS { 0 } else { (ended - started).max(0) }
}

/// The folders of an export of which a file could not be imported.
fn folders_with_gaps(batch: &BatchFolder) -> Result<BTreeSet<PathBuf>> {
    let requests = RowLog::readable(&batch.metadata())?;
    let gaps = requests.filter(|row: &Request| row.status == RequestStatus::Gap && row.method == "export");
    Ok(gaps.filter_map(|row| Path::new(&row.file).parent().map(Path::to_path_buf)).collect())
}

/// The files whose bytes the batch holds.
fn hosted_files(batch: &BatchFolder) -> Result<HashMap<FileId, HostedFile>> {
    let hosted = RowLog::readable(&batch.metadata())?;
    Ok(hosted.map(|file: HostedFile| (file.id.clone(), file)).collect())
}

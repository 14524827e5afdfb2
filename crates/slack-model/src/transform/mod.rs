//! From a batch's raw pages to its tables.

mod channel;
mod contents;
mod lists;
mod pages;

use std::collections::BTreeMap;
use std::fs;

pub use self::contents::is_day_file;

use self::channel::ChannelRows;
use self::contents::Contents;
use self::lists::Lists;
use self::pages::PageReader;
use crate::atomic::{recover_folder, replace_folder};
use crate::batch::{BatchFolder, HostedFile, Metadata, RowLog};
use crate::error::{Error, Result};
use crate::ids::{ChannelId, FileId};
use crate::progress::{Progress, Step};
use crate::rows::{self, Message, Reaction, Reply, Revision, SetAside, Window};
use crate::table::{Folder, Table, TableSink, TableWriter};
use crate::ts::{Time, Ts};

/// What a transformation made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransformSummary {
    /// Rows of each table.
    pub rows: BTreeMap<&'static str, u64>,
    /// Files that were read.
    pub pages: u64,
    /// Records, and parts of records, that could not be read: the rows of `metadata/set_aside.csv`.
    pub set_aside: u64,
}

/// Reads a batch's pages into the batch's own tables, which appear, or are replaced, as a whole.
///
/// # Errors
///
/// As [`transform`].
pub fn transform_folder(batch: &BatchFolder, progress: &dyn Progress) -> Result<TransformSummary> {
    let (csv, next) = (batch.csv(), batch.root().join(".csv.next"));
    recover_folder(&csv)?;
    if next.exists() {
        fs::remove_dir_all(&next).map_err(|error| Error::io("remove", &next, error))?;
    }
    let summary = transform(batch, &Folder(next.clone()), progress);
    match summary {
        Ok(summary) => replace_folder(&next, &csv).map(|()| summary),
        Err(error) => {
            let _ = fs::remove_dir_all(&next);
            Err(error)
        }
    }
}

/// Reads a batch's pages, be they the API's or an export's, and writes its tables.
///
/// Records that cannot be read are set aside with their place in `metadata/set_aside.csv`; the rest goes on.
/// One channel's messages are in memory at a time.
///
/// # Errors
///
/// Where the batch holds neither `api/` nor `export/`, or a table cannot be written.
pub fn transform<S: TableSink>(
    batch: &BatchFolder,
    tables: &S,
    progress: &dyn Progress,
) -> Result<TransformSummary> {
    let contents = Contents::of(batch)?;
    let metadata = Metadata::read(&batch.metadata())?;
    let mut reader = PageReader::new(batch);
    let mut lists = Lists::read(&contents, &metadata, &mut reader)?;
    let mut writers = MessageWriters::create(tables)?;
    let mut files: BTreeMap<(FileId, ChannelId), rows::File> = BTreeMap::new();
    let (mut windows, mut walks, mut horizon) = (Vec::new(), Vec::new(), None);

    let conversations = lists.conversations(&contents);
    let total = conversations.len() as u64;
    for (done, (id, conversation)) in conversations.into_iter().enumerate() {
        progress.report(Step::new("transform", done as u64, Some(total)));
        let rows = ChannelRows::read(&id, conversation, metadata.window(&id), &mut reader)?;
        lists.name_users(&rows);
        writers.write(&rows)?;
        windows.extend(rows.windows(batch.id()));
        walks.extend(rows.walks(batch.id()).map(|walk| (walk, rows.oldest_seen())));
        horizon = horizon.into_iter().chain(rows.oldest_seen()).min();
        for file in rows.into_files() {
            channel::keep_better_file(&mut files, file);
        }
    }
    progress.report(Step::new("transform", total, Some(total)));
    for file in lists.take_files() {
        channel::keep_better_file(&mut files, file);
    }
    lists.name_owners(files.values());
    place_bytes(batch, &mut files)?;
    let horizon = horizon.and_then(|horizon| Ts::from_micros(horizon.micros() + drift(horizon, &metadata)));
    windows.extend(visible(walks, horizon));
    windows.sort_unstable_by(Window::compare_keys);
    windows.dedup_by(|one, other| one.compare_keys(other).is_eq());

    let mut rows = writers.finish(tables)?;
    write_table(tables, files.into_values(), &mut rows)?;
    write_table(tables, windows, &mut rows)?;
    lists.write(tables, &mut rows)?;
    let (pages, mut set_aside) = reader.into_set_aside();
    set_aside.sort_unstable_by(SetAside::compare_keys);
    set_aside.dedup_by(|one, other| one.compare_keys(other).is_eq());
    let count = set_aside.len() as u64;
    write_table(&Folder(batch.metadata()), set_aside, &mut BTreeMap::new())?;
    Ok(TransformSummary { rows, pages, set_aside: count })
}

/// Cuts walks to what the workspace's plan shows. A free plan hides what is older than 90 days, everywhere alike:
/// what lies above the horizon is not hidden in any channel, nor is what lies above the channel's own oldest message.
fn visible(walks: Vec<(Window, Option<Ts>)>, horizon: Option<Ts>) -> impl Iterator<Item = Window> {
    let cut = move |(walk, seen): (Window, Option<Ts>)| {
        let oldest = walk.oldest.max(seen.into_iter().chain(horizon).min()?);
        (oldest <= walk.latest).then_some(Window { oldest, ..walk })
    };
    walks.into_iter().filter_map(cut)
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

/// Says of each file where its bytes are, where the batch holds them.
fn place_bytes(batch: &BatchFolder, files: &mut BTreeMap<(FileId, ChannelId), rows::File>) -> Result<()> {
    for HostedFile { id, path, sha256, .. } in RowLog::readable(&batch.metadata())? {
        let first = (id.clone(), ChannelId::from(""));
        for (_, file) in files.range_mut(first..).take_while(|((file, _), _)| *file == id) {
            file.path.clone_from(&path);
            file.sha256.clone_from(&sha256);
        }
    }
    Ok(())
}

/// Writes rows that are sorted by their key as a table.
fn write_table<S: TableSink, T: Table>(
    tables: &S,
    rows: impl IntoIterator<Item = T>,
    counts: &mut BTreeMap<&'static str, u64>,
) -> Result<()> {
    let mut writer = TableWriter::new(tables.create(&T::SCHEMA)?, &T::SCHEMA)?;
    for row in rows {
        writer.write_row(&row)?;
    }
    finish_table::<S, T>(tables, writer, counts)
}

fn finish_table<S: TableSink, T: Table>(
    tables: &S,
    writer: TableWriter<S::Output>,
    counts: &mut BTreeMap<&'static str, u64>,
) -> Result<()> {
    let (output, rows) = writer.finish()?;
    tables.finish(&T::SCHEMA, output)?;
    counts.insert(T::SCHEMA.name, rows);
    Ok(())
}

/// The tables that grow channel by channel.
struct MessageWriters<W: std::io::Write> {
    messages: TableWriter<W>,
    replies: TableWriter<W>,
    reactions: TableWriter<W>,
    revisions: TableWriter<W>,
}

impl<W: std::io::Write + Send> MessageWriters<W> {
    fn create<S: TableSink<Output = W>>(tables: &S) -> Result<Self> {
        let writer = |schema| TableWriter::new(tables.create(schema)?, schema);
        Ok(Self {
            messages: writer(&Message::SCHEMA)?,
            replies: writer(&Reply::SCHEMA)?,
            reactions: writer(&Reaction::SCHEMA)?,
            revisions: writer(&Revision::SCHEMA)?,
        })
    }

    fn write(&mut self, rows: &ChannelRows) -> Result<(), Error> {
        for message in rows.messages() {
            if message.is_in_channel() {
                self.messages.write_row(message)?;
            }
            if let Some(reply) = message.to_reply() {
                self.replies.write_row(&reply)?;
            }
        }
        rows.reactions().try_for_each(|reaction| self.reactions.write_row(reaction))?;
        rows.revisions().try_for_each(|revision| self.revisions.write_row(revision))
    }

    fn finish<S: TableSink<Output = W>>(self, tables: &S) -> Result<BTreeMap<&'static str, u64>> {
        let mut rows = BTreeMap::new();
        finish_table::<S, Message>(tables, self.messages, &mut rows)?;
        finish_table::<S, Reply>(tables, self.replies, &mut rows)?;
        finish_table::<S, Reaction>(tables, self.reactions, &mut rows)?;
        finish_table::<S, Revision>(tables, self.revisions, &mut rows)?;
        Ok(rows)
    }
}

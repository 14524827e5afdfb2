//! The stages, one function each: what to read, where to write, and what to tell.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;
use slack_extract::Source;
use slack_merge::{MergeOptions, merge_folder, merged_batches};
use slack_metrics::{DynMetric, MetricOptions, measure_with};
use slack_model::atomic::replace_folder;
use slack_model::batch::{BatchFolder, DataHome, HomeLock, Metadata};
use slack_model::rows::{Channel, NotRead, SetAside};
use slack_model::{
    BatchId, ChannelId, DerivedFolder, Folder, LostKeys, Table, TableReader, TableSink, TransformOptions,
    lost_keys, transform_folder,
};

use crate::aliases;
use crate::captured;
use crate::exit::{Outcome, Result, Usage};
use crate::graphing::Graphing;
use crate::measured::Measured;
use crate::output::{Output, count, number};
use crate::raw_pages::day;
use crate::reporting::Reporting;

/// The data home and the run's words.
pub(crate) struct Pipeline<'o> {
    pub(crate) home: DataHome,
    pub(crate) output: &'o Output,
}

/// Whose tables are measured.
#[derive(Debug, Clone)]
pub(crate) enum Subject {
    Master,
    Batch(BatchFolder),
    /// What is shown of the subject of this name, whose tables are in a folder of their own.
    Shown {
        tables: PathBuf,
        of: String,
    },
}

/// How long a lock is waited for that is held for a moment only.
const PATIENCE: Duration = Duration::from_secs(600);

/// The zone table's name in the data home's references.
const ZONES: &str = "tz_country.csv";

impl Pipeline<'_> {
    /// Takes the data home. A server that makes its page holds it for a moment only, and a server that begins waits for
    /// whoever is at work: neither is a reason to fail.
    pub(crate) fn lock_patiently(&self, purpose: &str) -> Result<HomeLock> {
        let begun = Instant::now();
        loop {
            match self.home.lock(purpose) {
                Err(slack_model::Error::Locked { holder, .. })
                    if (holder.starts_with("serve") || purpose == "serve") && begun.elapsed() < PATIENCE =>
                {
                    std::thread::sleep(Duration::from_millis(200));
                }
                locked => {
                    let lock = locked?;
                    if lock.found_format() == 0 {
                        self.upgrade()?;
                    }
                    self.home.note_format(&lock)?;
                    return Ok(lock);
                }
            }
        }
    }

    /// Captures a batch from a source.
    pub(crate) fn capture(&self, stage: &str, mut source: impl Source) -> Result<(BatchFolder, Outcome)> {
        let progress = self.output.progress();
        let capture = source.capture(&self.home, &*progress)?;
        drop(progress);
        let what = if stage == "import" { "file" } else { "answer" };
        self.output.tell(stage, &captured::lines(&capture, what), captured::values(&capture))?;
        Ok((capture.batch, Outcome::of_gaps(capture.n_gaps)))
    }

    /// Reads a batch's pages into its tables.
    pub(crate) fn transform(&self, batch: &BatchFolder, options: &TransformOptions) -> Result<Outcome> {
        if let Some(at) = batch.pruned_at()? {
            let why = format!(
                "the pages of batch {} were removed on {}: the tables that it has stay, and cannot be made again",
                batch.id(),
                day(&at)
            );
            return Err(Usage(why).into());
        }
        let progress = self.output.progress();
        let summary = transform_folder(batch, options, &*progress)?;
        drop(progress);
        let rows = |table: &str| summary.rows.get(table).copied().unwrap_or_default();
        let mut line = format!(
            "batch {}: {}, {} replies, {}, {}, {}",
            batch.id(),
            count(rows("message_data"), "message"),
            number(rows("thread_data")),
            count(rows("reaction_data"), "reaction"),
            count(rows("user_data"), "user"),
            count(rows("channel_data"), "channel"),
        );
        let set_aside = batch.metadata().join(SetAside::SCHEMA.file_name());
        let listed = [(summary.set_aside, "record"), (summary.set_aside_parts, "part of a record")];
        for (number, noun) in listed.into_iter().filter(|(number, _)| *number > 0) {
            line.push_str(&format!("\n{} could not be read: {}", many(number, noun), set_aside.display()));
        }
        if summary.not_read > 0 {
            line.push('\n');
            line.push_str(&not_read(batch, summary.not_read)?);
        }
        if summary.words_elsewhere > 0 {
            line.push_str(&format!(
                "\n{} without a text: their words, in blocks or attachments, are in the raw pages alone",
                count(summary.words_elsewhere, "message")
            ));
        }
        // What was captured counts, but nobody must take it for everything.
        let status = Metadata::read(&batch.metadata())?.get("status").to_owned();
        let is_broken_off = matches!(status.as_str(), "running" | "failed");
        if is_broken_off {
            line.push_str("\nthe capture was broken off: messages, replies or reactions may be missing");
        }
        let values = json!({
            "batch": batch.id().to_string(), "rows": summary.rows, "set_aside": summary.set_aside,
            "set_aside_parts": summary.set_aside_parts, "not_read": summary.not_read,
            "words_elsewhere": summary.words_elsewhere, "broken_off": is_broken_off,
        });
        self.output.tell("transform", &line, values)?;
        Ok(Outcome::of_gaps(u64::from(!summary.is_whole() || is_broken_off)))
    }

    /// Merges batches' tables into the master.
    pub(crate) fn merge(&self, batches: &[BatchFolder], options: &MergeOptions) -> Result<Outcome> {
        self.merge_into(&self.home.master_csv(), batches, options)
    }

    /// Merges batches into a new master, which takes the old one's place when it is whole. Unless drops are allowed, one
    /// that lacks a key of the old master is refused: a batch's tables may have been made of fewer pages.
    pub(crate) fn rebuild(
        &self,
        batches: &[BatchFolder],
        options: &MergeOptions,
        allow_drops: bool,
    ) -> Result<Outcome> {
        let master = self.home.master_csv();
        let there: BTreeSet<BatchId> = batches.iter().map(BatchFolder::id).collect();
        if let Some(missing) = self.merged()?.difference(&there).next() {
            let why = format!("the master holds batch {missing}, which is not here to be merged again");
            return Err(Usage(why).into());
        }
        let next = master.with_file_name(".rebuilt");
        if next.exists() {
            fs::remove_dir_all(&next).map_err(|error| slack_model::Error::io("remove", &next, error))?;
        }
        self.merge_into(&next, batches, options)?;
        if !next.exists() {
            return Ok(Outcome::Done);
        }
        let lost = if allow_drops { LostKeys::default() } else { lost_rows(&master, &next)? };
        if !lost.is_empty() {
            fs::remove_dir_all(&next).map_err(|error| slack_model::Error::io("remove", &next, error))?;
            return Err(slack_model::Error::Drops { tables: master, lost }.into());
        }
        replace_folder(&next, &master)?;
        Ok(Outcome::Done)
    }

    fn merge_into(&self, master: &Path, batches: &[BatchFolder], options: &MergeOptions) -> Result<Outcome> {
        if batches.is_empty() && !master.is_dir() {
            return Ok(Outcome::Done);
        }
        let mut options = options.clone();
        options.aliases = self.aliases(batches)?;
        let tables: Vec<PathBuf> = batches.iter().map(BatchFolder::csv).collect();
        options.assumed_public = self.assumed_public(&tables)?;
        self.classify(master)?;
        let summary = merge_folder(master, batches, &options)?;
        let added: u64 = summary.tables.values().map(|table| table.added).sum();
        let changed: u64 = summary.tables.values().map(|table| table.changed).sum();
        let rows = |table: &str| summary.tables.get(table).map_or(0, |table| table.rows);
        let ids: Vec<_> = batches.iter().map(|batch| batch.id().to_string()).collect();
        let what = match &ids[..] {
            [] if added + changed == 0 && summary.joined.is_empty() => {
                let values = json!({ "batches": [], "tables": {}, "added": 0, "changed": 0, "joined": [] });
                self.output.tell("merge", "nothing to do: the master holds every batch", values)?;
                return Ok(Outcome::Done);
            }
            [id] => format!("batch {id}"),
            ids => format!("{} batches", ids.len()),
        };
        let mut line = format!(
            "{what}: {} rows new, {} changed; the master has {} and {} replies",
            number(added),
            number(changed),
            count(rows("message_data"), "message"),
            number(rows("thread_data")),
        );
        let tables: serde_json::Map<_, _> = summary
            .tables
            .iter()
            .map(|(table, change)| {
                let change = json!({ "rows": change.rows, "added": change.added, "changed": change.changed });
                ((*table).to_owned(), change)
            })
            .collect();
        for joined in &summary.joined {
            line.push('\n');
            line.push_str(&aliases::line(joined));
        }
        let joined: Vec<_> = summary.joined.iter().map(aliases::value).collect();
        let values = json!({
            "batches": ids, "tables": tables, "added": added, "changed": changed, "joined": joined,
        });
        self.output.tell("merge", &line, values)?;
        Ok(Outcome::Done)
    }

    /// Computes the metric tables of a batch or the master.
    pub(crate) fn metrics(
        &self,
        subject: &Subject,
        options: MetricOptions,
        folder: &Path,
    ) -> Result<Outcome> {
        self.measure(subject, options, &DerivedFolder(folder.into()), folder, &[])?;
        Ok(Outcome::Done)
    }

    /// Computes metric tables, with further metrics than the built-in ones.
    pub(crate) fn measure<K: TableSink>(
        &self,
        subject: &Subject,
        mut options: MetricOptions,
        sink: &K,
        folder: &Path,
        further: &[&dyn DynMetric],
    ) -> Result<()> {
        let source = Folder(self.tables(subject)?);
        options.zones = Some(self.zones()?);
        // Temporary files lie where the results go: the system's folder for them may be in memory.
        options.spill_to = Some(self.home.root().into());
        let progress = self.output.progress();
        let summary = measure_with(&source, sink, &options, &*progress, further)?;
        let tables = summary.tables.iter().map(|table| table.name);
        Measured::read(folder)?.and(&options, tables).write(folder)?;
        drop(progress);
        let line = format!(
            "{}: {} in {}, {}, {}, {} -> {}",
            subject.name(),
            count(summary.posts, "post"),
            count(summary.messages, "message"),
            count(summary.users, "user"),
            count(summary.channels, "channel"),
            count(summary.tables.len() as u64, "table"),
            folder.display()
        );
        let tables: serde_json::Map<_, _> =
            summary.tables.iter().map(|table| (table.name.to_owned(), table.rows.into())).collect();
        let values = json!({
            "subject": subject.name(), "path": folder, "messages": summary.messages, "posts": summary.posts,
            "users": summary.users, "channels": summary.channels, "rows": tables,
        });
        self.output.tell("metrics", &line, values)
    }

    /// Everything after the capture: the batch's tables, the master, and the results and reports of both.
    ///
    /// A batch whose pages were removed keeps the tables that it has.
    pub(crate) fn rest(
        &self,
        batches: &[BatchFolder],
        options: &MetricOptions,
        reporting: &Reporting,
    ) -> Result<Outcome> {
        let mut outcome = Outcome::Done;
        for batch in batches {
            if batch.pruned_at()?.is_some() {
                continue;
            }
            outcome = outcome.max(self.transform(batch, &TransformOptions::default())?);
        }
        self.merge(batches, &MergeOptions::default())?;
        let of_batches = batches.iter().cloned().map(Subject::Batch);
        for subject in of_batches.chain([Subject::Master]) {
            let folder = self.results(&subject);
            let graphing = Graphing { shown: reporting.shown, ..Graphing::default() };
            self.metrics_and_graph(&subject, options.clone(), &graphing, &folder)?;
            self.report(&subject, reporting, None)?;
        }
        Ok(outcome)
    }

    /// The named batches, or all of which `wanted` is true.
    pub(crate) fn batches(
        &self,
        named: &[BatchId],
        wanted: impl Fn(&BatchFolder) -> bool,
    ) -> Result<Vec<BatchFolder>> {
        if named.is_empty() {
            return Ok(self.home.batches()?.into_iter().filter(wanted).collect());
        }
        Ok(named.iter().map(|id| self.home.existing_batch(*id)).collect::<Result<_, _>>()?)
    }

    /// Whether a batch's tables were made after the master's: a capture that went on has more than was merged of it.
    pub(crate) fn is_newer_than_master(&self, batch: &BatchFolder) -> bool {
        let made =
            |folder: &Path| fs::metadata(folder.join("batch_data.csv")).and_then(|file| file.modified()).ok();
        made(&batch.csv()) > made(&self.home.master_csv())
    }

    /// The batches that the master holds.
    pub(crate) fn merged(&self) -> Result<BTreeSet<BatchId>> {
        Ok(merged_batches(&self.home.master_csv())?.into_iter().map(|batch| batch.batch).collect())
    }

    /// A batch, or the master where none is named.
    pub(crate) fn subject(&self, batch: Option<BatchId>) -> Result<Subject> {
        Ok(match batch {
            Some(batch) => Subject::Batch(self.home.existing_batch(batch)?),
            None => Subject::Master,
        })
    }

    /// The channels that are called so, by id or by name, with or without `#`.
    pub(crate) fn channels(&self, subject: &Subject, called: &[String]) -> Result<Vec<ChannelId>> {
        let mut left: BTreeSet<&str> = called.iter().map(String::as_str).collect();
        let mut found = Vec::new();
        if let Some(table) = TableReader::open(&Folder(self.tables(subject)?), &Channel::SCHEMA)?
            && !called.is_empty()
        {
            for channel in table.rows::<Channel>() {
                let channel = channel?;
                // Direct messages have no name, which must not be what `#` calls.
                let is_called = |name: &&String| {
                    let bare = name.strip_prefix('#').unwrap_or(name);
                    ***name == *channel.id.as_str() || !bare.is_empty() && bare == channel.name
                };
                for name in called.iter().filter(is_called) {
                    left.remove(name.as_str());
                    found.push(channel.id.clone());
                }
            }
        }
        match left.first() {
            Some(name) => Err(Usage(format!("{} knows no channel {name:?}", subject.name())).into()),
            None => Ok(found),
        }
    }

    /// Where a subject's metrics and graph go.
    pub(crate) fn results(&self, subject: &Subject) -> PathBuf {
        match subject {
            Subject::Master => self.home.metrics(),
            Subject::Batch(batch) => batch.metrics(),
            Subject::Shown { tables, .. } => tables.with_file_name("metrics"),
        }
    }

    /// Where a subject's tables are.
    pub(crate) fn tables(&self, subject: &Subject) -> Result<PathBuf> {
        let (csv, before) = match subject {
            Subject::Master => (self.home.master_csv(), "merge"),
            Subject::Batch(batch) => (batch.csv(), "transform"),
            Subject::Shown { tables, .. } => return Ok(tables.clone()),
        };
        if csv.join("batch_data.csv").is_file() || matches!(subject, Subject::Master) && csv.is_dir() {
            self.classify(&csv)?;
            return Ok(csv);
        }
        if matches!(subject, Subject::Master) && self.home.batches()?.is_empty() {
            let root = self.home.root();
            let root = fs::canonicalize(root).unwrap_or_else(|_| root.to_path_buf());
            let why = format!("there are no tables yet: no batch is in {}", root.display());
            return Err(Usage(why).into());
        }
        let missing = format!("{} has no tables yet; run `slack-analytics {before}` first", subject.name());
        Err(Usage(missing).into())
    }

    /// The zone table in use: the one in the data home, where it is put first for the user to see and change.
    pub(crate) fn zones(&self) -> Result<Vec<u8>> {
        let path = self.zones_file();
        if !path.exists() {
            slack_model::atomic::write_atomically(&path, slack_metrics::ZONES)?;
        }
        read(&path)
    }

    /// Where the zone table in use is.
    pub(crate) fn zones_file(&self) -> PathBuf {
        self.home.references().join(ZONES)
    }
}

impl Subject {
    /// What it is called.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Master => "master".into(),
            Self::Batch(batch) => format!("batch {}", batch.id()),
            Self::Shown { of, .. } => format!("{of} as shown"),
        }
    }
}

/// What a rebuilt master lacks.
fn lost_rows(master: &Path, next: &Path) -> Result<LostKeys> {
    let next = Folder(next.into());
    let moved = aliases::moved(&next)?;
    Ok(lost_keys(&Folder(master.into()), &next, &|id| moved.get(id).cloned())?)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    Ok(fs::read(path).map_err(|error| slack_model::Error::io("read", path, error))?)
}

/// A number of things, whose name may have more words after the one that counts.
fn many(number: u64, noun: &str) -> String {
    match noun.split_once(' ') {
        Some((first, rest)) => format!("{} {rest}", count(number, first)),
        None => count(number, noun),
    }
}

/// So many files that nothing read are named.
const NAMED: usize = 3;

/// The sentence about files of an export that nothing is known to read.
fn not_read(batch: &BatchFolder, number: u64) -> Result<String> {
    let table = TableReader::open(&Folder(batch.metadata()), &NotRead::SCHEMA)?;
    let mut names = Vec::new();
    for file in table.into_iter().flat_map(TableReader::rows::<NotRead>) {
        let file = file?;
        if !file.is_known && names.len() < NAMED {
            names.push(file.file);
        }
    }
    let more = number.saturating_sub(names.len() as u64);
    if more > 0 {
        names.push(format!("{} more", self::number(more)));
    }
    let path = batch.metadata().join(NotRead::SCHEMA.file_name());
    Ok(format!(
        "not read, of no known kind: {} ({}): {}",
        count(number, "file"),
        names.join(", "),
        path.display()
    ))
}

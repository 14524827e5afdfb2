//! A data home, and whose tables are worked on.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use slack_merge::merged_batches;
use slack_metrics::{DynMetric, Metric, TABLES};
use slack_model::batch::{BatchFolder, DataHome, HomeLock, RunStage};
use slack_model::rows::{self, Channel, NETWORK_TABLES};
use slack_model::{BatchId, ChannelId, Folder, Schema, Table, TableReader};

use crate::error::{Error, Result};
use crate::listener::{Event, Listener};
use crate::run_log::{RunLog, RunStatus};

/// A data home and what is done with it: a method for each stage.
pub struct Pipeline<'l> {
    home: DataHome,
    listener: &'l dyn Listener,
    metrics: Vec<Box<dyn DynMetric + 'l>>,
    log: Mutex<Option<RunLog>>,
    /// Held where the pipeline was opened.
    _lock: Option<HomeLock>,
}

/// Whose tables are measured.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Subject {
    /// The master.
    Master,
    /// A batch.
    Batch(BatchFolder),
    /// What is visible of another subject.
    Visible {
        /// The folder of its tables.
        tables: PathBuf,
        /// The name of the other subject.
        of: String,
    },
}

/// How long a lock is waited for that is held for a moment only.
const PATIENCE: Duration = Duration::from_secs(600);

/// The zone table's name in the data home's references.
const ZONES: &str = "tz_country.csv";

impl<'l> Pipeline<'l> {
    /// Opens a data home, which is made where there is none, and keeps others from writing to it.
    ///
    /// # Errors
    ///
    /// Where another program works on it, or it is of a later version.
    pub fn open(root: impl Into<PathBuf>, listener: &'l dyn Listener) -> Result<Self> {
        let mut pipeline = Self::new(DataHome::new(root), listener);
        pipeline._lock = Some(pipeline.lock("pipeline")?);
        Ok(pipeline)
    }

    /// A data home of which others may be writers: whoever changes it takes the [lock](Self::lock) first.
    pub fn new(home: DataHome, listener: &'l dyn Listener) -> Self {
        Self { home, listener, metrics: Vec::new(), log: Mutex::default(), _lock: None }
    }

    /// Measures a metric of one's own as well, in the same pass as the built-in ones.
    #[must_use]
    pub fn with_metric(mut self, metric: impl Metric + 'l) -> Self {
        self.metrics.push(Box::new(metric));
        self
    }

    /// The data home.
    pub fn home(&self) -> &DataHome {
        &self.home
    }

    /// Every table that the master and its results have: the contract's, the metrics', the network's, and those of one's own
    /// metrics. A store makes its tables of these, and shows of each column what its sensitivity allows.
    pub fn catalogue(&self) -> Vec<Schema> {
        let own = self.metrics.iter().map(|metric| metric.table());
        let built_in = rows::TABLES.iter().chain(TABLES).chain(NETWORK_TABLES);
        built_in.copied().chain(own).collect()
    }

    /// Takes the data home, and brings it up to this version. A server that makes its page holds it for a moment only, and a
    /// server that begins waits for the one who is at work: neither is a reason to fail.
    ///
    /// # Errors
    ///
    /// Where another program works on it, or it is of a later version.
    pub fn lock(&self, purpose: &str) -> Result<HomeLock> {
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

    /// Writes down from now on what each stage did and took.
    pub fn begin_log(&self) {
        *self.log.lock().unwrap_or_else(PoisonError::into_inner) = Some(RunLog::start());
    }

    /// Writes the log into the metadata of the batches that the stages worked for (`metadata/run.csv`).
    ///
    /// # Errors
    ///
    /// Where a file cannot be written.
    pub fn end_log(&self, status: RunStatus) -> Result<()> {
        match self.log.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(log) => log.write(&self.home, status),
            None => Ok(()),
        }
    }

    /// The stages of the log so far.
    pub(crate) fn stages_so_far(&self) -> Vec<RunStage> {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.as_ref().map(RunLog::stages).unwrap_or_default()
    }

    pub(crate) fn listener(&self) -> &'l dyn Listener {
        self.listener
    }

    pub(crate) fn own_metrics(&self) -> impl Iterator<Item = &(dyn DynMetric + 'l)> {
        self.metrics.iter().map(|metric| &**metric)
    }

    /// Tells the listener, and the log.
    pub(crate) fn tell(&self, event: &Event<'_>) -> Result<()> {
        self.listener.event(event)?;
        if let Some(log) = self.log.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            log.ended(event);
        }
        Ok(())
    }

    /// Stops here where the listener asks for it.
    pub(crate) fn check_cancelled(&self) -> Result<()> {
        if self.listener.is_cancelled() { Err(Error::Cancelled) } else { Ok(()) }
    }

    /// The named batches, or all of which `wanted` is true.
    ///
    /// # Errors
    ///
    /// Where a named one is not there, or the data home cannot be read.
    pub fn batches(
        &self,
        named: &[BatchId],
        wanted: impl Fn(&BatchFolder) -> bool,
    ) -> Result<Vec<BatchFolder>> {
        if named.is_empty() {
            return Ok(self.home.batches()?.into_iter().filter(wanted).collect());
        }
        Ok(named.iter().map(|id| self.home.existing_batch(*id)).collect::<Result<_, _>>()?)
    }

    /// Whether a batch's tables were made after the master's: a capture that was resumed has more than was merged of it.
    pub fn is_newer_than_master(&self, batch: &BatchFolder) -> bool {
        let made =
            |folder: &Path| fs::metadata(folder.join("batch_data.csv")).and_then(|file| file.modified()).ok();
        made(&batch.csv()) > made(&self.home.master_csv())
    }

    /// The batches that the master holds.
    ///
    /// # Errors
    ///
    /// Where the master's table of batches cannot be read.
    pub fn merged(&self) -> Result<BTreeSet<BatchId>> {
        Ok(merged_batches(&self.home.master_csv())?.into_iter().map(|batch| batch.batch).collect())
    }

    /// A batch, or the master where none is named.
    ///
    /// # Errors
    ///
    /// Where the batch is not there.
    pub fn subject(&self, batch: Option<BatchId>) -> Result<Subject> {
        Ok(match batch {
            Some(batch) => Subject::Batch(self.home.existing_batch(batch)?),
            None => Subject::Master,
        })
    }

    /// The channels that are named so, by id or by name, with or without `#`.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownChannel`] where the subject does not have one of them.
    pub fn channels(&self, subject: &Subject, called: &[String]) -> Result<Vec<ChannelId>> {
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
            Some(name) => Err(Error::UnknownChannel { subject: subject.name(), name: (*name).into() }),
            None => Ok(found),
        }
    }

    /// Where a subject's metrics and network go.
    pub fn results(&self, subject: &Subject) -> PathBuf {
        match subject {
            Subject::Master => self.home.metrics(),
            Subject::Batch(batch) => batch.metrics(),
            Subject::Visible { tables, .. } => tables.with_file_name("metrics"),
        }
    }

    /// Where a subject's tables are.
    ///
    /// # Errors
    ///
    /// [`Error::NoTables`] or [`Error::NoBatches`] where there are none yet.
    pub fn tables(&self, subject: &Subject) -> Result<PathBuf> {
        let (csv, before) = match subject {
            Subject::Master => (self.home.master_csv(), "merge"),
            Subject::Batch(batch) => (batch.csv(), "transform"),
            Subject::Visible { tables, .. } => return Ok(tables.clone()),
        };
        if csv.join("batch_data.csv").is_file() || matches!(subject, Subject::Master) && csv.is_dir() {
            self.classify(&csv)?;
            return Ok(csv);
        }
        if matches!(subject, Subject::Master) && self.home.batches()?.is_empty() {
            let root = self.home.root();
            return Err(Error::NoBatches { home: fs::canonicalize(root).unwrap_or_else(|_| root.into()) });
        }
        Err(Error::NoTables { subject: subject.name(), before })
    }

    /// The zone table in use: the one in the data home, where it is put first for the user to see and change.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read or written.
    pub fn zones(&self) -> Result<Vec<u8>> {
        let path = self.zones_file();
        if !path.exists() {
            slack_model::atomic::write_atomically(&path, slack_metrics::ZONES)?;
        }
        Ok(fs::read(&path).map_err(|error| slack_model::Error::io("read", &path, error))?)
    }

    /// Where the zone table in use is.
    pub(crate) fn zones_file(&self) -> PathBuf {
        self.home.references().join(ZONES)
    }
}

impl Subject {
    /// What it is called: `master`, `batch 20261123190212`, or either of them `as shown`.
    pub fn name(&self) -> String {
        match self {
            Self::Master => "master".into(),
            Self::Batch(batch) => format!("batch {}", batch.id()),
            Self::Visible { of, .. } => format!("{of} as shown"),
        }
    }
}

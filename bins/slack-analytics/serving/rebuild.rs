//! Makes the page anew when the tables have changed.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, SystemTime};

use slack_model::batch::HomeLock;

use super::{Current, Folders, Snapshot};
use crate::app::App;
use crate::exit::Result;
use slack_pipeline::Listener as _;
use slack_pipeline::ReportRequest;
use slack_pipeline::Subject;

/// How often the folders are looked at.
const PAUSE: Duration = Duration::from_secs(2);

/// What tells that tables have changed: the length and the time of each file of a folder.
pub(super) type Stamp = BTreeMap<OsString, (u64, Option<SystemTime>)>;

/// What is needed to make the page anew.
pub(super) struct Rebuilding<'p> {
    app: &'p App<'p>,
    reporting: &'p ReportRequest,
    made_of: [Stamp; 3],
}

impl<'p> Rebuilding<'p> {
    /// Makes the first page.
    pub(super) fn begin(app: &'p App<'p>, reporting: &'p ReportRequest) -> Result<(Self, Snapshot)> {
        let lock = app.pipeline.lock("serve")?;
        let mut rebuilding = Self { app, reporting, made_of: Default::default() };
        let snapshot = rebuilding.snapshot(&lock)?;
        Ok((rebuilding, snapshot))
    }

    /// Looks for changes until the other end is gone. While another process works on the data home, or where what it left
    /// cannot be read, the page stays as it is.
    pub(super) fn watch(mut self, current: &Current, end: &Receiver<()>) {
        while end.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
            if self.stamp() == self.made_of {
                continue;
            }
            let Ok(lock) = self.app.home().lock("serve") else { continue };
            match self.snapshot(&lock) {
                Ok(snapshot) => current.set(snapshot),
                Err(failure) => {
                    let why = crate::exit::chain(&failure).join(": ");
                    self.app.output.progress().note(&format!("the page stays as it was: {why}"));
                    self.made_of = self.stamp();
                }
            }
        }
    }

    /// Nobody changes the tables meanwhile: whoever would holds the lock.
    fn snapshot(&mut self, _lock: &HomeLock) -> Result<Snapshot> {
        self.made_of = self.stamp();
        let read = self.app.pipeline.read_report(&Subject::Master, self.reporting)?;
        let mut page = Vec::new();
        read.report.write_html(&mut page)?;
        let tells_all = !self.reporting.is_anonymous && self.reporting.min_group <= 1;
        let stamp = stamp(&read.tables);
        let folders = tells_all.then_some(Folders { tables: read.tables, metrics: read.metrics, stamp });
        Ok(Snapshot { page: page.into(), folders })
    }

    /// The references say what is public: who takes a line out of them wants the conversation to be seen no more, and no
    /// table tells of that before the page is made.
    fn stamp(&self) -> [Stamp; 3] {
        let home = &self.app.home();
        [home.master_csv(), home.metrics(), home.references()].map(|folder| stamp(&folder))
    }
}

pub(super) fn stamp(folder: &Path) -> Stamp {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let known = files.filter_map(|file| {
        let metadata = file.metadata().ok()?;
        Some((file.file_name(), (metadata.len(), metadata.modified().ok())))
    });
    known.collect()
}

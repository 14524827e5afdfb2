//! Makes the page anew when the tables have changed.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use slack_model::batch::HomeLock;

use slack_pipeline::{Listener as _, ReportRequest, Subject};
use slack_serve::{Current, FolderStamp, Folders, Snapshot};

use crate::app::App;
use crate::failure::{Result, chain};

/// How often the folders are looked at.
const PAUSE: Duration = Duration::from_secs(2);

/// What is needed to make the page anew.
pub(crate) struct Rebuilding<'p> {
    app: &'p App<'p>,
    reporting: &'p ReportRequest,
    made_of: [FolderStamp; 3],
}

impl<'p> Rebuilding<'p> {
    /// Makes the first page.
    pub(crate) fn begin(app: &'p App<'p>, reporting: &'p ReportRequest) -> Result<(Self, Snapshot)> {
        let lock = app.pipeline.lock("serve")?;
        let mut rebuilding = Self { app, reporting, made_of: Default::default() };
        let snapshot = rebuilding.snapshot(&lock)?;
        Ok((rebuilding, snapshot))
    }

    /// Looks for changes until the other end is gone. While another process works on the data home, or where what it left
    /// cannot be read, the page stays as it is.
    pub(crate) fn watch(mut self, current: &Current, end: &Receiver<()>) {
        while end.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
            if self.stamp() == self.made_of {
                continue;
            }
            let Ok(lock) = self.app.home().lock("serve") else { continue };
            match self.snapshot(&lock) {
                Ok(snapshot) => current.set(snapshot),
                Err(failure) => {
                    let why = chain(&failure).join(": ");
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
        let page = Snapshot::page(page);
        Ok(if tells_all { page.with_folders(Folders::new(read.tables, read.metrics)) } else { page })
    }

    /// The references say what is public: who takes a line out of them wants the conversation to be seen no more, and no
    /// table tells of that before the page is made.
    fn stamp(&self) -> [FolderStamp; 3] {
        let home = &self.app.home();
        [home.master_csv(), home.metrics(), home.references()].map(|folder| FolderStamp::of(&folder))
    }
}

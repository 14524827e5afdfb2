//! The report stage: one page of a batch or the master.

use std::fs::{self, OpenOptions};
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use chrono::Utc;
use serde::Serialize;
use slack_model::atomic::AtomicFile;
use slack_model::{Folder, Shown, Time};
use slack_report::{Capture, PseudonymKey, Report, ReportOptions};

use crate::error::{Error, Result};
use crate::listener::Event;
use crate::measurement::Measurement;
use crate::pipeline::{Pipeline, Subject};

/// What a report shows.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ReportRequest {
    /// What it is called; the workspace's name where `None`.
    pub title: Option<String>,
    /// Whether people have pseudonyms; false by default.
    pub is_anonymous: bool,
    /// Groups of fewer people are taken together; 1 by default.
    pub min_group: u64,
    /// The conversations that it is of; public ones by default.
    pub visibility: Shown,
}

impl Default for ReportRequest {
    fn default() -> Self {
        Self { title: None, is_anonymous: false, min_group: 1, visibility: Shown::default() }
    }
}

/// A report that was written.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct ReportSummary {
    /// Whose report it is.
    pub subject: String,
    /// The page.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: u64,
    /// Private or direct conversations that are withheld.
    pub left_out: usize,
    /// Whether people have pseudonyms.
    pub anonymous: bool,
    /// Groups of fewer people are taken together.
    pub min_group: u64,
}

/// A report, and where the tables are that it was made of.
#[derive(Debug)]
#[non_exhaustive]
pub struct ReportTables {
    /// The report.
    pub report: Report,
    /// Private or direct conversations that are withheld.
    pub left_out: usize,
    /// The folder of the visible tables.
    pub tables: PathBuf,
    /// The folder of their metrics.
    pub metrics: PathBuf,
}

/// The name of the page's file.
const FILE: &str = "report.html";

/// The name of the file that holds the key of the data home's pseudonyms.
const KEY: &str = "pseudonyms.key";

impl Pipeline<'_> {
    /// Writes the report of a batch or the master, by default where its tables are.
    ///
    /// # Errors
    ///
    /// [`Error::NoMetrics`] where the subject was not measured, and where the page cannot be written.
    pub fn report(
        &self,
        subject: &Subject,
        request: &ReportRequest,
        out: Option<&Path>,
    ) -> Result<ReportSummary> {
        self.check_cancelled()?;
        let path = out.map_or_else(|| self.report_path(subject), Path::to_path_buf);
        let read = self.read_report(subject, request)?;
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(|error| slack_model::Error::io("make", folder, error))?;
        }
        let mut file = BufWriter::new(AtomicFile::create_derived(&path)?);
        read.report.write_html(&mut file)?;
        file.flush()?;
        file.into_inner().map_err(std::io::IntoInnerError::into_error)?.commit()?;
        let summary = ReportSummary {
            subject: subject.name(),
            bytes: fs::metadata(&path).map_or(0, |metadata| metadata.len()),
            path,
            left_out: read.left_out,
            anonymous: request.is_anonymous,
            min_group: request.min_group,
        };
        self.tell(&Event::Report(&summary))?;
        Ok(summary)
    }

    /// Puts the report together.
    ///
    /// # Errors
    ///
    /// [`Error::NoMetrics`] where the subject was not measured, and where a table cannot be read.
    pub fn read_report(&self, subject: &Subject, request: &ReportRequest) -> Result<ReportTables> {
        let visible = self.visible(subject, request.visibility)?;
        let Some(metrics) = &visible.metrics else {
            return Err(Error::NoMetrics { subject: subject.name() });
        };
        let mut options = ReportOptions::default();
        options.title.clone_from(&request.title);
        options.subject = subject.name();
        options.generated_at = Time::from_micros(Utc::now().timestamp_micros()).unwrap_or(Time::EPOCH);
        options.pseudonyms = request.is_anonymous.then(|| self.pseudonym_key()).transpose()?;
        options.min_group = request.min_group;
        options.left_out = visible.left_out as u64;
        options.zone =
            Measurement::read(&self.results(subject))?.timezone().unwrap_or_else(|| options.zone.clone());
        options.captures = self.captures(subject)?;
        let report = Report::read(&Folder(visible.tables.clone()), &Folder(metrics.clone()), &options)?;
        Ok(ReportTables {
            report,
            left_out: visible.left_out,
            tables: visible.tables.clone(),
            metrics: metrics.clone(),
        })
    }

    /// Where the report of a subject is by default.
    pub fn report_path(&self, subject: &Subject) -> PathBuf {
        match subject {
            Subject::Batch(batch) => batch.root().join(FILE),
            _ => self.home().root().join(FILE),
        }
    }

    /// What is known of the batches that the subject's tables came from.
    fn captures(&self, subject: &Subject) -> Result<Vec<Capture>> {
        let mut captures = self.captures_as_noted(subject)?;
        // What the run that is under way did is noted when it ends, and this is one of its last stages.
        let so_far = self.stages_so_far();
        if let Some(newest) = captures.last_mut().filter(|_| !so_far.is_empty()) {
            newest.stages = so_far.into_iter().map(Into::into).collect();
        }
        Ok(captures)
    }

    fn captures_as_noted(&self, subject: &Subject) -> Result<Vec<Capture>> {
        if let Subject::Batch(batch) = subject {
            return Ok(vec![Capture::read(batch)?]);
        }
        // A batch whose folder was taken away is still in the master.
        let capture = |id| match self.home().existing_batch(id) {
            Ok(batch) => Capture::read(&batch),
            Err(_) => Ok(Capture::new(id)),
        };
        Ok(self.merged()?.into_iter().map(capture).collect::<Result<_, _>>()?)
    }

    /// The key of the data home's pseudonyms, which is made when it is needed first.
    ///
    /// # Errors
    ///
    /// Where the file cannot be made or read, or is not a key.
    pub fn pseudonym_key(&self) -> Result<PseudonymKey> {
        let path = self.home().root().join(KEY);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        // Who can read it can tell who is who.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        // Written beside and then named, so that it is whole or not there.
        let beside = path.with_extension("key.new");
        if !path.exists() {
            match fs::remove_file(&beside) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(slack_model::Error::io("remove", &beside, error).into());
                }
                _ => {}
            }
            let failed = |error| slack_model::Error::io("write", &beside, error);
            {
                let mut file = options.open(&beside).map_err(failed)?;
                let mut bytes = [0; 32];
                getrandom::fill(&mut bytes).map_err(|error| std::io::Error::other(error.to_string()))?;
                let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                writeln!(file, "{text}").and_then(|()| file.sync_all()).map_err(failed)?;
            }
            fs::rename(&beside, &path).map_err(|error| slack_model::Error::io("make", &path, error))?;
        }
        let text = fs::read_to_string(&path).map_err(|error| slack_model::Error::io("read", &path, error))?;
        let text = text.trim();
        let byte = |place: usize| {
            text.get(2 * place..2 * place + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok())
        };
        let bytes: Option<Vec<u8>> = (0..32).map(byte).collect();
        match bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()).filter(|_| text.len() == 64) {
            Some(bytes) => Ok(PseudonymKey::new(bytes)),
            None => Err(Error::PseudonymKey { path }),
        }
    }
}

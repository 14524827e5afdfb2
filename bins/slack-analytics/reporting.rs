//! The report stage: one page of a batch or the master.

use std::fs::{self, OpenOptions};
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use chrono::Utc;
use serde_json::json;
use slack_model::atomic::AtomicFile;
use slack_model::{Folder, Shown, Time};
use slack_report::{Capture, PseudonymKey, Report, ReportOptions};

use crate::exit::{Outcome, Result, Usage};
use crate::measured::Measured;
use crate::output::number;
use crate::permissions::hand_on;
use crate::pipeline::{Pipeline, Subject};
use crate::shown::withheld;

/// What a report shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reporting {
    pub(crate) title: Option<String>,
    pub(crate) is_anonymous: bool,
    pub(crate) min_group: u64,
    pub(crate) shown: Shown,
}

/// A report, and where the tables are that it was made of.
pub(crate) struct ReadReport {
    pub(crate) report: Report,
    /// Number of conversations that are left out.
    pub(crate) left_out: usize,
    pub(crate) tables: PathBuf,
    pub(crate) metrics: PathBuf,
}

/// The name of the page's file.
const FILE: &str = "report.html";

/// The name of the file that holds the key of the data home's pseudonyms.
const KEY: &str = "pseudonyms.key";

impl Pipeline<'_> {
    /// Writes the report of a batch or the master, by default where its tables are.
    pub(crate) fn report(
        &self,
        subject: &Subject,
        reporting: &Reporting,
        out: Option<&Path>,
    ) -> Result<Outcome> {
        let path = out.map_or_else(|| self.report_path(subject), Path::to_path_buf);
        let read = self.read_report(subject, reporting)?;
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(|error| slack_model::Error::io("make", folder, error))?;
        }
        let mut file = BufWriter::new(AtomicFile::create_derived(&path)?);
        read.report.write_html(&mut file)?;
        file.flush()?;
        file.into_inner().map_err(std::io::IntoInnerError::into_error)?.commit()?;
        if out.is_some() {
            hand_on(&path)?;
        }
        let bytes = fs::metadata(&path).map_or(0, |metadata| metadata.len());
        let mut line = format!("{}: {} kB -> {}", subject.name(), number(bytes / 1000), path.display());
        line.push_str(&withheld(read.left_out));
        let values = json!({
            "subject": subject.name(), "path": path, "bytes": bytes, "left_out": read.left_out,
            "anonymous": reporting.is_anonymous, "min_group": reporting.min_group,
        });
        self.output.tell("report", &line, values)?;
        Ok(Outcome::Done)
    }

    /// Puts the report together.
    pub(crate) fn read_report(&self, subject: &Subject, reporting: &Reporting) -> Result<ReadReport> {
        let shown = self.shown(subject, reporting.shown)?;
        let Some(metrics) = &shown.metrics else {
            let why = format!(
                "{} has no metrics yet; run `slack-analytics metrics` and `graph` first",
                subject.name()
            );
            return Err(Usage(why).into());
        };
        let mut options = ReportOptions::default();
        options.title.clone_from(&reporting.title);
        options.subject = subject.name();
        options.generated_at = Time::from_micros(Utc::now().timestamp_micros()).unwrap_or(Time::EPOCH);
        options.pseudonyms = reporting.is_anonymous.then(|| self.pseudonym_key()).transpose()?;
        options.min_group = reporting.min_group;
        options.left_out = shown.left_out as u64;
        options.zone =
            Measured::read(&self.results(subject))?.timezone().unwrap_or_else(|| options.zone.clone());
        options.captures = self.captures(subject)?;
        let report = Report::read(&Folder(shown.tables.clone()), &Folder(metrics.clone()), &options)?;
        Ok(ReadReport {
            report,
            left_out: shown.left_out,
            tables: shown.tables.clone(),
            metrics: metrics.clone(),
        })
    }

    /// Where the report of a subject is by default.
    pub(crate) fn report_path(&self, subject: &Subject) -> PathBuf {
        match subject {
            Subject::Batch(batch) => batch.root().join(FILE),
            _ => self.home.root().join(FILE),
        }
    }

    /// What is known of the batches that the subject's tables came from.
    fn captures(&self, subject: &Subject) -> Result<Vec<Capture>> {
        let mut captures = self.captures_as_noted(subject)?;
        // What the run that is under way did is noted when it ends, and this is one of its last stages.
        let so_far = self.output.stages_so_far();
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
        let capture = |id| match self.home.existing_batch(id) {
            Ok(batch) => Capture::read(&batch),
            Err(_) => Ok(Capture::new(id)),
        };
        Ok(self.merged()?.into_iter().map(capture).collect::<Result<_, _>>()?)
    }

    /// The key of the data home's pseudonyms, which is made when it is needed first.
    pub(crate) fn pseudonym_key(&self) -> Result<PseudonymKey> {
        let path = self.home.root().join(KEY);
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
            None => Err(Usage(format!("{} is not 64 hexadecimal digits", path.display())).into()),
        }
    }
}

//! What a run tells: a line a step as it goes, or one JSON object at the end.

use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value};

use slack_model::Progress;
use slack_pipeline::{Event, Listener};

use crate::failure::{Outcome, Result, chain, status};
use crate::hint::hint;
use crate::printable::printable;
use crate::progress::{Bars, PlainLines};
use crate::redact::{redact, redact_json};
use crate::style::{STAGE, is_seen, styled};
use crate::words;

/// Where a run's words go.
pub(crate) struct Output {
    quiet: bool,
    json: bool,
    /// Whether lines go to a log: a line a stage, with the time where the log gives it none.
    is_log: bool,
    stages: Mutex<Vec<Value>>,
}

impl Output {
    pub(crate) fn new(quiet: bool, json: bool) -> Self {
        Self { quiet, json, is_log: false, stages: Mutex::default() }
    }

    /// For a run, which nobody may watch.
    pub(crate) fn for_run(self) -> Self {
        Self { is_log: !is_seen(), ..self }
    }

    /// Whether a program reads what is printed.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Tells of a finished step: a line for a person, or values for a program.
    pub(crate) fn tell(&self, stage: &str, line: &str, values: Value) -> io::Result<()> {
        if !self.quiet && !self.json {
            let line = printable(line);
            print(&if self.is_log { log_line(stage, &line) } else { lines(stage, &line) })?;
        }
        self.keep(stage, values);
        Ok(())
    }

    /// Keeps a stage's values for the JSON object.
    pub(crate) fn keep(&self, stage: &str, values: Value) {
        let mut stages = self.stages.lock().unwrap_or_else(PoisonError::into_inner);
        stages.push(Value::Object(stage_object(stage, values)));
    }

    /// Hands over what was asked for itself, a file to be mostly: printed as it is, quiet or not, or as values for
    /// a program.
    pub(crate) fn hand_over(&self, stage: &str, text: &str, values: Value) -> Result<()> {
        if !self.json {
            print_exactly(&format!("{}\n", redact(text)))?;
        }
        self.keep(stage, values);
        Ok(())
    }

    /// Says on standard error what to do with what was handed over.
    pub(crate) fn advise(&self, text: &str) {
        if !self.quiet && !self.json {
            self.warn(text);
        }
    }

    /// Says on standard error what must be known whatever is asked for.
    pub(crate) fn warn(&self, text: &str) {
        eprintln!("{}", printable(text));
    }

    /// Prints the JSON object, where one was asked for.
    pub(crate) fn finish(&self, command: &str, outcome: &Result<Outcome>) -> Result<()> {
        if !self.json {
            return Ok(());
        }
        let stages = self.stages.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let status = status(outcome).as_str();
        let mut object = serde_json::json!({ "command": command, "status": status, "stages": stages });
        if let Err(failure) = outcome {
            object["error"] = chain(failure).join(": ").into();
            object["hint"] = hint(failure).into();
        }
        print_exactly(&format!("{}\n", redact_json(object)))
    }
}

impl Listener for Output {
    /// Bars on a terminal, plain lines in a log, nothing when quiet.
    fn progress(&self) -> Box<dyn Progress + '_> {
        if self.quiet || self.json || !io::stderr().is_terminal() {
            Box::new(PlainLines::new(self.quiet || self.json))
        } else {
            Box::new(Bars::default())
        }
    }

    fn event(&self, event: &Event<'_>) -> io::Result<()> {
        self.tell(event.stage(), &words::of(event), serde_json::to_value(event)?)
    }
}

/// A stage's values with its name.
fn stage_object(stage: &str, values: Value) -> Map<String, Value> {
    let mut object = Map::from_iter([("stage".to_owned(), Value::from(stage))]);
    if let Value::Object(values) = values {
        object.extend(values);
    }
    object
}

/// Prints to standard output. Whoever reads it may have seen enough: that is no reason to stop the work.
fn print(text: &str) -> io::Result<()> {
    // Colours are left out where no terminal shows them.
    match anstream::AutoStream::auto(io::stdout().lock()).write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Prints what is for a program as it is.
pub(crate) fn print_exactly(text: &str) -> Result<()> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// A stage's lines, its name before the first one. A row of a table that a program reads stands by itself.
fn lines(stage: &str, line: &str) -> String {
    let mut text = String::new();
    for (number, line) in line.lines().enumerate() {
        if line.contains('\t') {
            text.push_str(line);
        } else {
            let stage = if number == 0 { stage } else { "" };
            let padding = " ".repeat(11_usize.saturating_sub(stage.len()).max(1));
            text.push_str(format!("{}{padding}{line}", styled(STAGE, stage)).trim_end());
        }
        text.push('\n');
    }
    text
}

/// A stage in one line. The journal of systemd knows the time.
fn log_line(stage: &str, line: &str) -> String {
    let line = line.lines().map(str::trim).collect::<Vec<_>>().join("; ");
    if std::env::var_os("JOURNAL_STREAM").is_some() {
        return format!("{stage}: {line}\n");
    }
    let now = chrono::Utc::now().format("%Y-%m-%dT%H:%M:%SZ");
    format!("{now} {stage}: {line}\n")
}

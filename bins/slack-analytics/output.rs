//! What a run tells: a line a step as it goes, or one JSON object at the end.

use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;

use serde_json::{Map, Value};

use crate::exit::{Outcome, Result, chain};
use crate::progress::{Bars, PlainLines};

/// Where a run's words go.
pub(crate) struct Output {
    quiet: bool,
    json: bool,
    stages: Mutex<Vec<Value>>,
}

impl Output {
    pub(crate) fn new(quiet: bool, json: bool) -> Self {
        Self { quiet, json, stages: Mutex::default() }
    }

    /// Whether a program reads what is printed.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Tells of a finished step: a line for a person, or values for a program.
    pub(crate) fn tell(&self, stage: &str, line: &str, values: Value) -> Result<()> {
        if !self.quiet && !self.json {
            let mut text = String::new();
            for (number, line) in line.lines().enumerate() {
                let stage = if number == 0 { stage } else { "" };
                text.push_str(format!("{stage:<10} {line}").trim_end());
                text.push('\n');
            }
            print(&text)?;
        }
        self.keep(stage, values);
        Ok(())
    }

    /// Keeps a stage's values for the JSON object.
    pub(crate) fn keep(&self, stage: &str, values: Value) {
        let mut object = Map::from_iter([("stage".to_owned(), Value::from(stage))]);
        if let Value::Object(values) = values {
            object.extend(values);
        }
        let mut stages = self.stages.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        stages.push(Value::Object(object));
    }

    /// Hands over what was asked for itself, a file to be mostly: printed as it is, quiet or not, or as values for
    /// a program.
    pub(crate) fn hand_over(&self, stage: &str, text: &str, values: Value) -> Result<()> {
        if !self.json {
            print(&format!("{text}\n"))?;
        }
        self.keep(stage, values);
        Ok(())
    }

    /// Says on standard error what to do with what was handed over.
    pub(crate) fn advise(&self, text: &str) {
        if !self.quiet && !self.json {
            eprintln!("{text}");
        }
    }

    /// Prints the JSON object, where one was asked for.
    pub(crate) fn finish(&self, command: &str, outcome: &Result<Outcome>) -> Result<()> {
        if !self.json {
            return Ok(());
        }
        let stages = self.stages.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        let (status, error) = match outcome {
            Ok(Outcome::Done) => ("done", None),
            Ok(Outcome::Gaps) => ("gaps", None),
            Err(failure) => ("failed", Some(chain(failure).join(": "))),
        };
        let mut object = serde_json::json!({ "command": command, "status": status, "stages": stages });
        if let Some(error) = error {
            object["error"] = error.into();
        }
        print(&format!("{object}\n"))
    }

    /// A listener for a stage's progress: bars on a terminal, plain lines in a log, nothing when quiet.
    pub(crate) fn progress(&self) -> Box<dyn slack_model::Progress> {
        if self.quiet || self.json || !io::stderr().is_terminal() {
            Box::new(PlainLines::new(self.quiet || self.json))
        } else {
            Box::new(Bars::default())
        }
    }
}

/// Prints to standard output. Whoever reads it may have seen enough: that is no reason to stop the work.
fn print(text: &str) -> Result<()> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// A number as people read it: `1,234,567`.
pub(crate) fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with its noun: `1 gap`, `2 gaps`.
pub(crate) fn count(value: u64, noun: &str) -> String {
    format!("{} {noun}{}", number(value), if value == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(number), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(count(1, "gap"), "1 gap");
    }
}

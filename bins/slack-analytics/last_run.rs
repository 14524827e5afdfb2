//! What a run did, kept in the metadata of its batches.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Map, Value};
use slack_model::batch::{DataHome, RunStage};
use slack_model::{BatchId, Float, Time};

use crate::exit::{Outcome, Result};

/// Times the stages of a run: each begins when the one before has ended.
pub(crate) struct Clock {
    begun: (Time, Instant, f64),
    stage: (Time, Instant, f64),
}

impl Clock {
    pub(crate) fn start() -> Self {
        let now = (now(), Instant::now(), cpu_seconds());
        Self { begun: now, stage: now }
    }

    /// A row for the stage that has just ended.
    pub(crate) fn ended(&mut self, stage: &str, values: &Map<String, Value>) -> RunStage {
        let (started_at, instant, cpu) = self.stage;
        // What a row takes to be made is of one stage only: the next one's.
        self.stage = (now(), Instant::now(), cpu_seconds());
        row(stage, started_at, self.stage.1 - instant, detail(values) + &usage(self.stage.2 - cpu))
    }

    /// A row for the whole run.
    pub(crate) fn whole(&self, status: &str) -> RunStage {
        let (started_at, instant, cpu) = self.begun;
        let version = env!("CARGO_PKG_VERSION");
        let detail = format!("status={status} version={version}{}", usage(cpu_seconds() - cpu));
        row("run", started_at, instant.elapsed(), detail)
    }
}

fn row(stage: &str, started_at: Time, took: Duration, detail: String) -> RunStage {
    let seconds = (took.as_secs_f64() * 1_000.0).round() / 1_000.0;
    let (stage, detail) = (stage.to_owned(), detail.trim().to_owned());
    RunStage { stage, started_at: Some(started_at), seconds: Float(seconds), detail }
}

fn now() -> Time {
    let micros = chrono::Utc::now().timestamp_micros();
    // The clock of a machine stands within the years that a time can tell.
    Time::from_micros(micros).unwrap_or(Time::EPOCH)
}

/// A stage's values that are one word each, and its rows by table.
fn detail(values: &Map<String, Value>) -> String {
    let mut words = String::new();
    let word = |value: &Value| match value {
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::String(text) => Some(text.replace(char::is_whitespace, "_")),
        _ => None,
    };
    for (key, value) in values.iter().filter(|(key, _)| !matches!(key.as_str(), "stage" | "path")) {
        if let (Value::Object(rows), "rows") = (value, key.as_str()) {
            rows.iter().for_each(|(table, rows)| words.push_str(&format!(" rows.{table}={rows}")));
        } else if let Some(word) = word(value).filter(|word| !word.is_empty()) {
            words.push_str(&format!(" {key}={word}"));
        }
    }
    words
}

fn usage(cpu_seconds: f64) -> String {
    let cpu = if cpu_seconds > 0.0 { format!(" cpu_seconds={cpu_seconds:.2}") } else { String::new() };
    let peak = peak_memory().map(|bytes| format!(" peak_memory_bytes={bytes}"));
    cpu + &peak.unwrap_or_default()
}

/// The most memory that the process has held so far, where the system tells (Linux).
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()? * 1_024)
}

/// The processor time of the process so far, where the system tells (Linux); 0 elsewhere.
fn cpu_seconds() -> f64 {
    let Ok(stat) = std::fs::read_to_string("/proc/self/stat") else { return 0.0 };
    // The program's name, in parentheses, may hold anything.
    let Some((_, fields)) = stat.rsplit_once(") ") else { return 0.0 };
    let ticks = fields.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok());
    ticks.sum::<f64>() / TICKS
}

/// Linux tells programs of a hundredth of a second, whatever its own clock.
const TICKS: f64 = 100.0;

/// Writes the stages of a run into the metadata of the batches that they worked for; what was done to the master, and
/// the whole run, into that of the newest of them.
pub(crate) fn write(home: &DataHome, stages: &[(Option<BatchId>, RunStage)], whole: RunStage) -> Result<()> {
    let mut of: BTreeMap<BatchId, Vec<RunStage>> =
        stages.iter().filter_map(|(batch, _)| Some(((*batch)?, Vec::new()))).collect();
    let Some(newest) = of.keys().next_back().copied() else { return Ok(()) };
    for (batch, stage) in stages {
        of.entry(batch.unwrap_or(newest)).or_default().push(stage.clone());
    }
    of.entry(newest).or_default().push(whole);
    for (batch, stages) in of {
        let batch = home.batch(batch);
        // The export of another workspace was taken out again.
        if batch.root().is_dir() {
            RunStage::write(&stages, &batch.metadata())?;
        }
    }
    Ok(())
}

/// The batch that a stage's values are of.
pub(crate) fn batch_of(values: &Map<String, Value>) -> Option<BatchId> {
    let of = |key: &str| values.get(key).and_then(Value::as_str);
    let id = of("batch").or_else(|| of("subject")?.strip_prefix("batch "))?;
    BatchId::parse(id.as_bytes())
}

/// How a run ended, in a word.
pub(crate) fn word(outcome: &Result<Outcome>) -> &'static str {
    match outcome {
        Ok(Outcome::Done) => "done",
        Ok(Outcome::Gaps) => "gaps",
        Err(_) => "failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_stage_is_told_in_words() {
        let values = json!({ "stage": "metrics", "path": "x", "subject": "batch 20260101000000", "posts": 3,
            "rows": { "tag_data": 2 }, "gaps": [], "name": "" });
        let Value::Object(values) = values else { panic!("no object") };
        assert_eq!(detail(&values), " posts=3 rows.tag_data=2 subject=batch_20260101000000");
        assert_eq!(batch_of(&values).map(|batch| batch.to_string()).as_deref(), Some("20260101000000"));
        let row = Clock::start().ended("metrics", &values);
        assert_eq!((row.stage.as_str(), row.value("posts")), ("metrics", Some("3")));
        if cfg!(target_os = "linux") {
            assert!(peak_memory().is_some_and(|bytes| bytes > 100_000));
        }
    }
}

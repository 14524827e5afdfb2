//! What a run did, kept in the metadata of its batches.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Map, Value};
use slack_model::batch::{DataHome, RunStage};
use slack_model::{BatchId, Float, Time};

use crate::error::Result;
use crate::listener::Event;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RunStatus {
    /// Everything was read and written.
    Done,
    /// Something could not be read.
    Gaps,
    /// It ended with an error.
    Failed,
}

impl RunStatus {
    /// The status in a word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Gaps => "gaps",
            Self::Failed => "failed",
        }
    }
}

/// Times the stages of a run: each begins when the one before has ended.
pub struct RunLog {
    begun: (Time, Instant, f64),
    stage: (Time, Instant, f64),
    stages: Vec<(Option<BatchId>, RunStage)>,
}

impl RunLog {
    pub(crate) fn start() -> Self {
        let now = (now(), Instant::now(), cpu_seconds());
        Self { begun: now, stage: now, stages: Vec::new() }
    }

    /// Adds the stage that has just ended.
    pub(crate) fn ended(&mut self, event: &Event<'_>) {
        let Ok(Value::Object(values)) = serde_json::to_value(event) else { return };
        self.add(event.stage(), &values);
    }

    fn add(&mut self, stage: &str, values: &Map<String, Value>) {
        let (started_at, instant, cpu) = self.stage;
        // What a row takes to be made is of one stage only: the next one's.
        self.stage = (now(), Instant::now(), cpu_seconds());
        let detail = detail(values) + &usage(self.stage.2 - cpu);
        self.stages.push((batch_of(values), row(stage, started_at, self.stage.1 - instant, detail)));
    }

    pub(crate) fn stages(&self) -> Vec<RunStage> {
        self.stages.iter().map(|(_, stage)| stage.clone()).collect()
    }

    /// Writes the stages into the metadata of the batches that they worked for; what was done to the master, and the whole run,
    /// into that of the newest of them.
    pub(crate) fn write(self, home: &DataHome, status: RunStatus) -> Result<()> {
        let mut of: BTreeMap<BatchId, Vec<RunStage>> =
            self.stages.iter().filter_map(|(batch, _)| Some(((*batch)?, Vec::new()))).collect();
        let Some(newest) = of.keys().next_back().copied() else { return Ok(()) };
        for (batch, stage) in &self.stages {
            of.entry(batch.unwrap_or(newest)).or_default().push(stage.clone());
        }
        of.entry(newest).or_default().push(self.whole(status));
        for (batch, stages) in of {
            let batch = home.batch(batch);
            // The export of another workspace was taken out again.
            if batch.root().is_dir() {
                RunStage::write(&stages, &batch.metadata())?;
            }
        }
        Ok(())
    }

    /// A row for the whole run.
    fn whole(&self, status: RunStatus) -> RunStage {
        let (started_at, instant, cpu) = self.begun;
        let (status, version) = (status.as_str(), env!("CARGO_PKG_VERSION"));
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

/// The batch that a stage's values are of.
fn batch_of(values: &Map<String, Value>) -> Option<BatchId> {
    let of = |key: &str| values.get(key).and_then(Value::as_str);
    let id = of("batch").or_else(|| of("subject")?.strip_prefix("batch "))?;
    BatchId::parse(id.as_bytes())
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
        let mut log = RunLog::start();
        log.add("metrics", &values);
        let row = log.stages().remove(0);
        assert_eq!((row.stage.as_str(), row.value("posts")), ("metrics", Some("3")));
        if cfg!(target_os = "linux") {
            assert!(peak_memory().is_some_and(|bytes| bytes > 100_000));
        }
    }
}

//! How far a stage has come: bars on a terminal, a line now and then elsewhere.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use slack_model::{Progress, Step};

use crate::printable::printable;

/// A bar for each task.
#[derive(Default)]
pub(crate) struct Bars {
    all: MultiProgress,
    bars: Mutex<HashMap<String, ProgressBar>>,
}

impl Progress for Bars {
    fn report(&self, step: Step<'_>) {
        let mut bars = self.bars.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = bars.entry(step.task.into()).or_insert_with(|| {
            let bar = ProgressBar::no_length().with_message(printable(step.task));
            self.all.add(bar.with_style(style(step.total.is_some())))
        });
        if let Some(total) = step.total {
            bar.set_length(total);
        }
        bar.set_position(step.done);
        if step.total == Some(step.done) {
            bar.finish_and_clear();
            bars.remove(step.task);
        }
    }

    fn note(&self, note: &str) {
        // A terminal that is gone is no reason to stop the work.
        let _ = self.all.println(printable(note));
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        let _ = self.all.clear();
    }
}

fn style(has_end: bool) -> ProgressStyle {
    let template = if has_end {
        "{msg:24} {bar:30} {human_pos} of {human_len}, {eta} left"
    } else {
        "{msg:24} {spinner} {human_pos}"
    };
    // A wrong template shows as plain bars rather than as an error of the run.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// A line on standard error for each task under way, every half minute; or nothing at all.
pub(crate) struct PlainLines {
    quiet: bool,
    tasks: Mutex<(Instant, BTreeMap<String, Task>)>,
}

/// A task as it was told last, and as it stood when it was said last.
struct Task {
    done: u64,
    total: Option<u64>,
    said: u64,
    since: Instant,
}

impl PlainLines {
    const PAUSE: Duration = Duration::from_secs(30);

    pub(crate) fn new(quiet: bool) -> Self {
        Self { quiet, tasks: Mutex::new((Instant::now(), BTreeMap::new())) }
    }
}

impl Progress for PlainLines {
    fn report(&self, step: Step<'_>) {
        if self.quiet {
            return;
        }
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        let (last, tasks) = &mut *tasks;
        if let Some(task) = tasks.get_mut(step.task) {
            (task.done, task.total) = (step.done, step.total);
        } else {
            let task = Task { done: step.done, total: step.total, said: 0, since: Instant::now() };
            tasks.insert(step.task.into(), task);
        }
        if last.elapsed() < Self::PAUSE {
            return;
        }
        *last = Instant::now();
        // What has not moved since is done, or waits: neither is news.
        for (name, task) in tasks.iter_mut().filter(|(_, task)| task.done != task.said) {
            eprintln!("{}", printable(&task.line(name)));
            (task.said, task.since) = (task.done, Instant::now());
        }
    }

    fn note(&self, note: &str) {
        if !self.quiet {
            eprintln!("{}", printable(note));
        }
    }
}

impl Task {
    /// What it has done, and how long it will take at the pace since it was said last.
    fn line(&self, name: &str) -> String {
        let Some(total) = self.total else { return format!("{name}: {}", self.done) };
        let (done, left) = (self.done.saturating_sub(self.said), total.saturating_sub(self.done));
        let seconds = self.since.elapsed().as_secs_f64() * left as f64 / done.max(1) as f64;
        let minutes = (seconds / 60.0).ceil() as u64;
        format!("{name}: {} of {total}, {minutes} min left", self.done)
    }
}

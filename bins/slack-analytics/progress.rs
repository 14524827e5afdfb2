//! How far a stage has come: bars on a terminal, a line now and then elsewhere.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use slack_model::{Progress, Step};

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
            let bar = ProgressBar::no_length().with_message(step.task.to_owned());
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

/// A line on standard error for a task that takes long, twice a minute at most; or nothing at all.
pub(crate) struct PlainLines {
    quiet: bool,
    last: Mutex<Instant>,
}

impl PlainLines {
    const PAUSE: Duration = Duration::from_secs(30);

    pub(crate) fn new(quiet: bool) -> Self {
        Self { quiet, last: Mutex::new(Instant::now()) }
    }
}

impl Progress for PlainLines {
    fn report(&self, step: Step<'_>) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if self.quiet || last.elapsed() < Self::PAUSE {
            return;
        }
        *last = Instant::now();
        match step.total {
            Some(total) => eprintln!("{}: {} of {total}", step.task, step.done),
            None => eprintln!("{}: {}", step.task, step.done),
        }
    }
}

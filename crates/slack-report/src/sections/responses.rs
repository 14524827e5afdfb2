use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Serialize;

use super::{Bin, bins, percentile};
use crate::calendar::{day_of, month_of};
use crate::rows::ResponseRow;

/// How soon threads were answered by another person than who opened them.
#[derive(Debug, Serialize)]
pub(crate) struct Responses {
    threads: usize,
    answered: usize,
    median_s: Option<f64>,
    p90_s: Option<f64>,
    bins: Vec<Bin>,
    months: Months,
}

/// By the month in which threads were opened.
#[derive(Debug, Default, Serialize)]
struct Months {
    months: Vec<String>,
    threads: Vec<usize>,
    answered: Vec<usize>,
    median_s: Vec<Option<f64>>,
    p90_s: Vec<Option<f64>>,
}

/// A thread that was opened by a post and replied to.
pub(crate) struct Response {
    /// When it was opened.
    pub(crate) day: NaiveDate,
    /// Seconds to the first reply by another person, where there is one.
    pub(crate) wait: Option<f64>,
}

/// Takes what a row says of a thread.
pub(crate) fn response(row: &ResponseRow, zone: Tz) -> Response {
    Response { day: day_of(row.thread_ts.time(), zone), wait: row.response_s.map(|wait| wait.0) }
}

pub(crate) fn responses(threads: &[Response]) -> Responses {
    let mut by_month = BTreeMap::<String, Vec<&Response>>::new();
    for thread in threads {
        by_month.entry(month_of(thread.day)).or_default().push(thread);
    }
    // A month in which no thread was opened is a month all the same.
    let days = || threads.iter().map(|thread| thread.day);
    if let (Some(first), Some(last)) = (days().min(), days().max()) {
        for month in crate::calendar::months(first, last) {
            by_month.entry(month).or_default();
        }
    }
    let mut months = Months::default();
    for (month, threads) in by_month {
        let mut waits: Vec<_> = threads.iter().filter_map(|thread| thread.wait).collect();
        months.months.push(month);
        months.threads.push(threads.len());
        months.answered.push(waits.len());
        months.median_s.push(percentile(&mut waits, 0.5));
        months.p90_s.push(percentile(&mut waits, 0.9));
    }
    let mut waits: Vec<_> = threads.iter().filter_map(|thread| thread.wait).collect();
    Responses {
        threads: threads.len(),
        answered: waits.len(),
        median_s: percentile(&mut waits, 0.5),
        p90_s: percentile(&mut waits, 0.9),
        bins: bins(waits.into_iter()),
        months,
    }
}

use chrono::NaiveDate;
use serde::Serialize;

use super::days::Days;
use super::percentile;
use super::responses::Response;
use crate::calendar::days_before;

/// The last weeks in numbers, against as many weeks before.
#[derive(Debug, Serialize)]
pub(crate) struct KeyFigures {
    /// Number of days of a period.
    days: u64,
    from: String,
    to: String,
    before_from: String,
    before_to: String,
    figures: Vec<Figure>,
}

#[derive(Debug, Serialize)]
struct Figure {
    id: &'static str,
    title: &'static str,
    /// `number`, `percent` or `duration`, in seconds.
    kind: &'static str,
    now: Option<f64>,
    /// Of the period before; none where it began before the first post.
    before: Option<f64>,
    /// Which way is the better one: `up` or `down`.
    good: Option<&'static str>,
}

/// Four weeks: each weekday is there as often as any other.
const PERIOD: u64 = 28;

/// Computes the key figures of the last 28 days; `None` where there are no posts.
pub(crate) fn key_figures(days: &Days, responses: &[Response]) -> Option<KeyFigures> {
    let (first, last) = (days.first?, days.last?);
    let (from, before_to) = (days_before(last, PERIOD - 1), days_before(last, PERIOD));
    let before_from = days_before(last, 2 * PERIOD - 1);
    let now = Period { days, responses, from, to: last };
    let before = Period { days, responses, from: before_from, to: before_to };
    let has_before = before_from >= first;
    let figure = |id, title, kind, good, value: &dyn Fn(&Period<'_>) -> Option<f64>| Figure {
        id,
        title,
        kind,
        now: value(&now),
        before: value(&before).filter(|_| has_before),
        good,
    };
    let up = Some("up");
    let figures = vec![
        figure("posts", "Posts", "number", up, &|period| period.sum(&days.posts)),
        figure("replies", "Replies", "number", up, &|period| period.sum(&days.replies)),
        figure("reactions", "Reactions", "number", up, &|period| period.sum(&days.reactions)),
        figure("people", "People who posted", "number", up, &|period| period.people()),
        figure("new_posters", "New posters", "number", up, &|period| period.sum(&days.new_posters)),
        figure("stickiness", "Stickiness", "percent", up, &|period| period.stickiness()),
        figure("median_response_s", "Median first response", "duration", Some("down"), &|period| {
            period.median_wait()
        }),
        figure("answered_share", "Threads with another person's reply", "percent", up, &|period| {
            period.answered()
        }),
    ];
    let [from, to, before_from, before_to] = [from, last, before_from, before_to].map(|day| day.to_string());
    Some(KeyFigures { days: PERIOD, from, to, before_from, before_to, figures })
}

/// Days from one to another, both included.
struct Period<'d> {
    days: &'d Days,
    responses: &'d [Response],
    from: NaiveDate,
    to: NaiveDate,
}

impl Period<'_> {
    /// What a column holds of these days.
    fn of<'c>(&self, column: &'c [u64]) -> &'c [u64] {
        let Some(first) = self.days.first else { return &[] };
        let place = |day: NaiveDate| usize::try_from((day - first).num_days()).unwrap_or(0).min(column.len());
        let end = if self.to < first { 0 } else { (place(self.to) + 1).min(column.len()) };
        &column[place(self.from).min(end)..end]
    }

    fn sum(&self, column: &[u64]) -> Option<f64> {
        Some(self.of(column).iter().sum::<u64>() as f64)
    }

    /// Number of people who posted in the period: its last day's people_28d.
    fn people(&self) -> Option<f64> {
        self.of(&self.days.people_28d).last().map(|people| *people as f64)
    }

    /// The mean of the days' stickiness, over those days for which it is defined.
    fn stickiness(&self) -> Option<f64> {
        let days = self.of(&self.days.people).iter().zip(self.of(&self.days.people_28d));
        let shares: Vec<_> =
            days.filter(|(_, month)| **month > 0).map(|(day, month)| *day as f64 / *month as f64).collect();
        (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64)
    }

    /// Threads that were opened in the period.
    fn threads(&self) -> impl Iterator<Item = &Response> {
        self.responses.iter().filter(|response| (self.from..=self.to).contains(&response.day))
    }

    fn median_wait(&self) -> Option<f64> {
        percentile(&mut self.threads().filter_map(|response| response.wait).collect::<Vec<_>>(), 0.5)
    }

    fn answered(&self) -> Option<f64> {
        let (threads, answered) =
            (self.threads().count(), self.threads().filter(|response| response.wait.is_some()).count());
        (threads > 0).then(|| answered as f64 / threads as f64)
    }
}

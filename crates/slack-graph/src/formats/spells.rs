//! When nodes and edges are there.

use std::collections::BTreeMap;

use slack_model::Time;

use crate::export::{Export, ExportEdge};

/// A stretch of time, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: Time,
    pub(crate) end: Time,
}

impl Span {
    /// From the first to the last time, or of the one that is known.
    fn of_edge(edge: &ExportEdge<'_>) -> Option<Self> {
        let (first, last) = (edge.first_time.or(edge.last_time)?, edge.last_time.or(edge.first_time)?);
        Some(Self { start: first.min(last), end: last.max(first) })
    }

    /// A month's: `2020-09`. None where the text names no month.
    fn of_month(month: &str) -> Option<Self> {
        let (year, number) = month.split_once('-')?;
        let (year, number): (u32, u32) = (year.parse().ok()?, number.parse().ok()?);
        let start = first_of(year, number)?;
        let next = if number == 12 { first_of(year + 1, 1) } else { first_of(year, number + 1) };
        let end = next.and_then(|next| Time::from_micros(next.micros() - 1));
        Some(Self { start, end: end.unwrap_or(start) })
    }

    /// As much of it as lies in another one; where nothing does, the end that is nearer.
    fn within(self, other: Self) -> Self {
        let inside = |time: Time| time.clamp(other.start, other.end);
        Self { start: inside(self.start), end: inside(self.end) }
    }

    fn joined(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

fn first_of(year: u32, month: u32) -> Option<Time> {
    Time::parse(format!("{year:04}-{month:02}-01T00:00:00.000000Z").as_bytes())
}

/// The spans of one edge after the other.
#[derive(Debug, Default)]
pub(crate) struct MonthSpans<'a> {
    known: BTreeMap<&'a str, Option<Span>>,
    whole: Option<Span>,
    months: Vec<(Span, f64)>,
}

impl<'a> MonthSpans<'a> {
    /// Turns to an edge. Its months lie in its own span: they may be those of another time zone.
    pub(crate) fn of_edge(&mut self, edge: &ExportEdge<'_>, named: &[(&'a str, f64)]) {
        self.whole = Span::of_edge(edge);
        self.months.clear();
        for (month, weight) in named {
            if let Some(span) = *self.known.entry(month).or_insert_with(|| Span::of_month(month)) {
                self.months.push((self.whole.map_or(span, |whole| span.within(whole)), *weight));
            }
        }
        if let Some(whole) = self.whole {
            if let Some((first, _)) = self.months.first_mut() {
                first.start = whole.start;
            }
            if let Some((last, _)) = self.months.last_mut() {
                last.end = whole.end;
            }
        }
    }

    /// The months in which something happened, and their months.
    pub(crate) fn months(&self) -> &[(Span, f64)] {
        &self.months
    }

    /// The edge's own span.
    pub(crate) fn whole(&self) -> Option<Span> {
        self.whole
    }
}

/// The span of each node's edges; `None` for a node without one, and where an edge's time is not known.
pub(crate) fn active_spans(export: &Export<'_>) -> Vec<Option<Span>> {
    let mut spans: Vec<Option<Span>> = vec![None; export.nodes().len()];
    let mut is_always_there = vec![false; spans.len()];
    for edge in export.edges() {
        for node in [edge.source, edge.target] {
            match Span::of_edge(&edge) {
                Some(span) => spans[node] = Some(spans[node].map_or(span, |known| known.joined(span))),
                None => is_always_there[node] = true,
            }
        }
    }
    let spans = spans.into_iter().zip(is_always_there);
    spans.map(|(span, is_always_there)| span.filter(|_| !is_always_there)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Time {
        Time::parse(format!("{text}.000000Z").as_bytes()).expect("a time")
    }

    fn edge(first: &str, last: &str) -> ExportEdge<'static> {
        ExportEdge {
            source: 0,
            target: 1,
            weight: 1.0,
            relate: None,
            channel: None,
            first_time: Some(time(first)),
            last_time: Some(time(last)),
        }
    }

    #[test]
    fn months_end_before_the_next_one() {
        let texts = |month| Span::of_month(month).map(|span| (span.start.to_string(), span.end.to_string()));
        let expected = |start: &str, end: &str| Some((start.to_owned(), end.to_owned()));
        assert_eq!(texts("2020-02"), expected("2020-02-01T00:00:00.000000Z", "2020-02-29T23:59:59.999999Z"));
        assert_eq!(texts("2020-12"), expected("2020-12-01T00:00:00.000000Z", "2020-12-31T23:59:59.999999Z"));
        assert_eq!(["", "2020", "2020-13", "2020-9x", "1969-01"].map(Span::of_month), [None; 5]);
    }

    #[test]
    fn months_lie_in_the_span_of_their_edge() {
        let edge = edge("2020-01-31T23:30:00", "2020-04-10T00:00:00");
        let mut spans = MonthSpans::default();
        // By a clock that is ahead of UTC, all began in February.
        spans.of_edge(&edge, &[("2020-02", 3.0), ("2020-04", 5.0)]);
        let found: Vec<_> = spans.months().iter().map(|(span, _)| (span.start, span.end)).collect();
        let end_of_february = Time::from_micros(time("2020-03-01T00:00:00").micros() - 1).expect("a time");
        assert_eq!(
            found,
            [
                (time("2020-01-31T23:30:00"), end_of_february),
                (time("2020-04-01T00:00:00"), time("2020-04-10T00:00:00")),
            ]
        );
        spans.of_edge(&edge, &[]);
        assert_eq!(spans.months(), []);
        assert_eq!(spans.whole().map(|span| span.end), Some(time("2020-04-10T00:00:00")));
    }

    #[test]
    fn a_month_that_lies_outside_is_an_instant() {
        let edge = edge("2020-01-31T23:30:00", "2020-01-31T23:30:00");
        let mut spans = MonthSpans::default();
        spans.of_edge(&edge, &[("2020-02", 1.0)]);
        let instant = time("2020-01-31T23:30:00");
        assert_eq!(spans.months(), [(Span { start: instant, end: instant }, 1.0)]);
    }
}

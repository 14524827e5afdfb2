//! What the page shows, a file for each section: from tables to the columns that the page draws.

pub(crate) mod channels;
pub(crate) mod countries;
pub(crate) mod days;
pub(crate) mod emoji;
pub(crate) mod hours;
pub(crate) mod key_figures;
pub(crate) mod missing;
pub(crate) mod network;
pub(crate) mod newcomers;
pub(crate) mod people;
pub(crate) mod responses;
pub(crate) mod retention;

use serde::Serialize;

/// A bar of a histogram of waits.
#[derive(Debug, Serialize)]
pub(crate) struct Bin {
    /// The first wait that is too long for it, in seconds; none for the last one.
    upto: Option<u64>,
    count: u64,
}

/// Ends of the bars of waits, in seconds: a minute, 5, 15, an hour, 4, a day, 3, a week, 4 weeks.
const WAITS: [u64; 9] = [60, 300, 900, 3_600, 14_400, 86_400, 259_200, 604_800, 2_419_200];

/// Counts waits, in seconds.
fn bins(waits: impl Iterator<Item = f64>) -> Vec<Bin> {
    let ends = WAITS.into_iter().map(Some).chain([None]);
    let mut bins: Vec<_> = ends.map(|upto| Bin { upto, count: 0 }).collect();
    for wait in waits {
        bins[WAITS.partition_point(|end| *end as f64 <= wait)].count += 1;
    }
    bins
}

/// The nearest-rank percentile (SQL's percentile_disc); `None` of nothing. Sorts the values.
fn percentile(values: &mut [f64], share: f64) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let rank = (share * values.len() as f64).ceil().max(1.0) as usize;
    values.get(rank - 1).copied()
}

/// A number in so many significant digits, which is what a picture needs of it.
fn significant(value: f64, digits: i32) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return 0.0;
    }
    // Written and read again, since a product of powers of ten would have digits of its own.
    format!("{value:.*e}", digits.saturating_sub(1).max(0) as usize).parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_fall_into_the_bar_that_they_do_not_end() {
        let counts: Vec<_> = bins([0.0, 59.9, 60.0, 1e9].into_iter()).iter().map(|bin| bin.count).collect();
        assert_eq!(counts, [2, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
    }

    #[test]
    fn percentiles_are_values_that_are_there() {
        assert_eq!(percentile(&mut [4.0, 1.0, 3.0, 2.0], 0.5), Some(2.0));
        assert_eq!(percentile(&mut [4.0, 1.0, 3.0, 2.0], 0.9), Some(4.0));
        assert_eq!(percentile(&mut [], 0.5), None);
    }

    #[test]
    fn significant_digits_are_kept() {
        assert_eq!(significant(0.016_858_549, 4), 0.01686);
        assert_eq!(significant(-602.678, 4), -602.7);
        assert_eq!(significant(0.0, 4), 0.0);
    }
}

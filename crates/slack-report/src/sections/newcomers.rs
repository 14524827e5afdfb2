use serde::Serialize;
use slack_model::TableSource;
use slack_model::rows::NewcomerRow;

use super::days::Days;
use super::{Bin, bins};
use crate::calendar::month_of;
use crate::error::Result;
use crate::rows;

/// How people come in: first posts, and first ties.
#[derive(Debug, Serialize)]
pub(crate) struct Newcomers {
    months: Vec<String>,
    /// People who posted for the first time.
    new_posters: Vec<u64>,
    first_tie: FirstTie,
    ties_30_days: Ties,
}

/// From the first sign of life to the first tie with another person.
#[derive(Debug, Serialize)]
struct FirstTie {
    people: usize,
    /// People whose first sign of life was a tie.
    at_once: usize,
    /// People without a tie.
    never: usize,
    bins: Vec<Bin>,
}

/// People by the number of others whom they were tied to within 30 days.
#[derive(Debug, Serialize)]
struct Ties {
    bins: Vec<Range>,
    counts: Vec<u64>,
}

#[derive(Debug, Serialize)]
struct Range {
    from: u64,
    to: Option<u64>,
}

/// The least number of ties of each bar.
const TIES: [u64; 7] = [0, 1, 2, 5, 10, 20, 50];

pub(crate) fn newcomers(metrics: &dyn TableSource, days: &Days) -> Result<Newcomers> {
    let (mut months, mut new_posters) = (Vec::<String>::new(), Vec::<u64>::new());
    let dates = days.first.into_iter().flat_map(|first| first.iter_days());
    for (date, new) in dates.zip(&days.new_posters) {
        let month = month_of(date);
        if months.last() != Some(&month) {
            months.push(month);
            new_posters.push(0);
        }
        if let Some(posters) = new_posters.last_mut() {
            *posters += new;
        }
    }
    let people: Vec<NewcomerRow> = rows::read(metrics)?;
    let waits = || people.iter().filter_map(|row| row.first_tie_s).map(|wait| wait.0);
    let mut counts = vec![0; TIES.len()];
    for row in &people {
        counts[TIES.partition_point(|from| *from <= row.ties_30_days) - 1] += 1;
    }
    let ends = TIES.iter().skip(1).map(|from| Some(from - 1)).chain([None]);
    let at_once = waits().filter(|wait| *wait == 0.0).count();
    Ok(Newcomers {
        months,
        new_posters,
        first_tie: FirstTie {
            people: people.len(),
            at_once,
            never: people.len() - waits().count(),
            bins: bins(waits()),
        },
        ties_30_days: Ties {
            bins: TIES.into_iter().zip(ends).map(|(from, to)| Range { from, to }).collect(),
            counts,
        },
    })
}

use std::collections::BTreeMap;

use serde::Serialize;
use slack_model::TableSource;

use crate::error::Result;
use crate::fold::fold;
use crate::rows::{self, RetentionRow};

/// Who came back: of those who posted first in a month, how many posted so many months later.
#[derive(Debug, Serialize)]
pub(crate) struct Retention {
    cohorts: Vec<Cohort>,
}

#[derive(Debug, Serialize)]
struct Cohort {
    /// The month of the first post, or `others` for cohorts of few people.
    cohort: String,
    size: u64,
    /// People by the number of months since.
    people: Vec<u64>,
}

pub(crate) fn retention(metrics: &dyn TableSource, min_group: u64) -> Result<Retention> {
    let mut by_month = BTreeMap::<String, Cohort>::new();
    rows::each(metrics, |row: RetentionRow| {
        let cohort = by_month.entry(row.cohort.clone()).or_insert_with(|| Cohort {
            cohort: row.cohort,
            size: row.cohort_size,
            people: Vec::new(),
        });
        // The table has months with posts only; no month is further away than the years have months.
        let Some(month) = usize::try_from(row.months_since).ok().filter(|month| *month < 12_000) else {
            return;
        };
        if cohort.people.len() <= month {
            cohort.people.resize(month + 1, 0);
        }
        cohort.people[month] = row.people;
    })?;
    let (mut cohorts, small) = fold(by_month.into_values().collect(), min_group, |cohort| cohort.size);
    if !small.is_empty() {
        let months = small.iter().map(|cohort| cohort.people.len()).max().unwrap_or(0);
        let mut others = Cohort { cohort: "others".into(), size: 0, people: vec![0; months] };
        for cohort in small {
            others.size += cohort.size;
            others.people.iter_mut().zip(cohort.people).for_each(|(sum, people)| *sum += people);
        }
        cohorts.push(others);
    }
    Ok(Retention { cohorts })
}

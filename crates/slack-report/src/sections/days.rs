use chrono::NaiveDate;
use serde::Serialize;

use crate::calendar::date;
use crate::error::Result;
use crate::rows::DayRow;

/// What happened each day, from the first one with a post to the last.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Days {
    /// The first day.
    from: Option<String>,
    pub(crate) posts: Vec<u64>,
    pub(crate) replies: Vec<u64>,
    pub(crate) reactions: Vec<u64>,
    pub(crate) people: Vec<u64>,
    active: Vec<u64>,
    pub(crate) new_posters: Vec<u64>,
    people_7d: Vec<u64>,
    pub(crate) people_28d: Vec<u64>,
    stickiness: Vec<Option<f64>>,
    #[serde(skip)]
    pub(crate) first: Option<NaiveDate>,
    #[serde(skip)]
    pub(crate) last: Option<NaiveDate>,
}

/// Puts days into columns. Days that the table does not have are days on which nothing happened.
pub(crate) fn days(rows: &[DayRow]) -> Result<Days> {
    let mut days = Days { from: rows.first().map(|row| row.date.clone()), ..Days::default() };
    for row in rows {
        let today = date("activity_by_day", &row.date)?;
        while days.last.is_some_and(|last| last.succ_opt().is_some_and(|next| next < today)) {
            let nothing = DayRow {
                date: String::new(),
                posts: 0,
                replies: 0,
                reactions: 0,
                people: 0,
                active: 0,
                new_posters: 0,
                people_7d: 0,
                people_28d: 0,
                stickiness: None,
            };
            days.push(&nothing);
            days.last = days.last.and_then(|last| last.succ_opt());
        }
        days.push(row);
        days.first = days.first.or(Some(today));
        days.last = Some(today);
    }
    Ok(days)
}

impl Days {
    fn push(&mut self, row: &DayRow) {
        self.posts.push(row.posts);
        self.replies.push(row.replies);
        self.reactions.push(row.reactions);
        self.people.push(row.people);
        self.active.push(row.active);
        self.new_posters.push(row.new_posters);
        self.people_7d.push(row.people_7d);
        self.people_28d.push(row.people_28d);
        self.stickiness.push(row.stickiness.map(|stickiness| stickiness.0));
    }
}

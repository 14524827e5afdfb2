//! retention_by_cohort: of the people whose first post fell in a month, how many posted so many months later.

use std::collections::BTreeMap;
use std::io;

use slack_model::{Month, table};

use crate::{Channel, Metric, Rows, SortedSet, UserNo, Workspace};

table! {
    /// How many of those who first posted in a month posted in a later one.
    pub struct RetentionByCohortRow, RetentionByCohortRef in "retention_by_cohort" by (cohort, months_since) {
        /// The month of the first post as YYYY-MM.
        open cohort: Month,
        /// Months since then.
        open months_since: u64,
        /// Number of people of the cohort who posted in that month.
        open people: u64,
        /// Number of people of the cohort.
        open cohort_size: u64,
    }
}

pub(super) struct RetentionByCohort;

impl Metric for RetentionByCohort {
    type Row<'r> = RetentionByCohortRef<'r>;
    /// Who posted in which month.
    type Accumulator = SortedSet<(UserNo, i32)>;

    fn channel(&self, channel: &Channel<'_>, _: &mut Rows<'_, Self>) -> Self::Accumulator {
        channel.posting_days().iter().map(|posting| (posting.user, posting.month())).collect()
    }

    fn finish(&self, months: Self::Accumulator, _: &Workspace, rows: &mut Rows<'_, Self>) -> io::Result<()> {
        let mut people: BTreeMap<(i32, i32), u64> = BTreeMap::new();
        let mut cohort = None;
        for posted in months.in_order()? {
            let (user, month) = posted?;
            // A user's months come one after the other, the first one first.
            let (_, first) =
                *cohort.insert(cohort.filter(|(other, _)| *other == user).unwrap_or((user, month)));
            *people.entry((first, month - first)).or_default() += 1;
        }
        for ((cohort, months_since), count) in &people {
            // Everybody of a cohort posted in its month.
            let cohort_size = people.get(&(*cohort, 0)).copied().unwrap_or_default();
            rows.write(&RetentionByCohortRef {
                cohort: Month(*cohort),
                months_since: months_since.unsigned_abs().into(),
                people: *count,
                cohort_size,
            });
        }
        Ok(())
    }
}

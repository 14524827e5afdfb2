//! retention_by_cohort: of the people whose first post fell in a month, how many posted so many months later.

use std::collections::BTreeMap;
use std::io;

use crate::metrics::schema;
use crate::{Channel, Metric, Rows, SortedSet, UserNo, Workspace};

schema! {
    "retention_by_cohort" by ("cohort", "months_since") {
        "cohort": Text, "months_since": Int, "people": Int, "cohort_size": Int,
    }
}

pub(super) struct RetentionByCohort;

impl Metric for RetentionByCohort {
    /// Who posted in which month.
    type Kept = SortedSet<(UserNo, i32)>;

    fn schema(&self) -> slack_model::Schema {
        SCHEMA
    }

    fn channel(&self, channel: &Channel<'_>, _: &mut Rows<'_>) -> Self::Kept {
        channel.posting_days().iter().map(|posting| (posting.user, posting.month())).collect()
    }

    fn finish(&self, months: Self::Kept, _: &Workspace, rows: &mut Rows<'_>) -> io::Result<()> {
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
            rows.month(*cohort).int(months_since.unsigned_abs().into()).int(*count).int(cohort_size).end();
        }
        Ok(())
    }
}

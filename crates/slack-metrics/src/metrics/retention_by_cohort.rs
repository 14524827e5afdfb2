//! retention_by_cohort: of the people whose first post fell in a month, how many posted so many months later.

use std::collections::BTreeMap;

use crate::metrics::schema;
use crate::{Channel, Metric, Rows, UserNo, Workspace};

schema! {
    "retention_by_cohort" by ("cohort", "months_since") {
        "cohort": Text, "months_since": Int, "people": Int, "cohort_size": Int,
    }
}

pub(super) struct RetentionByCohort;

impl Metric for RetentionByCohort {
    /// Who posted in which month.
    type Kept = Vec<(UserNo, i32)>;

    fn schema(&self) -> slack_model::Schema {
        SCHEMA
    }

    fn channel(&self, channel: &Channel<'_>, _: &mut Rows<'_>) -> Self::Kept {
        let mut months: Vec<_> =
            channel.posts().filter_map(|post| Some((post.user()?, post.local_time().month()))).collect();
        months.sort_unstable();
        months.dedup();
        months
    }

    fn finish(&self, mut months: Self::Kept, _: &Workspace, rows: &mut Rows<'_>) {
        months.sort_unstable();
        months.dedup();
        let mut people: BTreeMap<(i32, i32), u64> = BTreeMap::new();
        for months in months.chunk_by(|left, right| left.0 == right.0) {
            let cohort = months[0].1;
            for (_, month) in months {
                *people.entry((cohort, month - cohort)).or_default() += 1;
            }
        }
        for ((cohort, months_since), count) in &people {
            // Everybody of a cohort posted in its month.
            let cohort_size = people.get(&(*cohort, 0)).copied().unwrap_or_default();
            rows.month(*cohort).int(months_since.unsigned_abs().into()).int(*count).int(cohort_size).end();
        }
    }
}

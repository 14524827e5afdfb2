//! activity_by_hour: posts by weekday (1 is Monday) and hour, all 168.

use std::io;

use crate::metrics::schema;
use crate::{Channel, Kept, Metric, Rows, Workspace};

schema! {
    "activity_by_hour" by ("weekday", "hour") { "weekday": Int, "hour": Int, "posts": Int }
}

pub(super) struct ActivityByHour;

/// Number of posts by hour of the week.
pub(super) struct Week([u64; 168]);

impl Default for Week {
    fn default() -> Self {
        Self([0; 168])
    }
}

impl Kept for Week {
    fn absorb(&mut self, later: Self) {
        for (posts, more) in self.0.iter_mut().zip(later.0) {
            *posts += more;
        }
    }
}

impl Metric for ActivityByHour {
    type Kept = Week;

    fn schema(&self) -> slack_model::Schema {
        SCHEMA
    }

    fn channel(&self, channel: &Channel<'_>, _: &mut Rows<'_>) -> Week {
        let mut week = Week::default();
        for time in channel.posts().map(|post| post.local_time()) {
            week.0[((time.weekday() - 1) * 24 + time.hour()) as usize] += 1;
        }
        week
    }

    fn finish(&self, week: Week, _: &Workspace, rows: &mut Rows<'_>) -> io::Result<()> {
        for (hour, posts) in (0..).zip(week.0) {
            rows.int(hour / 24 + 1).int(hour % 24).int(posts).end();
        }
        Ok(())
    }
}

//! activity_by_hour: posts by weekday (1 is Monday) and hour, all 168.

use std::io;

use slack_model::{table};

use crate::{Channel, Accumulator, Metric, Rows, Workspace};

table! {
    /// Posts on each weekday and hour, all 168.
    pub struct ActivityByHourRow, ActivityByHourRef in "activity_by_hour" by (weekday, hour) {
        /// 1 is Monday.
        open weekday: u64,
        /// The hour, 0 to 23.
        open hour: u64,
        /// Number of posts.
        open posts: u64,
    }
}

pub(super) struct ActivityByHour;

/// Number of posts by hour of the week.
pub(super) struct Week([u64; 168]);

impl Default for Week {
    fn default() -> Self {
        Self([0; 168])
    }
}

impl Accumulator for Week {
    fn merge(&mut self, later: Self) {
        for (posts, more) in self.0.iter_mut().zip(later.0) {
            *posts += more;
        }
    }
}

impl Metric for ActivityByHour {
    type Row<'r> = ActivityByHourRef<'r>;
    type Accumulator = Week;

    fn channel(&self, channel: &Channel<'_>, _: &mut Rows<'_, Self>) -> Week {
        let mut week = Week::default();
        for time in channel.posts().map(|post| post.local_time()) {
            week.0[((time.weekday() - 1) * 24 + time.hour()) as usize] += 1;
        }
        week
    }

    fn finish(&self, week: Week, _: &Workspace, rows: &mut Rows<'_, Self>) -> io::Result<()> {
        for (hour, posts) in (0..).zip(week.0) {
            rows.write(&ActivityByHourRef { weekday: hour / 24 + 1, hour: hour % 24, posts });
        }
        Ok(())
    }
}

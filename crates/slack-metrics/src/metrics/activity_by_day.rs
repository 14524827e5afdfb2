//! activity_by_day: what happened on each day from the first post to the last, and how many people took part.
//!
//! *active* posted, or reacted to a message of the day. people_7d and people_28d posted in the 7 and 28 days that
//! end with the day; stickiness is people / people_28d (Slack's analytics and Discourse, there called DAU/MAU).

use std::collections::BTreeMap;

use crate::metrics::schema;
use crate::{Channel, Kept, Metric, Rows, UserNo, Workspace};

schema! {
    "activity_by_day" by ("date") {
        "date": Text, "posts": Int, "replies": Int, "reactions": Int, "people": Int, "active": Int,
        "new_posters": Int, "people_7d": Int, "people_28d": Int, "stickiness": Decimal,
    }
}

pub(super) struct ActivityByDay;

#[derive(Clone, Copy, Default)]
pub(super) struct Counts {
    posts: u64,
    replies: u64,
    reactions: u64,
}

impl Kept for Counts {
    fn absorb(&mut self, later: Self) {
        self.posts += later.posts;
        self.replies += later.replies;
        self.reactions += later.reactions;
    }
}

#[derive(Default)]
pub(super) struct Days {
    counts: BTreeMap<i32, Counts>,
    /// Who posted on which day, and who reacted to a message of which day.
    posted: Vec<(UserNo, i32)>,
    reacted: Vec<(UserNo, i32)>,
}

impl Kept for Days {
    fn absorb(&mut self, later: Self) {
        self.counts.absorb(later.counts);
        self.posted.absorb(later.posted);
        self.reacted.absorb(later.reacted);
    }
}

impl Metric for ActivityByDay {
    type Kept = Days;

    fn schema(&self) -> slack_model::Schema {
        SCHEMA
    }

    fn channel(&self, channel: &Channel<'_>, _: &mut Rows<'_>) -> Days {
        let mut days = Days::default();
        for post in channel.posts() {
            let day = post.local_time().day();
            let counts = days.counts.entry(day).or_default();
            counts.posts += 1;
            counts.replies += u64::from(post.is_reply());
            days.posted.extend(post.user().map(|user| (user, day)));
        }
        for reaction in channel.reactions() {
            let day = channel.reacted_to(reaction).local_time().day();
            days.counts.entry(day).or_default().reactions += 1;
            days.reacted.push((reaction.user(), day));
        }
        sort_distinct(&mut days.posted);
        sort_distinct(&mut days.reacted);
        days
    }

    fn finish(&self, days: Days, _: &Workspace, rows: &mut Rows<'_>) {
        let Days { counts, mut posted, reacted: mut active } = days;
        let days_with_posts = || counts.iter().filter(|(_, counts)| counts.posts > 0).map(|(day, _)| *day);
        let (Some(first), Some(last)) = (days_with_posts().next(), days_with_posts().next_back()) else {
            return;
        };
        sort_distinct(&mut posted);
        active.extend_from_slice(&posted);
        sort_distinct(&mut active);

        let n_days = (last - first + 1) as usize;
        let people = per_day(&posted, first, n_days);
        let active = per_day(&active, first, n_days);
        let first_posts: Vec<_> =
            posted.chunk_by(|left, right| left.0 == right.0).map(|days| days[0]).collect();
        let new_posters = per_day(&first_posts, first, n_days);
        let people_7d = within(&posted, first, n_days, 7);
        let people_28d = within(&posted, first, n_days, 28);
        for (day, at) in (first..=last).zip(0..) {
            let counts = counts.get(&day).copied().unwrap_or_default();
            rows.date(day).int(counts.posts).int(counts.replies).int(counts.reactions);
            rows.int(people[at]).int(active[at]).int(new_posters[at]).int(people_7d[at]).int(people_28d[at]);
            let stickiness = people[at] as f64 / people_28d[at] as f64;
            rows.decimal((people_28d[at] > 0).then_some(stickiness)).end();
        }
    }
}

fn sort_distinct(pairs: &mut Vec<(UserNo, i32)>) {
    pairs.sort_unstable();
    pairs.dedup();
}

/// How many pairs fall on each day.
fn per_day(pairs: &[(UserNo, i32)], first: i32, n_days: usize) -> Vec<u64> {
    let mut counts = vec![0; n_days];
    for (_, day) in pairs {
        if let Some(count) = usize::try_from(day - first).ok().and_then(|at| counts.get_mut(at)) {
            *count += 1;
        }
    }
    counts
}

/// How many users have a day among the `length` days that end with each day.
fn within(pairs: &[(UserNo, i32)], first: i32, n_days: usize, length: usize) -> Vec<u64> {
    // Each user's days cover stretches of days; where a stretch begins one more user counts, after it one fewer.
    let mut changes = vec![0i64; n_days + 1];
    for days in pairs.chunk_by(|left, right| left.0 == right.0) {
        let mut covered = 0;
        for (_, day) in days {
            let begin = (day - first) as usize;
            let end = (begin + length).min(n_days);
            changes[begin.max(covered)] += 1;
            changes[end] -= 1;
            covered = end;
        }
    }
    let mut count = 0i64;
    changes
        .into_iter()
        .take(n_days)
        .map(|change| {
            count += change;
            count.unsigned_abs()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn windows_count_each_user_once(days in proptest::collection::vec((0u32..4, 10i32..60), 1..40)) {
            let mut pairs: Vec<_> = days.into_iter().map(|(user, day)| (UserNo(user), day)).collect();
            sort_distinct(&mut pairs);
            let counts = within(&pairs, 10, 50, 7);
            for (at, count) in counts.iter().enumerate() {
                let day = 10 + at as i32;
                let mut users: Vec<_> = pairs
                    .iter()
                    .filter(|(_, other)| (day - 6..=day).contains(other))
                    .map(|(user, _)| *user)
                    .collect();
                users.dedup();
                prop_assert_eq!(*count, users.len() as u64);
            }
        }
    }
}

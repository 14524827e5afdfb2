//! activity_by_day: what happened on each day from the first post to the last, and how many people took part.
//!
//! *active* posted, or reacted to a message of the day. people_7d and people_28d posted in the 7 and 28 days that
//! end with the day; stickiness is people / people_28d (Slack's analytics and Discourse, there called DAU/MAU).

use std::collections::BTreeMap;
use std::io;

use slack_model::{Day, Fraction, table};

use crate::{Channel, Accumulator, Metric, Rows, SortedSet, SpillTo, UserNo, Workspace};

table! {
    /// Activity on each day from the first post to the last.
    pub struct ActivityByDayRow, ActivityByDayRef in "activity_by_day" by (date) {
        /// The day.
        open date: Day,
        /// Number of posts.
        open posts: u64,
        /// Number of posts that are replies.
        open replies: u64,
        /// Number of reactions to the day's messages.
        open reactions: u64,
        /// Number of people who posted.
        open people: u64,
        /// Number of people who posted or reacted to a message of that day.
        open active: u64,
        /// Number of people who posted for the first time.
        open new_posters: u64,
        /// Number of people who posted in the 7 days that end with the day.
        open people_7d: u64,
        /// Number of people who posted in the 28 days that end with the day.
        open people_28d: u64,
        /// people / people_28d.
        open stickiness: Option<Fraction>,
    }
}

pub(super) struct ActivityByDay;

#[derive(Clone, Copy, Default)]
pub(super) struct Counts {
    posts: u64,
    replies: u64,
    reactions: u64,
}

impl Accumulator for Counts {
    fn merge(&mut self, later: Self) {
        self.posts += later.posts;
        self.replies += later.replies;
        self.reactions += later.reactions;
    }
}

#[derive(Default)]
pub(super) struct Days {
    counts: BTreeMap<i32, Counts>,
    /// Who posted on which day.
    posted: SortedSet<(UserNo, i32)>,
    /// Who reacted to a message of which day.
    reacted: SortedSet<(UserNo, i32)>,
}

impl Accumulator for Days {
    fn merge(&mut self, later: Self) {
        Accumulator::merge(&mut self.counts, later.counts);
        self.posted.merge(later.posted);
        self.reacted.merge(later.reacted);
    }

    fn bytes(&self) -> usize {
        self.posted.bytes() + self.reacted.bytes()
    }

    fn spill(&mut self, to: &SpillTo) -> io::Result<()> {
        self.posted.spill(to)?;
        self.reacted.spill(to)
    }
}

impl Metric for ActivityByDay {
    type Row<'r> = ActivityByDayRef<'r>;
    type Accumulator = Days;

    fn channel(&self, channel: &Channel<'_>, _: &mut Rows<'_, Self>) -> Days {
        let mut counts: BTreeMap<i32, Counts> = BTreeMap::new();
        // Posts come in the order of time: nearly all fall on the day of the one before.
        let (mut last, mut of_last) = (0, Counts::default());
        for post in channel.posts() {
            let day = post.local_time().day();
            if day != last {
                counts.entry(last).or_default().merge(std::mem::take(&mut of_last));
                last = day;
            }
            of_last.posts += 1;
            of_last.replies += u64::from(post.is_reply());
        }
        let mut reacted = Vec::with_capacity(channel.reactions().len());
        for reaction in channel.reactions() {
            let day = channel.reacted_to(reaction).local_time().day();
            if day != last {
                counts.entry(last).or_default().merge(std::mem::take(&mut of_last));
                last = day;
            }
            of_last.reactions += 1;
            reacted.push((reaction.user(), day));
        }
        counts.entry(last).or_default().merge(of_last);
        let posted = channel.posting_days().iter().map(|posting| (posting.user, posting.day)).collect();
        Days { counts, posted, reacted: reacted.into_iter().collect() }
    }

    fn finish(&self, days: Days, _: &Workspace, rows: &mut Rows<'_, Self>) -> io::Result<()> {
        let Days { counts, posted, reacted } = days;
        let days_with_posts = || counts.iter().filter(|(_, counts)| counts.posts > 0).map(|(day, _)| *day);
        let (Some(first), Some(last)) = (days_with_posts().next(), days_with_posts().next_back()) else {
            return Ok(());
        };
        let n_days = (last - first + 1) as usize;
        let at = |day: i32| usize::try_from(day - first).ok().filter(|at| *at < n_days);
        let [mut people, mut active, mut new_posters] = [const { Vec::new() }; 3].map(|mut days| {
            days.resize(n_days, 0u64);
            days
        });
        let (mut week, mut four_weeks) = (Window::new(7, n_days), Window::new(28, n_days));
        let mut before = None;
        let mut reacted = reacted.in_order()?.peekable();
        for posted in posted.in_order()? {
            let (user, day) = posted?;
            // Both are in the order of users and days: who reacted and posted on a day is active once.
            while let Some(other) = reacted.next_if(|other| !other.as_ref().is_ok_and(|it| *it > (user, day)))
            {
                let other = other?;
                if let Some(at) = at(other.1).filter(|_| other != (user, day)) {
                    active[at] += 1;
                }
            }
            // The first day with a post and the last one are those of all users.
            let Some(at) = at(day) else { continue };
            let last = before.filter(|(other, _)| *other == user).map(|(_, at)| at);
            people[at] += 1;
            active[at] += 1;
            new_posters[at] += u64::from(last.is_none());
            week.add(at, last);
            four_weeks.add(at, last);
            before = Some((user, at));
        }
        for other in reacted {
            if let Some(at) = at(other?.1) {
                active[at] += 1;
            }
        }
        let (people_7d, people_28d) = (week.people(), four_weeks.people());
        for (day, at) in (first..=last).zip(0..) {
            let counts = counts.get(&day).copied().unwrap_or_default();
            let stickiness = people[at] as f64 / people_28d[at] as f64;
            rows.write(&ActivityByDayRef {
                date: Day(day),
                posts: counts.posts,
                replies: counts.replies,
                reactions: counts.reactions,
                people: people[at],
                active: active[at],
                new_posters: new_posters[at],
                people_7d: people_7d[at],
                people_28d: people_28d[at],
                stickiness: Fraction::of(stickiness),
            });
        }
        Ok(())
    }
}

/// How many people have a day among the `length` days that end with each day.
struct Window {
    length: usize,
    /// By how many more people each day has than the day before.
    changes: Vec<i64>,
}

impl Window {
    fn new(length: usize, n_days: usize) -> Self {
        Self { length, changes: vec![0; n_days + 1] }
    }

    /// Counts a day of a person, whose day before is `last`. The days from a person's first on are covered until so
    /// many days have passed without a further one.
    fn add(&mut self, day: usize, last: Option<usize>) {
        let end = |day: usize| (day + self.length).min(self.changes.len() - 1);
        let (covered, end) = (last.map_or(0, end), end(day));
        self.changes[day.max(covered)] += 1;
        self.changes[end] -= 1;
    }

    fn people(&self) -> Vec<u64> {
        let mut people = 0i64;
        let changes = self.changes.iter().take(self.changes.len() - 1);
        changes
            .map(|change| {
                people += change;
                people.unsigned_abs()
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn windows_count_each_person_once(days in proptest::collection::btree_set((0u32..4, 0usize..50), 1..40)) {
            let mut window = Window::new(7, 50);
            let mut before: Option<(u32, usize)> = None;
            for (user, day) in &days {
                window.add(*day, before.filter(|(other, _)| other == user).map(|(_, day)| day));
                before = Some((*user, *day));
            }
            for (day, count) in window.people().into_iter().enumerate() {
                let in_window = days.iter().filter(|(_, other)| *other <= day && day < other + 7);
                let people: std::collections::BTreeSet<_> = in_window.map(|(user, _)| user).collect();
                prop_assert_eq!(count, people.len() as u64);
            }
        }
    }
}

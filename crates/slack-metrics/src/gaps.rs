//! The rows of all channels in their order, and the time between a user's posts, wherever they were written.

use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

use crate::channel::MessageKind;
use crate::pass::{lock, on_threads};
use crate::survey::{MessageRows, NOBODY};

/// Stands for no gap: the first post of a user, or no post.
pub(crate) const NO_GAP: i64 = i64::MIN;

/// The rows of message_data or thread_data, with ranks in place of the survey's numbers, and the gaps before them.
#[derive(Debug, Default)]
pub(crate) struct TableRows {
    pub(crate) rows: MessageRows,
    /// The microseconds since the author's post before, or [`NO_GAP`].
    /// Threads write them, each of other rows; nobody reads them meanwhile.
    gaps: Vec<AtomicI64>,
    /// Of every [`STEP`]th row, how many before it are in a thread.
    threads_before: Vec<usize>,
}

/// See [`TableRows::threads_before`].
const STEP: usize = 1024;

impl TableRows {
    /// Takes over the survey's rows. `users` and `types` are the ranks in the order of the survey's numbers.
    pub(crate) fn of(mut rows: MessageRows, users: &[u32], types: &[u32]) -> Self {
        rerank(&mut rows.users, users);
        rerank(&mut rows.types, types);
        let mut in_threads = 0;
        let mut threads_before = Vec::with_capacity(rows.has_thread.len() / STEP + 1);
        for rows in rows.has_thread.chunks(STEP) {
            threads_before.push(in_threads);
            in_threads += rows.iter().filter(|has_thread| **has_thread).count();
        }
        Self { rows, gaps: Vec::new(), threads_before }
    }

    /// The timestamps of the threads of the rows from one on, in microseconds: of those that are in one.
    pub(crate) fn threads_from(&self, row: usize) -> impl Iterator<Item = i64> {
        let step = row / STEP * STEP;
        let since = self.rows.has_thread[step..row].iter().filter(|has_thread| **has_thread).count();
        let before = self.threads_before.get(row / STEP).copied().unwrap_or_default() + since;
        self.rows.threads[before..].iter().copied()
    }

    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.rows.times.len()
    }

    /// The microseconds between a row and its author's post before, or [`NO_GAP`].
    pub(crate) fn gap(&self, row: usize) -> i64 {
        self.gaps.get(row).map_or(NO_GAP, |gap| gap.load(Relaxed))
    }

    fn poster(&self, row: usize) -> Option<usize> {
        let user = self.rows.users[row];
        (self.rows.kinds[row] == MessageKind::Post && user != NOBODY).then_some(user as usize)
    }
}

/// Puts ranks in the place of numbers; a number that has none stands for nobody.
pub(crate) fn rerank(numbers: &mut [u32], ranks: &[u32]) {
    for number in numbers {
        *number = ranks.get(*number as usize).copied().unwrap_or(NOBODY);
    }
}

/// A post on its way to its place among its author's: when, and which row of which table.
#[derive(Clone, Copy, Default)]
struct Post {
    time: i64,
    /// Rows of message_data first, those of thread_data after them.
    row: u32,
}

/// Measures the gaps between each user's posts.
///
/// `channels` are the rows of each channel in both tables, in the order of the channels. Threads take on some users each;
/// where the posts of all users at once would need more than `room` bytes, fewer at a time.
pub(crate) fn measure_gaps(
    messages: &mut TableRows,
    replies: &mut TableRows,
    channels: &[[Range<usize>; 2]],
    n_users: usize,
    room: usize,
    threads: usize,
) {
    for table in [&mut *messages, &mut *replies] {
        table.gaps = Vec::from_iter(std::iter::repeat_with(|| AtomicI64::new(NO_GAP)).take(table.len()));
    }
    let (messages, replies) = (&*messages, &*replies);
    let counts = most_posts(messages, replies, n_users);
    let open = Mutex::new(shares(&counts, room / threads.max(1), threads).into_iter());
    on_threads(threads, || {
        loop {
            let Some(users) = lock(&open).next() else { break };
            let (mut posts, places) = posts_of(&users, &counts, messages, replies, channels);
            for place in places {
                measure_user(&mut posts[place], messages, replies);
            }
        }
    });
}

/// How many posts each user has at the most: a reply that was also sent to the channel counts twice.
fn most_posts(messages: &TableRows, replies: &TableRows, n_users: usize) -> Vec<usize> {
    let mut counts = vec![0; n_users];
    for table in [messages, replies] {
        (0..table.len()).filter_map(|row| table.poster(row)).for_each(|user| counts[user] += 1);
    }
    counts
}

/// Shares users out: to as many as there are threads, or more where the posts of each share would need more than `room`
/// bytes.
fn shares(counts: &[usize], room: usize, threads: usize) -> Vec<Range<usize>> {
    let most = counts.iter().sum::<usize>().div_ceil(threads.max(1)).min(room / size_of::<Post>());
    let mut shares = Vec::with_capacity(threads);
    let (mut first, mut n_posts) = (0, 0);
    for (user, count) in counts.iter().enumerate() {
        if n_posts + count > most && user > first {
            shares.push(first..user);
            (first, n_posts) = (user, 0);
        }
        n_posts += count;
    }
    shares.push(first..counts.len());
    shares
}

/// Shows each post's author and row, in the order of channels and timestamps. A reply that was also sent to the channel
/// is in both tables; message_data's row counts.
fn each_post(
    messages: &TableRows,
    replies: &TableRows,
    channels: &[[Range<usize>; 2]],
    mut each: impl FnMut(usize, Post),
) {
    for [in_messages, in_replies] in channels {
        let mut reply = in_replies.clone().peekable();
        let mut show = |table: &TableRows, row: usize, offset: usize| {
            if let Some(user) = table.poster(row) {
                each(user, Post { time: table.rows.times[row], row: (offset + row) as u32 });
            }
        };
        for message in in_messages.clone() {
            let time = messages.rows.times[message];
            while let Some(before) = reply.next_if(|reply| replies.rows.times[*reply] < time) {
                show(replies, before, messages.len());
            }
            reply.next_if(|reply| replies.rows.times[*reply] == time);
            show(messages, message, 0);
        }
        reply.for_each(|reply| show(replies, reply, messages.len()));
    }
}

/// The posts of some users, and where each user's are.
fn posts_of(
    users: &Range<usize>,
    counts: &[usize],
    messages: &TableRows,
    replies: &TableRows,
    channels: &[[Range<usize>; 2]],
) -> (Vec<Post>, Vec<Range<usize>>) {
    let mut places = Vec::with_capacity(users.len());
    let mut n_posts = 0;
    for count in &counts[users.clone()] {
        places.push(n_posts..n_posts);
        n_posts += count;
    }
    let mut posts = vec![Post::default(); n_posts];
    each_post(messages, replies, channels, |user, post| {
        if let Some(place) = user.checked_sub(users.start).and_then(|user| places.get_mut(user)) {
            posts[place.end] = post;
            place.end += 1;
        }
    });
    (posts, places)
}

/// Puts a user's posts in the order of their times and notes the gaps.
fn measure_user(posts: &mut [Post], messages: &TableRows, replies: &TableRows) {
    // A stable sort: posts stand in the order of the channels, which decides between those of one instant. Each channel's
    // are in order already, which such a sort makes use of.
    posts.sort_by_key(|post| post.time);
    for pair in posts.windows(2) {
        let row = pair[1].row as usize;
        let gap = match row.checked_sub(messages.len()) {
            None => &messages.gaps[row],
            Some(row) => &replies.gaps[row],
        };
        gap.store(pair[1].time - pair[0].time, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn table(rows: &[(i64, u32)]) -> TableRows {
        let rows = MessageRows {
            times: rows.iter().map(|(time, _)| *time).collect(),
            users: rows.iter().map(|(_, user)| *user).collect(),
            kinds: vec![MessageKind::Post; rows.len()],
            ..MessageRows::default()
        };
        TableRows { rows, ..TableRows::default() }
    }

    #[test]
    fn threads_are_found_from_any_row_on() {
        let has_thread: Vec<_> = (0..5000).map(|row| row % 7 == 3).collect();
        let threads: Vec<_> = (0..5000).filter(|row| row % 7 == 3).collect();
        let rows = TableRows::of(MessageRows { has_thread, threads, ..MessageRows::default() }, &[], &[]);
        for row in 0..5000 {
            assert_eq!(rows.threads_from(row).next(), (row as i64..5000).find(|row| row % 7 == 3));
        }
    }

    proptest! {
        #[test]
        fn gaps_are_those_of_all_posts_in_order(
            channels in proptest::collection::vec(proptest::collection::btree_map(0i64..40, (0u32..4, any::<bool>(), any::<bool>()), 0..12), 0..4),
            room in 0usize..200,
            threads in 1usize..4,
        ) {
            let (mut messages, mut replies, mut ranges, mut all) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
            for (channel, rows) in channels.iter().enumerate() {
                let before = (messages.len(), replies.len());
                for (time, (user, in_messages, in_both)) in rows {
                    all.push((*time, channel, *user));
                    if *in_messages || *in_both {
                        messages.push((*time, *user));
                    }
                    if !in_messages || *in_both {
                        replies.push((*time, *user));
                    }
                }
                ranges.push([before.0..messages.len(), before.1..replies.len()]);
            }
            all.sort_unstable();
            let (mut messages, mut replies) = (table(&messages), table(&replies));
            measure_gaps(&mut messages, &mut replies, &ranges, 4, room, threads);
            let row = |table: &TableRows, row: usize| (table.rows.times[row], table.rows.users[row], table.gap(row));
            for (channel, [in_messages, in_replies]) in ranges.iter().enumerate() {
                let of_messages: Vec<_> = in_messages.clone().map(|at| row(&messages, at)).collect();
                let of_replies = in_replies.clone().map(|at| row(&replies, at));
                let alone = of_replies.filter(|reply| of_messages.iter().all(|message| message.0 != reply.0));
                for (time, user, gap) in of_messages.iter().copied().chain(alone) {
                    let before = all.iter().rfind(|other| **other < (time, channel, user) && other.2 == user);
                    prop_assert_eq!(gap, before.map_or(NO_GAP, |before| time - before.0));
                }
            }
        }
    }
}

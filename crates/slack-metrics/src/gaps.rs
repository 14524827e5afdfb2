//! The time between a user's posts, wherever they were written.

use crate::names::Names;
use crate::survey::{NOBODY, Survey, TableSurvey};

/// The rows of message_data and thread_data together, in the order of channel and timestamp.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    /// The first row of each channel, by the channel's number, and the number of rows.
    pub(crate) starts: Vec<usize>,
    /// For each row the microseconds since its author's post before, or [`NO_GAP`].
    gaps: Vec<i64>,
}

/// Stands for no gap: the first post of a user, or no post.
const NO_GAP: i64 = i64::MIN;

struct Post {
    user: u32,
    row: u32,
    time: i64,
}

impl Timeline {
    /// Puts both tables' rows in order and measures the gaps.
    pub(crate) fn of(survey: &mut Survey, channels: &Names, listed_users: usize) -> Self {
        let mut messages = std::mem::take(&mut survey.messages);
        let mut replies = std::mem::take(&mut survey.replies);
        // Strangers have numbers of their own in each table; put in one row they are the same person again.
        let (stranger_ids, replies_strangers) = joined_strangers(&messages, &replies);
        let mut posts = Vec::with_capacity(messages.times.len() + replies.times.len());
        let mut starts = Vec::with_capacity(channels.len() + 1);
        let mut row = 0usize;
        let (mut message_channel, mut reply_channel) = (0, 0);
        let (mut message, mut reply) = (0, 0);
        for channel in channels.iter() {
            starts.push(row);
            let message_end = end_of(&messages, &mut message_channel, channel).unwrap_or(message);
            let reply_end = end_of(&replies, &mut reply_channel, channel).unwrap_or(reply);
            while message < message_end || reply < reply_end {
                let message_time = (message < message_end).then(|| messages.times[message]);
                let reply_time = (reply < reply_end).then(|| replies.times[reply]);
                let from_messages =
                    message_time.is_some_and(|time| reply_time.is_none_or(|other| time <= other));
                let (user, time) = if from_messages {
                    (messages.posters[message], messages.times[message])
                } else {
                    let user = replies.posters[reply];
                    let stranger = (user as usize).checked_sub(listed_users);
                    (
                        stranger
                            .and_then(|at| replies_strangers.get(at))
                            .map_or(user, |at| listed_users as u32 + at),
                        replies.times[reply],
                    )
                };
                message += usize::from(from_messages);
                reply += usize::from(reply_time.is_some_and(|other| other == time));
                if user != NOBODY {
                    posts.push(Post { user, row: row as u32, time });
                }
                row += 1;
            }
        }
        starts.push(row);
        messages.times = Vec::new();
        messages.posters = Vec::new();
        replies.times = Vec::new();
        replies.posters = Vec::new();
        survey.messages = TableSurvey { strangers: stranger_ids, ..messages };
        survey.replies = replies;
        Self { starts, gaps: gaps(posts, row) }
    }

    /// The gap before a row of the timeline, in microseconds.
    pub(crate) fn gap(&self, row: usize) -> Option<i64> {
        self.gaps.get(row).copied().filter(|gap| *gap != NO_GAP)
    }

    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.gaps.len()
    }
}

/// The strangers of both tables, and for each of the second table's where it stands among them.
fn joined_strangers(messages: &TableSurvey, replies: &TableSurvey) -> (Vec<Box<[u8]>>, Vec<u32>) {
    let mut all = crate::names::Interner::default();
    for id in &messages.strangers {
        all.number(id);
    }
    let places = replies.strangers.iter().map(|id| all.number(id)).collect();
    (all.into_texts(), places)
}

/// The row after a channel's last; `None` where the table has no row of the channel.
fn end_of(table: &TableSurvey, next: &mut usize, channel: &[u8]) -> Option<usize> {
    let (id, end) = table.channels.get(*next)?;
    (**id == *channel).then(|| {
        *next += 1;
        *end
    })
}

fn gaps(mut posts: Vec<Post>, rows: usize) -> Vec<i64> {
    // Rows are in the order of channel and time, so that the row decides between channels at the same instant.
    posts.sort_unstable_by_key(|post| (post.user, post.time, post.row));
    let mut gaps = vec![NO_GAP; rows];
    for pair in posts.windows(2) {
        if pair[0].user == pair[1].user {
            gaps[pair[1].row as usize] = pair[1].time - pair[0].time;
        }
    }
    gaps
}

use super::Channel;
use crate::calendar::month_of_day;
use crate::workspace::UserNo;

/// A user who posted in a channel, and how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Poster {
    /// Who.
    pub user: UserNo,
    /// Number of posts, replies too.
    pub posts: u64,
    /// Number of posts that are replies.
    pub replies: u64,
}

/// What a user posted in a channel on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PostingDay {
    /// Who.
    pub user: UserNo,
    /// Days since 1970-01-01.
    pub day: i32,
    /// Number of posts, replies too.
    pub posts: u32,
    /// Number of posts that are replies.
    pub replies: u32,
}

impl PostingDay {
    /// The day's month, counted as in [`LocalTime::month`](crate::LocalTime::month).
    pub fn month(&self) -> i32 {
        month_of_day(self.day)
    }
}

/// The days on which somebody posted, in the order of the users' ids, then of the days.
pub(super) fn posting_days(channel: &Channel<'_>) -> Vec<PostingDay> {
    // User, day and reply as one number sort in a fraction of the time that three fields take. The first day of all is
    // the one before 1970, where clocks are behind UTC's.
    let key = |user: UserNo, day: i32, is_reply: bool| {
        u64::from(user.0) << 32 | u64::from((day + 1).cast_unsigned()) << 1 | u64::from(is_reply)
    };
    let mut posts: Vec<u64> = Vec::with_capacity(channel.messages.len());
    posts.extend(
        channel.posts().filter_map(|post| Some(key(post.user()?, post.local_time().day(), post.is_reply()))),
    );
    posts.sort_unstable();
    posts
        .chunk_by(|left, right| left >> 1 == right >> 1)
        .map(|same| PostingDay {
            user: UserNo((same[0] >> 32) as u32),
            day: (same[0] as u32 >> 1).cast_signed() - 1,
            posts: same.len() as u32,
            // Those that are no replies sort first.
            replies: (same.len() - same.partition_point(|post| post & 1 == 0)) as u32,
        })
        .collect()
}

/// Who posted, and how much, from the days on which they did.
pub(super) fn posters(days: &[PostingDay]) -> Vec<Poster> {
    days.chunk_by(|left, right| left.user == right.user)
        .map(|days| Poster {
            user: days[0].user,
            posts: days.iter().map(|day| u64::from(day.posts)).sum(),
            replies: days.iter().map(|day| u64::from(day.replies)).sum(),
        })
        .collect()
}

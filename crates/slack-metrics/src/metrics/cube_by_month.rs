//! cube_by_month: posts and replies in each cell of the cube month × channel × user; an empty coordinate means all.
//!
//! The cube is that of Gray et al., *Data Cube* (1997): every combination of the three coordinates, each given or
//! left open, as far as it holds a post.

use std::collections::BTreeMap;

use crate::metrics::schema;
use crate::{Channel, ChannelNo, Metric, Rows, UserNo, Workspace};

schema! {
    "cube_by_month" by ("month", "channel", "user_id") {
        "month": Text, "channel": Id, "user_id": Id, "posts": Int, "replies": Int,
    }
}

pub(super) struct CubeByMonth;

/// What was posted in a channel, by a user or by all.
pub(super) struct Cell {
    channel: ChannelNo,
    /// `None`, which sorts first, stands for all.
    user: Option<UserNo>,
    posts: u32,
    replies: u32,
}

/// A month, or all of them.
type Month = Option<i32>;

impl Metric for CubeByMonth {
    /// The cells of each month with a channel given, in the order of channel and user.
    type Kept = BTreeMap<Month, Vec<Cell>>;

    fn schema(&self) -> slack_model::Schema {
        SCHEMA
    }

    fn channel(&self, channel: &Channel<'_>, _: &mut Rows<'_>) -> Self::Kept {
        let mut months: Self::Kept = BTreeMap::new();
        let mut posts: Vec<_> = channel
            .posts()
            .filter_map(|post| Some((post.local_time().month(), post.user()?, post.is_reply())))
            .collect();
        posts.sort_unstable();
        for month in posts.chunk_by(|left, right| left.0 == right.0) {
            let users = month.chunk_by(|left, right| left.1 == right.1).map(|posts| {
                let replies = posts.iter().filter(|(_, _, is_reply)| *is_reply).count();
                (posts[0].1, posts.len() as u32, replies as u32)
            });
            months.insert(Some(month[0].0), cells(channel.number(), users));
        }
        if !posts.is_empty() {
            let all = channel.posters().iter().map(|of| (of.user, of.posts as u32, of.replies as u32));
            months.insert(None, cells(channel.number(), all));
        }
        months
    }

    fn finish(&self, months: Self::Kept, workspace: &Workspace, rows: &mut Rows<'_>) {
        if months.is_empty() {
            // All of nothing is a cell too.
            rows.empty().empty().empty().int(0).int(0).end();
        }
        let mut by_user = vec![(0, 0); workspace.user_count()];
        for (month, cells) in months {
            by_user.fill((0, 0));
            let mut all = (0, 0);
            for cell in &cells {
                let sum = match cell.user {
                    Some(user) => &mut by_user[user.index()],
                    None => &mut all,
                };
                sum.0 += u64::from(cell.posts);
                sum.1 += u64::from(cell.replies);
            }
            let users = (0..).map(UserNo).zip(&by_user).filter(|(_, (posts, _))| *posts > 0);
            let over_channels = users.map(|(user, sums)| (None, Some(user), *sums));
            let in_channels = cells
                .iter()
                .map(|cell| (Some(cell.channel), cell.user, (cell.posts.into(), cell.replies.into())));
            let open = std::iter::once((None, None, all));
            for (channel, user, (posts, replies)) in open.chain(over_channels).chain(in_channels) {
                match month {
                    Some(month) => rows.month(month),
                    None => rows.empty(),
                };
                rows.text(channel.map_or(b"", |channel| workspace.channel_id(channel)));
                rows.text(user.map_or(b"", |user| workspace.user_id(user)));
                rows.int(posts).int(replies).end();
            }
        }
    }
}

/// The cells of a channel's users, and before them the one of all.
fn cells(channel: ChannelNo, users: impl Iterator<Item = (UserNo, u32, u32)>) -> Vec<Cell> {
    let mut cells = vec![Cell { channel, user: None, posts: 0, replies: 0 }];
    for (user, posts, replies) in users {
        cells[0].posts += posts;
        cells[0].replies += replies;
        cells.push(Cell { channel, user: Some(user), posts, replies });
    }
    cells.shrink_to_fit();
    cells
}

//! cube_by_month: posts and replies in each cell of the cube month × channel × user; an empty coordinate means all.
//!
//! The cube is that of Gray et al., *Data Cube* (1997): every combination of the three coordinates, each given or
//! left open, as far as it holds a post.

use std::io;

use slack_model::{ChannelId, Month, UserId, table};

use crate::{Channel, ChannelNo, Metric, Rows, SortedSet, UserNo, Workspace, stored};

table! {
    /// Posts for each cell of the cube month, channel, user; an empty month, channel or user stands for all of them.
    pub struct CubeByMonthRow, CubeByMonthRef in "cube_by_month" by (month, channel, user_id) {
        /// The month as YYYY-MM; empty for all.
        open month: Option<Month>,
        /// The conversation; empty for all.
        open channel: Option<ChannelId>,
        /// The author; empty for all.
        open user_id: Option<UserId>,
        /// Number of posts.
        open posts: u64,
        /// Number of posts that are replies.
        open replies: u64,
    }
}

pub(super) struct CubeByMonth;

stored! {
    /// What was posted in a month, or ever, in a channel, by a user or by all. Nothing sorts before a value.
    pub(super) struct Cell {
        month: Option<i32>,
        channel: ChannelNo,
        user: Option<UserNo>,
        posts: u32,
        replies: u32,
    }
}

impl Metric for CubeByMonth {
    type Row<'r> = CubeByMonthRef<'r>;
    /// The cells with a channel given.
    type Accumulator = SortedSet<Cell>;

    fn channel(&self, channel: &Channel<'_>, _: &mut Rows<'_, Self>) -> Self::Accumulator {
        let mut cells = Vec::new();
        let mut posts: Vec<_> = channel
            .posting_days()
            .iter()
            .map(|posting| (posting.month(), posting.user, posting.posts, posting.replies))
            .collect();
        posts.sort_unstable();
        for month in posts.chunk_by(|left, right| left.0 == right.0) {
            let users = month.chunk_by(|left, right| left.1 == right.1).map(|days| {
                (days[0].1, days.iter().map(|day| day.2).sum(), days.iter().map(|day| day.3).sum())
            });
            add_cells(&mut cells, Some(month[0].0), channel.number(), users);
        }
        if !posts.is_empty() {
            let all = channel.posters().iter().map(|of| (of.user, of.posts as u32, of.replies as u32));
            add_cells(&mut cells, None, channel.number(), all);
        }
        cells.into_iter().collect()
    }

    fn finish(&self, cells: Self::Accumulator, workspace: &Workspace, rows: &mut Rows<'_, Self>) -> io::Result<()> {
        let mut cells = cells.in_order()?.peekable();
        if cells.peek().is_none() {
            // All of nothing is a cell too.
            let all = CubeByMonthRef { month: None, channel: None, user_id: None, posts: 0, replies: 0 };
            rows.write(&all);
        }
        let mut by_user = vec![(0, 0); workspace.user_count()];
        let mut in_channels: Vec<Cell> = Vec::new();
        while let Some(first) = cells.next() {
            let first = first?;
            let month = first.month;
            in_channels.clear();
            in_channels.push(first);
            while let Some(cell) = cells.next_if(|cell| cell.as_ref().is_ok_and(|cell| cell.month == month)) {
                in_channels.push(cell?);
            }
            by_user.fill((0, 0));
            let mut all = (0, 0);
            for cell in &in_channels {
                let sum = match cell.user {
                    Some(user) => &mut by_user[user.index()],
                    None => &mut all,
                };
                sum.0 += u64::from(cell.posts);
                sum.1 += u64::from(cell.replies);
            }
            let users = (0..).map(UserNo).zip(&by_user).filter(|(_, (posts, _))| *posts > 0);
            let over_channels = users.map(|(user, sums)| (None, Some(user), *sums));
            let in_channels = in_channels
                .iter()
                .map(|cell| (Some(cell.channel), cell.user, (cell.posts.into(), cell.replies.into())));
            let open = std::iter::once((None, None, all));
            for (channel, user, (posts, replies)) in open.chain(over_channels).chain(in_channels) {
                rows.write(&CubeByMonthRef {
                    month: month.map(Month),
                    channel: channel.map(|channel| workspace.channel_field(channel)),
                    user_id: user.map(|user| workspace.user_field(user)),
                    posts,
                    replies,
                });
            }
        }
        Ok(())
    }
}

/// Adds the cells of a channel's users, and the one of all.
fn add_cells(
    cells: &mut Vec<Cell>,
    month: Option<i32>,
    channel: ChannelNo,
    users: impl Iterator<Item = (UserNo, u32, u32)>,
) {
    let mut all = Cell { month, channel, user: None, posts: 0, replies: 0 };
    for (user, posts, replies) in users {
        all.posts += posts;
        all.replies += replies;
        cells.push(Cell { month, channel, user: Some(user), posts, replies });
    }
    cells.push(all);
}

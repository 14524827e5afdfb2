//! aggr_by_channel_user: how much each user posted in each channel.

use slack_model::{ChannelId, UserId, table};

use crate::{Channel, Metric, Rows};

table! {
    /// Counts for each channel and person who posted in it.
    pub struct AggrByChannelUserRow, AggrByChannelUserRef in "aggr_by_channel_user" by (channel, user_id) {
        /// The conversation.
        open channel: ChannelId,
        /// The author.
        open user_id: UserId,
        /// Number of posts.
        open posts: u64,
        /// Number of posts that are replies.
        open replies: u64,
    }
}

pub(super) struct AggrByChannelUser;

impl Metric for AggrByChannelUser {
    type Row<'r> = AggrByChannelUserRef<'r>;
    type Accumulator = ();

    fn channel(&self, channel: &Channel<'_>, rows: &mut Rows<'_, Self>) {
        for poster in channel.posters() {
            rows.write(&AggrByChannelUserRef {
                channel: channel.field(),
                user_id: channel.workspace().user_field(poster.user),
                posts: poster.posts,
                replies: poster.replies,
            });
        }
    }
}

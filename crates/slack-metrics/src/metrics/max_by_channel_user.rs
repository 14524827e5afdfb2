//! max_by_channel_user: who posted most in each channel; all of them where several did.

use slack_model::{ChannelId, UserId, table};

use crate::{Channel, Metric, Rows};

table! {
    /// Who posted most in each channel, all of a tie.
    pub struct MaxByChannelUserRow, MaxByChannelUserRef in "max_by_channel_user" by (channel_id, user_id) {
        /// The conversation.
        open channel_id: ChannelId,
        /// Its name.
        name channel_name: String,
        /// The author.
        open user_id: UserId,
        /// The author's full name, else the login name.
        name user_name: String,
        /// Number of posts.
        open posts: u64,
    }
}

pub(super) struct MaxByChannelUser;

impl Metric for MaxByChannelUser {
    type Row<'r> = MaxByChannelUserRef<'r>;
    type Accumulator = ();

    fn channel(&self, channel: &Channel<'_>, rows: &mut Rows<'_, Self>) {
        let workspace = channel.workspace();
        let most = channel.posters().iter().map(|poster| poster.posts).max();
        for poster in channel.posters().iter().filter(|poster| Some(poster.posts) == most) {
            let listed = workspace.channel(channel.number());
            rows.write(&MaxByChannelUserRef {
                channel_id: channel.field(),
                channel_name: listed.map_or(b"".as_slice(), |listed| &listed.name).into(),
                user_id: workspace.user_field(poster.user),
                user_name: workspace.user(poster.user).map_or(b"".as_slice(), |user| user.shown_name()).into(),
                posts: poster.posts,
            });
        }
    }
}

//! number_channel_user: how many users posted in each channel that has posts.

use slack_model::{ChannelId, table};

use crate::{Channel, Metric, Rows};

table! {
    /// Number of people who posted in each channel.
    pub struct NumberChannelUserRow, NumberChannelUserRef in "number_channel_user" by (channel) {
        /// The conversation.
        open channel: ChannelId,
        /// Number of people who posted.
        open users: u64,
    }
}

pub(super) struct NumberChannelUser;

impl Metric for NumberChannelUser {
    type Row<'r> = NumberChannelUserRef<'r>;
    type Accumulator = ();

    fn channel(&self, channel: &Channel<'_>, rows: &mut Rows<'_, Self>) {
        let n_posters = channel.posters().len();
        if n_posters > 0 {
            rows.write(&NumberChannelUserRef { channel: channel.field(), users: n_posters as u64 });
        }
    }
}

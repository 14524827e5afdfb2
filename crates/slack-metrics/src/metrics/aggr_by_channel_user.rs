//! aggr_by_channel_user: how much each user posted in each channel.

use crate::metrics::schema;
use crate::{Channel, Metric, Rows};

schema! {
    "aggr_by_channel_user" by ("channel", "user_id") {
        "channel": Id, "user_id": Id, "posts": Int, "replies": Int,
    }
}

pub(super) struct AggrByChannelUser;

impl Metric for AggrByChannelUser {
    type Kept = ();

    fn schema(&self) -> slack_model::Schema {
        SCHEMA
    }

    fn channel(&self, channel: &Channel<'_>, rows: &mut Rows<'_>) {
        for poster in channel.posters() {
            rows.channel(channel.workspace(), channel.number()).user(channel.workspace(), poster.user);
            rows.int(poster.posts).int(poster.replies).end();
        }
    }
}

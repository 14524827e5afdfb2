//! number_channel_user: how many users posted in each channel that has posts.

use crate::metrics::schema;
use crate::{Channel, Metric, Rows};

schema! {
    "number_channel_user" by ("channel") { "channel": Id, "users": Int }
}

pub(super) struct NumberChannelUser;

impl Metric for NumberChannelUser {
    type Kept = ();

    fn schema(&self) -> slack_model::Schema {
        SCHEMA
    }

    fn channel(&self, channel: &Channel<'_>, rows: &mut Rows<'_>) {
        let n_posters = channel.posters().len();
        if n_posters > 0 {
            rows.channel(channel.workspace(), channel.number()).int(n_posters as u64).end();
        }
    }
}

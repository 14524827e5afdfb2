//! max_by_channel_user: who posted most in each channel; all of them where several did.

use crate::metrics::schema;
use crate::{Channel, Metric, Rows};

schema! {
    "max_by_channel_user" by ("channel_id", "user_id") {
        "channel_id": Id, "channel_name": Text, "user_id": Id, "user_name": Text, "posts": Int,
    }
}

pub(super) struct MaxByChannelUser;

impl Metric for MaxByChannelUser {
    type Kept = ();

    fn schema(&self) -> slack_model::Schema {
        SCHEMA
    }

    fn channel(&self, channel: &Channel<'_>, rows: &mut Rows<'_>) {
        let workspace = channel.workspace();
        let most = channel.posters().iter().map(|poster| poster.posts).max();
        for poster in channel.posters().iter().filter(|poster| Some(poster.posts) == most) {
            rows.channel(channel.workspace(), channel.number());
            rows.text(workspace.channel(channel.number()).map_or(b"", |listed| &listed.name));
            rows.user(workspace, poster.user);
            rows.text(workspace.user(poster.user).map_or(b"", |user| user.shown_name()));
            rows.int(poster.posts).end();
        }
    }
}

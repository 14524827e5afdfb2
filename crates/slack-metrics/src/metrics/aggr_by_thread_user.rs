//! aggr_by_thread_user: how much each user wrote in each thread that has a reply. Rows of every kind count.

use crate::metrics::schema;
use crate::{Channel, Message, Metric, Rows};

schema! {
    "aggr_by_thread_user" by ("channel", "thread_ts", "user_id") {
        "channel": Id, "thread_ts": Ts, "user_id": Id, "messages": Int,
    }
}

pub(super) struct AggrByThreadUser;

impl Metric for AggrByThreadUser {
    type Kept = ();

    fn schema(&self) -> slack_model::Schema {
        SCHEMA
    }

    fn channel(&self, channel: &Channel<'_>, rows: &mut Rows<'_>) {
        let mut users = Vec::new();
        for thread in channel.threads() {
            users.clear();
            users.extend(thread.messages().filter_map(Message::user));
            users.sort_unstable();
            for same in users.chunk_by(|left, right| left == right) {
                rows.channel(channel.workspace(), channel.number()).ts(thread.ts());
                rows.user(channel.workspace(), same[0]).int(same.len() as u64).end();
            }
        }
    }
}

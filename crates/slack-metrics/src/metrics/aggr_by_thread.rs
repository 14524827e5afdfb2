//! aggr_by_thread: how much was written in each thread that has a reply, by how many, and for how long.
//!
//! Rows of every kind count, the thread's first message among them where it carries the thread's timestamp.

use slack_model::Ts;

use crate::metrics::schema;
use crate::{Channel, Message, Metric, Rows};

schema! {
    "aggr_by_thread" by ("channel", "thread_ts") {
        "channel": Id, "thread_ts": Ts, "messages": Int, "users": Int, "last_message": Time, "duration_s": Decimal,
    }
}

pub(super) struct AggrByThread;

impl Metric for AggrByThread {
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
            users.dedup();
            let first = thread.messages().next().map_or(thread.ts(), Message::ts);
            let last: Ts = thread.messages().next_back().map_or(first, Message::ts);
            rows.channel(channel.workspace(), channel.number()).ts(thread.ts());
            rows.int(thread.message_count() as u64).int(users.len() as u64);
            rows.time(Some(last)).seconds(Some(last.micros() - first.micros())).end();
        }
    }
}

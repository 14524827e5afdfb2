//! aggr_by_thread: how much was written in each thread that has a reply, by how many, and for how long.
//!
//! Rows of every kind count, the thread's first message among them where it carries the thread's timestamp.


use slack_model::{ChannelId, Seconds, Time, Ts, table};

use crate::{Channel, Message, Metric, Rows};

table! {
    /// Counts for each thread that has a reply.
    pub struct AggrByThreadRow, AggrByThreadRef in "aggr_by_thread" by (channel, thread_ts) {
        /// The conversation.
        open channel: ChannelId,
        /// The timestamp of the thread's first message.
        open thread_ts: Ts,
        /// Number of messages, the first one included.
        open messages: u64,
        /// Number of authors.
        open users: u64,
        /// The last message.
        open last_message: Option<Time>,
        /// Seconds from the first message to the last.
        open duration_s: Option<Seconds>,
    }
}

pub(super) struct AggrByThread;

impl Metric for AggrByThread {
    type Row<'r> = AggrByThreadRef<'r>;
    type Accumulator = ();

    fn channel(&self, channel: &Channel<'_>, rows: &mut Rows<'_, Self>) {
        let mut users = Vec::new();
        for thread in channel.threads() {
            users.clear();
            users.extend(thread.messages().filter_map(Message::user));
            users.sort_unstable();
            users.dedup();
            let first = thread.messages().next().map_or(thread.ts(), Message::ts);
            let last: Ts = thread.messages().next_back().map_or(first, Message::ts);
            rows.write(&AggrByThreadRef {
                channel: channel.field(),
                thread_ts: thread.ts(),
                messages: thread.message_count() as u64,
                users: users.len() as u64,
                last_message: Some(last.time()),
                duration_s: Some(Seconds(last.micros() - first.micros())),
            });
        }
    }
}

//! aggr_by_thread_user: how much each user wrote in each thread that has a reply. Rows of every kind count.

use slack_model::{ChannelId, Ts, UserId, table};

use crate::{Channel, Message, Metric, Rows};

table! {
    /// Counts for each thread that has a reply and each of its authors.
    pub struct AggrByThreadUserRow, AggrByThreadUserRef in "aggr_by_thread_user" by (channel, thread_ts, user_id) {
        /// The conversation.
        open channel: ChannelId,
        /// The timestamp of the thread's first message.
        open thread_ts: Ts,
        /// The author.
        open user_id: UserId,
        /// Number of messages.
        open messages: u64,
    }
}

pub(super) struct AggrByThreadUser;

impl Metric for AggrByThreadUser {
    type Row<'r> = AggrByThreadUserRef<'r>;
    type Accumulator = ();

    fn channel(&self, channel: &Channel<'_>, rows: &mut Rows<'_, Self>) {
        let mut users = Vec::new();
        for thread in channel.threads() {
            users.clear();
            users.extend(thread.messages().filter_map(Message::user));
            users.sort_unstable();
            for same in users.chunk_by(|left, right| left == right) {
                rows.write(&AggrByThreadUserRef {
                    channel: channel.field(),
                    thread_ts: thread.ts(),
                    user_id: channel.workspace().user_field(same[0]),
                    messages: same.len() as u64,
                });
            }
        }
    }
}

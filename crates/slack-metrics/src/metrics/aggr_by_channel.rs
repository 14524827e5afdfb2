//! aggr_by_channel: what happened in each listed channel.


use slack_model::{ChannelId, Time, Ts, table};

use crate::{Channel, Message, Metric, Rows};

table! {
    /// Counts for each channel.
    pub struct AggrByChannelRow, AggrByChannelRef in "aggr_by_channel" by (channel) {
        /// The conversation.
        open channel: ChannelId,
        /// Its name.
        name name: String,
        /// channel, group, mpim or im.
        open kind as "type": String,
        /// Number of posts.
        open posts: u64,
        /// Number of posts that are replies.
        open replies: u64,
        /// Number of threads with a reply.
        open threads: u64,
        /// Number of people who posted.
        open users: u64,
        /// Number of reactions.
        open reactions: u64,
        /// The first post.
        open first_post: Option<Time>,
        /// The last post.
        open last_post: Option<Time>,
    }
}

pub(super) struct AggrByChannel;

impl Metric for AggrByChannel {
    type Row<'r> = AggrByChannelRef<'r>;
    type Accumulator = ();

    fn channel(&self, channel: &Channel<'_>, rows: &mut Rows<'_, Self>) {
        let Some(listed) = channel.workspace().channel(channel.number()) else { return };
        let posters = channel.posters();
        let is_answer = |message: &Message| message.is_post() && message.is_reply();
        let threads = channel.threads().filter(|thread| thread.messages().any(is_answer)).count();
        let mut times = channel.posts().map(Message::ts);
        let first: Option<Ts> = times.next();
        let last = times.next_back().or(first);
        rows.write(&AggrByChannelRef {
            channel: channel.field(),
            name: (*listed.name).into(),
            kind: (*listed.kind).into(),
            posts: posters.iter().map(|poster| poster.posts).sum(),
            replies: posters.iter().map(|poster| poster.replies).sum(),
            threads: threads as u64,
            users: posters.len() as u64,
            reactions: channel.reactions().len() as u64,
            first_post: first.map(Ts::time),
            last_post: last.map(Ts::time),
        });
    }
}

//! aggr_by_channel: what happened in each listed channel.

use slack_model::Ts;

use crate::metrics::schema;
use crate::{Channel, Message, Metric, Rows};

schema! {
    "aggr_by_channel" by ("channel") {
        "channel": Id, "name": Text, "type": Text, "posts": Int, "replies": Int, "threads": Int, "users": Int,
        "reactions": Int, "first_post": Time, "last_post": Time,
    }
}

pub(super) struct AggrByChannel;

impl Metric for AggrByChannel {
    type Kept = ();

    fn schema(&self) -> slack_model::Schema {
        SCHEMA
    }

    fn channel(&self, channel: &Channel<'_>, rows: &mut Rows<'_>) {
        let Some(listed) = channel.workspace().channel(channel.number()) else { return };
        let posters = channel.posters();
        let is_answer = |message: &Message| message.is_post() && message.is_reply();
        let threads = channel.threads().filter(|thread| thread.messages().any(is_answer)).count();
        let mut times = channel.posts().map(Message::ts);
        let first: Option<Ts> = times.next();
        let last = times.next_back().or(first);
        rows.channel(channel.workspace(), channel.number()).text(&listed.name).text(&listed.kind);
        rows.int(posters.iter().map(|poster| poster.posts).sum());
        rows.int(posters.iter().map(|poster| poster.replies).sum());
        rows.int(threads as u64).int(posters.len() as u64).int(channel.reactions().len() as u64);
        rows.time(first).time(last).end();
    }
}

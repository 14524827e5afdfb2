use crate::ids::{BotId, ChannelId, UserId};
use crate::table;
use crate::ts::{BatchId, Time, Ts};

table! {
    /// A message as a reader sees it in the channel: no reply, or a reply that was also sent to the channel.
    pub struct Message in "message_data" by (channel, ts) {
        /// The conversation.
        pub channel: ChannelId,
        /// Slack's type: `message`.
        pub kind as "type": String,
        /// Slack's subtype, empty for an ordinary message.
        pub subtype: String,
        /// The message's timestamp: with the channel, its identity.
        pub ts: Ts,
        /// The timestamp of the thread's first message, where there is a thread.
        pub thread_ts: Option<Ts>,
        /// The instant of `ts`.
        pub time: Option<Time>,
        /// Number of replies, as Slack counts.
        pub reply_count: Option<u64>,
        /// Number of people who replied, as Slack counts.
        pub reply_users_count: Option<u64>,
        /// The newest reply, as Slack says.
        pub latest_reply: Option<Ts>,
        /// The author.
        pub user_id: Option<UserId>,
        /// The bot that posted.
        pub bot_id: Option<BotId>,
        /// The name that a bot posted under.
        pub username: String,
        /// When the text was edited last.
        pub edited_ts: Option<Ts>,
        /// The text in Slack's markup.
        pub text: String,
        /// The first batch that found the message deleted.
        pub deleted_batch: Option<BatchId>,
        /// The first batch that saw the message.
        pub first_batch: Option<BatchId>,
        /// The last batch that saw the message.
        pub last_batch: Option<BatchId>,
        /// The batch that the text and `edited_ts` come from; empty where that is `last_batch`.
        pub text_batch: Option<BatchId>,
    }
}

table! {
    /// A reply in a thread.
    pub struct Reply in "thread_data" by (channel, ts) {
        /// The conversation.
        pub channel: ChannelId,
        /// Slack's type: `message`.
        pub kind as "type": String,
        /// Slack's subtype, empty for an ordinary reply.
        pub subtype: String,
        /// The reply's timestamp: with the channel, its identity.
        pub ts: Ts,
        /// The timestamp of the thread's first message.
        pub thread_ts: Option<Ts>,
        /// The instant of `ts`.
        pub time: Option<Time>,
        /// The author.
        pub user_id: Option<UserId>,
        /// The bot that posted.
        pub bot_id: Option<BotId>,
        /// The name that a bot posted under.
        pub username: String,
        /// When the text was edited last.
        pub edited_ts: Option<Ts>,
        /// The text in Slack's markup.
        pub text: String,
        /// The first batch that found the reply deleted.
        pub deleted_batch: Option<BatchId>,
        /// The first batch that saw the reply.
        pub first_batch: Option<BatchId>,
        /// The last batch that saw the reply.
        pub last_batch: Option<BatchId>,
        /// The batch that the text and `edited_ts` come from; empty where that is `last_batch`.
        pub text_batch: Option<BatchId>,
    }
}

impl Message {
    /// The subtype that Slack leaves in place of a thread's deleted first message.
    pub const TOMBSTONE: &str = "tombstone";
    /// The subtype of a reply that was also sent to the channel.
    pub const BROADCAST: &str = "thread_broadcast";

    /// Whether message_data holds the record: it has no thread, opens one, or is a broadcast reply.
    pub fn is_in_channel(&self) -> bool {
        self.thread_ts.is_none_or(|thread| thread == self.ts) || self.subtype == Self::BROADCAST
    }

    /// The row of thread_data, where the record is a reply.
    pub fn to_reply(&self) -> Option<Reply> {
        let thread_ts = self.thread_ts.filter(|thread| *thread != self.ts)?;
        Some(Reply {
            channel: self.channel.clone(),
            kind: self.kind.clone(),
            subtype: self.subtype.clone(),
            ts: self.ts,
            thread_ts: Some(thread_ts),
            time: self.time,
            user_id: self.user_id.clone(),
            bot_id: self.bot_id.clone(),
            username: self.username.clone(),
            edited_ts: self.edited_ts,
            text: self.text.clone(),
            deleted_batch: self.deleted_batch,
            first_batch: self.first_batch,
            last_batch: self.last_batch,
            text_batch: self.text_batch,
        })
    }
}

table! {
    /// A user's reaction to a message.
    pub struct Reaction in "reaction_data" by (channel, ts, reaction, user_id) {
        /// The message's conversation.
        pub channel: ChannelId,
        /// The message.
        pub ts: Ts,
        /// The message's thread.
        pub thread_ts: Option<Ts>,
        /// Who reacted.
        pub user_id: UserId,
        /// The emoji's name, with its skin tone (`+1::skin-tone-3`).
        pub reaction: String,
        /// The first batch that saw the reaction.
        pub first_batch: Option<BatchId>,
        /// The last batch that saw the reaction.
        pub last_batch: Option<BatchId>,
        /// How many people used this emoji on the message, as Slack counts: it may name fewer. The same on each row of
        /// the emoji that a batch has.
        pub count: Option<u64>,
    }
}

table! {
    /// A text that a message or reply has had.
    pub struct Revision in "message_revision_data" by (channel, ts, edited_ts, text) {
        /// The conversation.
        pub channel: ChannelId,
        /// The message.
        pub ts: Ts,
        /// When this text was written, where it came by an edit.
        pub edited_ts: Option<Ts>,
        /// The first batch that saw this text.
        pub batch: Option<BatchId>,
        /// The text.
        pub text: String,
    }
}

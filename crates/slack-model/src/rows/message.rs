use crate::ids::{BotId, ChannelId, UserId};
use crate::table;
use crate::ts::{BatchId, Time, Ts};

table! {
    /// A message as a reader sees it in the channel: no reply, or a reply that was also sent to the channel.
    pub struct Message, packed MessageRef in "message_data" by (channel, ts) {
        /// The conversation.
        open channel: ChannelId => "channel_data",
        /// Slack's type: `message`.
        open kind as "type": String,
        /// Slack's subtype, empty for an ordinary message.
        open subtype: String,
        /// The message's timestamp: with the channel, its identity.
        open ts: Ts,
        /// The timestamp of the thread's first message, where there is a thread.
        open thread_ts: Option<Ts>,
        /// The instant of `ts`.
        open time: Option<Time>,
        /// Number of replies, as Slack counts.
        open reply_count: Option<u64>,
        /// Number of people who replied, as Slack counts.
        open reply_users_count: Option<u64>,
        /// The newest reply, as Slack says.
        open latest_reply: Option<Ts>,
        /// The author.
        open user_id: Option<UserId> => "user_data",
        /// The bot that posted.
        open bot_id: Option<BotId>,
        /// The name that a bot posted under.
        name username: String,
        /// When the text was edited last.
        open edited_ts: Option<Ts>,
        /// The text in Slack's markup.
        content text: String,
        /// The first batch that found the message deleted.
        open deleted_batch: Option<BatchId>,
        /// The first batch that saw the message.
        open first_batch: Option<BatchId>,
        /// The last batch that saw the message.
        open last_batch: Option<BatchId>,
        /// The batch that the text and `edited_ts` come from; empty where that is `last_batch`.
        open text_batch: Option<BatchId>,
    }
}

table! {
    /// A reply in a thread.
    pub struct Reply, ReplyRef in "thread_data" by (channel, ts) {
        /// The conversation.
        open channel: ChannelId => "channel_data",
        /// Slack's type: `message`.
        open kind as "type": String,
        /// Slack's subtype, empty for an ordinary reply.
        open subtype: String,
        /// The reply's timestamp: with the channel, its identity.
        open ts: Ts,
        /// The timestamp of the thread's first message.
        open thread_ts: Option<Ts>,
        /// The instant of `ts`.
        open time: Option<Time>,
        /// The author.
        open user_id: Option<UserId> => "user_data",
        /// The bot that posted.
        open bot_id: Option<BotId>,
        /// The name that a bot posted under.
        name username: String,
        /// When the text was edited last.
        open edited_ts: Option<Ts>,
        /// The text in Slack's markup.
        content text: String,
        /// The first batch that found the reply deleted.
        open deleted_batch: Option<BatchId>,
        /// The first batch that saw the reply.
        open first_batch: Option<BatchId>,
        /// The last batch that saw the reply.
        open last_batch: Option<BatchId>,
        /// The batch that the text and `edited_ts` come from; empty where that is `last_batch`.
        open text_batch: Option<BatchId>,
    }
}

impl Message {
    /// The subtype that Slack leaves in place of a thread's deleted first message.
    pub const TOMBSTONE: &str = "tombstone";
    /// A message of which nothing else is known.
    pub fn new(channel: ChannelId, ts: Ts) -> Self {
        Self {
            channel,
            kind: "message".into(),
            subtype: String::new(),
            ts,
            thread_ts: None,
            time: Some(ts.time()),
            reply_count: None,
            reply_users_count: None,
            latest_reply: None,
            user_id: None,
            bot_id: None,
            username: String::new(),
            edited_ts: None,
            text: String::new(),
            deleted_batch: None,
            first_batch: None,
            last_batch: None,
            text_batch: None,
        }
    }

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

impl<'a> MessageRef<'a> {
    /// As [`Message::is_in_channel`].
    pub fn is_in_channel(&self) -> bool {
        self.thread_ts.is_none_or(|thread| thread == self.ts)
            || self.subtype.bytes() == Message::BROADCAST.as_bytes()
    }

    /// As [`Message::to_reply`].
    pub fn to_reply(&self) -> Option<ReplyRef<'a>> {
        let thread_ts = self.thread_ts.filter(|thread| *thread != self.ts)?;
        Some(ReplyRef {
            channel: self.channel,
            kind: self.kind,
            subtype: self.subtype,
            ts: self.ts,
            thread_ts: Some(thread_ts),
            time: self.time,
            user_id: self.user_id,
            bot_id: self.bot_id,
            username: self.username,
            edited_ts: self.edited_ts,
            text: self.text,
            deleted_batch: self.deleted_batch,
            first_batch: self.first_batch,
            last_batch: self.last_batch,
            text_batch: self.text_batch,
        })
    }
}

table! {
    /// A user's reaction to a message.
    pub struct Reaction, ReactionRef in "reaction_data" by (channel, ts, reaction, user_id) {
        /// The message's conversation.
        open channel: ChannelId => "channel_data",
        /// The message.
        open ts: Ts,
        /// The message's thread.
        open thread_ts: Option<Ts>,
        /// Who reacted.
        open user_id: UserId => "user_data",
        /// The emoji's name, with its skin tone (`+1::skin-tone-3`).
        open reaction: String,
        /// The first batch that saw the reaction.
        open first_batch: Option<BatchId>,
        /// The last batch that saw the reaction.
        open last_batch: Option<BatchId>,
        /// How many people used this emoji on the message, as Slack counts: it may name fewer. The same on each row of
        /// the emoji that a batch has.
        open count: Option<u64>,
    }
}

table! {
    /// A text that a message or reply has had.
    pub struct Revision, RevisionRef in "message_revision_data" by (channel, ts, edited_ts, text) {
        /// The conversation.
        open channel: ChannelId => "channel_data",
        /// The message.
        open ts: Ts,
        /// When this text was written, where it came by an edit.
        open edited_ts: Option<Ts>,
        /// The first batch that saw this text.
        open batch: Option<BatchId>,
        /// The text.
        content text: String,
    }
}

//! conversation_data: every message and reply with its author's name and place, its kind, and the gaps before it.
//!
//! A gap is the time since the row before: of the same channel, of the same thread (rows with thread_ts), and since
//! the same user's post before, wherever that was. The first has none.

use slack_model::{ChannelId, Seconds, Time, Ts, UserId, table};

use crate::{Channel, Metric, Rows};

table! {
    /// Every message and reply, with its author, place and the time since the one before.
    pub struct ConversationDataRow, ConversationDataRef in "conversation_data" by (channel, ts) {
        /// The conversation.
        open channel: ChannelId,
        /// Slack's type: message.
        open slack_type as "type": String,
        /// Slack's subtype, empty for an ordinary message.
        open subtype: String,
        /// The message's timestamp: with the channel, its identity.
        open ts: Ts,
        /// The timestamp of the thread's first message, where there is a thread.
        open thread_ts: Option<Ts>,
        /// The instant of ts.
        open time: Option<Time>,
        /// post (by a person), join, leave, bot or system.
        open kind: String,
        /// The author.
        open user_id: Option<UserId>,
        /// The author's login name.
        name name: String,
        /// The author's full name.
        name real_name: String,
        /// The text in Slack's markup.
        content text: String,
        /// The author's city, from the time zone.
        open city: String,
        /// The author's country, from the time zone.
        open country: String,
        /// The author's country, two letters of ISO 3166.
        open iso: String,
        /// Seconds since the message before in the channel.
        open channel_gap_s: Option<Seconds>,
        /// Seconds since the message before in the thread.
        open thread_gap_s: Option<Seconds>,
        /// Seconds since the author's post before, anywhere.
        open user_gap_s: Option<Seconds>,
    }
}

pub(super) struct ConversationData;

impl Metric for ConversationData {
    type Row<'r> = ConversationDataRef<'r>;
    type Accumulator = ();

    fn channel(&self, channel: &Channel<'_>, rows: &mut Rows<'_, Self>) {
        let workspace = channel.workspace();
        let thread_gaps = channel.thread_gaps();
        let mut before = None;
        for (place, message) in channel.messages().iter().enumerate() {
            let micros = message.ts().micros();
            let (kind, subtype) = workspace.message_type(message);
            let author = workspace.author(message.user());
            rows.write(&ConversationDataRef {
                channel: channel.field(),
                slack_type: kind.field(),
                subtype: subtype.field(),
                ts: message.ts(),
                thread_ts: message.thread_ts(),
                time: Some(message.ts().time()),
                kind: message.kind().name().into(),
                user_id: Some(author.id.field().into()),
                name: author.name.field(),
                real_name: author.real_name.field(),
                text: channel.text_field(message),
                city: author.city.field(),
                country: author.country.field(),
                iso: author.iso.field(),
                channel_gap_s: before.map(|before| Seconds(micros - before)),
                thread_gap_s: thread_gaps[place].map(Seconds),
                user_gap_s: message.gap_of_user().map(Seconds),
            });
            before = Some(micros);
        }
    }
}

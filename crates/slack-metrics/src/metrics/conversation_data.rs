//! conversation_data: every message and reply with its author's name and place, its kind, and the gaps before it.
//!
//! A gap is the time since the row before: of the same channel, of the same thread (rows with thread_ts), and since
//! the same user's post before, wherever that was. The first has none.

use crate::metrics::schema;
use crate::{Channel, Fields, Metric, Rows};

schema! {
    "conversation_data" by ("channel", "ts") {
        "channel": Id, "type": Text, "subtype": Text, "ts": Ts, "thread_ts": Ts, "time": Time, "kind": Text,
        "user_id": Id, "name": Text, "real_name": Text, "text": Text, "city": Text, "country": Text, "iso": Text,
        "channel_gap_s": Decimal, "thread_gap_s": Decimal, "user_gap_s": Decimal,
    }
}

pub(super) struct ConversationData;

impl Metric for ConversationData {
    type Kept = ();

    fn schema(&self) -> slack_model::Schema {
        SCHEMA
    }

    fn channel(&self, channel: &Channel<'_>, rows: &mut Rows<'_>) {
        let workspace = channel.workspace();
        let channel_id = Fields::of([channel.id()]);
        let thread_gaps = channel.thread_gaps();
        let mut before = None;
        for (place, message) in channel.messages().iter().enumerate() {
            let micros = message.ts().micros();
            rows.fields(&channel_id).fields(workspace.message_type(message)).ts(message.ts());
            match message.thread_ts() {
                Some(thread_ts) => rows.ts(thread_ts),
                None => rows.empty(),
            };
            rows.time(Some(message.ts())).text(message.kind().name().as_bytes());
            let author = workspace.author(message.user());
            rows.fields(&author.names).text_of(channel, message).fields(&author.place);
            rows.seconds(before.map(|before| micros - before)).seconds(thread_gaps[place]);
            rows.seconds(message.gap_of_user()).end();
            before = Some(micros);
        }
    }
}

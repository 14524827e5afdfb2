//! conversation_data: every message and reply with its author's name and place, its kind, and the gaps before it.
//!
//! A gap is the time since the row before: of the same channel, of the same thread (rows with thread_ts), and since
//! the same user's post before, wherever that was. The first has none.

use crate::metrics::schema;
use crate::{Channel, Metric, Rows};

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
        let thread_gaps = channel.thread_gaps();
        let mut before = None;
        for (place, message) in channel.messages().iter().enumerate() {
            let micros = message.ts().micros();
            rows.text(channel.id()).text(workspace.words.text(message.type_word));
            rows.text(workspace.words.text(message.subtype_word)).ts(message.ts());
            match message.thread_ts() {
                Some(thread_ts) => rows.ts(thread_ts),
                None => rows.empty(),
            };
            rows.time(Some(message.ts())).text(message.kind().name().as_bytes());
            rows.text(message.user().map_or(b"", |user| workspace.user_id(user)));
            let user = message.user().and_then(|user| workspace.user(user));
            rows.text(user.map_or(b"", |user| &user.name)).text(user.map_or(b"", |user| &user.real_name));
            rows.text(channel.text(message));
            match user {
                Some(user) => rows.text(&user.place.city).text(&user.place.country).text(&user.place.iso),
                None => rows.empty().empty().empty(),
            };
            rows.seconds(before.map(|before| micros - before)).seconds(thread_gaps[place]);
            rows.seconds(channel.gap_of_user(place)).end();
            before = Some(micros);
        }
    }
}

//! response_data: how soon each thread was answered by somebody else.
//!
//! Counts threads opened by a post and replied to by a post. CHAOSS, *Time to First Response*.

use slack_model::Ts;

use crate::metrics::schema;
use crate::{Channel, Message, Metric, Rows, Thread, UserNo};

schema! {
    "response_data" by ("channel", "thread_ts") {
        "channel": Id, "thread_ts": Ts, "user_id": Id, "first_response": Time, "responder": Id,
        "response_s": Decimal, "responders": Int, "replies": Int,
    }
}

pub(super) struct ResponseData;

/// How a thread was answered.
pub(super) struct Response {
    opener: UserNo,
    /// The first reply by another person: when, and who.
    first: Option<(Ts, UserNo)>,
    /// Microseconds from the opening post to it.
    pub(super) wait: Option<i64>,
    responders: usize,
    replies: usize,
}

impl Response {
    /// Looks at a thread; `None` where a person did not open it or none replied.
    pub(super) fn to(thread: &Thread<'_>) -> Option<Self> {
        let opening = thread.opening_post()?;
        let opener = opening.user()?;
        let replies = thread.messages().filter(|message| message.is_post() && message.is_reply());
        let by_others = replies.clone().filter(|reply| reply.user() != Some(opener));
        let first = by_others.clone().next().and_then(|reply| Some((reply.ts(), reply.user()?)));
        let mut responders: Vec<_> = by_others.filter_map(Message::user).collect();
        responders.sort_unstable();
        responders.dedup();
        let response = Self {
            opener,
            first,
            wait: first.map(|(ts, _)| ts.micros() - opening.ts().micros()),
            responders: responders.len(),
            replies: replies.count(),
        };
        (response.replies > 0).then_some(response)
    }
}

impl Metric for ResponseData {
    type Kept = ();

    fn schema(&self) -> slack_model::Schema {
        SCHEMA
    }

    fn channel(&self, channel: &Channel<'_>, rows: &mut Rows<'_>) {
        let workspace = channel.workspace();
        for thread in channel.threads() {
            let Some(response) = Response::to(&thread) else { continue };
            rows.channel(channel.workspace(), channel.number())
                .ts(thread.ts())
                .user(workspace, response.opener);
            rows.time(response.first.map(|(ts, _)| ts));
            rows.text(response.first.map_or(b"", |(_, user)| workspace.user_id(user)));
            rows.seconds(response.wait).int(response.responders as u64).int(response.replies as u64).end();
        }
    }
}

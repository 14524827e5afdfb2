//! response_data: how soon each thread was answered by somebody else.
//!
//! Counts threads opened by a post and replied to by a post. CHAOSS, *Time to First Response*.


use slack_model::{ChannelId, Seconds, Time, Ts, UserId, table};

use crate::{Channel, Message, Metric, Rows, Thread, UserNo};

table! {
    /// Threads opened by a post and replied to by a post: how soon another person answered.
    pub struct ResponseDataRow, ResponseDataRef in "response_data" by (channel, thread_ts) {
        /// The conversation.
        open channel: ChannelId,
        /// The timestamp of the opening post.
        open thread_ts: Ts,
        /// Who opened the thread.
        open user_id: Option<UserId>,
        /// The first reply by another person.
        open first_response: Option<Time>,
        /// Who gave it.
        open responder: Option<UserId>,
        /// Seconds from the opening post to the first response.
        open response_s: Option<Seconds>,
        /// Number of other people who replied.
        open responders: u64,
        /// Number of posts that are replies.
        open replies: u64,
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
    type Row<'r> = ResponseDataRef<'r>;
    type Accumulator = ();

    fn channel(&self, channel: &Channel<'_>, rows: &mut Rows<'_, Self>) {
        let workspace = channel.workspace();
        for thread in channel.threads() {
            let Some(response) = Response::to(&thread) else { continue };
            rows.write(&ResponseDataRef {
                channel: channel.field(),
                thread_ts: thread.ts(),
                user_id: Some(workspace.user_field(response.opener)),
                first_response: response.first.map(|(ts, _)| ts.time()),
                responder: response.first.map(|(_, user)| workspace.user_field(user)),
                response_s: response.wait.map(Seconds),
                responders: response.responders as u64,
                replies: response.replies as u64,
            });
        }
    }
}

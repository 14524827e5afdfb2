use slack_model::Ts;

use super::Message;

/// The rows of a thread, its first message among them where that carries the thread's timestamp.
#[derive(Debug, Clone, Copy)]
pub struct Thread<'c> {
    ts: Ts,
    rows: &'c [(Ts, u32)],
    messages: &'c [Message],
}

impl<'c> Thread<'c> {
    /// The timestamp of the thread's first message, which may not be there.
    pub fn ts(&self) -> Ts {
        self.ts
    }

    /// The rows, in the order of their timestamps.
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &'c Message> + Clone + use<'c> {
        let messages = self.messages;
        self.rows.iter().map(move |(_, place)| &messages[*place as usize])
    }

    /// Number of rows, at least one.
    pub fn message_count(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is a reply, of any kind.
    pub fn has_reply(&self) -> bool {
        self.messages().any(Message::is_reply)
    }

    /// The post that opened the thread, where it is there and a person wrote it.
    pub fn opening_post(&self) -> Option<&'c Message> {
        self.messages().find(|message| message.ts() == self.ts && message.is_post())
    }
}

/// The rows of a channel that stand in a thread, by thread.
#[derive(Debug)]
pub(super) struct Threads {
    /// Thread and place in the channel's messages, sorted.
    rows: Vec<(Ts, u32)>,
}

impl Threads {
    pub(super) fn of(messages: &[Message]) -> Self {
        let mut rows: Vec<_> =
            (0..).zip(messages).filter_map(|(place, message)| Some((message.thread_ts()?, place))).collect();
        rows.sort_unstable();
        Self { rows }
    }

    pub(super) fn iter<'c>(&'c self, messages: &'c [Message]) -> impl Iterator<Item = Thread<'c>> {
        self.rows.chunk_by(|left, right| left.0 == right.0).map(move |rows| Thread {
            ts: rows[0].0,
            rows,
            messages,
        })
    }

    pub(super) fn gaps(&self, messages: &[Message]) -> Vec<Option<i64>> {
        let mut gaps = vec![None; messages.len()];
        for pair in self.rows.windows(2) {
            let (before, after) = (pair[0].1 as usize, pair[1].1 as usize);
            if pair[0].0 == pair[1].0 {
                gaps[after] = Some(messages[after].ts().micros() - messages[before].ts().micros());
            }
        }
        gaps
    }
}

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use slack_model::Ts;

use crate::json::{array, with_missing};

/// A message or a reply: what its place in the channel depends on, and its record.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Message {
    /// Its timestamp.
    pub ts: Ts,
    /// The thread that it is in or begins.
    pub thread_ts: Option<Ts>,
    /// Whether it is a reply that was sent to the channel too.
    pub is_broadcast: bool,
    /// Whether the record has a `reply_count` above 0.
    pub counts_replies: bool,
    /// The record.
    pub json: Box<RawValue>,
    /// How many users its longest reaction names, where Slack would cut them short; 0 where nothing is cut.
    pub(crate) most_reactors: usize,
}

/// Only the timestamp has to be right: whatever else is odd in a record is served as it is.
#[derive(Deserialize)]
struct Head {
    ts: String,
    #[serde(default)]
    thread_ts: Value,
    #[serde(default)]
    subtype: Value,
    #[serde(default)]
    reply_count: Value,
}

impl Message {
    /// Reads what matters of a record; `None` where it has no timestamp that Slack could have written.
    pub(crate) fn of(json: Box<RawValue>) -> Option<Self> {
        let head: Head = serde_json::from_str(json.get()).ok()?;
        Some(Self {
            ts: Ts::parse(head.ts.as_bytes())?,
            thread_ts: head.thread_ts.as_str().and_then(|ts| Ts::parse(ts.as_bytes())),
            is_broadcast: head.subtype == "thread_broadcast",
            counts_replies: head.reply_count.as_u64().is_some_and(|count| count > 0),
            json,
            most_reactors: 0,
        })
    }

    /// Whether the channel itself shows it.
    pub fn is_top_level(&self) -> bool {
        self.replied_to().is_none() || self.is_broadcast
    }

    /// The thread that it is a reply in; `None` for a thread's first message too.
    pub fn replied_to(&self) -> Option<Ts> {
        self.thread_ts.filter(|thread| *thread != self.ts)
    }

    /// The record with no reaction naming more than `most` users. Their counts stay.
    pub(crate) fn with_reactors(&self, most: usize) -> std::borrow::Cow<'_, str> {
        if self.most_reactors <= most {
            return self.json.get().into();
        }
        cut_reactors(self.json.get(), most).unwrap_or_else(|| self.json.get().into()).into()
    }
}

fn cut_reactors(message: &str, most: usize) -> Option<String> {
    #[derive(Deserialize)]
    struct Reacted<'a> {
        #[serde(borrow)]
        reactions: &'a RawValue,
    }
    #[derive(Deserialize)]
    struct Reaction<'a> {
        name: String,
        users: Vec<String>,
        #[serde(borrow)]
        count: &'a RawValue,
    }
    let whole = serde_json::from_str::<Reacted<'_>>(message).ok()?.reactions.get();
    let reactions: Vec<Reaction<'_>> = serde_json::from_str(whole).ok()?;
    let cut = array(reactions.into_iter().map(|reaction| {
        let users = reaction.users.iter().take(most).map(|user| crate::json::quote(user));
        let extra = [
            ("name", crate::json::quote(&reaction.name)),
            ("users", array(users)),
            ("count", reaction.count.get().into()),
        ];
        with_missing("{}", &extra)
    }));
    Some(message.replacen(whole, &cut, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(json: &str) -> Message {
        Message::of(crate::json::raw(json.into())).expect("a message")
    }

    #[test]
    fn the_record_alone_says_where_a_message_stands() {
        let plain = message(r#"{"ts":"1600000000.000100","subtype":null}"#);
        assert!(plain.is_top_level() && plain.replied_to().is_none());
        let parent = message(r#"{"ts":"1600000000.000100","thread_ts":"1600000000.000100","reply_count":1}"#);
        assert!(parent.is_top_level() && parent.counts_replies && parent.replied_to().is_none());
        let reply = message(r#"{"ts":"1600000001.000100","thread_ts":"1600000000.000100"}"#);
        assert!(!reply.is_top_level());
        let sent_too = message(
            r#"{"ts":"1600000001.000100","thread_ts":"1600000000.000100","subtype":"thread_broadcast"}"#,
        );
        assert!(sent_too.is_top_level() && sent_too.replied_to() == Some(parent.ts));
        assert!(Message::of(crate::json::raw(r#"{"ts":1}"#.into())).is_none());
    }

    #[test]
    fn reactions_are_cut_and_still_counted() {
        let mut reacted = message(
            r#"{"ts":"1600000000.000100","reactions":[{"name":"+1","users":["A","B","C"],"count":3}],"x":0.10}"#,
        );
        reacted.most_reactors = 3;
        assert_eq!(reacted.with_reactors(3), reacted.json.get());
        assert_eq!(
            reacted.with_reactors(2),
            r#"{"ts":"1600000000.000100","reactions":[{"name":"+1","users":["A","B"],"count":3}],"x":0.10}"#
        );
    }
}

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Issues;
use super::file::shared_file;
use super::lenient::{count, ids_of, lenient};
use crate::ids::{ChannelId, UserId};
use crate::rows;
use crate::ts::{BatchId, Ts};

#[derive(Deserialize, Default)]
#[serde(default)]
struct Message {
    r#type: Option<String>,
    subtype: Option<String>,
    ts: Option<Box<RawValue>>,
    thread_ts: Option<Box<RawValue>>,
    #[serde(deserialize_with = "count")]
    reply_count: Option<u64>,
    #[serde(deserialize_with = "count")]
    reply_users_count: Option<u64>,
    latest_reply: Option<Box<RawValue>>,
    user: Option<String>,
    bot_id: Option<String>,
    username: Option<String>,
    edited: Option<Edited>,
    text: Option<String>,
    // What hangs on a message is read piece by piece, so that an odd reaction costs no message.
    reactions: Option<Vec<Box<RawValue>>>,
    files: Option<Vec<Box<RawValue>>>,
    file: Option<Box<RawValue>>,
    comment: Option<Comment>,
    user_profile: Option<Profile>,
    attachments: Option<Box<RawValue>>,
    message: Option<Box<RawValue>>,
    blocks: Option<Box<RawValue>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Edited {
    ts: Option<Box<RawValue>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Comment {
    user: Option<String>,
}

/// What a message says of its author: the names of somebody whom the user list may lack.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Profile {
    pub(crate) name: Option<String>,
    pub(crate) real_name: Option<String>,
    pub(crate) display_name: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Reaction {
    name: Option<String>,
    users: Option<Vec<Box<RawValue>>>,
    #[serde(deserialize_with = "count")]
    count: Option<u64>,
}

/// Who used an emoji. Slack may name fewer than it counts.
struct ReadReaction {
    users: Vec<UserId>,
    count: Option<u64>,
}

/// A message with what hangs on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReadMessage {
    pub(crate) message: rows::Message,
    pub(crate) reactions: Vec<rows::Reaction>,
    pub(crate) files: Vec<rows::File>,
    /// How often each emoji was used, where a reaction counts more users than it names.
    pub(crate) cut_reactions: Option<Vec<(String, u64)>>,
    /// What it says of its author.
    pub(crate) profile: Option<Profile>,
    /// Whether it has no text, and something else that may hold words.
    pub(crate) has_words_elsewhere: bool,
}

impl ReadMessage {
    /// The emoji that were used by people of whom none is named, and how often.
    pub(crate) fn unnamed_reactions(&self) -> impl Iterator<Item = &(String, u64)> {
        let named: HashSet<&str> = self.reactions.iter().map(|reaction| reaction.reaction.as_str()).collect();
        let counts = self.cut_reactions.iter().flatten();
        counts.filter(move |(name, count)| *count > 0 && !named.contains(name.as_str()))
    }
}

/// A text, or the literal of a number.
fn literal(raw: &RawValue) -> String {
    serde_json::from_str(raw.get()).unwrap_or_else(|_| raw.get().to_owned())
}

/// Reads a message of a channel. A record without a timestamp is none.
pub(crate) fn message(
    raw: &str,
    channel: &ChannelId,
    batch: BatchId,
    issues: &mut Issues<'_>,
) -> Option<ReadMessage> {
    let first_issue = issues.found.len();
    let message: Message = lenient(raw, issues, |json| serde_json::from_str(json))?;
    let written = message.ts.as_deref().map(literal).unwrap_or_default();
    let Some(ts) = Ts::parse_loosely(written.as_bytes()) else {
        let reason = if written.is_empty() {
            "a message without a ts".into()
        } else {
            format!("a message whose ts is {written:?}")
        };
        issues.add(raw, "", reason);
        issues.belong_to(first_issue, &written);
        return None;
    };
    let mut instant = |text: Option<Box<RawValue>>, field: &str| {
        let text = text.as_deref().map(literal).filter(|text| !text.is_empty())?;
        let ts = Ts::parse_loosely(text.as_bytes());
        if ts.is_none() {
            issues.add(raw, field, format!("{text:?} is not a Slack timestamp"));
        }
        ts
    };
    let thread_ts = instant(message.thread_ts, "thread_ts");
    let latest_reply = instant(message.latest_reply, "latest_reply");
    let edited_ts = instant(message.edited.and_then(|edited| edited.ts), "edited.ts");
    let subtype = message.subtype.unwrap_or_default();
    let row = rows::Message {
        channel: channel.clone(),
        kind: message.r#type.unwrap_or_default(),
        deleted_batch: (subtype == rows::Message::TOMBSTONE).then_some(batch),
        subtype,
        ts,
        thread_ts,
        time: Some(ts.time()),
        reply_count: message.reply_count,
        reply_users_count: message.reply_users_count,
        latest_reply,
        // Old comments on files name their author there alone.
        user_id: [message.user, message.comment.and_then(|comment| comment.user)]
            .into_iter()
            .flatten()
            .find(|id| !id.is_empty())
            .map(Into::into),
        bot_id: message.bot_id.filter(|id| !id.is_empty()).map(Into::into),
        username: message.username.unwrap_or_default(),
        edited_ts,
        text: message.text.unwrap_or_default(),
        first_batch: Some(batch),
        last_batch: Some(batch),
        text_batch: None,
    };
    let mut is_cut = false;
    let mut counts = Vec::new();
    let mut reaction_rows = Vec::new();
    for reaction in message.reactions.unwrap_or_default() {
        if reaction.get() == "null" {
            continue;
        }
        let Some((name, reaction)) = read_reaction(reaction.get(), issues) else { continue };
        let named = reaction.users.len() as u64;
        is_cut |= reaction.count.is_some_and(|count| count > named);
        counts.push((name.clone(), reaction.count.unwrap_or(named)));
        let users = reaction.users.into_iter().filter(|user: &UserId| !user.as_str().is_empty());
        reaction_rows.extend(users.map(|user_id| rows::Reaction {
            channel: channel.clone(),
            ts,
            thread_ts,
            user_id,
            reaction: name.clone(),
            first_batch: Some(batch),
            last_batch: Some(batch),
            count: reaction.count,
        }));
    }
    let files = message.files.unwrap_or_default().into_iter().chain(message.file);
    let files = files.filter_map(|file| shared_file(file.get(), channel, ts, batch, issues)).collect();
    issues.belong_to(first_issue, &written);
    let cut_reactions = is_cut.then_some(counts);
    let profile = message.user_profile;
    let is_filled =
        |raw: Option<Box<RawValue>>| raw.is_some_and(|raw| raw.get().len() > 2 && raw.get() != "null");
    let has_words_elsewhere = row.text.is_empty()
        && [message.attachments, message.blocks, message.message].into_iter().any(is_filled);
    Some(ReadMessage {
        message: row,
        reactions: reaction_rows,
        files,
        cut_reactions,
        profile,
        has_words_elsewhere,
    })
}

/// Reads a reaction: which emoji, who reacted with it, and how many Slack counts, where it says so.
fn read_reaction(raw: &str, issues: &mut Issues<'_>) -> Option<(String, ReadReaction)> {
    let reaction = lenient(raw, issues, |json| serde_json::from_str::<Reaction>(json))?;
    let Some(name) = reaction.name.filter(|name| !name.is_empty()) else {
        issues.add(raw, "reactions", "a reaction without a name");
        return None;
    };
    let users = ids_of(reaction.users, "reactions.users", issues).into_iter().map(Into::into).collect();
    Some((name, ReadReaction { users, count: reaction.count }))
}

/// Reads an answer of `reactions.get`: the message's reactions, whole.
pub(crate) fn reactions_of(
    body: &str,
    channel: &ChannelId,
    batch: BatchId,
    issues: &mut Issues<'_>,
) -> Vec<rows::Reaction> {
    #[derive(Deserialize)]
    struct Answer<'a> {
        #[serde(borrow)]
        message: &'a RawValue,
    }
    match serde_json::from_str::<Answer<'_>>(body) {
        Ok(answer) => message(answer.message.get(), channel, batch, issues)
            .map(|read| read.reactions)
            .unwrap_or_default(),
        Err(error) => {
            issues.add(body, "", format!("no message with reactions: {error}"));
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// JSON of any shape, a few levels deep.
    fn json() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            Just("null".to_owned()),
            any::<bool>().prop_map(|value| value.to_string()),
            any::<i64>().prop_map(|value| value.to_string()),
            Just("12345678901234567890123.5e7".to_owned()),
            Just(r#""1600000000.000100""#.to_owned()),
            "[a-zé😀<@>|]{0,8}".prop_map(|text| serde_json::Value::from(text).to_string()),
            Just(r#""\ud83d""#.to_owned()),
        ];
        leaf.prop_recursive(3, 12, 3, |inner| {
            let field = ("(ts|name|users|count|id|mode|size|value)", inner.clone());
            prop_oneof![
                prop::collection::vec(inner, 0..3).prop_map(|items| format!("[{}]", items.join(","))),
                prop::collection::vec(field, 0..4).prop_map(|fields| {
                    let fields: Vec<_> =
                        fields.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
                    format!("{{{}}}", fields.join(","))
                }),
            ]
        })
    }

    const FIELDS: [&str; 14] = [
        "type",
        "subtype",
        "thread_ts",
        "reply_count",
        "latest_reply",
        "user",
        "bot_id",
        "edited",
        "text",
        "reactions",
        "files",
        "file",
        "username",
        "unknown",
    ];

    proptest! {
        #[test]
        fn a_message_with_a_timestamp_is_read_whatever_else_it_holds(values in prop::collection::vec(json(), FIELDS.len())) {
            let fields: Vec<_> =
                FIELDS.iter().zip(&values).map(|(key, value)| format!("\"{key}\":{value}")).collect();
            let raw = format!("{{{},\"ts\":\"1600000000.000100\"}}", fields.join(","));
            let mut issues = Issues::of(&raw);
            let batch = BatchId::at(crate::ts::Time::EPOCH);
            let read = message(&raw, &"C1".into(), batch, &mut issues);
            prop_assert!(read.is_some(), "{raw}");
        }

        #[test]
        fn no_json_panics(raw in json()) {
            let mut issues = Issues::of(&raw);
            message(&raw, &"C1".into(), BatchId::at(crate::ts::Time::EPOCH), &mut issues);
        }
    }
}

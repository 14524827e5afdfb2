use serde::Deserialize;
use serde_json::value::RawValue;

use super::file::shared_file;
use super::lenient::{count, ids_of, lenient};
use super::{Issues, SeenMessage, SeenProfile, SeenReaction};
use crate::ids::ChannelId;
use crate::rows::{self, MessageRef};
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

#[derive(Deserialize, Default)]
#[serde(default)]
struct Profile {
    name: Option<String>,
    real_name: Option<String>,
    display_name: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Reaction {
    name: Option<String>,
    users: Option<Vec<Box<RawValue>>>,
    #[serde(deserialize_with = "count")]
    count: Option<u64>,
}

/// A text, or the literal of a number.
fn literal(raw: &RawValue) -> String {
    serde_json::from_str(raw.get()).unwrap_or_else(|_| raw.get().to_owned())
}

/// Reads a message of a channel and shows it to `show`. A record without a timestamp is not a message.
pub(crate) fn message<R>(
    raw: &str,
    channel: &ChannelId,
    batch: BatchId,
    issues: &mut Issues<'_>,
    show: impl FnOnce(SeenMessage<'_>, &mut Issues<'_>) -> R,
) -> Option<R> {
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
    let mut instant = |text: Option<&RawValue>, field: &str| {
        let text = text.map(literal).filter(|text| !text.is_empty())?;
        let ts = Ts::parse_loosely(text.as_bytes());
        if ts.is_none() {
            issues.add(raw, field, format!("{text:?} is not a Slack timestamp"));
        }
        ts
    };
    // Old comments on files name their author there alone.
    let comment = message.comment.as_ref().and_then(|comment| comment.user.as_deref());
    let row = MessageRef {
        channel: channel.as_str().into(),
        kind: of(&message.r#type).into(),
        subtype: of(&message.subtype).into(),
        ts,
        thread_ts: instant(message.thread_ts.as_deref(), "thread_ts"),
        time: Some(ts.time()),
        reply_count: message.reply_count,
        reply_users_count: message.reply_users_count,
        latest_reply: instant(message.latest_reply.as_deref(), "latest_reply"),
        user_id: message.user.as_deref().filter(|user| !user.is_empty()).or(comment).map(Into::into),
        bot_id: message.bot_id.as_deref().filter(|bot| !bot.is_empty()).map(Into::into),
        username: of(&message.username).into(),
        edited_ts: instant(message.edited.as_ref().and_then(|edited| edited.ts.as_deref()), "edited.ts"),
        text: of(&message.text).into(),
        deleted_batch: (of(&message.subtype) == rows::Message::TOMBSTONE).then_some(batch),
        first_batch: Some(batch),
        last_batch: Some(batch),
        text_batch: None,
    };
    let reactions = message.reactions.iter().flatten().filter(|reaction| reaction.get() != "null");
    let reactions = reactions.filter_map(|reaction| read_reaction(reaction.get(), issues));
    let reactions: Vec<(String, Vec<String>, Option<u64>)> = reactions.collect();
    let (mut files, mut hidden_files) = (Vec::new(), Vec::new());
    for file in message.files.iter().flatten().chain(&message.file) {
        if let Some((file, hidden)) = shared_file(file.get(), channel, ts, batch, issues) {
            files.push(file);
            hidden_files.extend(hidden);
        }
    }
    issues.belong_to(first_issue, &written);
    let is_filled = |raw: &Option<Box<RawValue>>| {
        raw.as_ref().is_some_and(|raw| raw.get().len() > 2 && raw.get() != "null")
    };
    let has_else = [&message.attachments, &message.blocks, &message.message].into_iter().any(is_filled);
    let seen = SeenMessage {
        row,
        reactions: reactions
            .iter()
            .map(|(name, users, count)| SeenReaction {
                name,
                users: users.iter().map(String::as_str).collect(),
                count: *count,
            })
            .collect(),
        files,
        hidden_files,
        profile: message.user_profile.as_ref().map(|profile| SeenProfile {
            name: of(&profile.name),
            real_name: of(&profile.real_name),
            display_name: of(&profile.display_name),
        }),
        has_words_elsewhere: of(&message.text).is_empty() && has_else,
    };
    Some(show(seen, issues))
}

/// A field's text, empty where it is not there.
fn of(field: &Option<String>) -> &str {
    field.as_deref().unwrap_or_default()
}

/// Reads a reaction: which emoji, who reacted with it, and how many Slack counts, where it says so.
fn read_reaction(raw: &str, issues: &mut Issues<'_>) -> Option<(String, Vec<String>, Option<u64>)> {
    let reaction = lenient(raw, issues, |json| serde_json::from_str::<Reaction>(json))?;
    let Some(name) = reaction.name.filter(|name| !name.is_empty()) else {
        issues.add(raw, "reactions", "a reaction without a name");
        return None;
    };
    Some((name, ids_of(reaction.users, "reactions.users", issues), reaction.count))
}

/// Reads an answer of `reactions.get` and shows the message, whose reactions are whole, to `show`.
pub(crate) fn reactions_of(
    body: &str,
    channel: &ChannelId,
    batch: BatchId,
    issues: &mut Issues<'_>,
    show: impl FnOnce(SeenMessage<'_>),
) {
    #[derive(Deserialize)]
    struct Answer<'a> {
        #[serde(borrow)]
        message: &'a RawValue,
    }
    match serde_json::from_str::<Answer<'_>>(body) {
        Ok(answer) => {
            message(answer.message.get(), channel, batch, issues, |seen, _| show(seen));
        }
        Err(error) => issues.add(body, "", format!("no message with reactions: {error}")),
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
            let read = message(&raw, &"C1".into(), batch, &mut issues, |_, _| ());
            prop_assert!(read.is_some(), "{raw}");
        }

        #[test]
        fn no_json_panics(raw in json()) {
            let mut issues = Issues::of(&raw);
            message(&raw, &"C1".into(), BatchId::at(crate::ts::Time::EPOCH), &mut issues, |_, _| ());
        }
    }
}

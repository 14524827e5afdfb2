//! The short way through a page of messages: one pass, nothing copied that the page's bytes can lend.
//!
//! It reads pages in which nothing is odd. Where anything is, it gives up, and the page is read record by record
//! ([`message`](super::message)), which knows what to do with oddities: what this way reads, that one reads alike.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::ReadMessage;
use super::file::{self, File};
use super::lenient::count;
use crate::ids::ChannelId;
use crate::rows;
use crate::ts::{BatchId, Ts};

/// A message as a page shows it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SeenMessage<'a> {
    pub(crate) ts: Ts,
    pub(crate) thread_ts: Option<Ts>,
    pub(crate) latest_reply: Option<Ts>,
    pub(crate) edited_ts: Option<Ts>,
    pub(crate) reply_count: Option<u64>,
    pub(crate) reply_users_count: Option<u64>,
    pub(crate) kind: Cow<'a, str>,
    pub(crate) subtype: Cow<'a, str>,
    pub(crate) user: Cow<'a, str>,
    pub(crate) bot: Cow<'a, str>,
    pub(crate) username: Cow<'a, str>,
    pub(crate) text: Cow<'a, str>,
    pub(crate) reactions: Vec<SeenReaction<'a>>,
    pub(crate) files: Vec<rows::File>,
    /// What it says of its author.
    pub(crate) profile: Option<SeenProfile<'a>>,
    /// Whether it has no text, and something else that may hold words.
    pub(crate) has_words_elsewhere: bool,
}

/// The names of an author, empty where the message does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SeenProfile<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) real_name: Cow<'a, str>,
    pub(crate) display_name: Cow<'a, str>,
}

/// An emoji of a message, and who reacted with it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SeenReaction<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) users: Vec<Cow<'a, str>>,
    /// How many did, as Slack counts.
    pub(crate) count: Option<u64>,
}

impl From<ReadMessage> for SeenMessage<'static> {
    fn from(read: ReadMessage) -> Self {
        let message = read.message;
        let id = |id: Option<&str>| Cow::Owned(id.unwrap_or_default().to_owned());
        Self {
            ts: message.ts,
            thread_ts: message.thread_ts,
            latest_reply: message.latest_reply,
            edited_ts: message.edited_ts,
            reply_count: message.reply_count,
            reply_users_count: message.reply_users_count,
            user: id(message.user_id.as_ref().map(|id| id.as_str())),
            bot: id(message.bot_id.as_ref().map(|id| id.as_str())),
            kind: message.kind.into(),
            subtype: message.subtype.into(),
            username: message.username.into(),
            text: message.text.into(),
            reactions: read.reactions.into_iter().map(SeenReaction::from).collect(),
            files: read.files,
            has_words_elsewhere: read.has_words_elsewhere,
            profile: read.profile.map(|profile| SeenProfile {
                name: profile.name.unwrap_or_default().into(),
                real_name: profile.real_name.unwrap_or_default().into(),
                display_name: profile.display_name.unwrap_or_default().into(),
            }),
        }
    }
}

impl From<rows::Reaction> for SeenReaction<'static> {
    fn from(row: rows::Reaction) -> Self {
        let users = vec![Cow::Owned(row.user_id.as_str().to_owned())];
        Self { name: row.reaction.into(), users, count: row.count }
    }
}

/// Shows `each` the messages of a page, of which `each` may have seen some where the page turns out to be odd.
///
/// Returns whether the page says that it is the last one, where it is an object and so can say it; `Err` where
/// anything is odd, such as a page that holds no array of messages.
pub(crate) fn seen_messages<'a>(
    text: &'a str,
    channel: &ChannelId,
    batch: BatchId,
    is_export: bool,
    each: &mut dyn FnMut(SeenMessage<'a>),
) -> serde_json::Result<Option<bool>> {
    let mut json = serde_json::Deserializer::from_str(text);
    let end = PageSeed { channel, batch, is_export, each }.deserialize(&mut json)?;
    json.end()?;
    Ok(end)
}

/// A page, or the array of messages in it.
struct PageSeed<'c, 'a> {
    channel: &'c ChannelId,
    batch: BatchId,
    is_export: bool,
    each: &'c mut dyn FnMut(SeenMessage<'a>),
}

impl<'a> DeserializeSeed<'a> for PageSeed<'_, 'a> {
    type Value = Option<bool>;

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<Option<bool>, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for PageSeed<'_, 'a> {
    type Value = Option<bool>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page of messages")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut array: A) -> Result<Option<bool>, A::Error> {
        while let Some(record) = array.next_element::<Record<'a>>()? {
            let seen = record.seen(self.channel, self.batch, self.is_export);
            (self.each)(seen.ok_or_else(|| A::Error::custom("an odd message"))?);
        }
        Ok(None)
    }

    fn visit_map<A: MapAccess<'a>>(self, mut object: A) -> Result<Option<bool>, A::Error> {
        let (mut has_more, mut cursor) = (None, None);
        let mut is_there = false;
        while let Some(key) = object.next_key::<Text<'a>>()? {
            let twice = match &*key.0 {
                "messages" => {
                    let (channel, batch, is_export) = (self.channel, self.batch, self.is_export);
                    let list = List(PageSeed { channel, batch, is_export, each: &mut *self.each });
                    object.next_value_seed(list)?;
                    std::mem::replace(&mut is_there, true)
                }
                "has_more" => has_more.replace(object.next_value::<bool>()?).is_some(),
                "response_metadata" => cursor.replace(object.next_value::<Option<Cursor<'a>>>()?).is_some(),
                _ if self.is_export => {
                    // Another list may stand beside that of the messages.
                    if object.next_value::<&RawValue>()?.get().starts_with(['[', '{']) {
                        return Err(A::Error::custom("a page of another shape"));
                    }
                    false
                }
                _ => {
                    object.next_value::<IgnoredAny>()?;
                    false
                }
            };
            if twice {
                return Err(A::Error::custom("a field that is there twice"));
            }
        }
        if !is_there {
            return Err(A::Error::custom("a page without messages"));
        }
        let cursor = cursor.flatten().and_then(|cursor| cursor.next_cursor);
        let is_last = !has_more.unwrap_or_default() && cursor.is_none_or(|cursor| cursor.0.is_empty());
        Ok(Some(is_last))
    }
}

/// The array itself: an object in its place is odd.
struct List<'c, 'a>(PageSeed<'c, 'a>);

impl<'a> DeserializeSeed<'a> for List<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'a> Visitor<'a> for List<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of messages")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, array: A) -> Result<(), A::Error> {
        self.0.visit_seq(array).map(drop)
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Cursor<'a> {
    #[serde(borrow)]
    next_cursor: Option<Text<'a>>,
}

// The same fields, in the same order, as the record's in `message`: serde reads an array as a struct, too.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Record<'a> {
    #[serde(borrow)]
    r#type: Option<Text<'a>>,
    #[serde(borrow)]
    subtype: Option<Text<'a>>,
    #[serde(borrow)]
    ts: Option<Text<'a>>,
    #[serde(borrow)]
    thread_ts: Option<Text<'a>>,
    #[serde(deserialize_with = "count")]
    reply_count: Option<u64>,
    #[serde(deserialize_with = "count")]
    reply_users_count: Option<u64>,
    #[serde(borrow)]
    latest_reply: Option<Text<'a>>,
    #[serde(borrow)]
    user: Option<Text<'a>>,
    #[serde(borrow)]
    bot_id: Option<Text<'a>>,
    #[serde(borrow)]
    username: Option<Text<'a>>,
    #[serde(borrow)]
    edited: Option<Edited<'a>>,
    #[serde(borrow)]
    text: Option<Text<'a>>,
    #[serde(borrow)]
    reactions: Option<Vec<Reaction<'a>>>,
    files: Option<Vec<Option<File>>>,
    file: Option<File>,
    #[serde(borrow)]
    comment: Option<Comment<'a>>,
    #[serde(borrow)]
    user_profile: Option<Profile<'a>>,
    attachments: Option<Vec<IgnoredAny>>,
    message: Option<IgnoredAny>,
    blocks: Option<Vec<IgnoredAny>>,
    #[serde(borrow)]
    replies: Option<&'a RawValue>,
    #[serde(borrow)]
    slackdump_thread_replies: Option<&'a RawValue>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Comment<'a> {
    #[serde(borrow)]
    user: Option<Text<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Profile<'a> {
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow)]
    real_name: Option<Text<'a>>,
    #[serde(borrow)]
    display_name: Option<Text<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Edited<'a> {
    #[serde(borrow)]
    ts: Option<Text<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Reaction<'a> {
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow)]
    users: Option<Vec<Text<'a>>>,
    #[serde(deserialize_with = "count")]
    count: Option<u64>,
}

impl<'a> Record<'a> {
    /// The message; `None` where anything about it would be set aside.
    fn seen(self, channel: &ChannelId, batch: BatchId, is_export: bool) -> Option<SeenMessage<'a>> {
        // Slack lists the authors and times of replies; other programs put the replies themselves there.
        let holds_messages = |raw: Option<&RawValue>| raw.is_some_and(|raw| raw.get().contains("\"text\""));
        if is_export && (holds_messages(self.replies) || holds_messages(self.slackdump_thread_replies)) {
            return None;
        }
        let ts = Ts::parse(self.ts?.0.as_bytes())?;
        // `Some(None)` is a field that is not there.
        let instant = |text: Option<Text<'a>>| match text {
            Some(text) if !text.0.is_empty() => Ts::parse(text.0.as_bytes()).map(Some),
            _ => Some(None),
        };
        let text = |text: Option<Text<'a>>| text.map(|text| text.0).unwrap_or_default();
        let mut reactions = Vec::new();
        for reaction in self.reactions.unwrap_or_default() {
            let name = reaction.name.filter(|name| !name.0.is_empty())?.0;
            let users = reaction.users.unwrap_or_default().into_iter().map(|user| user.0);
            let users: Vec<_> = users.filter(|user| !user.is_empty()).collect();
            // Whom an export does not name, nobody can ask for.
            if is_export && users.is_empty() && reaction.count.unwrap_or_default() > 0 {
                return None;
            }
            reactions.push(SeenReaction { name, users, count: reaction.count });
        }
        let files = self.files.unwrap_or_default().into_iter().flatten().chain(self.file);
        let files = files.map(|file| file::row(&file, channel.clone(), Some(ts), batch));
        let files: Option<Vec<_>> = files.collect();
        let user = text(self.user);
        let author = match user.is_empty() {
            true => text(self.comment.and_then(|comment| comment.user)),
            false => user,
        };
        let profile = self.user_profile.map(|profile| SeenProfile {
            name: text(profile.name),
            real_name: text(profile.real_name),
            display_name: text(profile.display_name),
        });
        let is_filled = |list: &Option<Vec<IgnoredAny>>| list.as_ref().is_some_and(|list| !list.is_empty());
        let has_text = self.text.as_ref().is_some_and(|text| !text.0.is_empty());
        let has_words_elsewhere =
            !has_text && (is_filled(&self.attachments) || is_filled(&self.blocks) || self.message.is_some());
        Some(SeenMessage {
            ts,
            thread_ts: instant(self.thread_ts)?,
            latest_reply: instant(self.latest_reply)?,
            edited_ts: instant(self.edited.and_then(|edited| edited.ts))?,
            reply_count: self.reply_count,
            reply_users_count: self.reply_users_count,
            kind: text(self.r#type),
            subtype: text(self.subtype),
            user: author,
            bot: text(self.bot_id),
            username: text(self.username),
            text: text(self.text),
            reactions,
            files: files?,
            profile,
            has_words_elsewhere,
        })
    }
}

/// A text that is lent by the page where it holds no escapes. (A `Cow` in an `Option` or a `Vec` never is.)
#[derive(Default)]
struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct Lent;
        impl<'de> Visitor<'de> for Lent {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        json.deserialize_str(Lent)
    }
}

#[cfg(test)]
mod tests;

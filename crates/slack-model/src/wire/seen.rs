//! The short way through a page of messages: one pass, nothing copied that the page's bytes can lend.
//!
//! It reads pages in which nothing is odd. Where anything is, it gives up, and the page is read record by record
//! ([`message`](super::message)), which knows what to do with oddities: what this way reads, that one reads alike.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::file::{self, File};
use super::lenient::count;
use super::{Envelope, note_scan};
use crate::ids::{ChannelId, FileId};
use crate::rows::{self, MessageRef};
use crate::ts::{BatchId, Ts};

/// A message as a page shows it: its row, and what hangs on it. Both ways through a page give it in this form.
#[derive(Debug)]
pub(crate) struct SeenMessage<'a> {
    /// The columns that the page tells. The author's id is text.
    pub(crate) row: MessageRef<'a>,
    pub(crate) reactions: Vec<SeenReaction<'a>>,
    pub(crate) files: Vec<rows::File>,
    /// Files of which Slack says that only `files.info` shows them.
    pub(crate) hidden_files: Vec<FileId>,
    /// What it says of its author.
    pub(crate) profile: Option<SeenProfile<'a>>,
    /// Whether it has no text, and something else that may hold words.
    pub(crate) has_words_elsewhere: bool,
}

/// The names of an author, empty where the message does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SeenProfile<'a> {
    pub(crate) name: &'a str,
    pub(crate) real_name: &'a str,
    pub(crate) display_name: &'a str,
}

/// An emoji of a message, and who reacted with it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SeenReaction<'a> {
    pub(crate) name: &'a str,
    pub(crate) users: Vec<&'a str>,
    /// How many did, as Slack counts.
    pub(crate) count: Option<u64>,
}

impl SeenReaction<'_> {
    /// How many reacted, as Slack counts or names.
    pub(crate) fn total(&self) -> u64 {
        self.count.unwrap_or(self.users.len() as u64)
    }
}

impl<'a> SeenMessage<'a> {
    /// The author's id, empty where the message does not say.
    pub(crate) fn user(&self) -> &'a str {
        let id = self.row.user_id.map(|id| id.0.bytes()).unwrap_or_default();
        // It came out of a text.
        std::str::from_utf8(id).unwrap_or_default()
    }

    /// How often each emoji was used, sorted, where a reaction counts more users than it names.
    pub(crate) fn cut_reactions(&self) -> Option<Vec<(String, u64)>> {
        let is_cut = |reaction: &SeenReaction<'_>| reaction.total() > reaction.users.len() as u64;
        let counts = || self.reactions.iter().map(|reaction| (reaction.name.to_owned(), reaction.total()));
        self.reactions.iter().any(is_cut).then(|| {
            let mut counts: Vec<_> = counts().collect();
            counts.sort_unstable();
            counts
        })
    }

    /// The emoji that were used by people of whom none is named.
    pub(crate) fn unnamed_reactions(&self) -> impl Iterator<Item = &SeenReaction<'a>> {
        let is_named =
            |name| self.reactions.iter().any(|other| other.name == name && !other.users.is_empty());
        self.reactions.iter().filter(move |reaction| reaction.total() > 0 && !is_named(reaction.name))
    }
}

/// Shows `each` the messages of a page, of which `each` may have seen some where the page turns out to be odd.
///
/// Returns what the page says beside its messages, where it is an answer of the API and so can say it; `Err` where
/// anything is odd, such as a page that holds no array of messages.
pub(crate) fn seen_messages<'a>(
    text: &'a str,
    channel: &ChannelId,
    batch: BatchId,
    is_export: bool,
    each: &mut dyn FnMut(SeenMessage<'_>),
) -> serde_json::Result<Option<Envelope>> {
    note_scan();
    let mut json = serde_json::Deserializer::from_str(text);
    let end = PageSeed { channel, batch, is_export, each }.deserialize(&mut json)?;
    json.end()?;
    Ok(end)
}

/// A page, or the array of messages in it.
struct PageSeed<'c> {
    channel: &'c ChannelId,
    batch: BatchId,
    is_export: bool,
    each: &'c mut dyn FnMut(SeenMessage<'_>),
}

impl<'a> DeserializeSeed<'a> for PageSeed<'_> {
    type Value = Option<Envelope>;

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<Option<Envelope>, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for PageSeed<'_> {
    type Value = Option<Envelope>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page of messages")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut array: A) -> Result<Option<Envelope>, A::Error> {
        while let Some(record) = array.next_element::<Record<'a>>()? {
            let seen = record.seen(self.channel, self.batch, self.is_export);
            (self.each)(seen.ok_or_else(|| A::Error::custom("an odd message"))?);
        }
        Ok(None)
    }

    fn visit_map<A: MapAccess<'a>>(self, mut object: A) -> Result<Option<Envelope>, A::Error> {
        let mut envelope = Envelope::default();
        let mut seen: Vec<Text<'a>> = Vec::new();
        while let Some(key) = object.next_key::<Text<'a>>()? {
            let is_known = match &*key.0 {
                "messages" => {
                    let (channel, batch, is_export) = (self.channel, self.batch, self.is_export);
                    let list = List(PageSeed { channel, batch, is_export, each: &mut *self.each });
                    object.next_value_seed(list)?;
                    true
                }
                _ if self.is_export => {
                    // Another list may stand beside that of the messages.
                    if object.next_value::<&RawValue>()?.get().starts_with(['[', '{']) {
                        return Err(A::Error::custom("a page of another shape"));
                    }
                    false
                }
                name => envelope.fill(name, &mut object)?,
            };
            // A field that is there twice is odd.
            if is_known && seen.iter().any(|other| other.0 == key.0) {
                return Err(A::Error::custom("a field that is there twice"));
            }
            if is_known {
                seen.push(key);
            }
        }
        if !seen.iter().any(|name| name.0 == "messages") {
            return Err(A::Error::custom("a page without messages"));
        }
        Ok((!self.is_export).then_some(envelope))
    }
}

/// The array itself: an object in its place is odd.
struct List<'c>(PageSeed<'c>);

impl<'a> DeserializeSeed<'a> for List<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'a> Visitor<'a> for List<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of messages")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, array: A) -> Result<(), A::Error> {
        self.0.visit_seq(array).map(drop)
    }
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
    fn seen<'s>(
        &'s self,
        channel: &'s ChannelId,
        batch: BatchId,
        is_export: bool,
    ) -> Option<SeenMessage<'s>> {
        // Slack lists the authors and times of replies; other programs put the replies themselves there.
        let holds_messages = |raw: Option<&RawValue>| raw.is_some_and(|raw| raw.get().contains("\"text\""));
        if is_export && (holds_messages(self.replies) || holds_messages(self.slackdump_thread_replies)) {
            return None;
        }
        let ts = Ts::parse(text(&self.ts).as_bytes())?;
        // `Some(None)` is a field that is not there.
        let instant = |field| match text(field) {
            "" => Some(None),
            text => Ts::parse(text.as_bytes()).map(Some),
        };
        let mut reactions = Vec::new();
        for reaction in self.reactions.iter().flatten() {
            let name = Some(text(&reaction.name)).filter(|name| !name.is_empty())?;
            let users = reaction.users.iter().flatten().map(|user| &*user.0);
            let users: Vec<_> = users.filter(|user| !user.is_empty()).collect();
            // Whom an export does not name, nobody can ask for.
            if is_export && users.is_empty() && reaction.count.unwrap_or_default() > 0 {
                return None;
            }
            reactions.push(SeenReaction { name, users, count: reaction.count });
        }
        let shared = || self.files.iter().flatten().flatten().chain(&self.file);
        let files = shared().map(|file| file::row(file, channel.clone(), Some(ts), batch));
        let comment = self.comment.as_ref().map(|comment| text(&comment.user));
        let author = Some(text(&self.user)).filter(|user| !user.is_empty()).or(comment);
        let subtype = text(&self.subtype);
        let row = MessageRef {
            channel: channel.as_str().into(),
            kind: text(&self.r#type).into(),
            subtype: subtype.into(),
            ts,
            thread_ts: instant(&self.thread_ts)?,
            time: Some(ts.time()),
            reply_count: self.reply_count,
            reply_users_count: self.reply_users_count,
            latest_reply: instant(&self.latest_reply)?,
            user_id: author.map(Into::into),
            bot_id: Some(text(&self.bot_id)).filter(|bot| !bot.is_empty()).map(Into::into),
            username: text(&self.username).into(),
            edited_ts: self.edited.as_ref().map_or(Some(None), |edited| instant(&edited.ts))?,
            text: text(&self.text).into(),
            deleted_batch: (subtype == rows::Message::TOMBSTONE).then_some(batch),
            first_batch: Some(batch),
            last_batch: Some(batch),
            text_batch: None,
        };
        let is_filled = |list: &Option<Vec<IgnoredAny>>| list.as_ref().is_some_and(|list| !list.is_empty());
        let has_else = is_filled(&self.attachments) || is_filled(&self.blocks) || self.message.is_some();
        Some(SeenMessage {
            row,
            reactions,
            files: files.collect::<Option<_>>()?,
            hidden_files: shared().filter_map(File::hidden).collect(),
            profile: self.user_profile.as_ref().map(|profile| SeenProfile {
                name: text(&profile.name),
                real_name: text(&profile.real_name),
                display_name: text(&profile.display_name),
            }),
            has_words_elsewhere: text(&self.text).is_empty() && has_else,
        })
    }
}

/// A field's text, empty where it is not there.
fn text<'t>(field: &'t Option<Text<'_>>) -> &'t str {
    field.as_ref().map(|text| &*text.0).unwrap_or_default()
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

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::keys::message_key;
use super::lenient::{integer, lenient};
use super::{
    ChannelList, Envelope, Issues, Page, SeenMessage, as_text, channel, each_record_loosely, message,
    reactions_of, record_keys, seen_messages, team_name, user, usergroup,
};
use crate::ids::{BotId, ChannelId, FileId, TeamId, UserId, UsergroupId};
use crate::rows::{Channel, MessageRef};
use crate::ts::{BatchId, Time, Ts};

/// What an extraction must know of a page of messages to go on from it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MessagePage {
    /// Messages that could be read.
    pub messages: u64,
    /// Those that a reader sees in the channel: no replies, or replies that were sent to the channel too.
    pub top_level: u64,
    /// The number of replies in each thread, those that were sent to the channel too among them.
    pub replies: BTreeMap<Ts, u64>,
    /// The oldest of them.
    pub oldest: Option<Ts>,
    /// The newest of them.
    pub newest: Option<Ts>,
    /// The threads that they open or, as broadcast replies, belong to.
    pub threads: BTreeMap<Ts, ShownThread>,
    /// Messages that neither open a thread nor belong to one.
    pub single: BTreeSet<Ts>,
    /// The messages with a reaction that counts more users than it names, and how often each of their emoji was
    /// used, by name.
    pub cut_reactions: BTreeMap<Ts, Vec<(String, u64)>>,
    /// Who wrote them and who reacted to them.
    pub users: BTreeSet<UserId>,
    /// The bots that wrote them.
    pub bots: BTreeSet<BotId>,
    /// Files of which Slack says that only `files.info` shows them.
    pub hidden_files: BTreeSet<FileId>,
}

/// What a page shows of a thread.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ShownThread {
    /// Its number of replies, where the page holds its first message.
    pub reply_count: Option<u64>,
    /// Its newest reply as far as the page shows.
    pub latest_reply: Option<Ts>,
}

/// All that a capture must know of an answer, read in one pass where nothing about a page of messages is odd.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PageSummary {
    /// Whether the call went well, and how to continue.
    pub envelope: Envelope,
    /// Its messages, of `conversations.history` and `conversations.replies`.
    pub messages: MessagePage,
    /// As [`record_keys`] gives them.
    pub keys: Vec<u64>,
}

impl PageSummary {
    /// Reads an answer of any paged method.
    ///
    /// # Errors
    ///
    /// Where the bytes are not one whole JSON object.
    pub fn read(body: &[u8]) -> serde_json::Result<Self> {
        if let Some(summary) = Self::read_at_once(body, None) {
            return Ok(summary);
        }
        Ok(Self {
            envelope: Envelope::read(body)?,
            messages: MessagePage::read_by_record(body, None),
            keys: record_keys(body),
        })
    }

    /// The short way, which knows no oddities.
    fn read_at_once(body: &[u8], latest: Option<Ts>) -> Option<Self> {
        let (text, is_mended) = as_text(body);
        // Lists of other things are not gone through for nothing.
        if is_mended || memchr::memmem::find(body, b"\"messages\"").is_none() {
            return None;
        }
        let (mut messages, mut keys) = (MessagePage::default(), Vec::new());
        let envelope = seen_messages(&text, &ChannelId::default(), no_batch(), false, &mut |seen| {
            keys.push(message_key(seen.row.ts));
            messages.add(&seen, latest);
        });
        let envelope = envelope.ok().flatten()?;
        messages.add_orphans(&envelope);
        Some(Self { envelope, messages, keys })
    }
}

impl MessagePage {
    /// Reads it from an answer of `conversations.history` or `conversations.replies`.
    /// Messages after `latest`, if it is given, do not count.
    pub fn read(body: &[u8], latest: Option<Ts>) -> Self {
        let summary = PageSummary::read_at_once(body, latest);
        summary.map_or_else(|| Self::read_by_record(body, latest), |summary| summary.messages)
    }

    pub(super) fn read_by_record(body: &[u8], latest: Option<Ts>) -> Self {
        let (text, _) = as_text(body);
        let mut issues = Issues::of(&text);
        let records = Page::cut(&text, "messages", &mut issues).records;
        let mut page = Self::of_records(records, latest, &mut issues);
        page.add_orphans(&Envelope::read(body).unwrap_or_default());
        page
    }

    fn add_orphans(&mut self, envelope: &Envelope) {
        for orphan in envelope.orphan_threads.iter().filter_map(|ts| Ts::parse(ts.as_bytes())) {
            self.threads.entry(orphan).or_default();
        }
    }

    /// Reads it from a file of an export, in any shape in which messages can be found.
    pub fn read_file(body: &[u8]) -> Self {
        let (text, _) = as_text(body);
        let mut issues = Issues::of(&text);
        let records = Page::cut_loosely(&text, "messages", "ts", &mut issues).records;
        Self::of_records(records, None, &mut issues)
    }

    fn of_records<'a>(records: Vec<&'a str>, latest: Option<Ts>, issues: &mut Issues<'a>) -> Self {
        let mut page = Self::default();
        // The channel and the batch do not matter here: the rows are dropped.
        let (channel, batch) = (ChannelId::default(), no_batch());
        for record in records {
            message(record, &channel, batch, issues, |seen, _| page.add(&seen, latest));
        }
        page
    }

    fn add(&mut self, seen: &SeenMessage<'_>, latest: Option<Ts>) {
        let ts = seen.row.ts;
        if latest.is_some_and(|latest| ts > latest) {
            return;
        }
        self.messages += 1;
        self.oldest = Some(self.oldest.map_or(ts, |oldest| oldest.min(ts)));
        self.newest = self.newest.max(Some(ts));
        self.top_level += u64::from(seen.row.is_in_channel());
        self.add_thread(&seen.row);
        let users = seen.reactions.iter().flat_map(|reaction| reaction.users.iter().copied());
        for user in users.chain([seen.user()]).filter(|user| !user.is_empty()) {
            if !self.users.contains(user) {
                self.users.insert(user.into());
            }
        }
        let bot = seen.row.bot_id.map(|id| id.0.bytes()).and_then(|id| std::str::from_utf8(id).ok());
        self.bots.extend(bot.filter(|bot| !bot.is_empty()).map(BotId::from));
        self.cut_reactions.extend(seen.cut_reactions().map(|counts| (ts, counts)));
        self.hidden_files.extend(seen.hidden_files.iter().cloned());
    }

    fn add_thread(&mut self, message: &MessageRef<'_>) {
        let MessageRef { ts, thread_ts, reply_count, latest_reply, .. } = *message;
        let replied_to = thread_ts.filter(|thread| *thread != ts);
        if let Some(thread) = replied_to {
            *self.replies.entry(thread).or_default() += 1;
        }
        let reply_count = reply_count.filter(|count| *count > 0);
        let Some(thread) = thread_ts.or(reply_count.map(|_| ts)) else {
            self.single.insert(ts);
            return;
        };
        let shown = self.threads.entry(thread).or_default();
        if thread == ts {
            shown.reply_count = Some(reply_count.unwrap_or_default());
            shown.latest_reply = shown.latest_reply.max(latest_reply);
        } else {
            shown.latest_reply = shown.latest_reply.max(Some(ts));
        }
    }
}

/// The ids of the users in an answer of `users.list`.
pub fn listed_users(body: &[u8]) -> Vec<UserId> {
    let (text, _) = as_text(body);
    let mut issues = Issues::of(&text);
    let records = Page::cut(&text, "members", &mut issues).records;
    records.into_iter().filter_map(|raw| Some(user(raw, no_batch(), &mut issues)?.id)).collect()
}

/// When the channels in an answer of `conversations.list` were last changed themselves, where it says so.
pub fn channel_updates(body: &[u8]) -> Vec<(ChannelId, Time)> {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Updated {
        id: Option<String>,
        /// Milliseconds since 1970.
        #[serde(deserialize_with = "integer")]
        updated: Option<i64>,
    }
    let (text, _) = as_text(body);
    let mut issues = Issues::of(&text);
    let records = Page::cut(&text, "channels", &mut issues).records;
    let updates = records.into_iter().filter_map(|raw| {
        let channel: Updated = lenient(raw, &mut issues, |json| serde_json::from_str(json))?;
        let time = Time::from_micros(channel.updated?.checked_mul(1_000)?)?;
        Some((channel.id?.into(), time))
    });
    updates.collect()
}

/// The canvases of the channel in an answer of `conversations.info`.
pub fn channel_canvases(body: &[u8]) -> Vec<FileId> {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Answer {
        channel: Channel,
    }
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Channel {
        properties: Properties,
    }
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Properties {
        canvas: Canvas,
        tabs: Vec<Tab>,
    }
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Canvas {
        file_id: String,
    }
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Tab {
        data: Canvas,
    }
    let answer: Answer = serde_json::from_slice(body).unwrap_or_default();
    let Properties { canvas, tabs } = answer.channel.properties;
    let canvases = std::iter::once(canvas).chain(tabs.into_iter().map(|tab| tab.data));
    let mut ids: Vec<FileId> =
        canvases.filter(|canvas| !canvas.file_id.is_empty()).map(|canvas| canvas.file_id.into()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The channels in an answer of `conversations.list`.
pub fn listed_channels(body: &[u8]) -> Vec<Channel> {
    let (text, _) = as_text(body);
    let mut issues = Issues::of(&text);
    let records = Page::cut(&text, "channels", &mut issues).records;
    let rows =
        records.into_iter().filter_map(|raw| channel(raw, ChannelList::Mixed, no_batch(), &mut issues));
    rows.map(|listed| listed.row).collect()
}

/// The user groups in an answer of `usergroups.list`, and whether it names their members.
pub fn listed_usergroups(body: &[u8]) -> Vec<(UsergroupId, bool)> {
    let (text, _) = as_text(body);
    let mut issues = Issues::of(&text);
    let records = Page::cut(&text, "usergroups", &mut issues).records;
    let groups = records.into_iter().filter_map(|raw| usergroup(raw, no_batch(), &mut issues));
    groups.map(|(group, members)| (group.id, !members.is_empty())).collect()
}

/// The workspace's id and name in an answer of `team.info`.
pub fn team_identity(body: &[u8]) -> Option<(String, String)> {
    team_name(&as_text(body).0)
}

/// The id and name of the workspace that a token belongs to, in an answer of `auth.test`.
pub fn token_identity(body: &[u8]) -> Option<(String, String)> {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Identity {
        team_id: String,
        team: String,
    }
    let identity: Identity = serde_json::from_slice(body).ok()?;
    (!identity.team_id.is_empty()).then_some((identity.team_id, identity.team))
}

/// The id and name of the user whose a token is, in an answer of `auth.test`.
pub fn token_user(body: &[u8]) -> Option<(UserId, String)> {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Identity {
        user_id: String,
        user: String,
    }
    let identity: Identity = serde_json::from_slice(body).ok()?;
    (!identity.user_id.is_empty()).then(|| (identity.user_id.into(), identity.user))
}

/// Who reacted to the message in an answer of `reactions.get`.
pub fn reacting_users(body: &[u8]) -> BTreeSet<UserId> {
    let (text, _) = as_text(body);
    let mut issues = Issues::of(&text);
    let mut users = BTreeSet::new();
    reactions_of(&text, &ChannelId::default(), no_batch(), &mut issues, |seen| {
        users.extend(
            seen.reactions.iter().flat_map(|reaction| &reaction.users).map(|user| UserId::from(*user)),
        );
    });
    users
}

/// When a message was sent, and the workspace of its author.
pub(crate) struct MessageStamp {
    pub(crate) ts: Ts,
    pub(crate) team: Option<TeamId>,
}

/// Shows `each` the stamps of the messages in a file of an export.
pub(crate) fn each_message_stamp(body: &[u8], each: &mut dyn FnMut(MessageStamp)) {
    #[derive(Deserialize)]
    struct Record<'a> {
        #[serde(borrow)]
        ts: &'a RawValue,
        #[serde(borrow, default)]
        team: Option<&'a RawValue>,
    }
    let (text, _) = as_text(body);
    let mut issues = Issues::of(&text);
    each_record_loosely(&text, "messages", "ts", &mut issues, &mut |record, _, _| {
        if !record.starts_with('{') {
            return;
        }
        let Ok(Record { ts, team }) = serde_json::from_str(record) else { return };
        let Some(ts) = Ts::parse_loosely(ts.get().trim_matches('"').as_bytes()) else { return };
        let team = team.and_then(|team| serde_json::from_str::<String>(team.get()).ok());
        each(MessageStamp { ts, team: team.filter(|team| !team.is_empty()).map(Into::into) });
    });
}

fn no_batch() -> BatchId {
    BatchId::at(Time::EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_which_threads_to_ask_for() {
        let body = br#"{"ok":true,"messages":[
            {"ts":"1600000005.000000","thread_ts":"1600000005.000000","reply_count":2},
            {"ts":"1600000004.000000","thread_ts":"1600000001.000000","subtype":"thread_broadcast"},
            {"ts":"1600000003.000000","reactions":[{"name":"+1","users":["U1"],"count":60}]},
            {"ts":"1600000002.000000","reply_count":0,
             "files":[{"id":"F1"},{"id":"F2","file_access":"check_file_info"}]}, 5
        ],"orphan_threads":["1500000000.000000"]}"#;
        let ts = |text: &str| text.parse::<Ts>().expect("a timestamp");
        let page = MessagePage::read(body, None);
        assert_eq!((page.messages, page.oldest), (4, Some(ts("1600000002.000000"))));
        assert_eq!((page.top_level, &page.replies), (4, &BTreeMap::from([(ts("1600000001.000000"), 1)])));
        let threads: Vec<_> = page.threads.keys().copied().collect();
        assert_eq!(threads, ["1500000000.000000", "1600000001.000000", "1600000005.000000"].map(ts));
        let opened = ShownThread { reply_count: Some(2), latest_reply: None };
        assert_eq!(page.threads[&ts("1600000005.000000")], opened);
        let broadcast = ShownThread { reply_count: None, latest_reply: Some(ts("1600000004.000000")) };
        assert_eq!(page.threads[&ts("1600000001.000000")], broadcast);
        let cut: Vec<_> = page.cut_reactions.into_iter().collect();
        assert_eq!(cut, [(ts("1600000003.000000"), vec![("+1".to_owned(), 60)])]);
        assert_eq!(page.single, BTreeSet::from(["1600000002.000000", "1600000003.000000"].map(ts)));
        assert_eq!(page.users, BTreeSet::from(["U1".into()]));
        assert_eq!(page.hidden_files, BTreeSet::from(["F2".into()]));
    }

    #[test]
    fn a_channel_says_its_canvases_and_its_last_change() {
        let info = br#"{"ok":true,"channel":{"id":"C1","properties":{"canvas":{"file_id":"F1"},
            "tabs":[{"type":"canvas","data":{"file_id":"F0"}},{"type":"bookmarks"}]}}}"#;
        assert_eq!(channel_canvases(info), ["F0".into(), "F1".into()]);
        assert!(channel_canvases(br#"{"ok":true,"channel":{"id":"C1"}}"#).is_empty());
        let list = br#"{"ok":true,"channels":[{"id":"C1","updated":1600000000123},{"id":"C2"}]}"#;
        let time = Time::from_micros(1_600_000_000_123_000).expect("a time");
        assert_eq!(channel_updates(list), [("C1".into(), time)]);
    }
}

//! A message as Slack writes it.

use serde_json::value::RawValue;
use slack_model::{Ts, UserId};

use super::people::{Community, user_list};
use crate::json::{Object, array, quote};

/// Who says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Author {
    Person(usize),
    /// A bot that has a name and no user.
    Robot(usize),
    /// A bot that writes as its user.
    RobotUser(usize),
    Slackbot,
}

/// A message in the making.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) author: Author,
    pub(super) subtype: Option<&'static str>,
    pub(super) text: String,
    /// The first message of the thread that it is a reply in, in microseconds.
    pub(super) thread: Option<i64>,
    /// When it was edited, in seconds.
    pub(super) edited: Option<i64>,
    /// Emoji with the people who reacted.
    pub(super) reactions: Vec<(&'static str, Vec<usize>)>,
    /// File records.
    pub(super) files: Vec<String>,
}

/// What a thread's first message says of its replies.
#[derive(Debug, Default)]
pub(super) struct Replies {
    count: usize,
    latest: i64,
    users: Vec<UserId>,
}

impl Draft {
    pub(super) fn new(author: Author, text: String) -> Self {
        Self {
            author,
            subtype: None,
            text,
            thread: None,
            edited: None,
            reactions: Vec::new(),
            files: Vec::new(),
        }
    }

    /// What stays of a deleted message that had been answered.
    pub(super) fn tombstone() -> Self {
        Self::new(Author::Slackbot, "This message was deleted.".into()).of_subtype("tombstone")
    }

    pub(super) fn of_subtype(mut self, subtype: &'static str) -> Self {
        self.subtype = Some(subtype);
        self
    }

    pub(super) fn user(&self, community: &Community) -> Option<UserId> {
        match self.author {
            Author::Person(number) => Some(community.people[number].id.clone()),
            Author::Robot(_) => None,
            Author::RobotUser(number) => Some(community.robots[number].user.clone()),
            Author::Slackbot => Some("USLACKBOT".into()),
        }
    }
}

impl Replies {
    pub(super) fn add(&mut self, micros: i64, user: Option<UserId>) {
        self.count += 1;
        self.latest = self.latest.max(micros);
        self.users.extend(user.filter(|user| !self.users.contains(user)));
    }
}

/// Writes a message's record. `parent` is who began the thread of a reply.
pub(super) fn record(
    micros: i64,
    draft: &Draft,
    replies: Option<&Replies>,
    parent: Option<&Option<UserId>>,
    community: &Community,
    team: &str,
) -> Box<RawValue> {
    let user = draft.user(community);
    let ts = text_of(micros);
    let mut message = Object::new().text("type", "message");
    if let Some(subtype) = draft.subtype {
        message = message.text("subtype", subtype);
    }
    if let Some(user) = &user {
        message = message.text("user", user.as_str());
    }
    message = message.text("text", &draft.text).text("ts", &ts);
    message = match draft.author {
        Author::Robot(number) => {
            let robot = &community.robots[number];
            message.text("username", robot.name).text("bot_id", robot.id.as_str())
        }
        Author::RobotUser(number) => {
            let robot = &community.robots[number];
            message.text("bot_id", robot.id.as_str()).raw("bot_profile", &robot.profile()).text("team", team)
        }
        Author::Person(_) if draft.subtype.is_none_or(|subtype| subtype == "thread_broadcast") => {
            written(message, micros, &draft.text, team)
        }
        Author::Person(_) | Author::Slackbot => message,
    };
    if draft.subtype == Some("tombstone") {
        message = message.value("hidden", true);
    }
    if let (Some(edited), Some(user)) = (draft.edited, &user) {
        let edited = Object::new().text("user", user.as_str()).text("ts", &format!("{edited:010}.000000"));
        message = message.raw("edited", &edited.end());
    }
    if !draft.files.is_empty() {
        message = message.raw("files", &array(&draft.files)).value("upload", true);
    }
    if let Some(thread) = draft.thread {
        message = message.text("thread_ts", &text_of(thread));
        if let Some(Some(parent)) = parent {
            message = message.text("parent_user_id", parent.as_str());
        }
    }
    if let Some(replies) = replies {
        message = message
            .text("thread_ts", &ts)
            .value("reply_count", replies.count)
            .value("reply_users_count", replies.users.len())
            .text("latest_reply", &text_of(replies.latest))
            .raw("reply_users", &user_list(replies.users.iter().take(5)))
            .value("is_locked", false)
            .value("subscribed", false);
    }
    if !draft.reactions.is_empty() {
        message = message.raw("reactions", &reactions(draft, community));
    }
    message.end_raw()
}

fn reactions(draft: &Draft, community: &Community) -> String {
    array(draft.reactions.iter().map(|(name, users)| {
        let ids = users.iter().map(|user| &community.people[*user].id);
        Object::new().text("name", name).raw("users", &user_list(ids)).value("count", users.len()).end()
    }))
}

/// Adds what Slack adds to what people write.
pub(in crate::workspace) fn written(message: Object, micros: i64, text: &str, team: &str) -> Object {
    let id = format!("{:08x}-0000-4000-8000-{:012x}", micros % 0xffff_ffff, micros % 0xffff_ffff_ffff);
    message.text("client_msg_id", &id).text("team", team).raw("blocks", &blocks(micros, text))
}

/// Rich text that says the same as the text.
pub(in crate::workspace) fn blocks(micros: i64, text: &str) -> String {
    let id = format!("{:05}", micros % 99_991);
    let section = Object::new()
        .text("type", "rich_text_section")
        .raw("elements", &format!("[{{\"type\":\"text\",\"text\":{}}}]", quote(text)));
    let block = Object::new().text("type", "rich_text").text("block_id", &id);
    format!("[{}]", block.raw("elements", &format!("[{}]", section.end())).end())
}

fn text_of(micros: i64) -> String {
    Ts::from_micros(micros).map(|ts| ts.to_string()).unwrap_or_default()
}

//! What becomes of what was said: edits and deletions.

use super::pools::draw;
use super::stage::{At, Stage};
use crate::fields::Fields;
use crate::json::{Object, array};
use crate::workspace::Message;
use crate::workspace::generate::{blocks, small_talk};

/// What a tombstone keeps of the message in whose place it stands.
const THREAD_KEYS: [&str; 7] = [
    "thread_ts",
    "reply_count",
    "reply_users_count",
    "latest_reply",
    "reply_users",
    "is_locked",
    "subscribed",
];

impl Stage<'_> {
    /// First messages of threads are deleted.
    pub(super) fn tombstones(&mut self, count: usize) {
        for _ in 0..count {
            let drawn = draw(&mut self.pools.parents, &mut self.spent, &mut self.dice);
            let Some((channel, ts)) = drawn else { return };
            // Were all replies deleted too, not even the tombstone would stay.
            let replies = self.talks[channel].range(ts..).filter(|(_, reply)| reply.replied_to() == Some(ts));
            self.spent.extend(replies.map(|(reply, _)| (channel, *reply)));
            let Some(message) = self.talks[channel].get_mut(&ts) else { continue };
            let Some(tombstone) = tombstone(message) else { continue };
            *message = tombstone;
            let spot = self.spot((channel, ts));
            self.changes.tombstones.push(spot);
        }
    }

    /// Messages without replies are deleted, and replies.
    pub(super) fn deletions(&mut self, messages: usize, replies: usize) {
        for _ in 0..messages {
            let drawn = draw(&mut self.pools.plain, &mut self.spent, &mut self.dice);
            self.delete(drawn);
        }
        for _ in 0..replies {
            let drawn = draw(&mut self.pools.replies, &mut self.spent, &mut self.dice);
            self.delete(drawn);
        }
    }

    fn delete(&mut self, drawn: Option<At>) {
        let Some((channel, ts)) = drawn else { return };
        let Some(message) = self.talks[channel].remove(&ts) else { return };
        self.stirred.extend(message.replied_to().map(|thread| (channel, thread)));
        let spot = self.spot((channel, ts));
        self.changes.deleted.push(spot);
    }

    /// Messages and replies get another text.
    pub(super) fn edits(&mut self, messages: usize, replies: usize) {
        for number in 0..messages {
            let pools = &mut self.pools;
            // Threads are fewer, and still every third edit meets one's first message.
            let (first, second) = match number % 3 {
                2 => (&mut pools.parents, &mut pools.plain),
                _ => (&mut pools.plain, &mut pools.parents),
            };
            let drawn = draw(first, &mut self.spent, &mut self.dice);
            let drawn = drawn.or_else(|| draw(second, &mut self.spent, &mut self.dice));
            self.edit(drawn);
        }
        for _ in 0..replies {
            let drawn = draw(&mut self.pools.replies, &mut self.spent, &mut self.dice);
            self.edit(drawn);
        }
    }

    fn edit(&mut self, drawn: Option<At>) {
        let Some((channel, ts)) = drawn else { return };
        let (second, more) = (self.second(), small_talk(&mut self.dice));
        let Some(message) = self.talks[channel].get_mut(&ts) else { return };
        let Some(mut fields) = Fields::of(&message.json) else { return };
        let text = format!("{} {more}", fields.read::<String>("text").unwrap_or_default());
        let user: String = fields.read("user").unwrap_or_default();
        let edited = Object::new().text("user", &user).text("ts", &format!("{second:010}.000000"));
        fields.set_text("text", &text);
        if fields.get("blocks").is_some() {
            fields.set("blocks", blocks(ts.micros(), &text));
        }
        fields.set("edited", edited.end());
        message.rewrite(fields);
        let spot = self.spot((channel, ts));
        self.changes.edited.push(spot);
    }

    /// Brings the pins up to what their messages are now. Those whose message is gone go too.
    pub(super) fn pins(&mut self) {
        for at in &self.open {
            let talk = &self.talks[*at];
            self.workspace.channels[*at].pins.retain_mut(|pin| {
                let Some(mut fields) = Fields::of(pin) else { return true };
                let ts = fields.read::<Fields>("message").and_then(|message| message.read::<String>("ts"));
                let Some(ts) = ts.and_then(|ts| ts.parse().ok()) else { return true };
                let now = talk.get(&ts).filter(|message| !message.json.get().contains("\"tombstone\""));
                let Some(message) = now else { return false };
                if fields.get("message").is_some_and(|old| old.get() != message.json.get()) {
                    fields.set("message", message.json.get());
                    *pin = fields.end();
                }
                true
            });
        }
    }
}

/// What Slack leaves of a message that was answered.
fn tombstone(message: &Message) -> Option<Message> {
    let fields = Fields::of(&message.json)?;
    let left = Object::new()
        .text("type", "message")
        .text("subtype", "tombstone")
        .text("user", "USLACKBOT")
        .text("text", "This message was deleted.")
        .text("ts", &message.ts.to_string())
        .value("hidden", true);
    let kept = THREAD_KEYS.iter().filter_map(|key| Some((key, fields.get(key)?)));
    Message::of(kept.fold(left, |left, (key, json)| left.raw(key, json.get())).end_raw())
}

impl Message {
    /// Takes a changed record.
    pub(super) fn rewrite(&mut self, fields: Fields) {
        let most_reactors = self.most_reactors;
        if let Some(message) = Self::of(fields.end()) {
            *self = Self { most_reactors, ..message };
        }
    }

    /// Brings what a thread's first message says of its replies up to date: they are given oldest first. Returns
    /// whether `reply_count` or `latest_reply` is another now.
    pub(super) fn count(&mut self, replies: &[&Message]) -> bool {
        let Some(mut fields) = Fields::of(&self.json) else { return false };
        let before: (Option<u64>, Option<String>) = (fields.read("reply_count"), fields.read("latest_reply"));
        let Some(latest) = replies.last() else {
            THREAD_KEYS.iter().for_each(|key| fields.remove(key));
            self.rewrite(fields);
            return before != (None, None);
        };
        let mut users: Vec<String> = Vec::new();
        for user in replies.iter().filter_map(|reply| reply.user()) {
            if !users.contains(&user) {
                users.push(user);
            }
        }
        let latest = latest.ts.to_string();
        fields.set_text("thread_ts", &self.ts.to_string());
        fields.set("reply_count", replies.len().to_string());
        fields.set("reply_users_count", users.len().to_string());
        fields.set_text("latest_reply", &latest);
        fields.set("reply_users", array(users.iter().take(5).map(|user| crate::json::quote(user))));
        for key in ["is_locked", "subscribed"] {
            if fields.get(key).is_none() {
                fields.set(key, "false");
            }
        }
        self.rewrite(fields);
        before != (Some(replies.len() as u64), Some(latest))
    }
}

//! What is newly said.

use slack_model::{Ts, UserId};

use super::pools::draw;
use super::stage::{At, Stage};
use crate::fields::Fields;
use crate::json::Object;
use crate::workspace::Message;
use crate::workspace::generate::{small_talk, written};

impl Stage<'_> {
    /// New messages in the channels; some begin threads.
    pub(super) fn posts(&mut self, posts: usize, threads: usize) {
        for number in 0..posts {
            let Some(channel) = self.somewhere() else { return };
            let Some(user) = self.somebody(channel) else { continue };
            let Some(ts) = self.moment(channel, 0) else { continue };
            let text = self.words(channel);
            self.say(channel, ts, &user, None, &text, |message| message);
            if number < threads {
                for _ in 0..=self.dice.below(4) {
                    self.reply((channel, ts));
                }
            }
        }
    }

    /// Replies to threads that there were before.
    pub(super) fn late_replies(&mut self, late: usize, old: usize) {
        for _ in 0..old {
            let drawn = draw(&mut self.pools.old_parents, &mut self.spent, &mut self.dice);
            self.late_reply(drawn);
        }
        for _ in 0..late {
            let drawn = draw(&mut self.pools.parents, &mut self.spent, &mut self.dice);
            self.late_reply(drawn);
        }
    }

    /// Replies to messages that had none.
    pub(super) fn first_replies(&mut self, count: usize) {
        for _ in 0..count {
            let drawn = draw(&mut self.pools.plain, &mut self.spent, &mut self.dice);
            self.late_reply(drawn);
        }
    }

    fn late_reply(&mut self, parent: Option<At>) {
        let reply = parent.and_then(|parent| self.reply(parent));
        let spot = reply.map(|reply| self.spot(reply));
        self.changes.late_replies.extend(spot);
    }

    /// A reply to a message. Returns where it is.
    fn reply(&mut self, (channel, thread): At) -> Option<At> {
        let user = self.somebody(channel)?;
        let ts = self.moment(channel, thread.micros())?;
        let text = self.words(channel);
        let subtype = self.dice.chance(0.05).then_some("thread_broadcast");
        let began = self.talks[channel].get(&thread).and_then(|parent| parent.user());
        self.say(channel, ts, &user, subtype, &text, |message| {
            let message = message.text("thread_ts", &thread.to_string());
            began.into_iter().fold(message, |message, user| message.text("parent_user_id", &user))
        });
        self.stirred.insert((channel, thread));
        Some((channel, ts))
    }

    /// Adds a message to a channel, with the keys that `more` adds.
    pub(super) fn say(
        &mut self,
        channel: usize,
        ts: Ts,
        user: &UserId,
        subtype: Option<&str>,
        text: &str,
        more: impl FnOnce(Object) -> Object,
    ) {
        let message = Object::new().text("type", "message");
        let message = subtype.into_iter().fold(message, |message, subtype| message.text("subtype", subtype));
        let message = message.text("user", user.as_str()).text("text", text).text("ts", &ts.to_string());
        let team = self.workspace.team.id.as_str();
        let by_hand = subtype.is_none_or(|subtype| subtype == "thread_broadcast");
        let message = message.when(by_hand, |message| written(message, ts.micros(), text, team));
        if let Some(message) = Message::of(more(message).end_raw()) {
            self.talks[channel].insert(ts, message);
            let spot = self.spot((channel, ts));
            self.changes.posted.push(spot);
        }
    }

    fn words(&mut self, channel: usize) -> String {
        let text = small_talk(&mut self.dice);
        match self.dice.chance(0.12).then(|| self.somebody(channel)).flatten() {
            Some(user) => format!("<@{user}> {text}"),
            None => text,
        }
    }
}

impl Message {
    /// Who wrote it.
    pub(super) fn user(&self) -> Option<String> {
        Fields::of(&self.json)?.read("user")
    }
}

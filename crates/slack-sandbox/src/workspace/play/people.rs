//! Who comes, and what gets another name or comes to an end.

use slack_model::UserId;

use super::changes::Joined;
use super::stage::Stage;
use crate::fields::Fields;
use crate::json::{array, quote};
use crate::workspace::generate::{name_of_somebody, newcomer};
use crate::workspace::{Channel, User};

impl Stage<'_> {
    /// Public channels are archived. Nothing else happens in them, so that this is their last word.
    pub(super) fn archive(&mut self, count: usize) {
        for _ in 0..count {
            let public = self.open_public();
            let closable: Vec<usize> =
                public.iter().copied().filter(|at| !self.workspace.channels[*at].is_general()).collect();
            if closable.is_empty() || public.len() < 3 {
                return;
            }
            let at = *self.dice.pick(&closable);
            let (Some(user), Some(ts)) = (self.somebody(at), self.moment(at, 0)) else { return };
            self.say(at, ts, &user, Some("channel_archive"), "archived the channel", |message| message);
            let channel = &mut self.workspace.channels[at];
            channel.is_archived = true;
            channel.rewrite(ts.micros(), |fields| fields.set("is_archived", "true"));
            self.changes.archived.push(channel.id.clone());
            self.open.retain(|open| *open != at);
        }
    }

    /// People come to the workspace.
    pub(super) fn newcomers(&mut self, count: usize) {
        for _ in 0..count {
            let second = self.second();
            let number = self.workspace.users.len();
            let user = newcomer(number, second, self.workspace.team.id.as_str(), &mut self.dice);
            let id = user.id.clone();
            self.workspace.users.push(user);
            self.welcome(id.clone());
            self.changes.newcomers.push(id.clone());
            let mut public = self.open_public();
            public.sort_by_key(|at| !self.workspace.channels[*at].is_general());
            for _ in 0..3.min(public.len()) {
                // The general channel first.
                let at = if self.workspace.channels[public[0]].is_general() {
                    0
                } else {
                    self.dice.below(public.len())
                };
                self.join(public.swap_remove(at), &id, second * 1_000_000);
            }
        }
    }

    /// People who are there join a channel more.
    pub(super) fn joins(&mut self, count: usize) {
        let people = self.people();
        let public = self.open_public();
        if people.is_empty() || public.is_empty() {
            return;
        }
        let mut joined = 0;
        for _ in 0..count.saturating_mul(20) {
            if joined == count {
                return;
            }
            let (user, at) = (self.dice.pick(&people).clone(), *self.dice.pick(&public));
            if !self.workspace.channels[at].members.contains(&user) {
                joined += usize::from(self.join(at, &user, 0));
            }
        }
    }

    fn join(&mut self, at: usize, user: &UserId, after: i64) -> bool {
        let Some(ts) = self.moment(at, after) else { return false };
        self.say(
            at,
            ts,
            user,
            Some("channel_join"),
            &format!("<@{user}> has joined the channel"),
            |message| message,
        );
        let channel = &mut self.workspace.channels[at];
        channel.members.push(user.clone());
        let members = channel.members.len().to_string();
        let channel_id = channel.id.clone();
        if let Some(mut fields) = Fields::of(&channel.json) {
            fields.set("num_members", members);
            channel.json = fields.end();
        }
        self.changes.joined.push(Joined { channel: channel_id, user: user.clone() });
        true
    }

    /// Public channels get other names.
    pub(super) fn rename_channels(&mut self, count: usize) {
        let mut public = self.open_public();
        for _ in 0..count.min(public.len()) {
            let at = public.swap_remove(self.dice.below(public.len()));
            let (Some(user), Some(ts)) = (self.somebody(at), self.moment(at, 0)) else { continue };
            let old = self.workspace.channels[at].name.clone();
            let name = self.free_name(&old);
            let text = format!("has renamed the channel from \"{old}\" to \"{name}\"");
            self.say(at, ts, &user, Some("channel_name"), &text, |message| {
                message.text("old_name", &old).text("name", &name)
            });
            let channel = &mut self.workspace.channels[at];
            channel.rewrite(ts.micros(), |fields| {
                let mut names: Vec<String> = fields.read("previous_names").unwrap_or_default();
                names.insert(0, old);
                fields.set_text("name", &name);
                fields.set_text("name_normalized", &name);
                fields.set("previous_names", array(names.iter().map(|name| quote(name))));
            });
            channel.name = name;
            self.changes.renamed_channels.push(channel.id.clone());
        }
    }

    /// The name with the lowest number after it that no channel has.
    fn free_name(&self, name: &str) -> String {
        let digits = |end: &str| !end.is_empty() && end.bytes().all(|byte| byte.is_ascii_digit());
        let base = name.rsplit_once('-').filter(|(_, end)| digits(end)).map_or(name, |(base, _)| base);
        let is_taken = |name: &String| self.workspace.channels.iter().any(|channel| channel.name == *name);
        let mut names = (2u64..).map(|number| format!("{base}-{number}"));
        names.find(|name| !is_taken(name)).unwrap_or_default()
    }

    /// People get other names.
    pub(super) fn rename_people(&mut self, count: usize) {
        let mut people = self.people();
        people.retain(|user| !self.changes.newcomers.contains(user));
        for _ in 0..count.min(people.len()) {
            let id = people.swap_remove(self.dice.below(people.len()));
            let (second, names) = (self.second(), name_of_somebody(&mut self.dice));
            let Some(user) = self.workspace.users.iter_mut().find(|user| user.id == id) else { continue };
            if user.rename(names, second) {
                self.changes.renamed_users.push(id);
            }
        }
    }
}

impl Channel {
    fn is_general(&self) -> bool {
        Fields::of(&self.json).and_then(|fields| fields.read("is_general")) == Some(true)
    }

    /// Changes the record at an instant.
    fn rewrite(&mut self, micros: i64, change: impl FnOnce(&mut Fields)) {
        if let Some(mut fields) = Fields::of(&self.json) {
            change(&mut fields);
            // Slack says milliseconds here and seconds of users.
            fields.set("updated", (micros / 1000).to_string());
            self.json = fields.end();
        }
    }
}

impl User {
    /// Whether it is somebody who can write: neither a bot nor deleted.
    pub(super) fn is_person(&self) -> bool {
        let Some(fields) = Fields::of(&self.json) else { return false };
        let is = |key| fields.read(key) == Some(true);
        !is("is_bot") && !is("deleted") && self.id.as_str() != "USLACKBOT"
    }

    fn rename(&mut self, (first, last): (&str, &str), second: i64) -> bool {
        let Some(mut fields) = Fields::of(&self.json) else { return false };
        let Some(mut profile) = fields.read::<Fields>("profile") else { return false };
        // Whoever has that name already gets a part more.
        let had = profile.read::<String>("display_name").is_some_and(|name| name == first);
        let first = if had { format!("{first} {last}") } else { first.to_owned() };
        let real_name = format!("{first} {last}");
        for key in ["display_name", "display_name_normalized"] {
            profile.set_text(key, &first);
        }
        for key in ["real_name", "real_name_normalized"] {
            profile.set_text(key, &real_name);
        }
        fields.set("profile", profile.end().get());
        fields.set_text("real_name", &real_name);
        fields.set("updated", second.to_string());
        self.json = fields.end();
        true
    }
}

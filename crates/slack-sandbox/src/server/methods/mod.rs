//! The methods, one file a family.

mod conversations;
mod extras;
mod files;
mod history;
mod reactions;
mod team;
mod usergroups;
mod users;

use super::answer::Answer;
use super::call::{Call, Handler};
use super::limits::Tier;
use super::paging::with_cursor;
use crate::json::Object;

/// A method: its name, its rate limit, its function, and its list where that is paged by cursors.
#[derive(Debug)]
pub(crate) struct Method {
    pub(crate) name: &'static str,
    pub(crate) tier: Tier,
    pub(crate) handler: Handler,
    pub(crate) list: Option<List>,
}

/// What a method lists.
#[derive(Debug, Clone, Copy)]
pub(crate) struct List {
    /// The key of the answer that holds the list.
    pub(crate) key: &'static str,
    /// The arguments that a cursor is bound to.
    pub(crate) bounds: &'static [&'static str],
}

/// All methods that the sandbox has.
pub(crate) const METHODS: &[Method] = &[
    Method::new("auth.test", Tier::Special, team::test),
    Method::new("bookmarks.list", Tier::Three, extras::bookmarks),
    Method::new("bots.info", Tier::Three, users::bot),
    Method::new("conversations.history", Tier::Three, history::history)
        .listing("messages", &["channel", "oldest", "latest", "inclusive"]),
    Method::new("conversations.info", Tier::Three, conversations::info),
    Method::new("conversations.list", Tier::Two, conversations::list)
        .listing("channels", &["types", "exclude_archived", "user"]),
    Method::new("conversations.members", Tier::Four, conversations::members).listing("members", &["channel"]),
    Method::new("conversations.replies", Tier::Three, history::replies)
        .listing("messages", &["channel", "ts", "oldest", "latest", "inclusive"]),
    Method::new("emoji.list", Tier::Two, extras::emoji),
    Method::new("files.info", Tier::Four, files::info),
    Method::new("files.list", Tier::Three, files::list),
    Method::new("pins.list", Tier::Two, extras::pins),
    Method::new("reactions.get", Tier::Three, reactions::get),
    Method::new("reactions.list", Tier::Two, reactions::list).listing("items", &["user"]),
    Method::new("team.info", Tier::Three, team::info),
    Method::new("team.profile.get", Tier::Three, team::profile),
    Method::new("usergroups.list", Tier::Two, usergroups::list),
    Method::new("usergroups.users.list", Tier::Two, usergroups::members),
    Method::new("users.conversations", Tier::Three, conversations::of_user)
        .listing("channels", &["types", "exclude_archived", "user"]),
    Method::new("users.info", Tier::Four, users::info),
    Method::new("users.list", Tier::Two, users::list).listing("members", &[]),
];

/// The method of a name.
pub(crate) fn method(name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.name == name)
}

impl Method {
    const fn new(name: &'static str, tier: Tier, handler: Handler) -> Self {
        Self { name, tier, handler, list: None }
    }

    const fn listing(self, key: &'static str, bounds: &'static [&'static str]) -> Self {
        Self { list: Some(List { key, bounds }), ..self }
    }
}

impl List {
    /// A page with nothing in it, and the cursor to the page that the call asks for.
    pub(crate) fn empty_page(self, call: &Call<'_>) -> Answer {
        let answer = Object::ok().raw(self.key, "[]");
        let answer = answer.when(self.key == "messages", |answer| answer.value("has_more", true));
        Ok(with_cursor(answer, &call.bounds().again(call.args)?).end())
    }
}

//! The methods, one file a family.

mod conversations;
mod extras;
mod files;
mod history;
mod reactions;
mod team;
mod usergroups;
mod users;

use super::call::Handler;
use super::limits::Tier;

/// A method: its name, its rate limit and its function.
#[derive(Debug)]
pub(crate) struct Method {
    pub(crate) name: &'static str,
    pub(crate) tier: Tier,
    pub(crate) handler: Handler,
}

/// All methods that the sandbox has.
pub(crate) const METHODS: &[Method] = &[
    Method { name: "auth.test", tier: Tier::Special, handler: team::test },
    Method { name: "bookmarks.list", tier: Tier::Three, handler: extras::bookmarks },
    Method { name: "bots.info", tier: Tier::Three, handler: users::bot },
    Method { name: "conversations.history", tier: Tier::Three, handler: history::history },
    Method { name: "conversations.info", tier: Tier::Three, handler: conversations::info },
    Method { name: "conversations.list", tier: Tier::Two, handler: conversations::list },
    Method { name: "conversations.members", tier: Tier::Four, handler: conversations::members },
    Method { name: "conversations.replies", tier: Tier::Three, handler: history::replies },
    Method { name: "emoji.list", tier: Tier::Two, handler: extras::emoji },
    Method { name: "files.info", tier: Tier::Four, handler: files::info },
    Method { name: "files.list", tier: Tier::Three, handler: files::list },
    Method { name: "pins.list", tier: Tier::Two, handler: extras::pins },
    Method { name: "reactions.get", tier: Tier::Three, handler: reactions::get },
    Method { name: "team.info", tier: Tier::Three, handler: team::info },
    Method { name: "team.profile.get", tier: Tier::Three, handler: team::profile },
    Method { name: "usergroups.list", tier: Tier::Two, handler: usergroups::list },
    Method { name: "usergroups.users.list", tier: Tier::Two, handler: usergroups::members },
    Method { name: "users.conversations", tier: Tier::Three, handler: conversations::of_user },
    Method { name: "users.info", tier: Tier::Four, handler: users::info },
    Method { name: "users.list", tier: Tier::Two, handler: users::list },
];

/// The method of a name.
pub(crate) fn method(name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.name == name)
}

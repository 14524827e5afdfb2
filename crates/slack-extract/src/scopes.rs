//! Which scopes a token needs for what a capture asks for.

use std::collections::BTreeMap;

use crate::sources::web_api::methods::{METHODS, Scope, method};
use crate::sources::web_api::options::{ApiOptions, ChannelType};

/// A scope, and what would be missing without it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NeededScope {
    /// Slack's name for it.
    pub scope: &'static str,
    /// The methods that need it, as far as they are called.
    pub methods: Vec<&'static str>,
    /// What a capture lacks without it.
    pub gives: Vec<&'static str>,
    /// Whether there is nothing to capture without it: the scopes that list conversations.
    pub lists_conversations: bool,
}

/// The scopes that a capture needs, and no more, sorted by name.
///
/// ```
/// use slack_extract::{ApiOptions, Part, needed_scopes};
///
/// let mut options = ApiOptions::default();
/// options.parts = vec![Part::Messages, Part::Pins];
/// let scopes: Vec<_> = needed_scopes(&options).iter().map(|needed| needed.scope).collect();
/// assert_eq!(scopes, ["channels:history", "channels:read", "pins:read"]);
/// ```
pub fn needed_scopes(options: &ApiOptions) -> Vec<NeededScope> {
    let mut needed: BTreeMap<&'static str, NeededScope> = BTreeMap::new();
    for method in METHODS.iter().filter(|method| method.parts.iter().all(|part| options.has(*part))) {
        let scopes = method.scopes.iter().flat_map(|(scope, gives)| match scope {
            Scope::Is(scope) => vec![(*scope, *gives)],
            Scope::Read => of_types(options, |of| (of.read, of.conversations)),
            Scope::History => of_types(options, |of| (of.history, of.messages)),
        });
        for (scope, gives) in scopes {
            let entry = needed.entry(scope).or_insert_with(|| NeededScope {
                scope,
                methods: Vec::new(),
                gives: Vec::new(),
                lists_conversations: false,
            });
            entry.lists_conversations |= method.parts.is_empty();
            add(&mut entry.methods, method.name);
            add(&mut entry.gives, gives);
        }
    }
    needed.into_values().collect()
}

fn add(texts: &mut Vec<&'static str>, text: &'static str) {
    if !texts.contains(&text) {
        texts.push(text);
    }
}

/// The scope that a method needs, about a type of conversation where it is about one.
pub(crate) fn scope_of(name: &str, kind: &str) -> Option<&'static str> {
    let of = TYPES.iter().find(|of| of.kind.as_str() == kind);
    match method(name).scopes.first()?.0 {
        Scope::Is(scope) => Some(scope),
        Scope::Read => of.map(|of| of.read),
        Scope::History => of.map(|of| of.history),
    }
}

/// What to do about a scope that a token lacks.
pub(crate) fn scope_advice(scope: &str) -> String {
    format!("add the scope {scope} to the app and install it again")
}

/// The scopes of one type of conversation.
struct OfType {
    kind: ChannelType,
    read: &'static str,
    history: &'static str,
    /// What the one gives, and what the other does.
    conversations: &'static str,
    messages: &'static str,
}

const TYPES: [OfType; 4] = [
    OfType {
        kind: ChannelType::Public,
        read: "channels:read",
        history: "channels:history",
        conversations: "the public channels",
        messages: "messages of public channels",
    },
    OfType {
        kind: ChannelType::Private,
        read: "groups:read",
        history: "groups:history",
        conversations: "the private channels",
        messages: "messages of private channels",
    },
    OfType {
        kind: ChannelType::Im,
        read: "im:read",
        history: "im:history",
        conversations: "the direct conversations",
        messages: "direct messages",
    },
    OfType {
        kind: ChannelType::Mpim,
        read: "mpim:read",
        history: "mpim:history",
        conversations: "the group conversations",
        messages: "group messages",
    },
];

/// A scope of each type of conversation asked for, and what it gives.
fn of_types(
    options: &ApiOptions,
    scope: impl Fn(&OfType) -> (&'static str, &'static str),
) -> Vec<(&'static str, &'static str)> {
    TYPES.iter().filter(|of| options.types.contains(&of.kind)).map(scope).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::web_api::options::Part;

    fn check(types: &[ChannelType], parts: &[Part], wanted: &[&str]) {
        let options = ApiOptions { types: types.to_vec(), parts: parts.to_vec(), ..ApiOptions::default() };
        let scopes: Vec<_> = needed_scopes(&options).iter().map(|needed| needed.scope).collect();
        assert_eq!(scopes, wanted, "{types:?} {parts:?}");
    }

    #[test]
    fn a_capture_needs_what_it_asks_for_and_no_more() {
        use ChannelType::{Im, Mpim, Private, Public};
        check(&[Public], &[], &["channels:read"]);
        check(&[Public], &[Part::Messages], &["channels:history", "channels:read"]);
        check(&[Private, Im], &[Part::Messages], &["groups:history", "groups:read", "im:history", "im:read"]);
        check(&[Mpim], &[Part::Members, Part::Details, Part::Memberships], &["mpim:read"]);
        check(&[], &[Part::Team, Part::Emoji], &["emoji:read", "team:read", "users.profile:read"]);
        check(&[], &[Part::Users, Part::Usergroups], &["usergroups:read", "users:read", "users:read.email"]);
        check(
            &[],
            &[Part::Files, Part::Pins, Part::Bookmarks],
            &["bookmarks:read", "files:read", "pins:read"],
        );
        // No page of messages, no reaction that is cut short and no bot that wrote.
        check(&[Public], &[Part::Reactions, Part::Bots], &["channels:read"]);
        check(
            &[Public],
            &[Part::Messages, Part::Reactions, Part::Bots],
            &["channels:history", "channels:read", "reactions:read", "users:read"],
        );
        check(&[], &[Part::OwnReactions], &["reactions:read"]);
    }

    #[test]
    fn a_method_tells_its_scope() {
        assert_eq!(scope_of("pins.list", "public_channel"), Some("pins:read"));
        assert_eq!(scope_of("conversations.history", "private_channel"), Some("groups:history"));
        assert_eq!(scope_of("conversations.list", "im"), Some("im:read"));
        assert_eq!(scope_of("users.list", ""), Some("users:read"));
        assert_eq!(scope_of("auth.test", ""), None);
    }

    #[test]
    fn each_part_has_its_rule() {
        for part in Part::ALL {
            assert!(METHODS.iter().any(|method| method.parts.contains(&part)), "{part:?}");
        }
    }

    #[test]
    fn a_scope_says_what_it_gives() {
        let needed = needed_scopes(&ApiOptions::default());
        let of = |scope: &str| needed.iter().find(|needed| needed.scope == scope).expect(scope);
        assert_eq!(of("pins:read").gives, ["pins of the channels"]);
        assert_eq!(of("channels:history").gives, ["messages of public channels"]);
        assert_eq!(of("users:read").gives, ["the people", "the bots"]);
        assert!(of("channels:read").lists_conversations && !of("channels:history").lists_conversations);
    }
}

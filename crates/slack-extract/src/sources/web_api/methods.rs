//! The methods that are called, with all that is to be known of each: its limit, its pages, its scope.

use super::options::Part;

pub(crate) const AUTH_TEAMS_LIST: &str = "auth.teams.list";
pub(crate) const AUTH_TEST: &str = "auth.test";
pub(crate) const BOOKMARKS_LIST: &str = "bookmarks.list";
pub(crate) const BOTS_INFO: &str = "bots.info";
pub(crate) const CONVERSATIONS_HISTORY: &str = "conversations.history";
pub(crate) const CONVERSATIONS_INFO: &str = "conversations.info";
pub(crate) const CONVERSATIONS_LIST: &str = "conversations.list";
pub(crate) const CONVERSATIONS_MEMBERS: &str = "conversations.members";
pub(crate) const CONVERSATIONS_REPLIES: &str = "conversations.replies";
pub(crate) const EMOJI_LIST: &str = "emoji.list";
pub(crate) const FILES_INFO: &str = "files.info";
pub(crate) const FILES_LIST: &str = "files.list";
pub(crate) const PINS_LIST: &str = "pins.list";
pub(crate) const REACTIONS_GET: &str = "reactions.get";
pub(crate) const REACTIONS_LIST: &str = "reactions.list";
pub(crate) const TEAM_INFO: &str = "team.info";
pub(crate) const TEAM_PROFILE_GET: &str = "team.profile.get";
pub(crate) const USERGROUPS_LIST: &str = "usergroups.list";
pub(crate) const USERGROUPS_USERS_LIST: &str = "usergroups.users.list";
pub(crate) const USERS_CONVERSATIONS: &str = "users.conversations";
pub(crate) const USERS_INFO: &str = "users.info";
pub(crate) const USERS_LIST: &str = "users.list";

/// The downloads' name in `requests.csv` and among the limits, which Slack publishes none for.
pub(crate) const DOWNLOAD: &str = "download";

/// Why a file is left that is larger than was asked for.
pub(crate) const LARGER: &str = "larger_than_the_limit";

/// The methods that tell of one object by its id, so that what was answered once need not be asked for again.
pub(crate) const LOOKUPS: [&str; 4] = [CONVERSATIONS_INFO, USERS_INFO, BOTS_INFO, FILES_INFO];

/// A method of the Web API.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Method {
    pub(crate) name: &'static str,
    /// Its published tier: <https://docs.slack.dev/apis/web-api/rate-limits>.
    pub(crate) calls_per_minute: u32,
    /// How many objects a page is asked to hold; `None` where the method has no pages.
    pub(crate) page: Option<PageSize>,
    /// The parameter that names the object asked for.
    pub(crate) object: &'static str,
    /// The parameter by which an org-wide token names the workspace, where it must.
    pub(crate) team: Option<&'static str>,
    /// The codes by which it reports that the object asked for is gone for good. A channel that is not found may be one
    /// that the token may not see, so that is none of them.
    pub(crate) gone: &'static [&'static str],
    /// The parts of a capture that call it: all of them must be asked for.
    pub(crate) parts: &'static [Part],
    /// What it needs and gives. The first is the scope without which it is refused; others add to the answer.
    pub(crate) scopes: &'static [(Scope, &'static str)],
}

/// How many objects a page holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageSize {
    pub(crate) parameter: &'static str,
    pub(crate) most: u64,
    /// The size where a page of that size fails; `None` where none is smaller.
    pub(crate) small: Option<&'static str>,
}

/// Which scope a method needs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scope {
    Is(&'static str),
    /// The one that lists the type of conversation asked for, which also says what it gives.
    Read,
    /// The one that reads the messages of the type of conversation asked for, which also says what it gives.
    History,
}

/// Tiers 2 to 4, in calls a minute, and the one of `auth.test`.
const TIER_2: u32 = 20;
const TIER_3: u32 = 50;
const TIER_4: u32 = 100;
const SPECIAL: u32 = 300;

const TEAM_ID: Option<&str> = Some("team_id");
const READ: &[(Scope, &str)] = &[(Scope::Read, "")];
const HISTORY: &[(Scope, &str)] = &[(Scope::History, "")];

const fn limit(most: u64, small: Option<&'static str>) -> Option<PageSize> {
    Some(PageSize { parameter: "limit", most, small })
}

impl Method {
    /// A method about channels that needs no scope and no more than its name.
    const fn of(name: &'static str, calls_per_minute: u32) -> Self {
        Self {
            name,
            calls_per_minute,
            page: None,
            object: "channel",
            team: None,
            gone: &[],
            parts: &[],
            scopes: &[],
        }
    }

    /// The parameters that every call of it has: the size of a page, where it has pages.
    pub(crate) fn params(&self) -> Vec<(&'static str, String)> {
        self.page.iter().map(|page| (page.parameter, page.most.to_string())).collect()
    }
}

/// All methods. Who reacted and which bots wrote follows from messages.
pub(crate) const METHODS: &[Method] = &[
    Method::of(AUTH_TEST, SPECIAL),
    Method { page: limit(100, None), ..Method::of(AUTH_TEAMS_LIST, TIER_3) },
    Method {
        page: limit(200, Some("20")),
        object: "types",
        team: TEAM_ID,
        scopes: READ,
        ..Method::of(CONVERSATIONS_LIST, TIER_2)
    },
    Method {
        team: Some("team"),
        parts: &[Part::Team],
        scopes: &[(Scope::Is("team:read"), "the workspace's name and address")],
        ..Method::of(TEAM_INFO, TIER_3)
    },
    Method {
        parts: &[Part::Team],
        scopes: &[(Scope::Is("users.profile:read"), "the names of custom profile fields")],
        ..Method::of(TEAM_PROFILE_GET, TIER_3)
    },
    Method {
        page: limit(200, Some("20")),
        team: TEAM_ID,
        parts: &[Part::Users],
        scopes: &[
            (Scope::Is("users:read"), "the people"),
            (Scope::Is("users:read.email"), "people's e-mail addresses"),
        ],
        ..Method::of(USERS_LIST, TIER_2)
    },
    Method {
        object: "user",
        gone: &["user_not_found", "users_not_found", "user_not_visible"],
        parts: &[Part::Users],
        scopes: &[(Scope::Is("users:read"), "the people")],
        ..Method::of(USERS_INFO, TIER_4)
    },
    Method {
        team: TEAM_ID,
        parts: &[Part::Usergroups],
        scopes: &[(Scope::Is("usergroups:read"), "the user groups")],
        ..Method::of(USERGROUPS_LIST, TIER_2)
    },
    Method {
        object: "usergroup",
        team: TEAM_ID,
        gone: &["no_such_subteam", "subteam_not_found"],
        parts: &[Part::Usergroups],
        scopes: &[(Scope::Is("usergroups:read"), "the user groups")],
        ..Method::of(USERGROUPS_USERS_LIST, TIER_2)
    },
    Method {
        parts: &[Part::Emoji],
        scopes: &[(Scope::Is("emoji:read"), "the custom emoji")],
        ..Method::of(EMOJI_LIST, TIER_2)
    },
    Method {
        page: limit(200, None),
        team: TEAM_ID,
        parts: &[Part::Memberships],
        scopes: READ,
        ..Method::of(USERS_CONVERSATIONS, TIER_3)
    },
    Method {
        page: limit(999, None),
        parts: &[Part::Members],
        scopes: READ,
        ..Method::of(CONVERSATIONS_MEMBERS, TIER_4)
    },
    Method { parts: &[Part::Details], scopes: READ, ..Method::of(CONVERSATIONS_INFO, TIER_3) },
    Method {
        page: limit(999, Some("100")),
        parts: &[Part::Messages],
        scopes: HISTORY,
        ..Method::of(CONVERSATIONS_HISTORY, TIER_3)
    },
    Method {
        // More of them fail on long threads.
        page: limit(200, Some("15")),
        gone: &["thread_not_found", "message_not_found"],
        parts: &[Part::Messages],
        scopes: HISTORY,
        ..Method::of(CONVERSATIONS_REPLIES, TIER_3)
    },
    Method {
        gone: &["message_not_found", "file_not_found", "file_deleted"],
        parts: &[Part::Messages, Part::Reactions],
        scopes: &[(Scope::Is("reactions:read"), "who reacted, where a message names only some")],
        ..Method::of(REACTIONS_GET, TIER_3)
    },
    Method {
        object: "bot",
        team: TEAM_ID,
        gone: &["bot_not_found"],
        parts: &[Part::Messages, Part::Bots],
        scopes: &[(Scope::Is("users:read"), "the bots")],
        ..Method::of(BOTS_INFO, TIER_3)
    },
    Method {
        page: Some(PageSize { parameter: "count", most: 100, small: None }),
        team: TEAM_ID,
        parts: &[Part::Files],
        scopes: &[(Scope::Is("files:read"), "the files")],
        ..Method::of(FILES_LIST, TIER_3)
    },
    Method {
        object: "file",
        gone: &["file_not_found", "file_deleted"],
        parts: &[Part::Files],
        scopes: &[(Scope::Is("files:read"), "the files")],
        ..Method::of(FILES_INFO, TIER_4)
    },
    Method {
        parts: &[Part::Pins],
        scopes: &[(Scope::Is("pins:read"), "pins of the channels")],
        ..Method::of(PINS_LIST, TIER_2)
    },
    Method {
        object: "channel_id",
        parts: &[Part::Bookmarks],
        scopes: &[(Scope::Is("bookmarks:read"), "bookmarks of the channels")],
        ..Method::of(BOOKMARKS_LIST, TIER_3)
    },
    Method {
        page: limit(200, None),
        team: TEAM_ID,
        parts: &[Part::OwnReactions],
        scopes: &[(Scope::Is("reactions:read"), "what the token's user reacted to")],
        ..Method::of(REACTIONS_LIST, TIER_2)
    },
];

/// A method by its name; one of Slack's third tier where the table does not have it.
pub(crate) fn method(name: &str) -> Method {
    let found = METHODS.iter().find(|method| method.name == name);
    found.copied().unwrap_or(Method::of("", TIER_3))
}

use std::collections::BTreeSet;

use super::answer::SlackError;

/// The token that is good, and what it may read.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    pub(crate) token: String,
    /// `None`: everything.
    pub(crate) scopes: Option<BTreeSet<String>>,
}

impl Access {
    /// Checks a call's token: the header's, else the argument's.
    pub(crate) fn check(&self, header: Option<&str>, argument: Option<&str>) -> Result<(), SlackError> {
        let bearer = header.and_then(|header| header.strip_prefix("Bearer ")).map(str::trim);
        match bearer.or(argument).filter(|token| !token.is_empty()) {
            None => Err(SlackError::code("not_authed")),
            Some(token) if token == self.token => Ok(()),
            Some(_) => Err(SlackError::code("invalid_auth")),
        }
    }

    pub(crate) fn has(&self, scope: &str) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scopes.contains(scope))
    }

    pub(crate) fn need(&self, scope: &str) -> Result<(), SlackError> {
        if self.has(scope) {
            return Ok(());
        }
        Err(SlackError { code: "missing_scope".into(), scope: Some((scope.into(), self.provided())) })
    }

    /// The scopes as Slack lists them.
    pub(crate) fn provided(&self) -> String {
        let all = ALL_SCOPES.iter().map(|scope| String::from(*scope));
        let scopes: Vec<String> =
            self.scopes.as_ref().map_or_else(|| all.collect(), |set| set.iter().cloned().collect());
        scopes.join(",")
    }
}

/// What a token may read that was given no scopes.
const ALL_SCOPES: [&str; 18] = [
    "bookmarks:read",
    "channels:history",
    "channels:read",
    "emoji:read",
    "files:read",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "mpim:history",
    "mpim:read",
    "pins:read",
    "reactions:read",
    "team:read",
    "usergroups:read",
    "users.profile:read",
    "users:read",
    "users:read.email",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_told_apart() {
        let access = Access { token: "xoxp-1".into(), scopes: None };
        assert_eq!(access.check(Some("Bearer xoxp-1"), None), Ok(()));
        assert_eq!(access.check(None, Some("xoxp-1")), Ok(()));
        assert_eq!(access.check(None, None).expect_err("none").code, "not_authed");
        assert_eq!(
            access.check(Some("Bearer xoxp-2"), Some("xoxp-1")).expect_err("wrong").code,
            "invalid_auth"
        );
    }

    #[test]
    fn a_missing_scope_is_named() {
        let access = Access { token: String::new(), scopes: Some(["users:read".into()].into()) };
        assert_eq!(access.need("users:read"), Ok(()));
        let body = access.need("files:read").expect_err("missing").body();
        assert_eq!(
            body,
            r#"{"ok":false,"error":"missing_scope","needed":"files:read","provided":"users:read"}"#
        );
    }
}

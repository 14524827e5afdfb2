use std::time::Duration;

use crate::scopes::scope_advice;

/// What an error means for the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// It may pass: try again.
    Retry,
    /// The cursor has expired: read the object's pages from the first on.
    Restart,
    /// This object cannot be read: record the gap and go on.
    SkipObject,
    /// This method cannot be used with this token: record it and go on without it.
    SkipMethod,
    /// The token is of no use: stop, and keep what was captured.
    Stop,
}

impl ErrorClass {
    /// Its name in `requests.csv`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Restart => "restart",
            Self::SkipObject => "skip_object",
            Self::SkipMethod => "skip_method",
            Self::Stop => "stop",
        }
    }

    /// The class of one of Slack's error codes. An unknown code costs the object, not the run.
    pub fn of_code(code: &str) -> Self {
        match code {
            "ratelimited"
            | "rate_limited"
            | "internal_error"
            | "fatal_error"
            | "service_unavailable"
            | "request_timeout" => Self::Retry,
            "invalid_cursor" => Self::Restart,
            "missing_scope"
            | "plan_upgrade_required"
            | "paid_only"
            | "not_allowed_token_type"
            | "no_permission"
            | "enterprise_is_restricted"
            | "team_access_not_granted"
            | "access_denied"
            | "unknown_method"
            | "method_deprecated" => Self::SkipMethod,
            "invalid_auth" | "not_authed" | "account_inactive" | "token_revoked" | "token_expired"
            | "org_login_required" | "ekm_access_denied" => Self::Stop,
            _ => Self::SkipObject,
        }
    }
}

/// Why a call gave no answer to store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}")]
#[non_exhaustive]
pub struct CallError {
    /// What it means for the run.
    pub class: ErrorClass,
    /// Slack's error code, or a short word for what happened on the way.
    pub code: String,
    /// The HTTP status, where there was an answer.
    pub http_status: Option<u16>,
    /// How long Slack asks to wait.
    pub retry_after: Option<Duration>,
    /// The scope that the token lacks.
    pub needed: Option<String>,
}

impl CallError {
    /// An error by Slack's code.
    pub fn slack(code: impl Into<String>) -> Self {
        let code = code.into();
        Self {
            class: ErrorClass::of_code(&code),
            code,
            http_status: Some(200),
            retry_after: None,
            needed: None,
        }
    }

    /// Something that needed no call to be found out.
    pub(crate) fn own(code: impl Into<String>) -> Self {
        Self { http_status: None, ..Self::slack(code) }
    }

    /// Whether the code says of the token that no object of the method will do. The others that cost a method may be
    /// about one object: they do so when several have them.
    pub(crate) fn is_of_the_token(&self) -> bool {
        !matches!(
            self.code.as_str(),
            "no_permission" | "enterprise_is_restricted" | "team_access_not_granted" | "access_denied"
        )
    }

    /// An error on the way: no connection, no answer in time, an answer that is none.
    pub fn transport(code: impl Into<String>, http_status: Option<u16>) -> Self {
        Self { class: ErrorClass::Retry, code: code.into(), http_status, retry_after: None, needed: None }
    }

    /// The code of an answer that holds another part of a file than was asked for.
    pub(crate) const ODD_RANGE: &str = "another_part_of_the_file";

    /// An error by an HTTP status: what the server is to blame for may pass, what we asked for will not.
    pub(crate) fn status(status: u16, retry_after: Option<Duration>) -> Self {
        if status == 429 {
            return Self { http_status: Some(status), retry_after, ..Self::slack("ratelimited") };
        }
        let may_pass = !(400..500).contains(&status) || status == 408;
        let class = if may_pass { ErrorClass::Retry } else { ErrorClass::SkipObject };
        Self { class, retry_after, ..Self::transport(format!("http_{status}"), Some(status)) }
    }

    /// No connection, with the operating system's word for it: no route, refused, no such name, ...
    pub(crate) fn connection(cause: Option<&(dyn std::error::Error + 'static)>) -> Self {
        let (mut cause, mut io) = (cause, None);
        while let Some(error) = cause {
            io = error.downcast_ref::<std::io::Error>().or(io);
            cause = error.source();
        }
        Self::transport(io.map_or("connection_failed".into(), |io| format!("connection_failed ({io})")), None)
    }

    /// The code, and what it would take to read the object.
    pub(crate) fn explain(&self) -> String {
        let needs = self.needs();
        if needs.is_empty() { self.code.clone() } else { format!("{}: {needs}", self.code) }
    }

    /// What it would take to read the object, where that is known.
    pub(crate) fn needs(&self) -> String {
        let needs = match self.code.as_str() {
            "missing_scope" => match self.needed.as_deref().filter(|scope| !scope.is_empty()) {
                Some(scope) => return scope_advice(scope),
                None => "add the method's scope to the app and install it again",
            },
            "not_in_channel" | "channel_not_found" => "join the channel, or use a user token",
            "plan_upgrade_required" | "paid_only" => "the workspace's plan does not have it",
            "not_allowed_token_type" => "use a user token",
            "not_at_slack" => "its host is none that gets the token",
            "no_address" => "Slack does not show where the file is",
            "sign_in_page" | "answer_is_a_page" | "http_403" => {
                "the token may not see the file: add the scope files:read, or join its channel"
            }
            _ => match self.class {
                ErrorClass::Retry => "it kept failing; a later run asks again",
                ErrorClass::Stop => self.token_advice(),
                _ => "",
            },
        };
        needs.into()
    }

    /// What to do about a token that Slack refuses.
    pub(crate) fn token_advice(&self) -> &'static str {
        match self.code.as_str() {
            "not_authed" => "no token was sent",
            "invalid_auth" => "the token is wrong, or not of this workspace",
            "account_inactive" => "the token's user or workspace is deactivated",
            "token_revoked" | "token_expired" => "install the app again and use its new token",
            _ => "ask the workspace's owners",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_their_class() {
        for (code, class) in [
            ("ratelimited", ErrorClass::Retry),
            ("not_in_channel", ErrorClass::SkipObject),
            ("missing_scope", ErrorClass::SkipMethod),
            ("token_revoked", ErrorClass::Stop),
            ("invalid_cursor", ErrorClass::Restart),
            ("never_heard_of_it", ErrorClass::SkipObject),
        ] {
            assert_eq!(ErrorClass::of_code(code), class, "{code}");
        }
    }

    #[test]
    fn a_missing_scope_is_named() {
        let mut error = CallError::slack("missing_scope");
        error.needed = Some("groups:history".into());
        assert_eq!(
            error.explain(),
            "missing_scope: add the scope groups:history to the app and install it again"
        );
    }
}

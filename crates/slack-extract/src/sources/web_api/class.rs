use std::time::Duration;

use slack_model::Envelope;
use slack_model::redact::redact;

use crate::scopes::scope_advice;
use crate::sources::web_api::methods::{LARGER, method};

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
    /// The object is deleted, or unavailable for good: record that once and go on.
    Gone,
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
            Self::Gone => "gone",
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

    /// The class of one of Slack's error codes as the answer of a method: only of the object that a method is asked about
    /// can its answer mean that it is gone. A channel that is not found may be one that the token may not see.
    pub(crate) fn of_answer(name: &str, code: &str) -> Self {
        if method(name).gone.contains(&code) { Self::Gone } else { Self::of_code(code) }
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
    /// What is told beside the code, by Slack or by the system, cleared of secrets and of what cannot be printed.
    pub detail: Option<String>,
}

/// Slack's codes are lowercase letters, digits, underscores and hyphens, and shorter than this.
const LONGEST_CODE: usize = 64;

/// So many characters of a text from outside are kept.
const LONGEST_DETAIL: usize = 200;

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
            detail: None,
        }
    }

    /// The error of an answer to a method. A code that is not made as Slack's are is kept as its length only: a server may
    /// write into it whatever it was sent, the token too. `redact` takes the secrets out.
    pub(crate) fn answer(method: &str, envelope: &Envelope, redact: impl Fn(&str) -> String) -> Self {
        let code = envelope.error.as_deref().unwrap_or_default();
        let detail = envelope.reasons().join("; ");
        let detail = Some(cleared(&detail, &redact)).filter(|detail| !detail.is_empty());
        let detail = detail.map(|detail| format!("Slack: {detail}"));
        if !is_code(code) || redact(code) != code {
            let length = format!("an error of {} bytes that is not a code of Slack's", code.len());
            let detail = detail.map_or(length.clone(), |detail| format!("{length}; {detail}"));
            return Self { detail: Some(detail), ..Self::slack("odd_error") };
        }
        let needed = envelope.needed.as_deref().map(|needed| cleared(needed, &redact));
        Self { class: ErrorClass::of_answer(method, code), needed, detail, ..Self::slack(code) }
    }

    /// The same error with a text beside its code.
    #[must_use]
    pub(crate) fn with_detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
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
        let class = ErrorClass::Retry;
        Self { class, code: code.into(), http_status, retry_after: None, needed: None, detail: None }
    }

    /// An answer, or a file, that ended at a limit of this program's: another try would end there too.
    pub(crate) fn limit(code: &str, limit: impl Into<String>) -> Self {
        Self { class: ErrorClass::SkipObject, ..Self::transport(code, None).with_detail(limit) }
    }

    /// The code of an answer that is longer than the limit.
    pub(crate) const TOO_LARGE: &str = "answer_larger_than_the_limit";

    /// The code of a file that did not come in time.
    pub(crate) const TOO_SLOW: &str = "file_not_whole_in_time";

    /// The code of a wait that is longer than the limit.
    pub(crate) const TOO_LONG: &str = "asked_to_wait_too_long";

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
        let detail = io.map(|io| cleared(&io.to_string(), |text| redact(text, NONE).into_owned()));
        Self { detail, ..Self::transport("connection_failed", None) }
    }

    /// The code, with what is told beside it.
    pub(crate) fn told(&self) -> String {
        self.detail.as_ref().map_or_else(|| self.code.clone(), |detail| format!("{} ({detail})", self.code))
    }

    /// The code, what is told beside it, and what it would take to read the object.
    pub(crate) fn explain(&self) -> String {
        let needs = self.needs();
        if needs.is_empty() { self.told() } else { format!("{}: {needs}", self.told()) }
    }

    /// What it would take to read the object, with what is told beside the code: as `requests.csv` has it.
    pub(crate) fn needs_with_detail(&self) -> String {
        let needs = self.needs();
        match &self.detail {
            Some(detail) if needs.is_empty() => detail.clone(),
            Some(detail) => format!("{needs} ({detail})"),
            None => needs,
        }
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
            "team_access_required" | "missing_argument" if self.names_team() => {
                "the token is org-wide: name the workspace with --team"
            }
            Self::TOO_LARGE => "raise --max-answer",
            LARGER => "raise --max-file-size",
            Self::TOO_SLOW => "raise --file-timeout",
            Self::TOO_LONG => "run again later, or raise --max-wait",
            "odd_id" => "it cannot be an id of Slack's",
            "pages_without_end" => "its pages bring nothing new; raise --max-idle-pages if they would",
            "too_many_pages" => "raise --max-pages",
            "fewer_replies_than_announced" => {
                "Slack counts more replies than it gives; the next run asks again"
            }
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

    /// Whether a smaller page may be answered where this one was not.
    pub(crate) fn is_of_size(&self) -> bool {
        self.code == Self::TOO_LARGE || self.http_status.is_some_and(|status| (500..600).contains(&status))
    }

    /// Whether Slack misses the workspace in a request.
    fn names_team(&self) -> bool {
        self.detail.as_ref().is_some_and(|detail| detail.contains("team_id"))
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

/// Whether a text is made as Slack's error codes are.
fn is_code(code: &str) -> bool {
    let is_part =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-';
    (1..=LONGEST_CODE).contains(&code.len()) && code.bytes().all(is_part)
}

/// A text from outside without secrets and without what cannot be printed in a line, cut where it is long.
pub(crate) fn cleared(text: &str, redact: impl Fn(&str) -> String) -> String {
    let is_mark = |letter: char| matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    // A secret that a mark interrupts is one again without the mark.
    let text: String = text.chars().filter(|letter| !is_mark(*letter)).collect();
    let text: String =
        redact(&text).chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    match text.char_indices().nth(LONGEST_DETAIL) {
        Some((end, _)) => format!("{}…", text[..end].trim()),
        None => text.trim().to_owned(),
    }
}

/// No known secrets.
const NONE: &[&str] = &[];

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(method: &str, body: &str) -> CallError {
        let envelope = Envelope::read(body.as_bytes()).expect("read");
        CallError::answer(method, &envelope, |text| redact(text, &["hush-hush"]).into_owned())
    }

    #[test]
    fn a_code_that_is_not_slacks_is_kept_as_its_length() {
        for code in ["Invalid auth", "xoxp-1-2", "hush-hush", "x-hush-hush-x", "é", &"a".repeat(65), "a/b"] {
            let error = answer("users.list", &format!(r#"{{"ok":false,"error":"{code}"}}"#));
            assert_eq!((error.code.as_str(), error.class), ("odd_error", ErrorClass::SkipObject), "{code}");
            assert!(error.explain().contains(&format!("{} bytes", code.len())), "{}", error.explain());
            assert!(!error.explain().contains("hush") && !error.explain().contains("xoxp"));
        }
        assert_eq!(answer("users.list", r#"{"ok":false,"error":"no_such-code9"}"#).code, "no_such-code9");
    }

    #[test]
    fn slacks_reason_is_told_without_secrets_and_marks() {
        let body = r#"{"ok":false,"error":"missing_argument","response_metadata":{"messages":
            ["[ERROR] no team_id\u0007\u202e", "hush-\u200bhush xoxb-1"]}}"#;
        let error = answer("users.list", body);
        let told = "missing_argument (Slack: [ERROR] no team_id ; [secret] [secret])";
        assert_eq!(error.told(), told);
        assert!(error.explain().ends_with("--team"), "{}", error.explain());
        let long = format!(
            r#"{{"ok":false,"error":"x","response_metadata":{{"messages":["{}"]}}}}"#,
            "é".repeat(900)
        );
        assert!(answer("users.list", &long).told().chars().count() < 230);
    }

    #[test]
    fn only_the_object_that_is_asked_about_can_be_gone() {
        for (method, code, class) in [
            ("conversations.replies", "thread_not_found", ErrorClass::Gone),
            ("users.info", "user_not_visible", ErrorClass::Gone),
            ("files.info", "file_deleted", ErrorClass::Gone),
            ("reactions.get", "message_not_found", ErrorClass::Gone),
            ("conversations.history", "thread_not_found", ErrorClass::SkipObject),
            ("users.list", "user_not_found", ErrorClass::SkipObject),
            ("conversations.replies", "channel_not_found", ErrorClass::SkipObject),
            ("conversations.replies", "not_in_channel", ErrorClass::SkipObject),
            ("users.info", "missing_scope", ErrorClass::SkipMethod),
        ] {
            assert_eq!(ErrorClass::of_answer(method, code), class, "{method} {code}");
        }
    }

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

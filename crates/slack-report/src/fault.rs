//! What a page says of a fault: its kind, from a list. What a server, a zip or the operating system wrote may hold a name, a
//! path or a token, and is nothing for others.

/// Slack's codes, and this program's own words for what went wrong on the way.
const KINDS: &[&str] = &[
    "access_denied",
    "account_inactive",
    "another_part_of_the_file",
    "answer_cut",
    "answer_is_a_page",
    "answer_is_no_json",
    "answer_is_not_slacks",
    "answer_too_large",
    "bot_not_found",
    "channel_not_found",
    "connection_failed",
    "deadline_passed",
    "ekm_access_denied",
    "enterprise_is_restricted",
    "fatal_error",
    "fetch_members_failed",
    "file_deleted",
    "file_not_found",
    "internal_error",
    "invalid_arguments",
    "invalid_auth",
    "invalid_cursor",
    "invalid_limit",
    "invalid_ts_latest",
    "invalid_ts_oldest",
    "is_archived",
    "larger_than_the_limit",
    "limit_reached",
    "message_not_found",
    "method_deprecated",
    "method_not_supported_for_channel_type",
    "missing_scope",
    "no_address",
    "no_answer_in_time",
    "no_permission",
    "not_allowed_token_type",
    "not_at_slack",
    "not_authed",
    "not_in_channel",
    "org_login_required",
    "paid_only",
    "plan_upgrade_required",
    "ratelimited",
    "rate_limited",
    "redirected_nowhere",
    "redirected_too_often",
    "redirected_unencrypted",
    "request_timeout",
    "service_unavailable",
    "sign_in_page",
    "size_differs",
    "team_access_not_granted",
    "team_not_found",
    "thread_not_found",
    "token_expired",
    "token_revoked",
    "unknown_method",
    "user_not_found",
    "user_not_visible",
    "users_not_found",
];

/// How the words of an export's gap begin, and the kind of each.
const OF_EXPORTS: &[(&str, &str)] = &[
    ("cannot be unpacked", "cannot_be_unpacked"),
    ("the file cannot be read", "cannot_be_read"),
    ("a link or other special file", "not_a_file"),
];

/// The kind of whatever is not in a list.
const OTHER: &str = "other";

/// The kind of a fault, by the text that the log of requests has.
pub(crate) fn kind(error: &str) -> String {
    let of_status = |code: &&str| {
        code.strip_prefix("http_")
            .is_some_and(|status| status.len() == 3 && status.bytes().all(|digit| digit.is_ascii_digit()))
    };
    // The operating system's words stand behind it.
    let code = error.split_once(" (").map_or(error, |(code, _)| code);
    let known = KINDS.iter().copied().find(|kind| *kind == code).or(Some(code).filter(of_status));
    let of_export = || OF_EXPORTS.iter().find(|(begin, _)| error.starts_with(begin)).map(|(_, kind)| *kind);
    known.or_else(of_export).unwrap_or(OTHER).to_owned()
}

/// A method as the page names it: one of this program's, such as `conversations.history` or `export`.
pub(crate) fn method(name: &str) -> String {
    let is_name = !name.is_empty()
        && name.len() <= 60
        && name
            .split('.')
            .all(|part| !part.is_empty() && part.bytes().all(|letter| letter.is_ascii_alphabetic()));
    if is_name { name } else { OTHER }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_its_kind() {
        for (error, expected) in [
            ("missing_scope", "missing_scope"),
            ("http_503", "http_503"),
            ("http_50x", "other"),
            ("http_5031", "other"),
            ("connection_failed (Connection refused (os error 111))", "connection_failed"),
            (
                "cannot be unpacked: cannot create /home/ann/data/.import/export/secret-plans",
                "cannot_be_unpacked",
            ),
            ("the file cannot be read: Permission denied", "cannot_be_read"),
            ("xoxp-1-2-3", "other"),
            ("missing_scope_for_ann", "other"),
            ("secret (missing_scope", "other"),
            ("", "other"),
        ] {
            assert_eq!(kind(error), expected, "{error}");
        }
        let methods = ["conversations.history", "export", "users..list", "a/b", "xoxp-1", ""].map(method);
        assert_eq!(methods, ["conversations.history", "export", "other", "other", "other", "other"]);
    }
}

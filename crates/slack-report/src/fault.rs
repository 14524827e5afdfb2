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
    "answer_larger_than_the_limit",
    "asked_to_wait_too_long",
    "bot_not_found",
    "channel_not_found",
    "connection_failed",
    "ekm_access_denied",
    "enterprise_is_restricted",
    "fatal_error",
    "fetch_members_failed",
    "fewer_replies_than_announced",
    "file_deleted",
    "file_not_found",
    "file_not_whole_in_time",
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
    "missing_argument",
    "missing_scope",
    "more_without_a_cursor",
    "no_address",
    "no_answer_in_time",
    "no_channel_of_this_name",
    "no_downloads",
    "no_permission",
    "no_such_subteam",
    "not_allowed_token_type",
    "not_a_read",
    "not_at_slack",
    "not_authed",
    "not_in_channel",
    "odd_error",
    "odd_id",
    "odd_request",
    "org_login_required",
    "pages_without_end",
    "paid_only",
    "plan_upgrade_required",
    "rate_limited",
    "ratelimited",
    "redirected_nowhere",
    "redirected_too_often",
    "redirected_unencrypted",
    "request_timeout",
    "service_unavailable",
    "sign_in_page",
    "size_differs",
    "subteam_not_found",
    "team_access_not_granted",
    "team_access_required",
    "team_not_found",
    "thread_not_found",
    "token_expired",
    "token_revoked",
    "too_many_pages",
    "unknown_method",
    "user_not_found",
    "user_not_visible",
    "users_not_found",
];

/// How the words of a gap begin that has no code, those of exports mostly, and the kind of each.
const IN_WORDS: &[(&str, &str)] = &[
    ("it is protected by a password", "protected_by_a_password"),
    ("its compression method", "compression_method_not_supported"),
    ("the zip has no entry in the place", "no_entry_in_the_zip"),
    ("it is damaged", "damaged"),
    ("too many entries in it are damaged", "damaged"),
    ("it cannot be read", "cannot_be_read"),
    ("it cannot be written", "cannot_be_written"),
    ("the name leads out of the export", "name_leads_out_of_the_export"),
    ("the name is not valid", "name_not_valid"),
    ("too many other files have the same name", "too_many_files_of_one_name"),
    ("another file of the export has the same name", "kept_under_another_name"),
    ("it is a link or other special file", "not_a_file"),
    ("it lies outside of the export", "outside_of_the_export"),
    ("too many folders lie outside of the export", "outside_of_the_export"),
    ("too many marks of entries", "zip_damaged"),
    ("the zip is cut short", "zip_cut_short"),
    ("the table cannot be read", "zip_damaged"),
    ("the zip's table of contents does not list it", "not_listed_in_the_zip"),
    ("as those before", "as_those_before"),
    ("the cursor does not move on", "cursor_does_not_move_on"),
    // Limits.
    ("it holds too many files", "too_many_files"),
    ("a file is too large", "file_too_large"),
    ("its files are too large together", "files_too_large_together"),
    ("it expands too much", "expands_too_much"),
    ("entries of the zip share their bytes", "entries_share_bytes"),
    ("a path is too long", "path_too_long"),
    ("folders lie too deep", "folders_too_deep"),
    ("zips lie too deep", "zips_too_deep"),
    // Of versions before 0.2, whose batches are still there.
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
    let in_words = || IN_WORDS.iter().find(|(begin, _)| error.starts_with(begin)).map(|(_, kind)| *kind);
    known.or_else(in_words).unwrap_or(OTHER).to_owned()
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
            ("cannot be unpacked: cannot create data/.import/export/secret-plans", "cannot_be_unpacked"),
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

//! Secrets in texts that are about to be printed: those that are known, and whatever has a token's shape.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{PoisonError, RwLock};

use serde_json::Value;

/// What replaces a secret.
pub(crate) const MARK: &str = "[secret]";

/// A known secret that is shorter is no secret, and its letters are part of many words.
const SHORTEST: usize = 6;

/// The secrets that this process was given.
static KNOWN: RwLock<Vec<String>> = RwLock::new(Vec::new());

/// Has secrets removed from everything that is printed from now on.
pub(crate) fn remember(secrets: impl IntoIterator<Item = String>) {
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    known.extend(secrets.into_iter().filter(|secret| secret.chars().count() >= SHORTEST));
    // Of two that begin alike, the longer one goes first, so that nothing of it is left.
    known.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
    known.dedup();
}

/// A text without secrets.
pub(crate) fn redact(text: &str) -> Cow<'_, str> {
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    redact_known(text, &known)
}

fn redact_known<'t>(text: &'t str, known: &[String]) -> Cow<'t, str> {
    let mut text = Cow::Borrowed(text);
    for secret in known {
        if text.contains(secret.as_str()) {
            text = Cow::Owned(text.replace(secret.as_str(), MARK));
        }
    }
    for without in [without_tokens, without_passwords] {
        if let Cow::Owned(shown) = without(&text) {
            text = Cow::Owned(shown);
        }
    }
    text
}

/// A JSON value whose texts, keys of objects too, hold no secrets.
pub(crate) fn redact_json(value: Value) -> Value {
    match value {
        // A plain word is a name of this program's own, even where somebody chose it as a password.
        Value::String(text) if is_word(&text) => Value::String(text),
        Value::String(text) => redact(&text).into_owned().into(),
        Value::Array(items) => items.into_iter().map(redact_json).collect(),
        Value::Object(fields) => {
            let fields = fields.into_iter();
            fields
                .map(|(name, value)| {
                    let name = if is_word(&name) { name } else { redact(&name).into_owned() };
                    (name, redact_json(value))
                })
                .collect()
        }
        other => other,
    }
}

fn is_word(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// A text without what has the shape of one of Slack's tokens.
fn without_tokens(text: &str) -> Cow<'_, str> {
    let mut shown = String::new();
    let mut rest = text;
    while let Some((start, end)) = token(rest.as_bytes()) {
        shown.push_str(&rest[..start]);
        shown.push_str(MARK);
        rest = &rest[end..];
    }
    if shown.is_empty() {
        return Cow::Borrowed(text);
    }
    shown.push_str(rest);
    Cow::Owned(shown)
}

/// A text without the passwords of addresses (`scheme://user:password@host`), and of parameters (`password=...`).
fn without_passwords(text: &str) -> Cow<'_, str> {
    let mut places: Vec<Range<usize>> =
        text.match_indices("://").filter_map(|(at, _)| in_address(text, at)).collect();
    places.extend(text.match_indices(PARAMETER).map(|(at, _)| {
        let begin = at + PARAMETER.len();
        let end = |letter: char| letter.is_whitespace() || "&'\"`".contains(letter);
        let quote = text[begin..].starts_with('\'') as usize;
        begin + quote..text[begin + quote..].find(end).map_or(text.len(), |end| begin + quote + end)
    }));
    places.sort_by_key(|place| place.start);
    let (mut shown, mut from) = (String::new(), 0);
    for place in places.into_iter().filter(|place| !place.is_empty() && text[place.clone()] != *MARK) {
        // One may lie in another.
        if place.start >= from {
            shown.push_str(&text[from..place.start]);
            shown.push_str(MARK);
            from = place.end;
        }
    }
    if from == 0 {
        return Cow::Borrowed(text);
    }
    shown.push_str(&text[from..]);
    Cow::Owned(shown)
}

const PARAMETER: &str = "password=";

/// Where the password is in the address whose `://` is at a place.
fn in_address(text: &str, at: usize) -> Option<Range<usize>> {
    let begin = at + 3;
    let is_end = |letter: char| letter.is_whitespace() || "'\"`<>".contains(letter);
    let word = &text[begin..text[begin..].find(is_end).map_or(text.len(), |end| begin + end)];
    // What people paste into a database's address may hold what ends the host's part in others.
    let is_database = text[..at].ends_with("postgres") || text[..at].ends_with("postgresql");
    let authority = if is_database { word } else { word.split(['/', '?', '#']).next().unwrap_or_default() };
    let (user, _) = authority.rsplit_once('@')?;
    let (name, _) = user.split_once(':')?;
    Some(begin + name.len() + 1..begin + user.len())
}

/// Where the first token in a text begins and ends.
pub(crate) fn token(text: &[u8]) -> Option<(usize, usize)> {
    let starts = (0..text.len()).filter(|start| text[*start] == b'x');
    starts.into_iter().find_map(|start| {
        let begin = start + prefix(&text[start..])?;
        let length = text[begin..].iter().take_while(|byte| is_token_byte(**byte)).count();
        (length > 0).then_some((start, begin + length))
    })
}

/// The length of what a token begins with: `xoxp-` (or another letter for `p`), `xoxe.xoxp-`, `xapp-`.
fn prefix(text: &[u8]) -> Option<usize> {
    if text.starts_with(b"xapp-") {
        return Some(5);
    }
    let is_begun = |text: &[u8]| text.starts_with(b"xox") && text.get(3).is_some_and(u8::is_ascii_lowercase);
    if !is_begun(text) {
        return None;
    }
    match text.get(4)? {
        b'-' => Some(5),
        b'.' if is_begun(&text[5..]) && text.get(9) == Some(&b'-') => Some(10),
        _ => None,
    }
}

/// The most bytes that may be a token's beginning and cannot be told yet.
pub(crate) const LONGEST_PREFIX: usize = 10;

/// Whether a byte may be part of a token, as it is or percent-encoded.
pub(crate) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'%' | b'+' | b'=')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_has_a_tokens_shape_is_a_mark() {
        let n = "12-34-aB9";
        for letter in ["a", "b", "c", "d", "e", "o", "p", "r", "s"] {
            let text = format!("'xox{letter}-{n}', the title");
            assert_eq!(redact_known(&text, &[]), "'[secret]', the title");
        }
        for (text, shown) in [
            (format!("xapp-1-{n} "), "[secret] "),
            (format!("xoxe.xoxp-1-{n}."), "[secret]."),
            (
                format!("/f/x.png?t=xoxe-{n}&a=1 and /g?t=xoxe-{n}"),
                "/f/x.png?t=[secret]&a=1 and /g?t=[secret]",
            ),
            (format!("xoxd-aB%2Bc%2F=\nxoxz-{n}"), "[secret]\n[secret]"),
            (format!("fooxoxp-{n}/dir"), "foo[secret]/dir"),
            ("xo xox xoxp xoxp- xoxp-… xapp- foxox".into(), "xo xox xoxp xoxp- xoxp-… xapp- foxox"),
            ("ünïcode 字 xoxb-ü".into(), "ünïcode 字 xoxb-ü"),
        ] {
            assert_eq!(redact_known(&text, &[]), shown);
        }
    }

    #[test]
    fn passwords_of_addresses_are_marks() {
        for (text, shown) in [
            (
                "unexpected argument 'postgres://me:abc@host/db' found",
                "unexpected argument 'postgres://me:[secret]@host/db' found",
            ),
            ("postgresql://me:a/b?c@d@host/db?x=1 and more", "postgresql://me:[secret]@host/db?x=1 and more"),
            ("http://u:p@h:80/x http://h:80/a@b", "http://u:[secret]@h:80/x http://h:80/a@b"),
            (
                "postgres://host/db?user=me&password=abc&x=1",
                "postgres://host/db?user=me&password=[secret]&x=1",
            ),
            ("host=db password='a' user=me", "host=db password='[secret]' user=me"),
            ("postgres://me:a password=b@host", "postgres://me:a password=[secret]"),
            ("https://slack.com/api, me@example.org: 1", "https://slack.com/api, me@example.org: 1"),
            ("postgres://me:[secret]@host and password=", "postgres://me:[secret]@host and password="),
        ] {
            assert_eq!(redact_known(text, &[]), shown);
        }
    }

    #[test]
    fn known_secrets_are_marks() {
        remember(["correct horse".into(), "correct horse battery".into(), "short".into(), String::new()]);
        assert_eq!(redact("a correct horse battery, a correct horse"), "a [secret], a [secret]");
        assert_eq!(redact("in short"), "in short");
        remember(["postgres".into()]);
        let value =
            json!({ "database": "postgres", "why": ["user postgres", 1, "xoxb-1-2"], "correct horse": null });
        let shown =
            json!({ "database": "postgres", "why": ["user [secret]", 1, "[secret]"], "[secret]": null });
        assert_eq!(redact_json(value), shown);
    }
}

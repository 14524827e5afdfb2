//! Secrets in texts that are about to be printed: those that are known, and whatever has a token's shape.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{PoisonError, RwLock};

use serde_json::Value;
use slack_model::redact::{self, MARK};

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
    let text = redact::redact(text, known);
    match without_passwords(&text) {
        Cow::Owned(shown) => Cow::Owned(shown),
        Cow::Borrowed(_) => text,
    }
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
            (format!("XOXP-{n} Xoxe.Xoxp-1-{n}"), "[secret] [secret]"),
            ("t=xoxp%2D12%2D34%2DaB9&x=1".into(), "t=[secret]&x=1"),
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

//! Takes secrets out of texts that are printed or stored.

use std::borrow::Cow;
use std::ops::Range;

/// What stands in place of a secret.
pub const MARK: &str = "[secret]";

/// A known secret that is shorter than this is a common word, and would make every text unreadable.
const SHORTEST: usize = 3;

/// A text without secrets: those that are known, and whatever looks like one of Slack's tokens (`xoxp-…`, `xoxe.xoxp-…`,
/// `xapp-…`), percent-encoded or not.
///
/// ```
/// use slack_model::redact::redact;
///
/// assert_eq!(redact("key hush42, token xoxb-1-a", &["hush42"]), "key [secret], token [secret]");
/// assert_eq!(redact("a token begins with xoxb-", &[] as &[&str]), "a token begins with xoxb-");
/// ```
pub fn redact<'t, S: AsRef<str>>(text: &'t str, secrets: &[S]) -> Cow<'t, str> {
    let mut text = Cow::Borrowed(text);
    for secret in secrets.iter().map(AsRef::as_ref).filter(|secret| secret.len() >= SHORTEST) {
        if text.contains(secret) {
            text = Cow::Owned(text.replace(secret, MARK));
        }
    }
    match without_tokens(&text) {
        Some(redacted) => Cow::Owned(redacted),
        None => text,
    }
}

/// A text with a mark in place of each token; `None` where there is none.
fn without_tokens(text: &str) -> Option<String> {
    let (mut redacted, mut kept) = (String::new(), 0);
    // A token is ASCII, so that both ends lie between letters.
    while let Some(found) = token(&text.as_bytes()[kept..]) {
        redacted.push_str(&text[kept..kept + found.start]);
        redacted.push_str(MARK);
        kept += found.end;
    }
    (kept > 0).then(|| redacted + &text[kept..])
}

/// Where the first token in a text is.
///
/// ```
/// assert_eq!(slack_model::redact::token(b"t=XOXP%2D1-a."), Some(2..12));
/// ```
pub fn token(text: &[u8]) -> Option<Range<usize>> {
    (0..text.len()).find_map(|at| token_at(&text[at..]).map(|length| at..at + length))
}

/// The most bytes that may be the beginning of a token while it cannot be told yet.
pub const LONGEST_START: usize = 8;

/// The length of the token that a text begins with.
fn token_at(bytes: &[u8]) -> Option<usize> {
    let start = start_at(bytes)?;
    let tail = bytes[start..].iter().take_while(|byte| is_token_byte(**byte)).count();
    // A full stop after a token ends the sentence.
    let dots = bytes[start..start + tail].iter().rev().take_while(|byte| **byte == b'.').count();
    Some(start + tail - dots)
}

/// The length of what makes a token of what follows it: its kind, a separator, and one byte more.
fn start_at(bytes: &[u8]) -> Option<usize> {
    let kind = bytes.get(..4).filter(|kind| kind[0].eq_ignore_ascii_case(&b'x'))?;
    let is_kind = kind[..3].eq_ignore_ascii_case(b"xox") && kind[3].is_ascii_alphabetic();
    if !is_kind && !kind.eq_ignore_ascii_case(b"xapp") {
        return None;
    }
    let separator = match bytes.get(4)? {
        b'-' | b'.' => 1,
        b'%' if bytes
            .get(5..7)
            .is_some_and(|code| code.eq_ignore_ascii_case(b"2d") || code.eq_ignore_ascii_case(b"2e")) =>
        {
            3
        }
        _ => return None,
    };
    let start = 4 + separator + 1;
    bytes.get(start - 1).filter(|byte| is_token_byte(**byte) && **byte != b'.').map(|_| start)
}

/// Whether a byte may be part of a token, as it is or percent-encoded. A full stop is, where more of the token follows.
pub fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'%' | b'+' | b'=')
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: [&str; 0] = [];

    #[test]
    fn known_secrets_go_wherever_they_stand() {
        assert_eq!(redact("Bearer one, one more", &["one", ""]), "Bearer [secret], [secret] more");
        assert_eq!(redact("a b", &["a"]), "a b", "a letter is no secret");
    }

    #[test]
    fn what_looks_like_a_token_goes() {
        for (text, redacted) in [
            ("xoxp-123-456-abc", "[secret]"),
            ("(xoxe.xoxp-1-Mi0y)", "([secret])"),
            ("?t=xoxe-12-ab&x=1", "?t=[secret]&x=1"),
            ("t%3Dxoxb%2D1%2Dab", "t%3D[secret]"),
            ("xapp-1-A1-2-f. Next", "[secret]. Next"),
            ("XOXS-1 und xoxc-2é", "[secret] und [secret]é"),
            ("ünxoxd-9", "ün[secret]"),
            ("xoxp%2D1 Xapp%2e1 xoxd-aB+c%2F==", "[secret] [secret] [secret]"),
        ] {
            assert_eq!(redact(text, &NONE), redacted, "{text}");
        }
        for text in ["xoxp-", "xoxp-…", "xox", "foxox", "xoxo love", "xappeal", "équi", "xox", "xox1-2", ""]
        {
            assert_eq!(redact(text, &NONE), text);
        }
    }

    #[test]
    fn no_text_of_any_kind_panics_or_grows_another_secret() {
        let letters = ["x", "o", "xoxp", "-", "%", "2", "D", ".", "é", "🎉", "xapp", " "];
        let mut state = 7_u64;
        for _ in 0..2_000 {
            let mut text = String::new();
            for _ in 0..12 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                text.push_str(letters[(state >> 33) as usize % letters.len()]);
            }
            let once = redact(&text, &NONE).into_owned();
            assert_eq!(redact(&once, &NONE), once, "{text}");
        }
    }
}

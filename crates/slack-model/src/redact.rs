//! Takes secrets out of texts that are printed or stored.

use std::borrow::Cow;

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
    let bytes = text.as_bytes();
    let (mut redacted, mut kept, mut at) = (String::new(), 0, 0);
    while at < bytes.len() {
        match token_at(&bytes[at..]) {
            // A token is ASCII, so that both ends lie between letters.
            Some(length) => {
                redacted.push_str(&text[kept..at]);
                redacted.push_str(MARK);
                at += length;
                kept = at;
            }
            None => at += 1,
        }
    }
    (kept > 0).then(|| redacted + &text[kept..])
}

/// The length of the token that a text begins with.
fn token_at(bytes: &[u8]) -> Option<usize> {
    let prefix = bytes.get(..4)?;
    let is_token = prefix[..3].eq_ignore_ascii_case(b"xox") && prefix[3].is_ascii_alphabetic();
    if !is_token && !prefix.eq_ignore_ascii_case(b"xapp") {
        return None;
    }
    let rest = &bytes[4..];
    let separator = match rest.first()? {
        b'-' | b'.' => 1,
        b'%' if rest.get(1..3).is_some_and(|code| code.eq_ignore_ascii_case(b"2d") || code == b"2e") => 3,
        _ => return None,
    };
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(**byte, b'-' | b'.' | b'_' | b'%');
    let tail = rest[separator..].iter().take_while(is_part).count();
    // A full stop after a token ends the sentence.
    let dots = rest[separator..separator + tail].iter().rev().take_while(|byte| **byte == b'.').count();
    (tail > dots).then_some(4 + separator + tail - dots)
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

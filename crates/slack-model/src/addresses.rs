//! E-mail addresses inside texts, which are not for everybody who may read the texts.

use std::borrow::Cow;
use std::ops::Range;

/// Replaces an address.
const MASK: &[u8] = b"[e-mail]";

/// Letters of an address before its `@`, at the most: RFC 5321 allows 64.
const LONGEST_NAME: usize = 256;

/// A text with `[e-mail]` instead of each e-mail address.
///
/// The text may be lines of a CSV file as they are: no address reaches over a separator, a quote or a line's end.
///
/// ```
/// let masked = slack_model::without_addresses(b"write to <mailto:ann@example.org|ann@example.org>, or @ann");
/// assert_eq!(&*masked, b"write to <mailto:[e-mail]|[e-mail]>, or @ann");
/// ```
pub fn without_addresses(text: &[u8]) -> Cow<'_, [u8]> {
    let mut masked = Vec::new();
    let mut done = 0;
    let mut from = 0;
    while let Some((at, length)) = next_at(&text[from..]) {
        let at = from + at;
        from = at + length;
        if let Some(address) = address(text, done, at, length) {
            masked.extend_from_slice(&text[done..address.start]);
            masked.extend_from_slice(MASK);
            (done, from) = (address.end, address.end);
        }
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    masked.extend_from_slice(&text[done..]);
    Cow::Owned(masked)
}

/// Where the next `@` is, and its length: in addresses of links it may be `%40`.
fn next_at(text: &[u8]) -> Option<(usize, usize)> {
    memchr::memchr2_iter(b'@', b'%', text).find_map(|at| match text[at] {
        b'@' => Some((at, 1)),
        _ => text[at..].starts_with(b"%40").then_some((at, 3)),
    })
}

/// The address around an `@`, after the place up to which the text is done.
fn address(text: &[u8], done: usize, at: usize, length: usize) -> Option<Range<usize>> {
    let earliest = done.max(at.saturating_sub(LONGEST_NAME));
    let name = text[earliest..at].iter().rev().take_while(|letter| is_of_name(**letter)).count();
    let domain = domain(&text[at + length..])?;
    (name > 0).then(|| at - name..at + length + domain)
}

fn is_of_name(letter: u8) -> bool {
    !letter.is_ascii_whitespace() && !letter.is_ascii_control() && !b"<>()[]{}|,;:\"@".contains(&letter)
}

/// The length of the domain that a text begins with: two names or more, with dots between.
fn domain(text: &[u8]) -> Option<usize> {
    let is_of_label = |letter: &&u8| letter.is_ascii_alphanumeric() || **letter == b'-' || !letter.is_ascii();
    let (mut end, mut labels) = (0, 0);
    loop {
        let start = if labels == 0 { end } else { end + 1 };
        let label = text.get(start..)?.iter().take_while(is_of_label).count();
        if label == 0 {
            break;
        }
        (end, labels) = (start + label, labels + 1);
        if text.get(end) != Some(&b'.') {
            break;
        }
    }
    (labels > 1).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_are_masked_and_nothing_else() {
        for (text, expected) in [
            ("ann@example.org", "[e-mail]"),
            ("Ann (ann.b+c@mail.example.org).", "Ann ([e-mail])."),
            ("a@b.de,c@d.de\n\"e@f.de\"", "[e-mail],[e-mail]\n\"[e-mail]\""),
            ("https://example.org/?to=ann%40example.org&x", "https:[e-mail]&x"),
            ("<mailto:zoë@exämple.org|Zoë>", "<mailto:[e-mail]|Zoë>"),
            ("@ann and ann@localhost, 5 @ 3.50", "@ann and ann@localhost, 5 @ 3.50"),
            ("a@b@c.de", "a@[e-mail]"),
            ("100% @ @@ a@.de a@b..c", "100% @ @@ a@.de a@b..c"),
            ("<@U1> asked", "<@U1> asked"),
            ("", ""),
        ] {
            let masked = without_addresses(text.as_bytes());
            assert_eq!(String::from_utf8_lossy(&masked), expected, "{text}");
        }
    }

    #[test]
    fn a_hostile_text_takes_no_time() {
        let text = "a@".repeat(200_000);
        assert!(matches!(without_addresses(text.as_bytes()), Cow::Borrowed(_)));
        let text = format!("{}@b.de", "a".repeat(1 << 20));
        assert!(without_addresses(text.as_bytes()).ends_with(b"a[e-mail]"));
    }

    proptest! {
        #[test]
        fn what_is_masked_stays_masked(text in "[a-c@.%40 ,\"\\n]{0,40}") {
            let masked = without_addresses(text.as_bytes()).into_owned();
            let again = without_addresses(&masked).into_owned();
            prop_assert_eq!(&again, &masked);
            let count = |text: &[u8], letter| text.iter().filter(|found| **found == letter).count();
            for letter in *b",\"\n" {
                prop_assert_eq!(count(&masked, letter), count(text.as_bytes(), letter));
            }
        }
    }
}

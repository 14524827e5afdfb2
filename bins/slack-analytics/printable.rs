//! Texts of the data, so that a terminal shows them and does nothing else, and no secret is in them.

use std::borrow::Cow;

use crate::redact::redact;

/// A text that may be printed: secrets are marks, and odd characters escapes.
pub(crate) fn printable(text: &str) -> String {
    visible(&redact(text)).into_owned()
}

/// A text in which what would move a terminal's cursor, change its state, or turn the order of what stands beside it is
/// an escape. Line breaks and tabs stay: those are the program's own; see [`cell`].
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    escaped(text, |character| is_odd(character) && !matches!(character, '\n' | '\t'))
}

/// A value that stays in its line and its column.
pub(crate) fn cell(text: &str) -> Cow<'_, str> {
    escaped(text, is_odd)
}

fn escaped(text: &str, is_odd: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&is_odd) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if is_odd(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

pub(crate) fn is_odd(character: char) -> bool {
    // Line and paragraph separators; marks, overrides and isolates of the direction of writing; what hides a text's parts.
    let is_format = matches!(
        character,
        '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}'
    );
    character.is_control() || is_format
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_does_nothing_to_a_terminal() {
        assert_eq!(visible("a\u{200f}b\u{2028}c\u{61c}"), "a\\u{200f}b\\u{2028}c\\u{61c}");
        assert_eq!(printable("a\u{1b}[2Jb\u{7}\u{9b}\u{202e}c\r"), "a\\u{1b}[2Jb\\u{7}\\u{9b}\\u{202e}c\\r");
        assert_eq!(printable("one\ttwo\nthree, ünd 字"), "one\ttwo\nthree, ünd 字");
        assert_eq!(cell("one\ttwo\nthree"), "one\\ttwo\\nthree");
    }
}

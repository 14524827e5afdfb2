//! Texts of the data, so that a terminal shows them and does nothing else.

use std::borrow::Cow;

/// A text in which what would move a terminal's cursor, change its state, or turn the order of what stands beside it is
/// an escape. Line breaks and tabs stay: those are the program's own; see [`cell`].
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
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

fn is_odd(character: char) -> bool {
    // Overrides and isolates of the direction of writing.
    character.is_control() || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_does_nothing_to_a_terminal() {
        assert_eq!(printable("a\u{1b}[2Jb\u{7}\u{9b}\u{202e}c\r"), "a\\u{1b}[2Jb\\u{7}\\u{9b}\\u{202e}c\\r");
        assert_eq!(printable("one\ttwo\nthree, ünd 字"), "one\ttwo\nthree, ünd 字");
        assert_eq!(cell("one\ttwo\nthree"), "one\\ttwo\\nthree");
    }
}

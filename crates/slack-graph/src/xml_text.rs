use std::borrow::Cow;

/// Returns a text that an XML 1.0 attribute can carry and that every reader gives back as it is.
///
/// XML has no way to write most control characters, nor U+FFFE and U+FFFF: they are left out. Tab, line feed
/// and carriage return become a space, as a reader makes of them anyway (XML 1.0, section 3.3.3).
pub(crate) fn xml_text(text: &str) -> Cow<'_, str> {
    if text.chars().any(|character| replacement(character) != Some(character)) {
        text.chars().filter_map(replacement).collect()
    } else {
        Cow::Borrowed(text)
    }
}

fn replacement(character: char) -> Option<char> {
    match character {
        '\t' | '\n' | '\r' => Some(' '),
        '\u{FFFE}' | '\u{FFFF}' => None,
        _ if character.is_control() => None,
        _ => Some(character),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_xml_cannot_carry_changes() {
        assert_eq!(xml_text("a\u{0}b\u{1b}[1m\u{7f}\u{85}\u{FFFE}c\r\nd\te"), "ab[1mc  d e");
        let text = "<&>\"' שלום \u{202e}\u{200f} 👩‍👩‍👧 \u{E000}\u{FFFD}\u{10FFFF}";
        assert!(matches!(xml_text(text), Cow::Borrowed(same) if same == text));
    }
}

use std::borrow::Cow;
use std::collections::HashSet;

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

/// Returns texts that XML can carry, no two of them the same: where only what XML cannot carry told texts apart, all
/// but the first get a number.
pub(crate) fn unique_xml_texts<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> Vec<Cow<'a, str>> {
    let mut taken: HashSet<Cow<'a, str>> = HashSet::new();
    // Those that stay as they are come first, so that none of them is given to another.
    taken.extend(texts.clone().map(xml_text).filter(|text| matches!(text, Cow::Borrowed(_))));
    let unique = |text: &'a str| match xml_text(text) {
        Cow::Borrowed(text) => Cow::Borrowed(text),
        Cow::Owned(text) => {
            let numbered = (2..).map(|number| format!("{text} {number}"));
            let mut names = std::iter::once(text.clone()).chain(numbered);
            let free = names.find(|name| taken.insert(Cow::Owned(name.clone())));
            Cow::Owned(free.unwrap_or(text))
        }
    };
    texts.map(unique).collect()
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
    fn texts_stay_apart() {
        let texts = ["\u{0}a", "a", "a\u{1}", "b", "a 2"];
        assert_eq!(unique_xml_texts(texts.into_iter()), ["a 3", "a", "a 4", "b", "a 2"]);
    }

    #[test]
    fn only_what_xml_cannot_carry_changes() {
        assert_eq!(xml_text("a\u{0}b\u{1b}[1m\u{7f}\u{85}\u{FFFE}c\r\nd\te"), "ab[1mc  d e");
        let text = "<&>\"' שלום \u{202e}\u{200f} 👩‍👩‍👧 \u{E000}\u{FFFD}\u{10FFFF}";
        assert!(matches!(xml_text(text), Cow::Borrowed(same) if same == text));
    }
}

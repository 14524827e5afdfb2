//! Names of folders, as Slack, file systems and zip programs write one and the same name.

use encoding_rs::{Encoding, SHIFT_JIS, WINDOWS_1252};
use unicode_normalization::UnicodeNormalization;

/// The upper half of code page 437, in which older zip programs write names.
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// A name in the form in which names are compared: composed (Unicode's NFC).
pub(super) fn composed(name: &str) -> String {
    name.nfc().collect()
}

/// A composed name without case, and without what programs append to copies: ` (1)`, ` copy`, ` - Copy`.
pub(super) fn folded(name: &str) -> String {
    let mut name = composed(name).to_lowercase();
    loop {
        let stem = name.trim_end();
        let stem = ["- copy", " copy"].iter().find_map(|suffix| stem.strip_suffix(suffix)).or_else(|| {
            let inner = stem.strip_suffix(')')?.trim_end_matches(|digit: char| digit.is_ascii_digit());
            inner.strip_suffix('(').filter(|stem| stem.ends_with([' ', '_']) && !inner.is_empty())
        });
        match stem.map(|stem| stem.trim_end_matches([' ', '_'])) {
            Some(stem) if !stem.is_empty() => name = stem.to_owned(),
            _ => return name.trim_end().to_owned(),
        }
    }
}

/// What a folder's name may have been before a zip program wrote it in one encoding and another read it in a second one:
/// composed, each once, the name itself first.
pub(super) fn readings(name: &[u8]) -> Vec<String> {
    let mut readings = Vec::new();
    let mut add = |reading: Option<String>| {
        if let Some(reading) = reading.map(|reading| composed(&reading))
            && !readings.contains(&reading)
        {
            readings.push(reading);
        }
    };
    let utf8 = |bytes: Vec<u8>| String::from_utf8(bytes).ok();
    match std::str::from_utf8(name) {
        Ok(text) => {
            add(Some(text.to_owned()));
            if text.is_ascii() {
                return readings;
            }
            if let Some(bytes) = to_cp437(text) {
                add(decoded(SHIFT_JIS, &bytes));
                add(utf8(bytes));
            }
            if let Some(bytes) = encoded(WINDOWS_1252, text) {
                add(utf8(bytes));
            }
            if let Some(bytes) = encoded(SHIFT_JIS, text) {
                add(Some(from_cp437(&bytes)));
                add(utf8(bytes));
            }
        }
        Err(_) => {
            add(decoded(SHIFT_JIS, name));
            add(Some(from_cp437(name)));
            add(decoded(WINDOWS_1252, name));
        }
    }
    readings
}

fn decoded(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    encoding.decode_without_bom_handling_and_without_replacement(bytes).map(Into::into)
}

fn encoded(encoding: &'static Encoding, text: &str) -> Option<Vec<u8>> {
    let (bytes, _, is_lossy) = encoding.encode(text);
    (!is_lossy).then(|| bytes.into_owned())
}

fn to_cp437(text: &str) -> Option<Vec<u8>> {
    let byte = |letter: char| match u8::try_from(letter) {
        Ok(byte) if byte.is_ascii() => Some(byte),
        _ => CP437.chars().position(|other| other == letter).and_then(|place| u8::try_from(place + 128).ok()),
    };
    text.chars().map(byte).collect()
}

fn from_cp437(bytes: &[u8]) -> String {
    let letter = |byte: &u8| match byte.checked_sub(128) {
        None => char::from(*byte),
        Some(place) => CP437.chars().nth(place.into()).unwrap_or(char::REPLACEMENT_CHARACTER),
    };
    bytes.iter().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_is_found_again_whatever_zip_programs_made_of_it() {
        for (name, written) in [
            ("über-uns", "u\u{308}ber-uns"),
            ("über-uns", "├╝ber-uns"),
            ("über-uns", "Ã¼ber-uns"),
            ("новости", "╨╜╨╛╨▓╨╛╤ü╤é╨╕"),
            // cp932, read as cp437: 雑談 is 8E 47 92 6B.
            ("雑談", "ÄGÆk"),
        ] {
            let readings = readings(written.as_bytes());
            assert!(readings.contains(&name.to_owned()), "{written}: {readings:?}");
        }
        assert!(readings(b"\x81ber-uns").contains(&"über-uns".to_owned()));
        assert!(readings(b"\x8e\x47\x92\x6b").contains(&"雑談".to_owned()));
        assert_eq!(readings(b"general"), ["general"]);
    }

    #[test]
    fn copies_have_the_name_of_what_was_copied() {
        for name in [
            "general",
            "General",
            "general (1)",
            "general (12)",
            "general copy",
            "general - Copy (2)",
            "general ",
        ] {
            assert_eq!(folded(name), "general", "{name}");
        }
        for name in ["(1)", "general(1)", "team-1", "copy"] {
            assert_eq!(folded(name), name);
        }
    }

    proptest! {
        #[test]
        fn cp437_is_read_as_it_is_written(bytes in prop::collection::vec(any::<u8>(), 0..20)) {
            prop_assert_eq!(to_cp437(&from_cp437(&bytes)), Some(bytes));
        }

        #[test]
        fn no_name_panics(bytes in prop::collection::vec(any::<u8>(), 0..20), name in any::<String>()) {
            prop_assert!(!readings(&bytes).is_empty() || std::str::from_utf8(&bytes).is_err());
            folded(&name);
        }
    }
}

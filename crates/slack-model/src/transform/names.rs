//! Names of folders, as Slack, file systems and zip programs write one and the same name.

use unicode_normalization::UnicodeNormalization;

use crate::codepage::Codepage;

/// A name in the form in which names are compared: composed (Unicode's NFC). Macs part letters from their accents in the
/// names of files.
pub fn composed(name: &str) -> String {
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
            if let Some(bytes) = Codepage::CP437.encode(text) {
                add(decoded(Codepage::CP932, &bytes));
                add(utf8(bytes));
            }
            if let Some(bytes) = Codepage::CP1252.encode(text) {
                add(utf8(bytes));
            }
            if let Some(bytes) = Codepage::CP932.encode(text) {
                add(Some(Codepage::CP437.decode(&bytes)));
                add(utf8(bytes));
            }
        }
        Err(_) => {
            add(decoded(Codepage::CP932, name));
            add(Some(Codepage::CP437.decode(name)));
            add(decoded(Codepage::CP1252, name));
        }
    }
    readings
}

/// The text of bytes, where all of them are valid.
fn decoded(page: Codepage, bytes: &[u8]) -> Option<String> {
    Some(page.decode(bytes)).filter(|text| !text.contains(char::REPLACEMENT_CHARACTER))
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
        fn no_name_panics(bytes in prop::collection::vec(any::<u8>(), 0..20), name in any::<String>()) {
            prop_assert!(!readings(&bytes).is_empty() || std::str::from_utf8(&bytes).is_err());
            folded(&name);
        }
    }
}

//! The encodings in which zip programs write names of files without naming the encoding.

use encoding_rs::{BIG5, EUC_KR, Encoding, GBK, IBM866, SHIFT_JIS, WINDOWS_1252};

/// An encoding of names.
#[derive(Debug, Clone, Copy)]
pub struct Codepage(Letters);

#[derive(Debug, Clone, Copy)]
enum Letters {
    /// One byte a letter: ASCII, and these letters from 0x80 on.
    Table(&'static str),
    /// As web browsers read it.
    Web(&'static Encoding),
}

/// All of them, the likeliest first. The first one is what the zip format asks for.
pub const CODEPAGES: [Codepage; 8] = [
    Codepage::CP437,
    Codepage::CP932,
    Codepage(Letters::Table(CP850)),
    Codepage::CP1252,
    Codepage(Letters::Web(GBK)),
    Codepage(Letters::Web(BIG5)),
    Codepage(Letters::Web(EUC_KR)),
    Codepage(Letters::Web(IBM866)),
];

const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

const CP850: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";

impl Codepage {
    /// What the first PCs had, and older zip programs write.
    pub const CP437: Self = Self(Letters::Table(CP437));
    /// Japanese Windows.
    pub const CP932: Self = Self(Letters::Web(SHIFT_JIS));
    /// Western European Windows.
    pub const CP1252: Self = Self(Letters::Web(WINDOWS_1252));

    /// The text of bytes. What is not valid becomes U+FFFD.
    pub fn decode(self, bytes: &[u8]) -> String {
        match self.0 {
            Letters::Table(table) => {
                let letters: Vec<char> = table.chars().collect();
                let letter = |byte: &u8| match byte.checked_sub(0x80) {
                    Some(at) => letters.get(usize::from(at)).copied().unwrap_or(char::REPLACEMENT_CHARACTER),
                    None => char::from(*byte),
                };
                bytes.iter().map(letter).collect()
            }
            Letters::Web(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
        }
    }

    /// The bytes of a text; `None` where the encoding lacks one of its letters.
    pub fn encode(self, text: &str) -> Option<Vec<u8>> {
        match self.0 {
            Letters::Table(table) => {
                let byte = |letter: char| match u8::try_from(letter) {
                    Ok(byte) if byte.is_ascii() => Some(byte),
                    _ => {
                        let place = table.chars().position(|other| other == letter)?;
                        u8::try_from(place + 0x80).ok()
                    }
                };
                text.chars().map(byte).collect()
            }
            Letters::Web(encoding) => {
                let (bytes, _, is_lossy) = encoding.encode(text);
                (!is_lossy).then(|| bytes.into_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_those_of_the_code_pages() {
        assert!([CP437, CP850].iter().all(|table| table.chars().count() == 128));
        let decoded = CODEPAGES.map(|page| page.decode(b"\x81\x9d"));
        assert_eq!(&decoded[0], "\u{fc}\u{a5}");
        assert_eq!(&decoded[2], "\u{fc}\u{d8}");
        // The second byte of this letter is a backslash.
        assert_eq!(CODEPAGES[1].decode(b"\x95\x5c"), "\u{8868}");
        assert_eq!(CODEPAGES[1].decode(b"\xff\xff"), "\u{fffd}\u{fffd}");
    }

    #[test]
    fn what_is_encoded_is_decoded_to_the_same() {
        for page in CODEPAGES {
            assert_eq!(page.encode("team-1").as_deref(), Some(&b"team-1"[..]));
        }
        let every: Vec<u8> = (0..=255).collect();
        assert_eq!(Codepage::CP437.encode(&Codepage::CP437.decode(&every)), Some(every));
        assert_eq!(Codepage::CP932.encode("雑談").as_deref(), Some(&b"\x8e\x47\x92\x6b"[..]));
        assert_eq!(Codepage::CP437.encode("雑談"), None);
    }
}

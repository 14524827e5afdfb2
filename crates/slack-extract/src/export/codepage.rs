//! The encodings in which zip programs write names without naming the encoding.

use encoding_rs::{BIG5, EUC_KR, Encoding, GBK, IBM866, SHIFT_JIS, WINDOWS_1252};

/// An encoding of names.
#[derive(Debug, Clone, Copy)]
pub(super) enum Codepage {
    /// One byte a letter: ASCII, and these letters from 0x80 on.
    Table(&'static str),
    /// As web browsers read it.
    Web(&'static Encoding),
}

/// All of them, the likeliest first. The first one is what the zip format asks for.
pub(super) const CODEPAGES: [Codepage; 8] = [
    Codepage::Table(CP437),
    Codepage::Web(SHIFT_JIS),
    Codepage::Table(CP850),
    Codepage::Web(WINDOWS_1252),
    Codepage::Web(GBK),
    Codepage::Web(BIG5),
    Codepage::Web(EUC_KR),
    Codepage::Web(IBM866),
];

const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

const CP850: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";

impl Codepage {
    /// The text of bytes. What is not valid becomes U+FFFD.
    pub(super) fn decode(self, bytes: &[u8]) -> String {
        match self {
            Self::Table(table) => {
                let letters: Vec<char> = table.chars().collect();
                let letter = |byte: &u8| match byte.checked_sub(0x80) {
                    Some(at) => letters.get(usize::from(at)).copied().unwrap_or(char::REPLACEMENT_CHARACTER),
                    None => char::from(*byte),
                };
                bytes.iter().map(letter).collect()
            }
            Self::Web(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
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
}

//! Texts as fields of CSV.

/// Texts of columns that follow one another, as CSV. See [`Rows::fields`](crate::Rows::fields).
#[derive(Debug, Clone)]
pub struct Fields {
    bytes: Box<[u8]>,
    count: usize,
}

impl Fields {
    /// Makes texts ready: one for each of several columns that follow one another.
    pub fn of<const COUNT: usize>(texts: [&[u8]; COUNT]) -> Self {
        const { assert!(COUNT > 0, "no text is no field") };
        let mut bytes = Vec::new();
        for (place, text) in texts.into_iter().enumerate() {
            if place > 0 {
                bytes.push(b',');
            }
            if has_special(text) {
                quote(text, &mut bytes);
            } else {
                bytes.extend_from_slice(text);
            }
        }
        Self { bytes: bytes.into(), count: COUNT }
    }
}

impl Fields {
    /// The fields as CSV.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Number of fields, one at the least.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Two fields that are CSV already.
    pub(crate) fn ready_pair(bytes: &[u8]) -> Self {
        Self { bytes: bytes.into(), count: 2 }
    }
}

/// Appends a text in quotes.
pub(crate) fn quote(text: &[u8], bytes: &mut Vec<u8>) {
    bytes.push(b'"');
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'"', rest) {
        bytes.extend_from_slice(&rest[..=at]);
        bytes.push(b'"');
        rest = &rest[at + 1..];
    }
    bytes.extend_from_slice(rest);
    bytes.push(b'"');
}

/// Whether CSV needs quotes around a text.
pub(crate) fn has_special(text: &[u8]) -> bool {
    if text.len() <= 32 {
        // For ids and names the search below costs more to begin than to do.
        let (eights, rest) = text.as_chunks::<8>();
        return eights.iter().any(|eight| has_special_in(u64::from_le_bytes(*eight)))
            || rest.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r'));
    }
    memchr::memchr3(b',', b'"', b'\n', text).is_some() || memchr::memchr(b'\r', text).is_some()
}

/// Whether one of eight bytes is special, all looked at together: a byte of zeros, which a byte becomes by XOR with
/// its like, is the only one that borrows when 1 is taken from it (Mycroft, *Determine if a word has a zero byte*, 1987).
fn has_special_in(eight: u64) -> bool {
    const ONES: u64 = u64::MAX / 255;
    let has = |byte: u8| {
        let zero_where_equal = eight ^ (ONES * u64::from(byte));
        zero_where_equal.wrapping_sub(ONES) & !zero_where_equal & ONES << 7 != 0
    };
    has(b',') | has(b'"') | has(b'\n') | has(b'\r')
}

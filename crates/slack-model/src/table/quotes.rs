//! Quotes around fields of CSV.

/// Appends a field of a record that has more than one, in quotes where it needs them.
pub(crate) fn push_field(out: &mut Vec<u8>, field: &[u8]) {
    if needs_quotes(field) {
        push_quoted(out, field);
    } else {
        out.extend_from_slice(field);
    }
}

/// Appends a text in quotes.
pub(crate) fn push_quoted(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'"', rest) {
        out.extend_from_slice(&rest[..=at]);
        out.push(b'"');
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

/// Whether a field of CSV needs quotes around a text.
pub fn needs_quotes(text: &[u8]) -> bool {
    if text.len() <= 32 {
        // For ids and names the search below costs more to begin than to do.
        let (eights, rest) = text.as_chunks::<8>();
        return eights.iter().any(|eight| is_special_in(u64::from_le_bytes(*eight)))
            || rest.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r'));
    }
    memchr::memchr3(b',', b'"', b'\n', text).is_some() || memchr::memchr(b'\r', text).is_some()
}

/// Whether one of eight bytes is special, all compared together: a byte of zeros, which a byte becomes by XOR with
/// its like, is the only one that borrows when 1 is subtracted (Mycroft, *Determine if a word has a zero byte*, 1987).
fn is_special_in(eight: u64) -> bool {
    const ONES: u64 = u64::MAX / 255;
    let has = |byte: u8| {
        let zero_where_equal = eight ^ (ONES * u64::from(byte));
        zero_where_equal.wrapping_sub(ONES) & !zero_where_equal & ONES << 7 != 0
    };
    has(b',') | has(b'"') | has(b'\n') | has(b'\r')
}

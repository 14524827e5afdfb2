//! The extra fields of an entry, as far as they matter here.

use flate2::Crc;

use super::bytes::{number, short};

const ZIP64: u16 = 0x0001;
const UNIX_TIME: u16 = 0x5455;
const UNICODE_NAME: u16 = 0x7075;

/// The data of an extra field.
fn field(extra: &[u8], wanted: u16) -> Option<&[u8]> {
    let mut rest = extra;
    while rest.len() >= 4 {
        let (id, length) = (short(rest, 0), usize::from(short(rest, 2)));
        // The last field may be cut.
        let end = (4 + length).min(rest.len());
        if id == wanted {
            return Some(&rest[4..end]);
        }
        rest = &rest[end..];
    }
    None
}

/// Replaces the values that do not fit into 32 bits (all ones there), in the order in which the field holds them.
pub(super) fn widen<const N: usize>(extra: &[u8], values: &mut [u64; N]) {
    let wide = field(extra, ZIP64).unwrap_or_default();
    let narrow = values.iter_mut().filter(|value| **value == u64::from(u32::MAX));
    for (at, value) in narrow.enumerate() {
        if wide.len() >= (at + 1) * 8 {
            *value = number(wide, at * 8, 8);
        }
    }
}

/// When the file was last changed, in seconds since 1970.
pub(super) fn modified(extra: &[u8]) -> Option<i64> {
    let field = field(extra, UNIX_TIME)?;
    // Bit 0 of the flags: the time of the last change is there.
    let has_time = field.len() >= 5 && field[0] & 1 == 1;
    has_time.then(|| i64::try_from(number(field, 1, 4)).unwrap_or_default())
}

/// The name in UTF-8, as Info-ZIP writes it beside one in the encoding of a machine, if it is of that name.
pub(super) fn unicode_name(extra: &[u8], name: &[u8]) -> Option<String> {
    let field = field(extra, UNICODE_NAME).filter(|field| field.len() > 5 && field[0] == 1)?;
    let mut crc = Crc::new();
    crc.update(name);
    let is_of_it = u64::from(crc.sum()) == number(field, 1, 4);
    String::from_utf8(field[5..].into()).ok().filter(|_| is_of_it)
}

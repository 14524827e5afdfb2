//! PostgreSQL's binary format of rows, as COPY takes it.
//!
//! Values are written as they are found in the file, with no value of Rust's in between, which is what makes a load as
//! fast as the server can take it.

use std::borrow::Cow;

use slack_model::{RawRecord, Time};
use slack_store::Reason;

use crate::catalog::{TargetColumn, ValueKind};

/// What stands before the rows: the signature, no flags, no extension.
pub(crate) const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// What stands after the rows.
pub(crate) const TRAILER: &[u8] = &(-1i16).to_be_bytes();

/// Days, and microseconds, from 1970 to 2000, when PostgreSQL's time begins.
const EPOCH_DAYS: i64 = 10_957;
const EPOCH_MICROS: i64 = EPOCH_DAYS * 86_400 * 1_000_000;

/// Bytes of a text in an index. An entry, of up to six columns, may have 2,700.
const LONGEST_INDEXED: usize = 430;

/// Bytes of any other text: the server takes no value of a gigabyte or more, its copies included.
const LONGEST: usize = 1 << 28;

/// What had to be changed in a row for the server to take it.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Changes {
    /// NUL characters left out, which no text of PostgreSQL's can hold.
    pub(crate) nul_characters: u64,
    /// Bytes that are no UTF-8, given as the character U+FFFD.
    pub(crate) no_utf8: u64,
    /// Values that are none of their column's type, left empty.
    pub(crate) unreadable: u64,
}

/// A column, and where in the file it stands.
pub(crate) type Source<'t> = (&'t TargetColumn, usize);

/// Appends a row; where it cannot be loaded, says which column is why, and appends nothing.
pub(crate) fn encode_row(
    record: &RawRecord<'_>,
    columns: &[Source<'_>],
    out: &mut Vec<u8>,
) -> Result<Changes, (String, Reason)> {
    let start = out.len();
    let mut changes = Changes::default();
    out.extend_from_slice(&u16::try_from(columns.len()).unwrap_or(u16::MAX).to_be_bytes());
    for (column, place) in columns {
        let refused = match encode_field(&record.field(*place), column, out, &mut changes) {
            Ok(()) => continue,
            Err(refused) => refused,
        };
        // A value that may be missing is left out, so that the rest of the row is there.
        if refused == Reason::Unreadable && column.is_nullable {
            changes.unreadable += 1;
            push_null(out);
            continue;
        }
        out.truncate(start);
        return Err((column.name.clone(), refused));
    }
    Ok(changes)
}

fn encode_field(
    field: &[u8],
    column: &TargetColumn,
    out: &mut Vec<u8>,
    changes: &mut Changes,
) -> Result<(), Reason> {
    if column.kind == ValueKind::Text {
        return encode_text(field, column, out, changes);
    }
    if field.is_empty() {
        if !column.is_nullable {
            return Err(Reason::Unreadable);
        }
        push_null(out);
        return Ok(());
    }
    match column.kind {
        ValueKind::BigInt => push(out, &integer(field)?.to_be_bytes()),
        ValueKind::Integer => push(out, &narrow::<i32>(field)?.to_be_bytes()),
        ValueKind::SmallInt => push(out, &narrow::<i16>(field)?.to_be_bytes()),
        ValueKind::Boolean => push(out, &[u8::from(boolean(field)?)]),
        ValueKind::Double => push(out, &double(field)?.to_be_bytes()),
        ValueKind::Date => push(out, &date(field)?.to_be_bytes()),
        ValueKind::Timestamp => push(out, &timestamp(field)?.to_be_bytes()),
        ValueKind::Numeric => numeric(field, out)?,
        ValueKind::Text => {}
    }
    Ok(())
}

fn encode_text(
    field: &[u8],
    column: &TargetColumn,
    out: &mut Vec<u8>,
    changes: &mut Changes,
) -> Result<(), Reason> {
    let mut text = Cow::Borrowed(field);
    if memchr::memchr(0, field).is_some() {
        let kept: Vec<u8> = field.iter().copied().filter(|byte| *byte != 0).collect();
        changes.nul_characters += (field.len() - kept.len()) as u64;
        text = Cow::Owned(kept);
    }
    if std::str::from_utf8(&text).is_err() {
        let chunks = text.utf8_chunks();
        changes.no_utf8 += chunks.map(|chunk| chunk.invalid().len() as u64).sum::<u64>();
        text = Cow::Owned(String::from_utf8_lossy(&text).into_owned().into_bytes());
    }
    if text.is_empty() && column.is_nullable {
        push_null(out);
        return Ok(());
    }
    if text.len() > if column.is_indexed { LONGEST_INDEXED } else { LONGEST } {
        return Err(Reason::TooLong);
    }
    push(out, &text);
    Ok(())
}

fn push(out: &mut Vec<u8>, value: &[u8]) {
    // Longer texts have been refused, and nothing else is longer than some bytes.
    out.extend_from_slice(&u32::try_from(value.len()).unwrap_or(u32::MAX).to_be_bytes());
    out.extend_from_slice(value);
}

fn push_null(out: &mut Vec<u8>) {
    out.extend_from_slice(&(-1i32).to_be_bytes());
}

/// The value of a text that Rust's own parser takes.
fn parsed<T: std::str::FromStr>(field: &[u8]) -> Result<T, Reason> {
    std::str::from_utf8(field).ok().and_then(|text| text.parse().ok()).ok_or(Reason::Unreadable)
}

fn integer(field: &[u8]) -> Result<i64, Reason> {
    parsed(field)
}

fn narrow<T: TryFrom<i64>>(field: &[u8]) -> Result<T, Reason> {
    integer(field)?.try_into().map_err(|_| Reason::Unreadable)
}

fn boolean(field: &[u8]) -> Result<bool, Reason> {
    match field {
        b"true" => Ok(true),
        b"false" => Ok(false),
        _ => Err(Reason::Unreadable),
    }
}

fn double(field: &[u8]) -> Result<f64, Reason> {
    parsed(field)
}

/// Microseconds since 2000.
fn timestamp(field: &[u8]) -> Result<i64, Reason> {
    Ok(Time::parse(field).ok_or(Reason::Unreadable)?.micros() - EPOCH_MICROS)
}

/// Days since 2000 of a date as `YYYY-MM-DD`.
fn date(field: &[u8]) -> Result<i32, Reason> {
    if field.len() != "2020-09-13".len() {
        return Err(Reason::Unreadable);
    }
    let midnight = [field, b"T00:00:00.000000Z"].concat();
    let days = Time::parse(&midnight).ok_or(Reason::Unreadable)?.micros().div_euclid(86_400_000_000);
    i32::try_from(days - EPOCH_DAYS).map_err(|_| Reason::Unreadable)
}

/// A decimal number, exactly: digits to base 10,000, the first of them `weight` places before the point.
fn numeric(field: &[u8], out: &mut Vec<u8>) -> Result<(), Reason> {
    let (sign, digits) = match field.strip_prefix(b"-") {
        Some(digits) => (0x4000u16, digits),
        None => (0, field),
    };
    let point = memchr::memchr(b'.', digits);
    let (whole, fraction) = point.map_or((digits, &b""[..]), |at| (&digits[..at], &digits[at + 1..]));
    let is_number = (!whole.is_empty() || !fraction.is_empty())
        && whole.iter().chain(fraction).all(u8::is_ascii_digit)
        && whole.len() <= 1_000
        && fraction.len() <= 1_000;
    if !is_number {
        return Err(Reason::Unreadable);
    }
    let value = |digits: &[u8]| digits.iter().fold(0u16, |value, digit| value * 10 + u16::from(digit - b'0'));
    // Groups of four, counted from the point in both directions.
    let (first, rest) = whole.split_at(whole.len() % 4);
    let mut groups: Vec<u16> = Vec::with_capacity(whole.len() / 4 + fraction.len() / 4 + 2);
    if !first.is_empty() {
        groups.push(value(first));
    }
    groups.extend(rest.chunks(4).map(value));
    let before_point = groups.len();
    groups.extend(fraction.chunks(4).map(|group| value(group) * 10u16.pow(4 - group.len() as u32)));
    let zeros = groups.iter().take_while(|group| **group == 0).count();
    let last = groups.iter().rposition(|group| *group != 0).map_or(zeros, |last| last + 1);
    let digits = &groups[zeros..last];
    let weight = if digits.is_empty() { 0 } else { before_point as i16 - zeros as i16 - 1 };
    let sign = if digits.is_empty() { 0 } else { sign };
    push_u32(out, 8 + 2 * digits.len() as u32);
    out.extend_from_slice(&(digits.len() as u16).to_be_bytes());
    out.extend_from_slice(&weight.to_be_bytes());
    out.extend_from_slice(&sign.to_be_bytes());
    out.extend_from_slice(&(fraction.len() as u16).to_be_bytes());
    for digit in digits {
        out.extend_from_slice(&digit.to_be_bytes());
    }
    Ok(())
}

fn push_u32(out: &mut Vec<u8>, value: u32) {
    out.extend_from_slice(&value.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(kind: ValueKind, is_nullable: bool) -> TargetColumn {
        TargetColumn { name: "value".into(), kind, is_nullable, is_indexed: false, is_bytewise: true }
    }

    fn encoded(kind: ValueKind, field: &str) -> Result<Vec<u8>, Reason> {
        let mut out = Vec::new();
        encode_field(field.as_bytes(), &column(kind, false), &mut out, &mut Changes::default())?;
        Ok(out)
    }

    #[test]
    fn numbers_and_times_are_the_servers() {
        assert_eq!(
            encoded(ValueKind::BigInt, "-2"),
            Ok(b"\0\0\0\x08\xff\xff\xff\xff\xff\xff\xff\xfe".to_vec())
        );
        assert_eq!(encoded(ValueKind::SmallInt, "7"), Ok(b"\0\0\0\x02\0\x07".to_vec()));
        assert_eq!(encoded(ValueKind::Boolean, "true"), Ok(b"\0\0\0\x01\x01".to_vec()));
        assert_eq!(encoded(ValueKind::Date, "2000-01-02"), Ok(b"\0\0\0\x04\0\0\0\x01".to_vec()));
        let second = b"\0\0\0\x08\0\0\0\0\0\x0f\x42\x40".to_vec();
        assert_eq!(encoded(ValueKind::Timestamp, "2000-01-01T00:00:01.000000Z"), Ok(second));
        // 12.000100 is 12 and 1 at weights 0 and -1, with six digits to show.
        let decimal = b"\0\0\0\x0c\0\x02\0\0\0\0\0\x06\0\x0c\0\x01".to_vec();
        assert_eq!(encoded(ValueKind::Numeric, "12.000100"), Ok(decimal));
    }

    #[test]
    fn what_is_no_value_is_refused() {
        for (kind, field) in [
            (ValueKind::BigInt, "1.5"),
            (ValueKind::SmallInt, "40000"),
            (ValueKind::Boolean, "yes"),
            (ValueKind::Date, "2020-13-13"),
            (ValueKind::Date, "20200913"),
            (ValueKind::Timestamp, "no time"),
            (ValueKind::Numeric, "1e5"),
            (ValueKind::Numeric, "."),
            (ValueKind::Double, "much"),
            (ValueKind::BigInt, ""),
        ] {
            assert_eq!(encoded(kind, field), Err(Reason::Unreadable), "{field}");
        }
    }

    #[test]
    fn texts_lose_what_the_server_cannot_hold() {
        let mut changes = Changes::default();
        let mut out = Vec::new();
        let text = column(ValueKind::Text, false);
        assert_eq!(encode_field(b"a\0b\xffc\0", &text, &mut out, &mut changes), Ok(()));
        assert_eq!(out, [b"\0\0\0\x06ab".as_slice(), "\u{fffd}".as_bytes(), b"c"].concat());
        assert_eq!(changes, Changes { nul_characters: 2, no_utf8: 1, unreadable: 0 });
        let indexed = TargetColumn { is_indexed: true, ..text };
        let long = "x".repeat(LONGEST_INDEXED + 1);
        assert_eq!(encode_field(long.as_bytes(), &indexed, &mut out, &mut changes), Err(Reason::TooLong));
    }
}

//! Fields of a file as values of SQLite's.

use std::borrow::Cow;
use std::cmp::Ordering;

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use slack_model::{RawRecord, Time};
use slack_store::Reason;

use crate::catalog::{TargetColumn, ValueKind};

/// Bytes of a text. SQLite takes up to a billion for a row as a whole.
const LONGEST: usize = 1 << 28;

/// What had to be changed in a row.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Changes {
    /// NUL characters left out. SQLite keeps them, but its functions and its shell take them for the end of the text.
    pub(crate) nul_characters: u64,
    /// Bytes that are no UTF-8, given as the character U+FFFD.
    pub(crate) no_utf8: u64,
    /// Values that are none of their column's type, left empty.
    pub(crate) unreadable: u64,
}

/// A value, whose text is the file's own where nothing is changed in it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value<'r> {
    Null,
    Integer(i64),
    Real(f64),
    Text(Cow<'r, str>),
}

impl Value<'_> {
    /// Compares values of one column as SQLite does.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Integer(one), Self::Integer(other)) => one.cmp(other),
            (Self::Text(one), Self::Text(other)) => one.as_bytes().cmp(other.as_bytes()),
            (Self::Real(one), Self::Real(other)) => one.total_cmp(other),
            _ => Ordering::Equal,
        }
    }

    pub(crate) fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Integer(number) => Value::Integer(number),
            Self::Real(number) => Value::Real(number),
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
        }
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Real(number) => ValueRef::Real(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

/// A column, and where in the file it stands.
pub(crate) type Source<'t> = (&'t TargetColumn, usize);

/// The values of a row, in the order of the columns; `changes` counts what is not the file's. Where it cannot be loaded, the column that is why.
pub(crate) fn convert_row<'r>(
    record: &'r RawRecord<'_>,
    columns: &[Source<'_>],
    changes: &mut Changes,
) -> Result<Vec<Value<'r>>, (String, Reason)> {
    let mut row = Vec::with_capacity(columns.len());
    for (column, place) in columns {
        match convert(record.field(*place), column, changes) {
            Ok(value) => row.push(value),
            // A value that may be missing is left out, so that the rest of the row is there.
            Err(Reason::Unreadable) if column.is_nullable => {
                changes.unreadable += 1;
                row.push(Value::Null);
            }
            Err(refused) => return Err((column.name.clone(), refused)),
        }
    }
    Ok(row)
}

/// The value of a field in a column.
pub(crate) fn convert<'r>(
    field: Cow<'r, [u8]>,
    column: &TargetColumn,
    changes: &mut Changes,
) -> Result<Value<'r>, Reason> {
    if field.is_empty() && (column.is_nullable || column.kind != ValueKind::Text) {
        return if column.is_nullable { Ok(Value::Null) } else { Err(Reason::Unreadable) };
    }
    match column.kind {
        ValueKind::Text => text(field, changes),
        ValueKind::Integer => parsed(&field).map(Value::Integer),
        ValueKind::Boolean => boolean(&field).map(|value| Value::Integer(value.into())),
        ValueKind::Real => real(&field).map(Value::Real),
        ValueKind::Date => exact(field, is_date),
        ValueKind::Time => exact(field, |field| Time::parse(field).is_some()),
    }
}

fn text<'r>(mut field: Cow<'r, [u8]>, changes: &mut Changes) -> Result<Value<'r>, Reason> {
    if memchr::memchr(0, &field).is_some() {
        let kept: Vec<u8> = field.iter().copied().filter(|byte| *byte != 0).collect();
        changes.nul_characters += (field.len() - kept.len()) as u64;
        field = Cow::Owned(kept);
    }
    if field.len() > LONGEST {
        return Err(Reason::TooLong);
    }
    let lossy = |bytes: &[u8], changes: &mut Changes| {
        changes.no_utf8 += bytes.utf8_chunks().map(|chunk| chunk.invalid().len() as u64).sum::<u64>();
        Cow::Owned(String::from_utf8_lossy(bytes).into_owned())
    };
    Ok(Value::Text(match field {
        Cow::Borrowed(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => lossy(bytes, changes),
        },
        Cow::Owned(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Cow::Owned(text),
            Err(error) => lossy(error.as_bytes(), changes),
        },
    }))
}

/// A text that stays as it is where it has the form of its kind.
fn exact(field: Cow<'_, [u8]>, has_form: impl Fn(&[u8]) -> bool) -> Result<Value<'_>, Reason> {
    if !has_form(&field) {
        return Err(Reason::Unreadable);
    }
    text(field, &mut Changes::default())
}

/// The value of a text that Rust's own parser takes.
fn parsed<T: std::str::FromStr>(field: &[u8]) -> Result<T, Reason> {
    std::str::from_utf8(field).ok().and_then(|text| text.parse().ok()).ok_or(Reason::Unreadable)
}

fn boolean(field: &[u8]) -> Result<bool, Reason> {
    match field {
        b"true" => Ok(true),
        b"false" => Ok(false),
        _ => Err(Reason::Unreadable),
    }
}

/// SQLite has infinity, but takes what is no number for null.
fn real(field: &[u8]) -> Result<f64, Reason> {
    parsed(field).and_then(|number: f64| if number.is_nan() { Err(Reason::Unreadable) } else { Ok(number) })
}

/// Whether it is a day as `YYYY-MM-DD`.
fn is_date(field: &[u8]) -> bool {
    field.len() == "2020-09-13".len() && Time::parse(&[field, b"T00:00:00.000000Z"].concat()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(kind: ValueKind, field: &str) -> Result<Value<'_>, Reason> {
        let column = TargetColumn { name: "value".into(), kind, is_nullable: false };
        convert(Cow::Borrowed(field.as_bytes()), &column, &mut Changes::default())
    }

    #[test]
    fn values_are_sqlites() {
        let text = |text: &'static str| Ok(Value::Text(Cow::Borrowed(text)));
        assert_eq!(converted(ValueKind::Integer, "-2"), Ok(Value::Integer(-2)));
        assert_eq!(converted(ValueKind::Boolean, "true"), Ok(Value::Integer(1)));
        assert_eq!(converted(ValueKind::Real, "12.000100"), Ok(Value::Real(12.0001)));
        assert_eq!(converted(ValueKind::Date, "2000-01-02"), text("2000-01-02"));
        assert_eq!(
            converted(ValueKind::Time, "2000-01-01T00:00:01.000000Z"),
            text("2000-01-01T00:00:01.000000Z")
        );
        assert_eq!(converted(ValueKind::Text, ""), text(""));
    }

    #[test]
    fn what_is_no_value_is_refused() {
        for (kind, field) in [
            (ValueKind::Integer, "1.5"),
            (ValueKind::Integer, "9223372036854775808"),
            (ValueKind::Boolean, "yes"),
            (ValueKind::Date, "2020-13-13"),
            (ValueKind::Date, "20200913"),
            (ValueKind::Time, "2020-09-13 12:26:40"),
            (ValueKind::Real, "much"),
            (ValueKind::Real, "NaN"),
            (ValueKind::Integer, ""),
        ] {
            assert_eq!(converted(kind, field), Err(Reason::Unreadable), "{field}");
        }
    }

    #[test]
    fn texts_lose_what_ends_them_and_what_is_no_character() {
        let mut changes = Changes::default();
        let column = TargetColumn { name: "value".into(), kind: ValueKind::Text, is_nullable: false };
        let field = Cow::Borrowed(b"a\0b\xffc\0".as_slice());
        assert_eq!(convert(field, &column, &mut changes), Ok(Value::Text(Cow::Borrowed("ab\u{fffd}c"))));
        assert_eq!(changes, Changes { nul_characters: 2, no_utf8: 1, unreadable: 0 });
    }

    #[test]
    fn seconds_keep_their_microseconds_for_272_years() {
        for micros in [1u64, 999_999, 86_400_000_001, 8_589_934_591_999_999] {
            let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
            let Ok(Value::Real(seconds)) = converted(ValueKind::Real, &text) else { panic!("{text}") };
            assert_eq!(format!("{seconds:.6}"), text);
        }
    }
}

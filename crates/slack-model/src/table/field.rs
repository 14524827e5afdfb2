use std::cmp::Ordering;
use std::fmt;

use crate::ids::{BotId, ChannelId, FileId, TeamId, UserId, UsergroupId};
use crate::ts::{BatchId, Time, Ts};

/// What the fields of a column hold. An empty field is no value, whatever the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Any text.
    Text,
    /// One of Slack's identifiers.
    Id,
    /// A Slack timestamp: `1600000000.000100`.
    Ts,
    /// An instant in RFC 3339: `2020-09-13T12:26:40.000100Z`.
    Time,
    /// A batch: `20261123190212`.
    Batch,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int,
    /// A decimal number.
    Decimal,
    /// A floating-point number, in as many digits as tell it from its neighbours.
    Float,
}

/// A field that is not of its column's kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {found:?} is not {wanted}")]
pub struct FieldError {
    column: &'static str,
    wanted: &'static str,
    found: String,
}

impl FieldError {
    /// Says which kind of value was wanted where `found` stands.
    pub fn new(wanted: &'static str, found: &[u8]) -> Self {
        let mut found = String::from_utf8_lossy(found).into_owned();
        if let Some((end, _)) = found.char_indices().nth(80) {
            found.truncate(end);
        }
        Self { column: "?", wanted, found }
    }

    /// Names the column of the field.
    pub fn in_column(mut self, column: &'static str) -> Self {
        self.column = column;
        self
    }
}

/// A value that a field of a table can hold.
pub trait Field: Sized {
    /// What the column's fields hold.
    const KIND: Kind;

    /// Reads the value from a field's bytes.
    fn decode(field: &[u8]) -> Result<Self, FieldError>;

    /// Appends the field's bytes.
    fn encode(&self, out: &mut Vec<u8>);
}

impl<T: Field> Field for Option<T> {
    const KIND: Kind = T::KIND;

    fn decode(field: &[u8]) -> Result<Self, FieldError> {
        if field.is_empty() { Ok(None) } else { T::decode(field).map(Some) }
    }

    fn encode(&self, out: &mut Vec<u8>) {
        if let Some(value) = self {
            value.encode(out);
        }
    }
}

impl Field for String {
    const KIND: Kind = Kind::Text;

    fn decode(field: &[u8]) -> Result<Self, FieldError> {
        std::str::from_utf8(field).map(Into::into).map_err(|_| FieldError::new("UTF-8", field))
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_bytes());
    }
}

impl Field for bool {
    const KIND: Kind = Kind::Bool;

    fn decode(field: &[u8]) -> Result<Self, FieldError> {
        match field {
            b"true" => Ok(true),
            b"false" => Ok(false),
            _ => Err(FieldError::new("true or false", field)),
        }
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(if *self { b"true" } else { b"false" });
    }
}

macro_rules! ids {
    ($($id:ident),+) => { $(
        impl Field for $id {
            const KIND: Kind = Kind::Id;

            fn decode(field: &[u8]) -> Result<Self, FieldError> {
                std::str::from_utf8(field).map(Into::into).map_err(|_| FieldError::new("UTF-8", field))
            }

            fn encode(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(self.as_str().as_bytes());
            }
        }
    )+ };
}

ids!(UserId, ChannelId, FileId, BotId, TeamId, UsergroupId);

macro_rules! shown {
    ($($type:ty, $kind:ident, $wanted:literal, $parse:expr);+ $(;)?) => { $(
        impl Field for $type {
            const KIND: Kind = Kind::$kind;

            fn decode(field: &[u8]) -> Result<Self, FieldError> {
                let parse: fn(&[u8]) -> Option<Self> = $parse;
                parse(field).ok_or_else(|| FieldError::new($wanted, field))
            }

            fn encode(&self, out: &mut Vec<u8>) {
                write_display(self, out);
            }
        }
    )+ };
}

shown! {
    BatchId, Batch, "a batch (YYYYMMDDHHMMSS)", BatchId::parse;
    i64, Int, "a whole number", |field| std::str::from_utf8(field).ok()?.parse().ok();
    u64, Int, "a whole number from 0 up", |field| std::str::from_utf8(field).ok()?.parse().ok();
}

/// A floating-point number that has a place in an order, as [`f64::total_cmp`] has it, so that rows can be compared.
#[derive(Debug, Clone, Copy, Default)]
pub struct Float(pub f64);

impl PartialEq for Float {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Float {}

impl PartialOrd for Float {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Float {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl From<f64> for Float {
    fn from(number: f64) -> Self {
        Self(number)
    }
}

impl Field for Float {
    const KIND: Kind = Kind::Float;

    fn decode(field: &[u8]) -> Result<Self, FieldError> {
        let number = std::str::from_utf8(field).ok().and_then(|field| field.parse().ok());
        let number = number.filter(|number: &f64| number.is_finite());
        number.map(Self).ok_or_else(|| FieldError::new("a number", field))
    }

    fn encode(&self, out: &mut Vec<u8>) {
        // What is no number is no value.
        if self.0.is_finite() {
            // The sum of nothing is the zero below zero, which adding the one above makes like any other.
            write_display(&(self.0 + 0.0), out);
        }
    }
}

impl Field for Ts {
    const KIND: Kind = Kind::Ts;

    fn decode(field: &[u8]) -> Result<Self, FieldError> {
        Self::parse(field).ok_or_else(|| FieldError::new("a Slack timestamp", field))
    }

    fn encode(&self, out: &mut Vec<u8>) {
        self.write(out);
    }
}

impl Field for Time {
    const KIND: Kind = Kind::Time;

    fn decode(field: &[u8]) -> Result<Self, FieldError> {
        Self::parse(field).ok_or_else(|| FieldError::new("a UTC time in RFC 3339", field))
    }

    fn encode(&self, out: &mut Vec<u8>) {
        self.write(out);
    }
}

fn write_display(value: &impl fmt::Display, out: &mut Vec<u8>) {
    use std::io::Write;
    // Writing to a Vec cannot fail.
    let _ = write!(out, "{value}");
}

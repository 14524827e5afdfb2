use std::cmp::Ordering;
use std::fmt;

use super::row::{Id, Text, Value};
use crate::ids::{BotId, ChannelId, FileId, TeamId, UserId, UsergroupId};
use crate::ts::{BatchId, Time, Ts, write_padded};

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
    /// A length of time: seconds, as a decimal number with six places.
    Seconds,
    /// A decimal number with six places.
    Fraction,
    /// A floating-point number, in as many digits as tell it from its neighbours.
    Float,
    /// A day: `2020-09-13`.
    Date,
    /// A month: `2020-09`.
    Month,
}

/// Who may see a column, from the most open to the most closed. Each level has what the levels before it may show to fewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_enums, reason = "whoever reads tables must decide for each level")]
pub enum Sensitivity {
    /// Ids, times, counts and kinds: everybody who may read the workspace's numbers.
    Open,
    /// What people and channels are called, in their own words: reports and the network's files. A reader of a database gets
    /// them from views, which mask addresses.
    Name,
    /// What people wrote: tables of visible channels that are served or exported. A reader of a database gets them from
    /// views, for public channels.
    Content,
    /// E-mail addresses and what tells of hidden channels: nobody but the owner of the data home.
    Private,
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

/// A value that a field of a table is written from and read into.
pub trait Field: Value + Sized {
    /// The value as a row has it that is written and not kept.
    type Ref<'a>: Value;

    /// Reads the value from a field's bytes.
    ///
    /// # Errors
    ///
    /// Where the bytes are not of the column's kind.
    fn decode(field: &[u8]) -> Result<Self, FieldError>;
}

impl<T: Field> Field for Option<T> {
    type Ref<'a> = Option<T::Ref<'a>>;

    fn decode(field: &[u8]) -> Result<Self, FieldError> {
        if field.is_empty() { Ok(None) } else { T::decode(field).map(Some) }
    }
}

macro_rules! texts {
    ($($text:ty, $borrowed:ident);+ $(;)?) => { $(
        impl Value for $text {
            const KIND: Kind = <$borrowed<'_> as Value>::KIND;

            fn encode(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(self.as_str().as_bytes());
            }
        }

        impl Field for $text {
            type Ref<'a> = $borrowed<'a>;

            fn decode(field: &[u8]) -> Result<Self, FieldError> {
                std::str::from_utf8(field).map(Into::into).map_err(|_| FieldError::new("UTF-8", field))
            }
        }
    )+ };
}

texts! {
    String, Text; UserId, Id; ChannelId, Id; FileId, Id; BotId, Id; TeamId, Id; UsergroupId, Id;
}

macro_rules! parsed {
    ($($type:ty, $expected:literal, $parse:expr);+ $(;)?) => { $(
        impl Field for $type {
            type Ref<'a> = Self;

            fn decode(field: &[u8]) -> Result<Self, FieldError> {
                let parse: fn(&[u8]) -> Option<Self> = $parse;
                parse(field).ok_or_else(|| FieldError::new($expected, field))
            }
        }
    )+ };
}

fn number<T: std::str::FromStr>(field: &[u8]) -> Option<T> {
    std::str::from_utf8(field).ok()?.parse().ok()
}

parsed! {
    BatchId, "a batch (YYYYMMDDHHMMSS)", BatchId::parse;
    i64, "a whole number", number;
    u64, "a whole number from 0 up", number;
    Float, "a number", |field| number(field).filter(|number: &f64| number.is_finite()).map(Self);
    Ts, "a Slack timestamp", Ts::parse;
    Time, "a UTC time in RFC 3339", Time::parse;
    bool, "true or false", |field| match field { b"true" => Some(true), b"false" => Some(false), _ => None };
}

macro_rules! displayed {
    ($($type:ty, $kind:ident);+ $(;)?) => { $(
        impl Value for $type {
            const KIND: Kind = Kind::$kind;

            fn encode(&self, out: &mut Vec<u8>) {
                write_display(self, out);
            }
        }
    )+ };
}

displayed! { i64, Int }

impl Value for u64 {
    const KIND: Kind = Kind::Int;

    fn encode(&self, out: &mut Vec<u8>) {
        match i64::try_from(*self) {
            Ok(number) => write_padded(out, number, 1),
            Err(_) => write_display(self, out),
        }
    }
}

/// Declares how the values of an enumeration are called in a table.
#[macro_export]
macro_rules! words {
    ($type:ty, $kind:ident, $expected:literal: $($value:ident = $word:literal),+ $(,)?) => {
        impl $crate::Value for $type {
            const KIND: $crate::Kind = $crate::Kind::$kind;

            fn encode(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(match self { $( Self::$value => $word, )+ }.as_bytes());
            }
        }

        impl $crate::Field for $type {
            type Ref<'a> = Self;

            fn decode(field: &[u8]) -> Result<Self, $crate::FieldError> {
                $( if field == $word.as_bytes() { return Ok(Self::$value); } )+
                Err($crate::FieldError::new($expected, field))
            }
        }
    };
}

impl Value for bool {
    const KIND: Kind = Kind::Bool;

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(if *self { b"true" } else { b"false" });
    }
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

impl Value for Float {
    const KIND: Kind = Kind::Float;

    fn encode(&self, out: &mut Vec<u8>) {
        // What is not a number is not a value.
        if self.0.is_finite() {
            // The sum of nothing is the zero below zero, which adding the one above makes like any other.
            write_display(&(self.0 + 0.0), out);
        }
    }
}

fn write_display(value: &impl fmt::Display, out: &mut Vec<u8>) {
    use std::io::Write;
    // Writing to a Vec cannot fail.
    let _ = write!(out, "{value}");
}

//! Slack's timestamps: exact microseconds, as text, as RFC 3339 and as batch names.

mod batch_id;
mod digits;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

pub use self::batch_id::BatchId;
use self::digits::days_from_civil;
use self::digits::put_digits;
pub use self::digits::{civil_from_days, write_padded};

const MICROS: i64 = 1_000_000;
pub(crate) const DAY: i64 = 86_400 * MICROS;

/// The latest instant that a four-digit year can name, in microseconds: 9999-12-31T23:59:59.999999Z.
const MAX_MICROS: i64 = 253_402_300_799_999_999;

/// Why a text is no timestamp.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseTimeError {
    /// Not ten or more digits, a point and six digits.
    #[error("{0:?} is no Slack timestamp (want seconds, a point and six digits)")]
    Ts(String),
    /// Not `YYYY-MM-DDTHH:MM:SS.ffffffZ`.
    #[error("{0:?} is no UTC time in RFC 3339")]
    Time(String),
    /// Not fourteen digits that name a UTC second.
    #[error("{0:?} is no batch (want a UTC time as YYYYMMDDHHMMSS)")]
    Batch(String),
}

/// A message's timestamp, which with its channel is its identity: microseconds since 1970-01-01 UTC.
///
/// The text that Slack wrote comes back exactly: at least ten digits of seconds, a point, six digits.
///
/// ```
/// use slack_model::Ts;
/// let ts: Ts = "1600000000.000100".parse()?;
/// assert_eq!(ts.micros(), 1_600_000_000_000_100);
/// assert_eq!(ts.to_string(), "1600000000.000100");
/// assert_eq!(ts.time().to_string(), "2020-09-13T12:26:40.000100Z");
/// # Ok::<(), slack_model::ParseTimeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ts(i64);

impl Ts {
    /// 1970-01-01.
    pub(crate) const EPOCH: Self = Self(0);

    /// Parses Slack's text; `None` where it would not come back the same.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let point = text.len().checked_sub(7)?;
        if text[point] != b'.' || point < 10 || (point > 10 && text[0] == b'0') || point > 12 {
            return None;
        }
        let mut micros = 0i64;
        for byte in text[..point].iter().chain(&text[point + 1..]) {
            if !byte.is_ascii_digit() {
                return None;
            }
            micros = micros * 10 + i64::from(byte - b'0');
        }
        Self::from_micros(micros)
    }

    /// Reads a timestamp that somebody wrote as a number, or without its zeros: ten digits of seconds and up to six of
    /// their fraction. The digits are taken as they stand, never through a floating-point number. `None` where the text
    /// might mean something else (milliseconds, an exponent).
    pub fn parse_loosely(text: &[u8]) -> Option<Self> {
        if let Some(exact) = Self::parse(text) {
            return Some(exact);
        }
        let (seconds, fraction) = match text.get(10) {
            None => (text, &[][..]),
            Some(b'.') => text.split_at_checked(10).map(|(seconds, rest)| (seconds, &rest[1..]))?,
            Some(_) => return None,
        };
        if seconds.len() != 10 || seconds[0] == b'0' || fraction.len() > 6 {
            return None;
        }
        let mut exact = *b"0000000000.000000";
        exact[..10].copy_from_slice(seconds);
        exact[11..11 + fraction.len()].copy_from_slice(fraction);
        Self::parse(&exact)
    }

    /// The timestamp of so many microseconds since 1970; `None` before 1970 and after the year 9999.
    pub fn from_micros(micros: i64) -> Option<Self> {
        (0..=MAX_MICROS).contains(&micros).then_some(Self(micros))
    }

    /// Microseconds since 1970-01-01 UTC.
    pub fn micros(self) -> i64 {
        self.0
    }

    /// The same instant as a time of day.
    pub fn time(self) -> Time {
        Time(self.0)
    }

    /// Appends Slack's text.
    pub fn write(self, out: &mut Vec<u8>) {
        let (seconds, micros) = (self.0 / MICROS, self.0 % MICROS);
        if seconds >= 10_000_000_000 {
            write_padded(out, seconds, 10);
            out.push(b'.');
            write_padded(out, micros, 6);
            return;
        }
        // Ten digits of seconds last until 2286. Written in place, as this is done for every row of every table.
        let mut text = *b"0000000000.000000";
        put_digits(&mut text[..8], (seconds / 100) as u32);
        put_digits(&mut text[8..10], (seconds % 100) as u32);
        put_digits(&mut text[11..], micros as u32);
        out.extend_from_slice(&text);
    }
}

impl fmt::Display for Ts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:010}.{:06}", self.0 / MICROS, self.0 % MICROS)
    }
}

impl fmt::Debug for Ts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ts({self})")
    }
}

impl FromStr for Ts {
    type Err = ParseTimeError;

    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        Self::parse(text.as_bytes()).ok_or_else(|| ParseTimeError::Ts(text.into()))
    }
}

/// An instant, written as RFC 3339 in UTC with six decimals: `2020-09-13T12:26:40.000100Z`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

impl Time {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);

    /// The instant of so many whole seconds since 1970; `None` before 1970 and after the year 9999.
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        Ts::from_micros(seconds.checked_mul(MICROS)?).map(Ts::time)
    }

    /// The instant of so many microseconds since 1970; `None` before 1970 and after the year 9999.
    pub fn from_micros(micros: i64) -> Option<Self> {
        Ts::from_micros(micros).map(Ts::time)
    }

    /// Microseconds since 1970-01-01 UTC.
    pub fn micros(self) -> i64 {
        self.0
    }

    /// Parses what [`Time::write`] wrote, and nothing else.
    pub fn parse(text: &[u8]) -> Option<Self> {
        const SHAPE: &[u8; 27] = b"0000-00-00T00:00:00.000000Z";
        let has_shape = text.len() == SHAPE.len()
            && text.iter().zip(SHAPE).all(
                |(byte, shape)| {
                    if *shape == b'0' { byte.is_ascii_digit() } else { byte == shape }
                },
            );
        if !has_shape {
            return None;
        }
        let number = |place: std::ops::Range<usize>| {
            text[place].iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'))
        };
        let date = (number(0..4), number(5..7), number(8..10));
        let (hour, minute, second) = (number(11..13), number(14..16), number(17..19));
        let days = days_from_civil(date);
        // Days that the month has not would be others'.
        if civil_from_days(days) != date || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
        Self::from_micros(seconds * MICROS + number(20..26))
    }

    /// Appends the RFC 3339 text.
    pub fn write(self, out: &mut Vec<u8>) {
        TimeWriter::default().write(self, out);
    }
}

/// Writes one instant after the other. What falls on the day of the one before takes half the time.
#[derive(Debug, Clone)]
pub struct TimeWriter {
    /// The first microsecond of the day that is written in `text`.
    midnight: i64,
    text: [u8; 27],
}

impl Default for TimeWriter {
    fn default() -> Self {
        Self { midnight: 0, text: *b"1970-01-01T00:00:00.000000Z" }
    }
}

impl TimeWriter {
    /// Appends the RFC 3339 text.
    pub fn write(&mut self, time: Time, out: &mut Vec<u8>) {
        let text = &mut self.text;
        let mut within = time.0 - self.midnight;
        if !(0..DAY).contains(&within) {
            let (year, month, day) = civil_from_days(time.0.div_euclid(DAY));
            within = time.0.rem_euclid(DAY);
            self.midnight = time.0 - within;
            // No year has five digits: see MAX_MICROS.
            put_digits(&mut text[..4], year as u32);
            put_digits(&mut text[5..7], month as u32);
            put_digits(&mut text[8..10], day as u32);
        }
        let seconds = (within / MICROS) as u32;
        put_digits(&mut text[11..13], seconds / 3600);
        put_digits(&mut text[14..16], seconds / 60 % 60);
        put_digits(&mut text[17..19], seconds % 60);
        put_digits(&mut text[20..26], (within % MICROS) as u32);
        out.extend_from_slice(&*text);
    }
}

impl From<Time> for Ts {
    fn from(time: Time) -> Self {
        Self(time.0)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Vec::with_capacity(27);
        self.write(&mut text);
        f.write_str(&String::from_utf8_lossy(&text))
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Time({self})")
    }
}

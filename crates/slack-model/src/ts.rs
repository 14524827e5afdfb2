//! Slack's timestamps: exact microseconds, as text, as RFC 3339 and as batch names.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDateTime, Utc};

const MICROS: i64 = 1_000_000;
const DAY: i64 = 86_400 * MICROS;

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

/// Returns year, month (1–12) and day (1–31) of a number of days since 1970-01-01, in the proleptic Gregorian calendar
/// (Cassio Neri, Lorenz Schneider, *Euclidean affine functions and their application to calendar algorithms*, 2022:
/// divisions by numbers that are no powers of 2 turned into multiplications).
pub fn civil_from_days(days: i64) -> (i64, i64, i64) {
    // Eras of 400 years and years begin in March, so that the leap day is the last of both.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let quarters = 4 * shifted.rem_euclid(146_097) as u32 + 3;
    let century = quarters / 146_097;
    let of_century = quarters % 146_097 / 4;
    let product = 2_939_745 * u64::from(4 * of_century + 3);
    let year_of_century = (product >> 32) as u32;
    let day_of_year = product as u32 / 2_939_745 / 4;
    let months = 2_141 * day_of_year + 197_913;
    let (month, day) = (months >> 16, (months & 0xffff) / 2_141 + 1);
    let is_new_year = day_of_year >= 306;
    let year = i64::from(100 * century + year_of_century) + era * 400 + i64::from(is_new_year);
    (year, i64::from(if is_new_year { month - 12 } else { month }), i64::from(day))
}

/// Returns the number of days since 1970-01-01 of a year, month and day in the proleptic Gregorian calendar: the inverse of
/// [`civil_from_days`]. A day that its month does not have is counted on from its first.
fn days_from_civil((year, month, day): (i64, i64, i64)) -> i64 {
    // Years begin in March, so that the leap day is the last.
    let year = if month > 2 { year } else { year - 1 };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Fills a place of an even number of digits with a number in decimal, two digits at a time.
#[inline]
fn put_digits(place: &mut [u8], mut number: u32) {
    for pair in place.rchunks_exact_mut(2) {
        let at = (number % 100) as usize * 2;
        pair.copy_from_slice(&PAIRS[at..at + 2]);
        number /= 100;
    }
}

/// `00`, `01`, ... `99`.
const PAIRS: [u8; 200] = {
    let mut pairs = [0; 200];
    let mut number = 0;
    while number < 100 {
        pairs[number * 2] = b'0' + (number / 10) as u8;
        pairs[number * 2 + 1] = b'0' + (number % 10) as u8;
        number += 1;
    }
    pairs
};

/// Appends a number in decimal, with zeros before it up to `width` digits (18 at the most).
pub fn write_padded(out: &mut Vec<u8>, value: i64, width: usize) {
    let mut digits = [b'0'; 20];
    let mut rest = value.unsigned_abs();
    let mut at = digits.len();
    while rest > 0 {
        at -= 2;
        put_digits(&mut digits[at..at + 2], (rest % 100) as u32);
        rest /= 100;
    }
    // Of a number with an odd number of digits, one zero too many was put.
    at += usize::from(digits.get(at) == Some(&b'0'));
    if value < 0 {
        out.push(b'-');
    }
    let start = at.min(digits.len() - width.min(18));
    out.extend_from_slice(&digits[start..]);
}

/// A batch: the UTC second at which its extraction began, or the newest `ts` of an import, `YYYYMMDDHHMMSS`.
///
/// Batches order by that time: the newest one's values win when batches are merged.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BatchId(u64);

impl BatchId {
    /// The batch of an instant; its fraction of a second is dropped.
    pub fn at(time: Time) -> Self {
        let (year, month, day) = civil_from_days(time.0.div_euclid(DAY));
        let seconds = time.0.rem_euclid(DAY) / MICROS;
        let fields = [month, day, seconds / 3600, seconds / 60 % 60, seconds % 60];
        Self(fields.iter().fold(year, |number, field| number * 100 + field).unsigned_abs())
    }

    /// Parses fourteen digits; `None` where they name no second of the calendar from 1970 on.
    pub fn parse(text: &[u8]) -> Option<Self> {
        if text.len() != 14 {
            return None;
        }
        let instant = NaiveDateTime::parse_from_str(std::str::from_utf8(text).ok()?, "%Y%m%d%H%M%S").ok()?;
        let id = Self::at(Time::from_micros(instant.and_utc().timestamp_micros())?);
        (id.to_string().as_bytes() == text).then_some(id)
    }

    /// The second that the batch is named after.
    pub fn time(self) -> Time {
        let part = |unit: u64, size: u64| (self.0 / unit % size) as u32;
        let instant = chrono::NaiveDate::from_ymd_opt(
            (self.0 / 10_000_000_000) as i32,
            part(100_000_000, 100),
            part(1_000_000, 100),
        )
        .and_then(|date| date.and_hms_opt(part(10_000, 100), part(100, 100), part(1, 100)))
        .unwrap_or_default();
        Time(instant.and_utc().timestamp_micros())
    }
}

impl From<DateTime<Utc>> for BatchId {
    fn from(time: DateTime<Utc>) -> Self {
        Self::at(Time(time.timestamp_micros().clamp(0, MAX_MICROS)))
    }
}

impl fmt::Display for BatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:014}", self.0)
    }
}

impl fmt::Debug for BatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BatchId({self})")
    }
}

impl FromStr for BatchId {
    type Err = ParseTimeError;

    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        Self::parse(text.as_bytes()).ok_or_else(|| ParseTimeError::Batch(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_texts_that_come_back_are_timestamps() {
        for text in ["1600000000.000100", "0000000000.000000", "0000000001.000001", "99999999999.999999"] {
            assert_eq!(Ts::parse(text.as_bytes()).expect(text).to_string(), text);
        }
        for text in [
            "",
            "1600000000",
            "1600000000.1",
            "1600000000.0001000",
            "01600000000.000100",
            "-600000000.000100",
            "160000000a.000100",
            "999999999999.999999",
        ] {
            assert_eq!(Ts::parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn loosely_written_instants_keep_their_digits() {
        for (text, exact) in [
            ("1600000000.000100", "1600000000.000100"),
            ("1600000000", "1600000000.000000"),
            ("1600000000.", "1600000000.000000"),
            ("1600000000.1", "1600000000.100000"),
            ("1600000000.0001", "1600000000.000100"),
            // As a floating-point number, this would end in 000098 or 000102.
            ("9600000000.000101", "9600000000.000101"),
        ] {
            assert_eq!(Ts::parse_loosely(text.as_bytes()).expect(text).to_string(), exact);
        }
        for text in
            ["", "5", "160000000", "1600000000123", "1.6e9", "1600000000.0001000", "0600000000", "-600000000"]
        {
            assert_eq!(Ts::parse_loosely(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn times_that_no_calendar_has_are_none() {
        let shown = |text: &str| Time::parse(text.as_bytes()).map(|time| time.to_string());
        for text in
            ["2024-02-29T23:59:59.999999Z", "1970-01-01T00:00:00.000000Z", "2000-12-31T00:00:00.000001Z"]
        {
            assert_eq!(shown(text).as_deref(), Some(text));
        }
        for text in [
            "2023-02-29T00:00:00.000000Z",
            "2023-04-31T00:00:00.000000Z",
            "2023-13-01T00:00:00.000000Z",
            "2023-00-01T00:00:00.000000Z",
            "2023-01-00T00:00:00.000000Z",
            "2023-01-01T24:00:00.000000Z",
            "2023-01-01T00:60:00.000000Z",
            "2023-01-01T00:00:60.000000Z",
            "1969-12-31T23:59:59.999999Z",
            "2023-01-01 00:00:00.000000Z",
            "2023-01-01T00:00:00Z",
        ] {
            assert_eq!(shown(text), None, "{text}");
        }
    }

    #[test]
    fn batches_name_real_seconds() {
        let id: BatchId = "20240229235959".parse().expect("a leap day");
        assert_eq!(id.to_string(), "20240229235959");
        assert_eq!(id.time().to_string(), "2024-02-29T23:59:59.000000Z");
        assert!("20230229000000".parse::<BatchId>().is_err());
        assert!("2023022800000".parse::<BatchId>().is_err());
    }

    proptest! {
        #[test]
        fn writing_and_parsing_are_inverse(micros in 0..=MAX_MICROS) {
            let ts = Ts(micros);
            let mut text = Vec::new();
            ts.write(&mut text);
            prop_assert_eq!(String::from_utf8_lossy(&text), ts.to_string());
            if micros < 1_000_000_000_000 * MICROS / 10 {
                prop_assert_eq!(Ts::parse(&text), Some(ts));
            }
            prop_assert_eq!(Time::parse(ts.time().to_string().as_bytes()), Some(ts.time()));
            let batch = BatchId::at(ts.time());
            prop_assert_eq!(batch.time().micros(), micros - micros % MICROS);
        }

        #[test]
        fn times_are_written_as_chrono_writes_them(micros in 0..=MAX_MICROS) {
            let chrono = DateTime::from_timestamp_micros(micros).expect("in range");
            prop_assert_eq!(Time(micros).to_string(), chrono.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string());
        }

        #[test]
        fn a_day_that_was_written_before_is_written_as_well(times in proptest::collection::vec(0..3 * DAY, 1..20)) {
            let mut writer = TimeWriter::default();
            for time in times.into_iter().map(Time) {
                let mut text = Vec::new();
                writer.write(time, &mut text);
                prop_assert_eq!(String::from_utf8_lossy(&text), time.to_string());
            }
        }

        #[test]
        fn no_text_panics(text in proptest::collection::vec(any::<u8>(), 0..30)) {
            let _ = (Ts::parse(&text), Time::parse(&text), BatchId::parse(&text));
        }
    }
}

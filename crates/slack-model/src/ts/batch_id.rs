use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDateTime, Utc};

use super::{DAY, MAX_MICROS, MICROS, ParseTimeError, Time, civil_from_days, write_padded};

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

    /// Appends the fourteen digits.
    pub(crate) fn write(self, out: &mut Vec<u8>) {
        write_padded(out, self.0 as i64, 14);
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

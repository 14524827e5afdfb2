//! Days, hours and months of a time zone.

use chrono::{DateTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;
use slack_model::{Ts, civil_from_days};

use crate::error::{Error, Result};

const MICROS: i64 = 1_000_000;
const DAY: i64 = 86_400 * MICROS;
const HOUR: i64 = 3_600 * MICROS;

/// Finds out the local time of instants.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Calendar(Option<Tz>);

impl Calendar {
    /// The calendar of a zone of IANA's database, UTC's without a name.
    pub(crate) fn of(timezone: Option<&str>) -> Result<Self> {
        let Some(name) = timezone else { return Ok(Self(None)) };
        let zone: Tz = name.parse().map_err(|_| Error::UnknownZone { name: name.into() })?;
        Ok(Self((zone != Tz::UTC).then_some(zone)))
    }

    /// Microseconds from 1970-01-01 00:00 on the zone's clocks to what they showed at an instant.
    pub(crate) fn local(self, ts: Ts) -> LocalTime {
        let seconds_east = match self.0 {
            None => 0,
            Some(zone) => {
                let instant = DateTime::<Utc>::from_timestamp_micros(ts.micros()).unwrap_or_default();
                zone.offset_from_utc_datetime(&instant.naive_utc()).fix().local_minus_utc()
            }
        };
        LocalTime(ts.micros() + i64::from(seconds_east) * MICROS)
    }
}

/// Whether IANA's database has a time zone of this name.
pub fn is_timezone(name: &str) -> bool {
    name.parse::<Tz>().is_ok()
}

/// What the clocks of a time zone show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalTime(i64);

impl LocalTime {
    /// Days since 1970-01-01.
    pub fn day(self) -> i32 {
        // The year 9999 is day 2,932,896.
        self.0.div_euclid(DAY) as i32
    }

    /// The day of the week, from 1, Monday, to 7, as in ISO 8601.
    pub fn weekday(self) -> u32 {
        // 1970-01-01 was a Thursday.
        (i64::from(self.day()) + 3).rem_euclid(7) as u32 + 1
    }

    /// The hour, 0 to 23.
    pub fn hour(self) -> u32 {
        (self.0.rem_euclid(DAY) / HOUR) as u32
    }

    /// Months since January of the year 0: twelve times the year, and the month from 0.
    pub fn month(self) -> i32 {
        month_of_day(self.day())
    }
}

/// The month of a day, both counted as in [`LocalTime`].
pub(crate) fn month_of_day(day: i32) -> i32 {
    let (year, month, _) = civil_from_days(i64::from(day));
    (year * 12 + month - 1) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(timezone: Option<&str>, ts: &str) -> (i32, u32, u32, i32) {
        let ts = ts.parse().expect("a timestamp");
        let time = Calendar::of(timezone).expect("a zone").local(ts);
        (time.day(), time.weekday(), time.hour(), time.month())
    }

    #[test]
    fn clocks_follow_their_zone_and_its_summer_time() {
        // 2021-12-31T23:30:00Z, a Friday.
        assert_eq!(local(None, "1640993400.000000"), (18992, 5, 23, 2021 * 12 + 11));
        assert_eq!(local(Some("Europe/Berlin"), "1640993400.000000"), (18993, 6, 0, 2022 * 12));
        assert_eq!(local(Some("US/Pacific"), "1640993400.000000"), (18992, 5, 15, 2021 * 12 + 11));
        // 2022-03-27T00:59:59Z and a second later: clocks in Berlin jump from 01:59:59 to 03:00:00.
        assert_eq!(local(Some("Europe/Berlin"), "1648342799.000000").2, 1);
        assert_eq!(local(Some("Europe/Berlin"), "1648342800.000000").2, 3);
        assert!(matches!(Calendar::of(Some("Mars/Olympus")), Err(Error::UnknownZone { .. })));
    }
}

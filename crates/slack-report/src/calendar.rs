//! Days and months of a time zone.

use chrono::{DateTime, Datelike, Days, NaiveDate};
use chrono_tz::Tz;
use slack_model::Time;

use crate::error::{Error, Result};

/// Reads a date of a table.
pub(crate) fn date(table: &'static str, text: &str) -> Result<NaiveDate> {
    text.parse().map_err(|_| Error::Date { table, found: text.into() })
}

/// Reads the name of a time zone.
pub(crate) fn zone(name: &str) -> Result<Tz> {
    name.parse().map_err(|_| Error::UnknownZone { name: name.into() })
}

/// The day of an instant.
pub(crate) fn day_of(time: Time, zone: Tz) -> NaiveDate {
    // No instant of ours is beyond chrono's years.
    DateTime::from_timestamp_micros(time.micros()).unwrap_or_default().with_timezone(&zone).date_naive()
}

/// The month of a day, as tables write it: `2020-09`.
pub(crate) fn month_of(day: NaiveDate) -> String {
    day.format("%Y-%m").to_string()
}

/// The months from one day's to another's.
pub(crate) fn months(from: NaiveDate, to: NaiveDate) -> Vec<String> {
    let number = |day: NaiveDate| day.year() * 12 + day.month0() as i32;
    (number(from)..=number(to))
        .map(|month| format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1))
        .collect()
}

/// So many days earlier.
pub(crate) fn days_before(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days)).unwrap_or(NaiveDate::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_go_over_years() {
        let day = |text| date("activity_by_day", text).expect("a date");
        assert_eq!(
            months(day("2023-11-30"), day("2024-02-01")),
            ["2023-11", "2023-12", "2024-01", "2024-02"]
        );
        assert_eq!(months(day("2024-02-01"), day("2024-02-29")), ["2024-02"]);
        assert_eq!(month_of(day("2024-02-29")), "2024-02");
    }

    #[test]
    fn a_day_is_the_zone_s() {
        let time = Time::parse(b"2024-03-01T23:30:00.000000Z").expect("a time");
        assert_eq!(day_of(time, Tz::UTC).to_string(), "2024-03-01");
        assert_eq!(day_of(time, zone("Asia/Kolkata").expect("a zone")).to_string(), "2024-03-02");
        assert!(zone("Middle/Earth").is_err());
    }
}

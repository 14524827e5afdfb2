//! Numbers with a unit, and days and months, as metric tables have them.

use super::{Field, FieldError, Kind, Value};
use crate::ts::{DAY, Time, civil_from_days, write_padded};

/// A length of time in microseconds, written as seconds with six places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_structs, reason = "a number with a unit")]
pub struct Seconds(pub i64);

impl Seconds {
    /// The seconds, rounded as a floating-point number is.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

/// A fraction in millionths, written with six places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_structs, reason = "a number with a unit")]
pub struct Fraction(pub i64);

impl Fraction {
    /// Rounds half away from zero; `None` where it is not a number.
    pub fn of(fraction: f64) -> Option<Self> {
        fraction.is_finite().then(|| Self((fraction * 1e6).round() as i64))
    }

    /// The fraction as a floating-point number.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

/// A day, counted from 1970-01-01 on, written as `2020-09-13`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_structs, reason = "a number with a unit")]
pub struct Day(pub i32);

/// A month, counted from the year 0 on, written as `2020-09`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_structs, reason = "a number with a unit")]
pub struct Month(pub i32);

macro_rules! millionths {
    ($($type:ident),+) => { $(
        impl Value for $type {
            const KIND: Kind = Kind::$type;

            fn encode(&self, out: &mut Vec<u8>) {
                write_millionths(out, self.0);
            }
        }

        impl Field for $type {
            type Ref<'a> = Self;

            fn decode(field: &[u8]) -> Result<Self, FieldError> {
                let number: Option<f64> = std::str::from_utf8(field).ok().and_then(|field| field.parse().ok());
                let millionths = number.map(|number| number * 1e6).filter(|number| number.is_finite());
                millionths.map(|number| Self(number.round() as i64)).ok_or_else(|| FieldError::new("a number", field))
            }
        }
    )+ };
}

millionths!(Seconds, Fraction);

impl Value for Day {
    const KIND: Kind = Kind::Date;

    fn encode(&self, out: &mut Vec<u8>) {
        let (year, month, day) = civil_from_days(i64::from(self.0));
        write_padded(out, year, 4);
        for part in [month, day] {
            out.push(b'-');
            write_padded(out, part, 2);
        }
    }
}

impl Value for Month {
    const KIND: Kind = Kind::Month;

    fn encode(&self, out: &mut Vec<u8>) {
        write_padded(out, i64::from(self.0.div_euclid(12)), 4);
        out.push(b'-');
        write_padded(out, i64::from(self.0.rem_euclid(12)) + 1, 2);
    }
}

impl Field for Day {
    type Ref<'a> = Self;

    fn decode(field: &[u8]) -> Result<Self, FieldError> {
        let midnight = [field, b"T00:00:00.000000Z"].concat();
        let day = Time::parse(&midnight).map(|time| time.micros() / DAY);
        day.and_then(|day| i32::try_from(day).ok()).map(Self).ok_or_else(|| FieldError::new("a day", field))
    }
}

impl Field for Month {
    type Ref<'a> = Self;

    fn decode(field: &[u8]) -> Result<Self, FieldError> {
        let (year, month) =
            std::str::from_utf8(field).ok().and_then(|field| field.split_once('-')).unwrap_or_default();
        match (year.parse::<i32>(), month.parse::<i32>()) {
            (Ok(year), Ok(month @ 1..=12)) if year.unsigned_abs() < 10_000 => Ok(Self(year * 12 + month - 1)),
            _ => Err(FieldError::new("a month", field)),
        }
    }
}

fn write_millionths(out: &mut Vec<u8>, millionths: i64) {
    if millionths < 0 {
        out.push(b'-');
    }
    write_padded(out, (millionths.unsigned_abs() / 1_000_000) as i64, 1);
    out.push(b'.');
    write_padded(out, (millionths.unsigned_abs() % 1_000_000) as i64, 6);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip<T: Field>(value: T) -> String {
        let mut text = Vec::new();
        value.encode(&mut text);
        let mut again = Vec::new();
        T::decode(&text).expect("read").encode(&mut again);
        assert_eq!(text, again);
        String::from_utf8(text).expect("UTF-8")
    }

    #[test]
    fn quantities_are_exact_and_come_back() {
        assert_eq!(round_trip(Seconds(12_000_100)), "12.000100");
        assert_eq!(round_trip(Seconds(-1)), "-0.000001");
        assert_eq!(Fraction::of(-0.000_000_1).map(round_trip).as_deref(), Some("0.000000"));
        assert_eq!(Fraction::of(2.0 / 3.0).map(round_trip).as_deref(), Some("0.666667"));
        assert_eq!(Fraction::of(f64::NAN), None);
        assert_eq!(round_trip(Month(2021 * 12 + 11)), "2021-12");
        assert_eq!(round_trip(Day(18_992)), "2021-12-31");
        assert_eq!(round_trip(u64::MAX), "18446744073709551615");
        for wrong in ["2021-13", "2021", "x-1", ""] {
            Month::decode(wrong.as_bytes()).expect_err(wrong);
        }
        for wrong in ["2021-02-30", "2021-2-3", "12021-02-03", ""] {
            Day::decode(wrong.as_bytes()).expect_err(wrong);
        }
    }
}

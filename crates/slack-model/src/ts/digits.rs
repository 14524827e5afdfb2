//! Numbers in decimal, and the days of the calendar.

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
pub(super) fn days_from_civil((year, month, day): (i64, i64, i64)) -> i64 {
    // Years begin in March, so that the leap day is the last.
    let year = if month > 2 { year } else { year - 1 };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Fills a place of an even number of digits with a number in decimal, two digits at a time.
#[inline]
pub(super) fn put_digits(place: &mut [u8], mut number: u32) {
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

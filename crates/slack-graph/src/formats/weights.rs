//! Weights, which are mostly whole numbers.

use crate::export::ValueKind;

/// The weight as a whole number, if it is one.
pub(super) fn whole(weight: f64) -> Option<u64> {
    let number = weight as u64;
    (number as f64 == weight).then_some(number)
}

/// The weight as the text of a signed whole number of 64 bits, or of any number; whole numbers have no point.
pub(super) fn text_of(weight: f64, kind: ValueKind) -> String {
    match kind {
        // Beyond the largest, `as` gives the largest.
        ValueKind::Integer => (weight as i64).to_string(),
        ValueKind::Float | ValueKind::Text => weight.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_weights_have_no_point() {
        let two_53 = 2f64.powi(53);
        assert_eq!([0.0, 3.0, two_53].map(whole), [Some(0), Some(3), Some(1 << 53)]);
        assert_eq!([0.5, 1e300, -1.0, f64::NAN].map(whole), [None; 4]);
        assert_eq!(text_of(1e300, ValueKind::Integer), i64::MAX.to_string());
        assert_eq!(
            [3.0, 1.0 / 3.0].map(|weight| text_of(weight, ValueKind::Float)),
            ["3", "0.3333333333333333"]
        );
    }
}

//! Numbers as people read them.

pub(crate) use slack_pipeline::grouped as number;

/// A number with its noun: `1 gap`, `2 gaps`.
pub(crate) fn count(value: u64, noun: &str) -> String {
    format!("{} {noun}{}", number(value), if value == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([0, 1, 1_000].map(|n| count(n, "gap")), ["0 gaps", "1 gap", "1,000 gaps"]);
    }
}

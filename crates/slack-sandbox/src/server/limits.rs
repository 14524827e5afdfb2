//! Slack's rate limits: a method's tier says how many calls a minute it takes.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use super::methods::METHODS;

/// How many calls a minute a method takes, and how many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tier {
    /// 20 a minute.
    Two,
    /// 50 a minute.
    Three,
    /// 100 a minute.
    Four,
    /// Hundreds a minute.
    Special,
}

/// A bucket for each method; the sandbox has one token.
#[derive(Debug)]
pub(crate) struct Limits {
    clock: DefaultClock,
    buckets: HashMap<&'static str, DefaultDirectRateLimiter>,
}

impl Tier {
    fn quota(self) -> Quota {
        let (a_minute, at_once) = match self {
            Self::Two => (20, 5),
            Self::Three => (50, 10),
            Self::Four => (100, 20),
            Self::Special => (600, 60),
        };
        let count = |number: u32| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        Quota::per_minute(count(a_minute)).allow_burst(count(at_once))
    }
}

impl Limits {
    pub(crate) fn new() -> Self {
        let buckets = METHODS.iter().map(|method| (method.name, RateLimiter::direct(method.tier.quota())));
        Self { clock: DefaultClock::default(), buckets: buckets.collect() }
    }

    /// Counts a call. Where it is one too many: the whole seconds to wait.
    pub(crate) fn check(&self, method: &str) -> Result<(), u64> {
        let Some(bucket) = self.buckets.get(method) else { return Ok(()) };
        bucket.check().map_err(|early| whole_seconds(early.wait_time_from(self.clock.now())))
    }
}

fn whole_seconds(wait: Duration) -> u64 {
    (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_through_and_then_each_method_waits_alone() {
        let limits = Limits::new();
        let calls = (0..40).take_while(|_| limits.check("users.list").is_ok()).count();
        assert!((5..40).contains(&calls), "{calls}");
        assert!(limits.check("users.list").is_err_and(|wait| (1..=3).contains(&wait)));
        assert_eq!(limits.check("team.info"), Ok(()));
        assert_eq!(whole_seconds(Duration::from_millis(2001)), 3);
        assert_eq!(whole_seconds(Duration::ZERO), 1);
    }
}

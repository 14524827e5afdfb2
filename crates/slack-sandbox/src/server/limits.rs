//! Slack's rate limits: a method's tier says how many calls a minute it takes.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use super::blocks::slack_seconds;
use super::methods::METHODS;

/// The methods that the small class of apps may hardly call, and how often in a minute.
const SMALL_CLASS: [&str; 2] = ["conversations.history", "conversations.replies"];
const SMALL_CLASS_QUOTA: (u32, u32) = (1, 1);

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
    scale: f64,
    buckets: HashMap<&'static str, DefaultDirectRateLimiter>,
}

impl Tier {
    /// Calls a minute, and calls at once.
    fn quota(self) -> (u32, u32) {
        match self {
            Self::Two => (20, 5),
            Self::Three => (50, 10),
            Self::Four => (100, 20),
            Self::Special => (600, 60),
        }
    }
}

impl Limits {
    /// Full buckets, which refill `scale` times as fast as Slack's.
    pub(crate) fn new(scale: f64, small_class: bool) -> Self {
        let buckets = METHODS.iter().map(|method| {
            let small = small_class && SMALL_CLASS.contains(&method.name);
            let (a_minute, at_once) = if small { SMALL_CLASS_QUOTA } else { method.tier.quota() };
            (method.name, RateLimiter::direct(quota(a_minute, at_once, scale)))
        });
        Self { clock: DefaultClock::default(), scale, buckets: buckets.collect() }
    }

    /// Counts a call. Where it is one too many: the whole seconds of Slack's time to wait.
    pub(crate) fn check(&self, method: &str) -> Result<(), u64> {
        let Some(bucket) = self.buckets.get(method) else { return Ok(()) };
        bucket.check().map_err(|early| slack_seconds(early.wait_time_from(self.clock.now()), self.scale))
    }
}

fn quota(a_minute: u32, at_once: u32, scale: f64) -> Quota {
    let count = |number: u32| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
    let period = Duration::from_secs_f64((60.0 / f64::from(a_minute) / scale).clamp(1e-9, 86_400.0));
    let quota = Quota::with_period(period).unwrap_or(Quota::per_minute(count(a_minute)));
    quota.allow_burst(count(at_once))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_through_and_then_each_method_waits_alone() {
        let limits = Limits::new(1.0, false);
        let calls = (0..40).take_while(|_| limits.check("users.list").is_ok()).count();
        assert!((5..40).contains(&calls), "{calls}");
        assert!(limits.check("users.list").is_err_and(|wait| (1..=3).contains(&wait)));
        assert_eq!(limits.check("team.info"), Ok(()));
    }

    #[test]
    fn scaled_limits_say_slacks_seconds_and_refill_sooner() {
        // A call in three seconds: 30 ms of real time.
        let limits = Limits::new(100.0, false);
        while limits.check("users.list").is_ok() {}
        assert!(limits.check("users.list").is_err_and(|wait| (1..=3).contains(&wait)));
        std::thread::sleep(Duration::from_millis(35));
        assert_eq!(limits.check("users.list"), Ok(()));
    }

    #[test]
    fn the_small_class_gets_one_call_a_minute() {
        let limits = Limits::new(1.0, true);
        for method in SMALL_CLASS {
            assert_eq!(limits.check(method), Ok(()));
            assert!(limits.check(method).is_err_and(|wait| (55..=60).contains(&wait)));
        }
        assert!((0..5).all(|_| limits.check("users.list").is_ok()));
    }
}

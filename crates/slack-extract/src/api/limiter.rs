use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Jitter, Quota, RateLimiter};
use tokio::time::Instant;

/// How fast to ask.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Rate {
    /// Each method at its published tier, times a factor.
    Tiers(f64),
    /// As fast as answers come; only a 429 slows a method down. For servers without limits.
    Unlimited,
}

/// The limits of all methods. Slack counts per method, so one that is blocked does not hold the others.
#[derive(Debug)]
pub(crate) struct Limiters {
    rate: Rate,
    methods: Mutex<HashMap<String, Arc<Limiter>>>,
}

impl Limiters {
    pub(crate) fn new(rate: Rate) -> Self {
        Self { rate, methods: Mutex::new(HashMap::new()) }
    }

    /// The limiter of a method.
    pub(crate) fn of(&self, method: &str) -> Arc<Limiter> {
        let mut methods = self.methods.lock().unwrap_or_else(PoisonError::into_inner);
        let limiter =
            methods.entry(method.into()).or_insert_with(|| Arc::new(Limiter::new(method, self.rate)));
        Arc::clone(limiter)
    }
}

/// However long a server asks to wait, it is asked again after an hour.
const LONGEST_BLOCK: Duration = Duration::from_secs(3_600);

/// The limit of one method.
#[derive(Debug)]
pub(crate) struct Limiter {
    pace: Option<DefaultDirectRateLimiter>,
    blocked_until: Mutex<Option<Instant>>,
}

impl Limiter {
    fn new(method: &str, rate: Rate) -> Self {
        let quota = match rate {
            Rate::Unlimited => None,
            Rate::Tiers(factor) => {
                let calls = (f64::from(calls_per_minute(method)) * factor).round().max(1.0) as u32;
                // Slack tolerates short bursts; a tenth of a minute's calls stays well below trouble.
                let burst = NonZeroU32::new(calls / 10).unwrap_or(NonZeroU32::MIN);
                NonZeroU32::new(calls).map(|calls| Quota::per_minute(calls).allow_burst(burst))
            }
        };
        Self { pace: quota.map(RateLimiter::direct), blocked_until: Mutex::new(None) }
    }

    /// Waits until the method may be called.
    pub(crate) async fn ready(&self) {
        loop {
            while let Some(until) = self.blocked_until() {
                tokio::time::sleep_until(until).await;
            }
            if let Some(pace) = &self.pace {
                pace.until_ready_with_jitter(Jitter::up_to(Duration::from_millis(50))).await;
            }
            // Another call may have been told to wait meanwhile.
            if self.blocked_until().is_none() {
                return;
            }
        }
    }

    /// Keeps the method from being called for a while, as Slack's Retry-After asks.
    pub(crate) fn block(&self, wait: Duration) {
        let until = Instant::now() + wait.min(LONGEST_BLOCK);
        let mut blocked = self.blocked_until.lock().unwrap_or_else(PoisonError::into_inner);
        *blocked = (*blocked).max(Some(until));
    }

    fn blocked_until(&self) -> Option<Instant> {
        let until = *self.blocked_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.filter(|until| *until > Instant::now())
    }
}

/// Slack's published tiers, in calls a minute: <https://docs.slack.dev/apis/web-api/rate-limits>.
fn calls_per_minute(method: &str) -> u32 {
    match method {
        "auth.test" => 300,
        "conversations.list"
        | "users.list"
        | "usergroups.list"
        | "usergroups.users.list"
        | "emoji.list"
        | "pins.list" => 20,
        "conversations.members" | "users.info" | "files.info" => 100,
        _ => 50,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_blocked_method_waits_and_the_others_do_not() {
        let limiters = Limiters::new(Rate::Unlimited);
        limiters.of("conversations.history").block(Duration::from_secs(30));
        let begin = Instant::now();
        limiters.of("conversations.replies").ready().await;
        assert_eq!(begin.elapsed(), Duration::ZERO);
        limiters.of("conversations.history").ready().await;
        assert_eq!(begin.elapsed(), Duration::from_secs(30));
    }
}

//! What a 429 means: the method is to be left alone until its `Retry-After` has passed.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// For so long after a 429 a call counts as one that was sent before its sender could read of it.
const GRACE: Duration = Duration::from_millis(400);

/// The methods that are blocked, and how many calls came all the same.
#[derive(Debug)]
pub(crate) struct Blocks {
    scale: f64,
    blocked: Mutex<HashMap<String, Block>>,
    violations: AtomicU64,
}

#[derive(Debug, Clone, Copy)]
struct Block {
    since: Instant,
    until: Instant,
}

impl Blocks {
    /// Nothing is blocked. `scale` is how much faster than Slack's the time passes.
    pub(crate) fn new(scale: f64) -> Self {
        Self { scale, blocked: Mutex::default(), violations: AtomicU64::new(0) }
    }

    /// The seconds that a method is still blocked for when a call arrives; a call past the grace is counted.
    pub(crate) fn check(&self, method: &str, now: Instant) -> Option<u64> {
        let blocked = self.blocked.lock().unwrap_or_else(PoisonError::into_inner);
        let block = blocked.get(method).filter(|block| now < block.until)?;
        if now.saturating_duration_since(block.since) > GRACE {
            self.violations.fetch_add(1, Ordering::Relaxed);
        }
        Some(self.rest(block, now))
    }

    /// Blocks a method for so many seconds of Slack's time. Returns what `Retry-After` is to say: where it was
    /// blocked meanwhile, by a call that came at the same time, the first block stands.
    pub(crate) fn block(&self, method: &str, seconds: u64) -> u64 {
        let now = Instant::now();
        let mut blocked = self.blocked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(block) = blocked.get(method).filter(|block| now < block.until) {
            return self.rest(block, now);
        }
        // A wait longer than a day blocks for a day: no test waits for it, and the instant stays in bounds.
        let wait = Duration::from_secs_f64((seconds as f64 / self.scale).clamp(0.0, 86_400.0));
        blocked.insert(method.into(), Block { since: now, until: now + wait });
        seconds
    }

    pub(crate) fn violations(&self) -> u64 {
        self.violations.load(Ordering::Relaxed)
    }

    fn rest(&self, block: &Block, now: Instant) -> u64 {
        slack_seconds(block.until.saturating_duration_since(now), self.scale)
    }
}

/// A wait in whole seconds of Slack's time, rounded up and at least one.
pub(crate) fn slack_seconds(wait: Duration, scale: f64) -> u64 {
    // A microsecond less: a block of exactly N seconds must not read as N + 1 by a rounding error.
    ((wait.as_secs_f64() * scale - 1e-6).ceil() as u64).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_lasts_its_seconds_and_counts_what_comes_within_them() {
        let blocks = Blocks::new(10.0);
        let before = Instant::now();
        assert_eq!(blocks.check("users.list", before), None);
        assert_eq!(blocks.block("users.list", 30), 30);
        let after = Instant::now();
        let at = |millis| after + Duration::from_millis(millis);
        assert!(blocks.check("users.list", before).is_some(), "under way before the 429");
        assert_eq!(blocks.check("users.list", before + Duration::from_millis(40)), Some(30));
        assert_eq!(blocks.violations(), 0);
        assert_eq!(blocks.check("users.list", at(1000)), Some(20));
        assert_eq!(blocks.check("users.list", at(2950)), Some(1));
        assert_eq!(blocks.violations(), 2);
        assert_eq!(blocks.check("users.list", at(3000)), None);
        assert_eq!(blocks.check("team.info", at(1000)), None);
        assert_eq!(blocks.violations(), 2);
        assert!(blocks.block("users.list", 99) <= 30, "the first block stands");
    }

    #[test]
    fn waits_are_whole_seconds_of_slacks_time() {
        assert_eq!(slack_seconds(Duration::from_millis(2001), 1.0), 3);
        assert_eq!(slack_seconds(Duration::from_millis(2000), 1.0), 2);
        assert_eq!(slack_seconds(Duration::from_millis(500), 60.0), 30);
        assert_eq!(slack_seconds(Duration::ZERO, 60.0), 1);
    }
}

//! How fast each method is asked. Slack counts per method, so each has a limiter of its own.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::Instant;

use super::options::Rate;
use crate::sources::web_api::lock::lock;
use crate::sources::web_api::methods::{DOWNLOAD, method};
use slack_model::batch::Calls;

/// The limits of all methods: one that is blocked does not hold the others.
#[derive(Debug)]
pub(crate) struct Limiters {
    rate: Rate,
    /// How much faster the server's clock runs than ours.
    time_scale: f64,
    /// The longest wait that a server may ask for, by our clock.
    max_wait: Duration,
    methods: Mutex<HashMap<String, Arc<Limiter>>>,
}

impl Limiters {
    pub(crate) fn new(rate: Rate, time_scale: f64, max_wait: Duration) -> Self {
        Self { rate, time_scale, max_wait, methods: Mutex::new(HashMap::new()) }
    }

    /// The limiter of a method.
    pub(crate) fn of(&self, name: &str) -> Arc<Limiter> {
        // Slack publishes no limit on downloads; where it has one, a 429 says so.
        let rate = if name == DOWNLOAD { Rate::Unlimited } else { self.rate };
        let mut methods = lock(&self.methods);
        let limiter = methods.entry(name.into()).or_insert_with(|| {
            let pace = Mutex::new(Pace::of(method(name).calls_per_minute, rate, self.time_scale));
            Arc::new(Limiter { pace, max_wait: self.max_wait })
        });
        Arc::clone(limiter)
    }

    /// The calls made so far, by method.
    pub(crate) fn calls(&self) -> BTreeMap<String, Calls> {
        let methods = lock(&self.methods);
        methods.iter().map(|(method, limiter)| (method.clone(), lock(&limiter.pace).calls)).collect()
    }
}

/// The limit of one method.
///
/// It begins at the published tier and lets a short burst through. After two minutes' worth of calls without a
/// 429 it goes a tenth faster, again and again. A 429 stops the method for exactly as long as it says and takes
/// the last step back; the step is then tried again after an hour's worth of calls, after two, after four.
#[derive(Debug)]
pub(crate) struct Limiter {
    pace: Mutex<Pace>,
    max_wait: Duration,
}

/// A call's turn: what a 429 to it means depends on the pace at which it was made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turn {
    step: u64,
}

/// How a method is paced. Calls take places on a line of time, one every `1 / rate` seconds; places that were not
/// taken are kept for as many calls as the burst allows (the generic cell rate algorithm).
#[derive(Debug)]
struct Pace {
    /// Calls a second; infinite without a limit.
    rate: f64,
    /// The published tier, in calls a minute.
    tier: f64,
    /// The rate of the tier, times the factor asked for.
    published: f64,
    /// Whether it may go faster than that.
    climbs: bool,
    /// Calls that may be made at once.
    burst: f64,
    /// The next free place, once there was a first.
    next: Option<Instant>,
    blocked_until: Option<Instant>,
    /// Counts the changes of the rate.
    step: u64,
    /// Calls answered since the last change.
    answered: f64,
    /// The lowest rate that met a 429.
    ceiling: f64,
    /// Minutes' worth of calls to wait before the ceiling is tried again.
    patience: f64,
    calls: Calls,
}

/// No run lasts this long: waits that are longer are for ever.
const FOR_EVER: Duration = Duration::from_secs(100 * 365 * 86_400);

/// A rate of less than a call in this time is none.
const LONGEST_INTERVAL: Duration = Duration::from_secs(3_600);

/// One step of the climb.
const STEP: f64 = 1.1;

/// How many minutes' worth of calls make a step, and how many it takes at first until a step that met a 429 is
/// tried again.
const MINUTES_A_STEP: f64 = 2.0;
const FIRST_PATIENCE: f64 = 60.0;

impl Limiter {
    /// Waits for the method's next turn.
    ///
    /// # Errors
    ///
    /// How long Slack asks to wait, where that is longer than the limit: the method is not called before.
    pub(crate) async fn ready(&self) -> Result<Turn, Duration> {
        let mut place = None;
        loop {
            let until = {
                let mut pace = lock(&self.pace);
                let now = Instant::now();
                if let Some(until) = pace.blocked_until.filter(|until| *until > now) {
                    if until - now > self.max_wait {
                        return Err(until - now);
                    }
                    // A place that was taken before the block is lost: calls that waited must not all go at once.
                    place = None;
                    until
                } else {
                    let mine = *place.get_or_insert_with(|| pace.take_place(now));
                    if mine <= now {
                        pace.calls.made += 1;
                        return Ok(Turn { step: pace.step });
                    }
                    mine
                }
            };
            tokio::time::sleep_until(until).await;
        }
    }

    /// A call was answered: after enough of them the method goes faster. Returns the calls a minute that it has
    /// climbed to.
    pub(crate) fn answered(&self) -> Option<f64> {
        lock(&self.pace).answered()
    }

    /// Slack asks to wait: the method is not called for exactly that long, and goes slower after it.
    pub(crate) fn limited(&self, turn: Turn, wait: Duration) {
        self.block(wait);
        let mut pace = lock(&self.pace);
        pace.calls.limited += 1;
        pace.step_back(turn);
    }

    /// The server asks to wait for another reason: the method is not called for exactly that long.
    pub(crate) fn block(&self, wait: Duration) {
        let mut pace = lock(&self.pace);
        let until = Instant::now() + wait.min(FOR_EVER);
        pace.blocked_until = pace.blocked_until.max(Some(until));
    }

    /// Slows the method down to so many calls a minute of Slack's time.
    pub(crate) fn hold_at(&self, calls_per_minute: f64) {
        let mut pace = lock(&self.pace);
        if pace.published.is_finite() {
            pace.rate = pace.rate.min(pace.published * calls_per_minute / pace.tier);
            pace.climbs = false;
            pace.burst = 1.0;
            // Places that were taken at the old pace count at the new one.
            pace.next = Some(Instant::now() + interval(pace.rate));
        }
    }

    /// Takes a [hold](Self::hold_at) back.
    pub(crate) fn release(&self) {
        let mut pace = lock(&self.pace);
        pace.rate = pace.published;
        pace.climbs = pace.published.is_finite();
        pace.next = None;
        pace.burst = burst(pace.tier);
    }
}

/// Slack tolerates short bursts; a tenth of a minute's calls stays well below trouble.
fn burst(tier: f64) -> f64 {
    (tier / 10.0).floor().max(1.0)
}

impl Pace {
    fn of(calls_per_minute: u32, rate: Rate, time_scale: f64) -> Self {
        let tier = f64::from(calls_per_minute);
        let published = match rate {
            Rate::Tiers(factor) => tier * factor * time_scale / 60.0,
            Rate::Unlimited => f64::INFINITY,
        };
        Self {
            rate: published,
            tier,
            published,
            climbs: published.is_finite(),
            burst: burst(tier),
            next: None,
            blocked_until: None,
            step: 0,
            answered: 0.0,
            ceiling: f64::INFINITY,
            patience: FIRST_PATIENCE,
            calls: Calls::default(),
        }
    }

    fn take_place(&mut self, now: Instant) -> Instant {
        if self.rate.is_infinite() {
            return now;
        }
        let kept = interval(self.rate).mul_f64(self.burst - 1.0);
        let kept = now.checked_sub(kept).unwrap_or(now);
        let place = self.next.map_or(kept, |next| next.max(kept));
        self.next = Some(place + interval(self.rate));
        place
    }

    fn answered(&mut self) -> Option<f64> {
        self.answered += 1.0;
        let next = self.rate * STEP;
        // A rate that met a 429 is tried again, but not soon: what was tight may be so no longer.
        let minutes = if next < self.ceiling { MINUTES_A_STEP } else { self.patience };
        if !self.climbs || self.answered < minutes * self.tier {
            return None;
        }
        self.change_rate(next);
        Some(next * 60.0)
    }

    fn step_back(&mut self, turn: Turn) {
        // Calls that were under way together meet the same limit together: that is one step.
        if !self.published.is_finite() || turn.step != self.step {
            return;
        }
        if self.rate > self.published {
            if self.rate >= self.ceiling {
                self.patience *= 2.0;
            }
            self.ceiling = self.rate;
            self.change_rate((self.rate / STEP).max(self.published));
        } else if self.climbs {
            // Others use the same limit. It is not given up below a call or so in ten minutes.
            self.ceiling = f64::INFINITY;
            self.change_rate((self.rate / STEP / STEP).max(self.published / 100.0));
        }
    }

    fn change_rate(&mut self, rate: f64) {
        self.rate = rate;
        self.step += 1;
        self.answered = 0.0;
    }
}

fn interval(rate: f64) -> Duration {
    Duration::try_from_secs_f64(1.0 / rate).unwrap_or(LONGEST_INTERVAL)
}

#[cfg(test)]
mod servers;
#[cfg(test)]
mod tests;

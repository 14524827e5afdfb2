//! What goes wrong on demand.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::args::Args;
use crate::dice::Dice;

/// What goes wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// HTTP 429 with `Retry-After` in whole seconds. The method stays blocked until they have passed.
    RateLimited {
        /// The seconds to wait, of Slack's time.
        retry_after: u64,
    },
    /// HTTP 200 with the error `ratelimited` and no `Retry-After`; it blocks nothing.
    RateLimitedInBody,
    /// An HTTP status with a page of HTML, as a gateway sends it.
    Status(u16),
    /// HTTP 200 with a page of HTML.
    Html,
    /// The connection breaks in the middle of the true body.
    CutConnection,
    /// The first half of the true body comes as if it were the whole.
    HalfBody,
    /// HTTP 200 with Slack's `{"ok":false,"error":…}`.
    Error(String),
    /// The error `invalid_cursor`. It meets only calls that carry a cursor.
    InvalidCursor,
    /// An empty page with a cursor that goes on with the true one, so that nothing is lost. It meets only
    /// methods that are paged by cursors.
    EmptyPage,
    /// The true answer after so much real time.
    Slow(Duration),
    /// No answer, and an open connection until the server stops.
    Hang,
    /// HTTP 302 to this address.
    Redirect(String),
}

/// Which calls a fault meets. The download of a file is a call of the method `download`, without arguments.
///
/// A rule is also read from a text, as the command line takes it:
/// `METHOD:FAULT[:times=N][:after=N][:share=X][:channel=ID][:cursor]`. METHOD may be `*`; FAULT is `429=SECONDS`,
/// `ratelimited`, an HTTP status such as `500`, `html`, `cut`, `half`, `error=CODE`, `invalid-cursor`, `empty`,
/// `slow=SECONDS`, `hang` or `redirect=URL`.
///
/// ```
/// use slack_sandbox::{Fault, FaultRule};
/// let rule: FaultRule = "conversations.history:429=30:share=0.05".parse()?;
/// assert_eq!(rule.fault, Fault::RateLimited { retry_after: 30 });
/// assert_eq!(rule.share, Some(0.05));
/// # Ok::<(), slack_sandbox::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FaultRule {
    /// Only calls of this method.
    pub method: Option<String>,
    /// Only calls with this `channel`.
    pub channel: Option<String>,
    /// Only calls that carry a cursor.
    pub only_cursor: bool,
    /// Lets so many of the calls that it fits pass first.
    pub after: u32,
    /// Meets a call that it fits with this chance, from 0 to 1: the same calls for the same
    /// [fault seed](crate::SandboxBuilder::fault_seed), as they are drawn by their number.
    pub share: Option<f64>,
    /// Only so many calls, the first ones.
    pub times: Option<u32>,
    /// What goes wrong.
    pub fault: Fault,
}

/// A call as the rules see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) method: &'a str,
    pub(crate) args: &'a Args,
    /// Whether the method is paged by cursors.
    pub(crate) paged: bool,
}

/// The rules, and how often each was used.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<Used>>);

#[derive(Debug)]
struct Used {
    rule: FaultRule,
    fitted: u32,
    met: u32,
    dice: Dice,
}

impl FaultRule {
    /// A fault of every call; narrow it by the fields.
    pub fn new(fault: Fault) -> Self {
        Self { method: None, channel: None, only_cursor: false, after: 0, share: None, times: None, fault }
    }

    fn fits(&self, target: Target<'_>) -> bool {
        let needs_cursor = self.only_cursor || self.fault == Fault::InvalidCursor;
        self.method.as_deref().is_none_or(|wanted| wanted == target.method)
            && self.channel.as_deref().is_none_or(|wanted| target.args.get("channel") == Some(wanted))
            && (!needs_cursor || target.args.get("cursor").is_some())
            && (target.paged || self.fault != Fault::EmptyPage)
    }
}

impl Faults {
    pub(crate) fn new(rules: Vec<FaultRule>, seed: u64) -> Self {
        // Each rule has dice of its own: what one meets does not depend on the others' calls.
        let used =
            |(number, rule)| Used { rule, fitted: 0, met: 0, dice: Dice::new(seed.wrapping_add(number)) };
        Self(Mutex::new((0u64..).zip(rules).map(used).collect()))
    }

    /// The fault that meets a call: of the rules that fit, the first that is not to let it pass.
    pub(crate) fn take(&self, target: Target<'_>) -> Option<Fault> {
        let mut rules = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rules.iter_mut().find_map(|used| used.meets(target).then(|| used.rule.fault.clone()))
    }
}

impl Used {
    fn meets(&mut self, target: Target<'_>) -> bool {
        if !self.rule.fits(target) || self.rule.times.is_some_and(|times| self.met >= times) {
            return false;
        }
        self.fitted = self.fitted.saturating_add(1);
        if self.fitted <= self.rule.after || !self.rule.share.is_none_or(|share| self.dice.chance(share)) {
            return false;
        }
        self.met = self.met.saturating_add(1);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(faults: &Faults, method: &str, query: &str) -> Option<Fault> {
        let args = &Args::read(query, b"").0;
        faults.take(Target { method, args, paged: method == "users.list" })
    }

    #[test]
    fn rules_meet_their_calls_in_order_and_run_out() {
        let html =
            FaultRule { method: Some("users.list".into()), times: Some(2), ..FaultRule::new(Fault::Html) };
        let error = Fault::Error("not_in_channel".into());
        let closed = FaultRule { channel: Some("C1".into()), ..FaultRule::new(error.clone()) };
        let faults = Faults::new(vec![html, closed], 0);
        assert_eq!(take(&faults, "users.list", ""), Some(Fault::Html));
        assert_eq!(take(&faults, "users.list", "channel=C1"), Some(Fault::Html));
        assert_eq!(take(&faults, "users.list", ""), None);
        assert_eq!(take(&faults, "conversations.history", "channel=C1"), Some(error));
        assert_eq!(take(&faults, "conversations.history", ""), None);
    }

    #[test]
    fn the_first_calls_pass_and_the_kind_of_call_matters() {
        let late = FaultRule { after: 2, times: Some(1), ..FaultRule::new(Fault::Hang) };
        let faults = Faults::new(vec![late], 0);
        let met: Vec<_> = (0..5).map(|_| take(&faults, "team.info", "").is_some()).collect();
        assert_eq!(met, [false, false, true, false, false]);
        let faults = Faults::new(vec![FaultRule::new(Fault::InvalidCursor)], 0);
        assert_eq!(take(&faults, "users.list", ""), None);
        assert_eq!(take(&faults, "users.list", "cursor=x"), Some(Fault::InvalidCursor));
        let rule = FaultRule { only_cursor: true, ..FaultRule::new(Fault::EmptyPage) };
        let faults = Faults::new(vec![rule], 0);
        assert_eq!(take(&faults, "users.list", ""), None);
        assert_eq!(take(&faults, "users.list", "cursor=x"), Some(Fault::EmptyPage));
        assert_eq!(take(&faults, "team.info", "cursor=x"), None, "team.info is not paged");
    }

    #[test]
    fn a_share_of_the_calls_is_the_same_for_the_same_seed() {
        let met = |seed| {
            let rule = |share| FaultRule { share: Some(share), ..FaultRule::new(Fault::Html) };
            let faults = Faults::new(vec![rule(0.0), rule(0.2)], seed);
            (0..1000).map(|_| take(&faults, "team.info", "").is_some()).collect::<Vec<_>>()
        };
        assert_eq!(met(3), met(3));
        assert_ne!(met(3), met(4));
        let count = met(3).iter().filter(|met| **met).count();
        assert!((150..250).contains(&count), "{count}");
    }
}

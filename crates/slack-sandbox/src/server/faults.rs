//! What goes wrong on demand.

use std::sync::{Mutex, PoisonError};

use super::args::Args;

/// What goes wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// HTTP 429 with `Retry-After` in whole seconds.
    RateLimited {
        /// The seconds to wait.
        retry_after: u64,
    },
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
}

/// Which calls a fault meets.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FaultRule {
    /// Only calls of this method.
    pub method: Option<String>,
    /// Only calls with this `channel`.
    pub channel: Option<String>,
    /// Only so many calls, the first ones.
    pub times: Option<u32>,
    /// What goes wrong.
    pub fault: Fault,
}

/// The rules, and how often each may still be used.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<FaultRule>>);

impl FaultRule {
    /// A fault of every call; narrow it by the fields.
    pub fn new(fault: Fault) -> Self {
        Self { method: None, channel: None, times: None, fault }
    }

    fn meets(&self, method: &str, args: &Args) -> bool {
        self.method.as_deref().is_none_or(|wanted| wanted == method)
            && self.channel.as_deref().is_none_or(|wanted| args.get("channel") == Some(wanted))
            && self.times != Some(0)
    }
}

impl Faults {
    pub(crate) fn new(rules: Vec<FaultRule>) -> Self {
        Self(Mutex::new(rules))
    }

    /// The fault that meets a call: the first rule's that fits, which this uses once.
    pub(crate) fn take(&self, method: &str, args: &Args) -> Option<Fault> {
        let mut rules = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let rule = rules.iter_mut().find(|rule| rule.meets(method, args))?;
        if let Some(times) = &mut rule.times {
            *times -= 1;
        }
        Some(rule.fault.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_meet_their_calls_in_order_and_run_out() {
        let html =
            FaultRule { method: Some("users.list".into()), times: Some(2), ..FaultRule::new(Fault::Html) };
        let error = Fault::Error("not_in_channel".into());
        let closed = FaultRule { channel: Some("C1".into()), ..FaultRule::new(error.clone()) };
        let faults = Faults::new(vec![html, closed]);
        let c1 = Args::read("channel=C1", b"").0;
        assert_eq!(faults.take("users.list", &Args::default()), Some(Fault::Html));
        assert_eq!(faults.take("users.list", &c1), Some(Fault::Html));
        assert_eq!(faults.take("users.list", &Args::default()), None);
        assert_eq!(faults.take("conversations.history", &c1), Some(error));
        assert_eq!(faults.take("conversations.history", &Args::default()), None);
    }
}

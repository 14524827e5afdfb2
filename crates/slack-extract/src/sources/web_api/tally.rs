use std::time::Duration;

use slack_model::Time;
use slack_model::batch::Request;

/// What a request has cost so far.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(super) attempts: u64,
    pub(super) limited: u64,
    /// How long it waited for its turn, and how long between tries.
    pub(super) waited: Duration,
    pub(super) backed_off: Duration,
    /// How long the server asked it to wait, all together.
    pub(super) told: Duration,
    pub(super) duration: Duration,
    pub(super) requested_at: Option<Time>,
}

impl Tally {
    /// Adds what a request has cost to its row.
    pub(crate) fn fill(&self, row: Request) -> Request {
        let millis = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Request {
            attempts: self.attempts,
            waited_ms: millis(self.waited + self.backed_off),
            duration_ms: millis(self.duration),
            requested_at: self.requested_at,
            ..row
        }
    }
}

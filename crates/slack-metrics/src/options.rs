use std::num::NonZeroUsize;
use std::path::PathBuf;

use slack_model::{ChannelId, Time, Ts};

/// What to measure, and how.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct MetricOptions {
    /// Number of threads; as many as the machine has cores where `None`. The tables do not depend on it.
    pub threads: Option<NonZeroUsize>,
    /// Bytes of memory to stay within, about; see [`measure`](crate::measure).
    pub max_memory: Option<u64>,
    /// The folder for what outgrows memory, in files that have no name; the system's where `None`.
    pub spill_to: Option<PathBuf>,
    /// The tables to write; all where empty.
    pub only: Vec<String>,
    /// The tables not to write.
    pub skip: Vec<String>,
    /// Messages, and reactions to them, count from this instant on.
    pub since: Option<Time>,
    /// Messages, and reactions to them, count up to this instant, itself not among them.
    pub until: Option<Time>,
    /// The channels whose messages count; all where empty.
    pub channels: Vec<ChannelId>,
    /// The time zone of days, hours and months, by IANA's name (`Europe/Berlin`); UTC where `None`.
    pub timezone: Option<String>,
    /// A table of time zones in place of the embedded one: CSV with the columns tz, cc, country, city.
    pub zones: Option<Vec<u8>>,
}

impl MetricOptions {
    /// Whether the messages of a channel count.
    pub(crate) fn wants_channel(&self, id: &[u8]) -> bool {
        self.channels.is_empty() || self.channels.iter().any(|channel| channel.as_str().as_bytes() == id)
    }

    /// Whether messages of a time count.
    pub(crate) fn wants_time(&self, ts: Ts) -> bool {
        self.since.is_none_or(|since| since <= ts.time()) && self.until.is_none_or(|until| ts.time() < until)
    }
}

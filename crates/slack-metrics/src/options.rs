use std::num::NonZeroUsize;

/// What to measure, and how.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct MetricOptions {
    /// Number of threads; as many as the machine has cores where `None`. The tables do not depend on it.
    pub threads: Option<NonZeroUsize>,
    /// The tables to write; all where empty.
    pub only: Vec<String>,
    /// The tables not to write.
    pub skip: Vec<String>,
    /// The time zone of days, hours and months, by IANA's name (`Europe/Berlin`); UTC where `None`.
    pub timezone: Option<String>,
    /// A table of time zones in place of the embedded one: CSV with the columns tz, cc, country, city.
    pub zones: Option<Vec<u8>>,
}

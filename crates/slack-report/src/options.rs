use slack_model::Time;

use crate::capture::Capture;
use crate::pseudonym::PseudonymKey;

/// What a report says of itself, and what it does not say of others.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ReportOptions {
    /// What the page is called; by default the workspace's name.
    pub title: Option<String>,
    /// Whose tables these are: `master`, or `batch 20261123190212`.
    pub subject: String,
    /// When the report is made.
    pub generated_at: Time,
    /// The time zone of the metric tables' days, months and hours, by IANA's name.
    pub zone: String,
    /// With a key, people have pseudonyms, and what tells who somebody is (country, first and last day) is left out.
    pub pseudonyms: Option<PseudonymKey>,
    /// Groups of fewer people (channels, countries, cohorts, emoji's users, communities) are not shown by themselves. 0 and
    /// 1 show all.
    pub min_group: u64,
    /// Number of private channels and direct messages that were left out of the tables.
    pub left_out: u64,
    /// The captures that the tables came from, for what is missing.
    pub captures: Vec<Capture>,
}

impl Default for ReportOptions {
    /// A report of a master, with people's names, of groups of any size, made in 1970: there is no clock in here.
    fn default() -> Self {
        Self {
            title: None,
            subject: "master".into(),
            generated_at: Time::EPOCH,
            zone: "UTC".into(),
            pseudonyms: None,
            min_group: 1,
            left_out: 0,
            captures: Vec::new(),
        }
    }
}

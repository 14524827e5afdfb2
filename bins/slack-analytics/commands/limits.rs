//! The arguments that raise the limits of a capture: whatever a server sends, a capture ends and fits into memory.

use std::time::Duration;

use clap::Args;
use clap::builder::RangedU64ValueParser;
use slack_extract::ApiOptions;

/// Limits on what a server may send, and on how long it may take.
#[derive(Debug, Args)]
pub(crate) struct LimitArgs {
    /// Largest answer of the API to read, in MB [default: 32]
    #[arg(long, value_name = "MB", value_parser = at_least_1())]
    max_answer: Option<u64>,
    /// Longest time that Slack may ask a request to wait, in seconds; what takes longer is a gap [default: 3600]
    #[arg(long, value_name = "SECONDS", value_parser = at_least_1())]
    max_wait: Option<u64>,
    /// Longest time for the bytes of one file, in seconds [default: 3600]
    #[arg(long, value_name = "SECONDS", value_parser = at_least_1())]
    file_timeout: Option<u64>,
    /// Pages in a row without a new record after which a list is given up; a page that repeats others counts as ten [default: 100]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_idle_pages: Option<u32>,
    /// Most pages of one list [default: 100000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_pages: Option<u32>,
}

/// The arguments by their names: they say how to capture, not what.
pub(crate) const LIMITS: [&str; 5] =
    ["max_answer", "max_wait", "file_timeout", "max_idle_pages", "max_pages"];

impl LimitArgs {
    /// Raises, or lowers, the limits that are given.
    pub(crate) fn apply(&self, options: &mut ApiOptions) {
        let seconds = |given: Option<u64>, usual: Duration| given.map_or(usual, Duration::from_secs);
        let megabytes = self.max_answer.map(|megabytes| megabytes.saturating_mul(1_000_000));
        options.max_answer = megabytes.unwrap_or(options.max_answer);
        options.max_wait = seconds(self.max_wait, options.max_wait);
        options.file_timeout = seconds(self.file_timeout, options.file_timeout);
        options.max_idle_pages = self.max_idle_pages.unwrap_or(options.max_idle_pages);
        options.max_pages = self.max_pages.unwrap_or(options.max_pages);
    }
}

fn at_least_1() -> RangedU64ValueParser {
    RangedU64ValueParser::new().range(1..)
}

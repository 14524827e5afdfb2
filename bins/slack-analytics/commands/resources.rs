use std::num::NonZeroUsize;

use clap::Args;
use slack_merge::MergeOptions;
use slack_metrics::MetricOptions;
use slack_model::TransformOptions;

/// The threads of a stage whose memory does not grow with the data.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Threads {
    /// Threads [default: as many as the machine runs at once]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
}

impl Threads {
    /// As merges take them.
    pub(crate) fn merge(&self) -> MergeOptions {
        let mut options = MergeOptions::default();
        options.threads = self.threads;
        options
    }
}

/// What a stage may use of the machine.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Resources {
    #[command(flatten)]
    threads: Threads,
    /// Memory, such as 500M or 2G; what does not fit goes to temporary files
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    max_memory: Option<u64>,
}

impl Resources {
    /// As the stage `transform` takes them.
    pub(crate) fn transform(&self) -> TransformOptions {
        let mut options = TransformOptions::default();
        options.threads = self.threads.threads;
        options.max_memory = self.max_memory;
        options
    }

    /// The threads.
    pub(crate) fn threads(&self) -> Option<NonZeroUsize> {
        self.threads.threads
    }

    /// As metrics take them.
    pub(crate) fn limit(&self, options: &mut MetricOptions) {
        options.threads = self.threads.threads;
        options.max_memory = self.max_memory;
    }
}

/// Reads a number of bytes: `1000000`, `500K`, `500M`, `2G`, where K is 1,024.
pub(crate) fn parse_size(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let shift = match text[digits.len()..].to_ascii_uppercase().as_str() {
        "" | "B" => 0,
        "K" | "KB" | "KIB" => 10,
        "M" | "MB" | "MIB" => 20,
        "G" | "GB" | "GIB" => 30,
        "T" | "TB" | "TIB" => 40,
        _ => return Err("a size is a number of bytes, or one with K, M, G or T, such as 500M".into()),
    };
    let number: u64 =
        digits.parse().map_err(|_| "a size begins with a whole number, such as 500M".to_owned())?;
    number
        .checked_mul(1 << shift)
        .filter(|size| *size > 0)
        .ok_or_else(|| "no size that there could be".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        let sizes =
            [("4096", 4096), ("500M", 500 << 20), ("2G", 2 << 30), ("2gib", 2 << 30), ("7k", 7 << 10)];
        for (text, size) in sizes {
            assert_eq!(parse_size(text), Ok(size), "{text}");
        }
        for text in ["", "M", "1.5G", "-1", "0", "10X", "99999999999T"] {
            assert!(parse_size(text).is_err(), "{text}");
        }
    }
}

use std::path::PathBuf;

use clap::Args;
use slack_metrics::MetricOptions;
use slack_model::Time;

use super::import::parse_time;
use crate::app::App;
use crate::failure::{Failure, Result, Usage};
use slack_pipeline::Subject;

/// Which messages count, and where their tables go.
#[derive(Debug, Args)]
pub(crate) struct Chosen {
    /// Only what was written from this time on (2024-08-22T10:00:00Z, or a date)
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    since: Option<Time>,
    /// Only what was written before this time
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    until: Option<Time>,
    /// Only this channel's messages, by id or name (repeat for more)
    #[arg(long, value_name = "CHANNEL")]
    channel: Vec<String>,
    /// Where to write, if not to the metrics of the master or the batch
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// When days begin.
#[derive(Debug, Args)]
pub(crate) struct Zone {
    /// The time zone of days, hours and months, by IANA's name [default: UTC]
    #[arg(long, value_name = "ZONE", value_parser = parse_zone)]
    timezone: Option<String>,
}

impl Zone {
    /// Measures in this zone.
    pub(crate) fn apply(&self, options: &mut MetricOptions) {
        options.timezone.clone_from(&self.timezone);
    }
}

/// Refuses a name that is none before anything is captured or measured.
fn parse_zone(text: &str) -> Result<String, String> {
    match slack_metrics::is_timezone(text) {
        true => Ok(text.into()),
        false => Err("want the name of a time zone, such as Europe/Berlin or UTC".into()),
    }
}

impl Chosen {
    /// Chooses the messages, and returns the folder.
    pub(crate) fn apply(
        &self,
        app: &App<'_>,
        subject: &Subject,
        options: &mut MetricOptions,
    ) -> Result<PathBuf> {
        (options.since, options.until) = (self.since, self.until);
        options.channels = app.pipeline.channels(subject, &self.channel)?;
        if self.since.zip(self.until).is_some_and(|(since, until)| since >= until) {
            return Err(Usage("--since must come before --until".into()).into());
        }
        let folder = self.out.clone().unwrap_or_else(|| app.pipeline.results(subject));
        let is_tables = |out: &PathBuf| {
            Ok::<_, Failure>(
                out.exists() && out.canonicalize()? == app.pipeline.tables(subject)?.canonicalize()?,
            )
        };
        if is_tables(&folder)? {
            return Err(Usage(format!("{} holds the tables that are measured", folder.display())).into());
        }
        Ok(folder)
    }
}

use std::io::Write;

use serde::Serialize;
use slack_model::TableSource;
use slack_model::rows::Batch;

use crate::calendar;
use crate::error::Result;
use crate::options::ReportOptions;
use crate::page;
use crate::people::People;
use crate::rows;
use crate::sections::channels::{Channels, channels};
use crate::sections::countries::{Countries, countries};
use crate::sections::days::{Days, days};
use crate::sections::emoji::{Emoji, emoji};
use crate::sections::hours::{Hours, hours};
use crate::sections::key_figures::{KeyFigures, key_figures};
use crate::sections::missing::{Missing, missing};
use crate::sections::network::{Network, network};
use crate::sections::newcomers::{Newcomers, newcomers};
use crate::sections::people::{Answers, PeopleColumns, people};
use crate::sections::responses::{Responses, response, responses};
use crate::sections::retention::{Retention, retention};

/// What a page shows.
#[derive(Debug, Serialize)]
pub struct Report {
    title: String,
    subject: String,
    generated_at: String,
    tool_version: &'static str,
    zone: String,
    from: Option<String>,
    to: Option<String>,
    anonymous: bool,
    min_group: u64,
    left_out: u64,
    totals: Totals,
    key_figures: Option<KeyFigures>,
    days: Days,
    hours: Hours,
    channels: Channels,
    responses: Responses,
    newcomers: Newcomers,
    retention: Retention,
    people: PeopleColumns,
    answers: Answers,
    emoji: Emoji,
    network: Option<Network>,
    countries: Countries,
    missing: Missing,
}

/// Sums over all days.
#[derive(Debug, Serialize)]
struct Totals {
    posts: u64,
    replies: u64,
    reactions: u64,
    /// People who ever posted.
    people: u64,
    /// Channels with a post.
    channels: u64,
    /// Threads with a reply.
    threads: u64,
}

impl Report {
    /// Puts together what the page shows. `tables` are those of a batch or master, `metrics` the metric tables and the
    /// measures of its network. A table that is not there counts as empty.
    ///
    /// # Errors
    ///
    /// Where a table cannot be read, or there is no such time zone.
    pub fn read(
        tables: &dyn TableSource,
        metrics: &dyn TableSource,
        options: &ReportOptions,
    ) -> Result<Self> {
        let zone = calendar::zone(&options.zone)?;
        let min_group = options.min_group.max(1);
        let days = days(&rows::read(metrics)?)?;
        let everybody = People::read(tables, metrics, options)?;
        let channels = channels(tables, metrics, &days, zone, min_group, options.pseudonyms.is_some())?;
        let mut threads = Vec::new();
        rows::each(metrics, |row| threads.push(response(&row, zone)))?;
        let (people, answers) = people(metrics, &everybody, zone, options.pseudonyms.is_some())?;
        Ok(Self {
            title: title(tables, options)?,
            subject: options.subject.clone(),
            generated_at: options.generated_at.to_string(),
            tool_version: env!("CARGO_PKG_VERSION"),
            zone: options.zone.clone(),
            from: days.first.map(|day| day.to_string()),
            to: days.last.map(|day| day.to_string()),
            anonymous: options.pseudonyms.is_some(),
            min_group,
            left_out: options.left_out,
            totals: Totals {
                posts: days.posts.iter().sum(),
                replies: days.replies.iter().sum(),
                reactions: days.reactions.iter().sum(),
                people: everybody.rows.iter().filter(|row| row.message_count > 0).count() as u64,
                channels: channels.posted,
                threads: channels.threads,
            },
            key_figures: key_figures(&days, &threads),
            hours: hours(metrics, zone)?,
            responses: responses(&threads),
            newcomers: newcomers(metrics, &days)?,
            retention: retention(metrics, min_group)?,
            people,
            answers,
            emoji: emoji(metrics, min_group)?,
            network: network(metrics, &everybody, &channels.names, min_group, options.pseudonyms.is_some())?,
            countries: countries(&everybody, min_group, options.pseudonyms.is_some()),
            missing: missing(tables, &options.captures, &channels.names)?,
            channels,
            days,
        })
    }

    /// Writes the page: one file, which needs no other and no network.
    ///
    /// # Errors
    ///
    /// Where it cannot be written.
    pub fn write_html(&self, to: impl Write) -> Result<()> {
        page::write(&self.title, self, to)
    }
}

/// What the report is called: as asked for, or as the newest batch calls the workspace.
fn title(tables: &dyn TableSource, options: &ReportOptions) -> Result<String> {
    let mut name = String::new();
    rows::each(tables, |batch: Batch| {
        if !batch.team_name.trim().is_empty() {
            name = batch.team_name;
        }
    })?;
    let name = Some(name).filter(|name| !name.is_empty());
    Ok(options.title.clone().or(name).unwrap_or_else(|| "Slack workspace".into()))
}

use rustc_hash::{FxHashMap, FxHashSet};

use serde::Serialize;
use slack_model::{ChannelId, TableSource};

use super::days::Days;
use crate::calendar::{day_of, months};
use crate::error::Result;
use crate::rows::{self, ArchivedRow, ChannelResponseRow, ChannelRow, CubeRow, HealthRow};

/// The channels with a post, and how they are doing.
#[derive(Debug, Serialize)]
pub(crate) struct Channels {
    months: Vec<String>,
    rows: Vec<Channel>,
    /// Channels of fewer people than are shown by themselves.
    folded: Option<Folded>,
    /// What channels are called that the page may name, by id.
    #[serde(skip)]
    pub(crate) names: FxHashMap<ChannelId, String>,
    /// Number of channels with a post, folded ones included.
    #[serde(skip)]
    pub(crate) posted: u64,
    /// Number of threads with a reply, in all channels.
    #[serde(skip)]
    pub(crate) threads: u64,
}

#[derive(Debug, Serialize)]
struct Channel {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    archived: bool,
    posts: u64,
    replies: u64,
    threads: u64,
    people: u64,
    reactions: u64,
    first: Option<String>,
    last: Option<String>,
    opened: u64,
    answered: u64,
    median_response_s: Option<f64>,
    p90_response_s: Option<f64>,
    absence_factor: Option<u64>,
    gini: Option<f64>,
    burstiness: Option<f64>,
    /// Posts of each month.
    by_month: Vec<u64>,
}

#[derive(Debug, Default, Serialize)]
struct Folded {
    channels: u64,
    posts: u64,
    replies: u64,
    reactions: u64,
}

pub(crate) fn channels(
    tables: &dyn TableSource,
    metrics: &dyn TableSource,
    days: &Days,
    zone: chrono_tz::Tz,
    min_group: u64,
) -> Result<Channels> {
    let mut archived = FxHashSet::default();
    rows::each(tables, |row: ArchivedRow| {
        if row.is_archived == Some(true) {
            archived.insert(row.id);
        }
    })?;
    let by_channel = |row: HealthRow| (row.channel.clone(), row);
    let mut health: FxHashMap<_, _> = rows::read(metrics)?.into_iter().map(by_channel).collect();
    let by_channel = |row: ChannelResponseRow| (row.channel.clone(), row);
    let mut responses: FxHashMap<_, _> = rows::read(metrics)?.into_iter().map(by_channel).collect();
    let months = days.first.zip(days.last).map(|(first, last)| months(first, last)).unwrap_or_default();
    let mut by_month = posts_by_month(metrics, &months)?;

    let all: Vec<ChannelRow> = rows::read(metrics)?;
    let name = |row: &ChannelRow| (row.channel.clone(), row.name.clone());
    let mut names: FxHashMap<_, _> = all.iter().map(name).collect();
    let threads = all.iter().map(|row| row.threads).sum();
    let posted: Vec<_> = all.into_iter().filter(|row| row.posts > 0).collect();
    let n_posted = posted.len() as u64;
    let (shown, small) = crate::fold::fold(posted, min_group, |row| row.users);
    small.iter().for_each(|row| drop(names.remove(&row.channel)));
    let folded = (!small.is_empty()).then(|| {
        small.iter().fold(Folded::default(), |sum, row| Folded {
            channels: sum.channels + 1,
            posts: sum.posts + row.posts,
            replies: sum.replies + row.replies,
            reactions: sum.reactions + row.reactions,
        })
    });
    let mut rows: Vec<_> = shown
        .into_iter()
        .map(|row| {
            let (health, response) = (health.remove(&row.channel), responses.remove(&row.channel));
            let day = |time| Some(day_of(time?, zone).to_string());
            Channel {
                archived: archived.contains(&row.channel),
                by_month: by_month.remove(row.channel.as_str()).unwrap_or_else(|| vec![0; months.len()]),
                name: row.name,
                kind: row.kind,
                posts: row.posts,
                replies: row.replies,
                threads: row.threads,
                people: row.users,
                reactions: row.reactions,
                first: day(row.first_post),
                last: day(row.last_post),
                opened: response.as_ref().map_or(0, |response| response.threads),
                answered: response.as_ref().map_or(0, |response| response.answered),
                median_response_s: response
                    .as_ref()
                    .and_then(|response| response.median_response_s)
                    .map(|wait| wait.0),
                p90_response_s: response.and_then(|response| response.p90_response_s).map(|wait| wait.0),
                absence_factor: health.as_ref().and_then(|health| health.absence_factor),
                gini: health.as_ref().and_then(|health| health.gini).map(|gini| gini.0),
                burstiness: health.and_then(|health| health.burstiness).map(|burstiness| burstiness.0),
            }
        })
        .collect();
    rows.sort_by(|one, other| other.posts.cmp(&one.posts).then_with(|| one.name.cmp(&other.name)));
    Ok(Channels { months, rows, folded, names, posted: n_posted, threads })
}

/// Posts of each channel in each month.
fn posts_by_month(metrics: &dyn TableSource, months: &[String]) -> Result<FxHashMap<String, Vec<u64>>> {
    let mut by_channel = FxHashMap::<String, Vec<u64>>::default();
    rows::each(metrics, |cell: CubeRow| {
        // An empty cell means all.
        let is_wanted = cell.user_id.is_empty() && !cell.channel.is_empty();
        if let Some(month) = months.iter().position(|month| is_wanted && *month == cell.month) {
            by_channel.entry(cell.channel).or_insert_with(|| vec![0; months.len()])[month] = cell.posts;
        }
    })?;
    Ok(by_channel)
}

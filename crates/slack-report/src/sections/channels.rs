use std::cmp::Reverse;

use rustc_hash::{FxHashMap, FxHashSet};

use serde::Serialize;
use slack_model::{ChannelId, TableSource};

use super::days::Days;
use crate::calendar::{day_of, months};
use crate::error::Result;
use crate::fold::fold_together;
use crate::rows::{self, ArchivedRow, ChannelResponseRow, ChannelRow, CubeRow, HealthRow, PosterRow};

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
    is_anonymous: bool,
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

    let mut all: Vec<ChannelRow> = rows::read(metrics)?;
    name_messages(&mut all, is_anonymous);
    let threads = all.iter().map(|row| row.threads).sum();
    let posted: Vec<_> = all.iter().filter(|row| row.posts > 0).cloned().collect();
    let n_posted = posted.len() as u64;
    let posters = if min_group > 1 { posters(metrics)? } else { FxHashMap::default() };
    let distinct = |folded: &[ChannelRow]| {
        let people = folded.iter().filter_map(|row| posters.get(&row.channel)).flatten();
        people.collect::<FxHashSet<_>>().len() as u64
    };
    let (shown, small) = fold_together(posted, min_group, |row| row.users, distinct);
    // Of a channel in which nobody posted, nobody is told by its name, unless few are in it.
    let silent = all.iter().filter(|_| min_group <= 1);
    let named = shown.iter().chain(silent);
    let names = named.map(|row| (row.channel.clone(), row.name.clone())).collect();
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

/// Numbers conversations that have no name to show: Slack's are ids, and those of the people in them. Those with the most
/// posts come first, since the order of ids would tell which was there sooner.
fn name_messages(rows: &mut [ChannelRow], is_anonymous: bool) {
    rows.sort_by_cached_key(|row| {
        (Reverse(row.posts), *blake3::hash(row.channel.as_str().as_bytes()).as_bytes())
    });
    let mut numbers = FxHashMap::<&str, u64>::default();
    for row in rows {
        let id = row.channel.as_str();
        let has_no_name = row.name.trim().is_empty() || row.name == id;
        let what = match row.kind.as_str() {
            "im" => "direct message",
            "mpim" if is_anonymous || has_no_name => "group message",
            "canvas" => "canvas",
            _ if has_no_name => "unnamed channel",
            _ => continue,
        };
        let number = numbers.entry(what).or_default();
        *number += 1;
        row.name = format!("{what} {number}");
    }
}

/// Who posted in each channel.
fn posters(metrics: &dyn TableSource) -> Result<FxHashMap<ChannelId, Vec<String>>> {
    let mut by_channel = FxHashMap::<ChannelId, Vec<String>>::default();
    rows::each(metrics, |row: PosterRow| by_channel.entry(row.channel).or_default().push(row.user_id))?;
    Ok(by_channel)
}

/// Posts of each channel in each month.
fn posts_by_month(metrics: &dyn TableSource, months: &[String]) -> Result<FxHashMap<String, Vec<u64>>> {
    let mut by_channel = FxHashMap::<String, Vec<u64>>::default();
    rows::each(metrics, |cell: CubeRow| {
        // An empty cell means all.
        let is_wanted = cell.user_id.is_empty() && !cell.channel.is_empty();
        if is_wanted && let Ok(month) = months.binary_search(&cell.month) {
            by_channel.entry(cell.channel).or_insert_with(|| vec![0; months.len()])[month] = cell.posts;
        }
    })?;
    Ok(by_channel)
}

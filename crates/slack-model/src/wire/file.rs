use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::Issues;
use super::lenient::{count, ids, integer, lenient};
use crate::ids::{ChannelId, FileId};
use crate::rows;
use crate::ts::{BatchId, Time, Ts};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct File {
    id: Option<String>,
    name: Option<String>,
    title: Option<String>,
    mimetype: Option<String>,
    filetype: Option<String>,
    #[serde(deserialize_with = "count")]
    size: Option<u64>,
    mode: Option<String>,
    #[serde(rename = "file_access", deserialize_with = "is_hidden")]
    is_hidden: bool,
    #[serde(deserialize_with = "integer")]
    timestamp: Option<i64>,
    #[serde(deserialize_with = "integer")]
    created: Option<i64>,
    user: Option<String>,
    #[serde(deserialize_with = "ids")]
    channels: Option<Vec<String>>,
    #[serde(deserialize_with = "ids")]
    groups: Option<Vec<String>>,
    #[serde(deserialize_with = "ids")]
    ims: Option<Vec<String>>,
    shares: Option<Shares>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Shares {
    public: BTreeMap<String, Vec<Share>>,
    private: BTreeMap<String, Vec<Share>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Share {
    ts: Option<String>,
}

impl File {
    /// Its id, where only `files.info` shows its details: one of a shared channel, mostly.
    pub(super) fn hidden(&self) -> Option<FileId> {
        let id = self.id.as_deref().filter(|id| self.is_hidden && !id.is_empty())?;
        Some(id.into())
    }
}

/// Whether `file_access` says that only `files.info` shows the details. What else it may be does not matter.
fn is_hidden<'de, D: Deserializer<'de>>(json: D) -> Result<bool, D::Error> {
    Ok(<&RawValue>::deserialize(json)?.get() == r#""check_file_info""#)
}

/// Reads a file that a message shares. One without an id, which Slack writes for some that are gone, is set aside.
pub(crate) fn shared_file(
    raw: &str,
    channel: &ChannelId,
    ts: Ts,
    batch: BatchId,
    issues: &mut Issues<'_>,
) -> Option<(rows::File, Option<FileId>)> {
    if raw == "null" {
        return None;
    }
    let file: File = lenient(raw, issues, |json| serde_json::from_str(json))?;
    let row = row(&file, channel.clone(), Some(ts), batch);
    if row.is_none() && !raw.trim_matches(['{', '}', ' ']).is_empty() {
        issues.add(raw, "files", "a file without an id");
    }
    row.map(|row| (row, file.hidden()))
}

/// Reads a file of a file list: a row for each conversation that it is shared in.
pub(crate) fn listed_files(raw: &str, batch: BatchId, issues: &mut Issues<'_>) -> Vec<rows::File> {
    let Some(file) = lenient(raw, issues, |json| serde_json::from_str::<File>(json)) else {
        return Vec::new();
    };
    let mut places: BTreeMap<&str, Option<Ts>> = BTreeMap::new();
    for channel in [&file.channels, &file.groups, &file.ims].into_iter().flatten().flatten() {
        places.entry(channel).or_default();
    }
    let shares = file.shares.iter().flat_map(|shares| shares.public.iter().chain(&shares.private));
    for (channel, shares) in shares {
        let first = shares.iter().filter_map(|share| Ts::parse(share.ts.as_deref()?.as_bytes())).min();
        *places.entry(channel).or_default() = first;
    }
    places.remove("");
    let rows = places.into_iter().filter_map(|(channel, ts)| row(&file, channel.into(), ts, batch));
    rows.collect()
}

pub(super) fn row(file: &File, channel: ChannelId, ts: Option<Ts>, batch: BatchId) -> Option<rows::File> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    Some(rows::File {
        id: file.id.as_deref().filter(|id| !id.is_empty())?.into(),
        channel,
        ts,
        name: text(&file.name),
        title: text(&file.title),
        mimetype: text(&file.mimetype),
        filetype: text(&file.filetype),
        size: file.size,
        mode: text(&file.mode),
        time: file.timestamp.or(file.created).and_then(Time::from_seconds),
        user_id: file.user.as_deref().filter(|id| !id.is_empty()).map(Into::into),
        path: String::new(),
        sha256: String::new(),
        first_batch: Some(batch),
        last_batch: Some(batch),
    })
}

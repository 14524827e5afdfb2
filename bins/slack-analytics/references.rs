//! What the operator says of conversations, in the data home's `references/`: which are public, and which are one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use slack_model::atomic::write_atomically;
use slack_model::rows::Channel;
use slack_model::{ChannelId, Folder, Table, TableReader};

use crate::exit::{Result, Usage};
use crate::pipeline::Pipeline;

/// The conversations that the operator knows to be public: a column `channel`, of ids or names.
pub(crate) const PUBLIC: &str = "public_channels.csv";

/// Folders that are listed channels: the columns `alias` and `channel`, of ids or names.
pub(crate) const ALIASES: &str = "channel_alias.csv";

impl Pipeline<'_> {
    /// The ids and names that the operator says are public.
    pub(crate) fn assumed_public(&self) -> Result<BTreeSet<String>> {
        let rows = read(&self.home.references().join(PUBLIC), ["channel"])?;
        Ok(rows.into_iter().map(|[channel]| bare(&channel).to_owned()).collect())
    }

    /// Adds conversations to those that are public.
    ///
    /// # Errors
    ///
    /// Where a list names one as private: that is not for the operator to say, but for Slack.
    pub(crate) fn assume_public(&self, names: &[String]) -> Result<()> {
        if names.is_empty() {
            return Ok(());
        }
        let names: BTreeSet<&str> = names.iter().map(|name| bare(name)).collect();
        for channel in self.master_channels()? {
            let is_named = names.contains(channel.id.as_str()) || names.contains(channel.name.as_str());
            let is_closed = channel.is_private == Some(true) || channel.kind != "channel";
            if is_named && is_closed {
                let why = format!(
                    "{:?} cannot be made public: it is {} {}",
                    channel.name,
                    match channel.kind.as_str() {
                        "im" | "mpim" => "a direct message,",
                        "canvas" => "the comments on a canvas,",
                        _ => "a private channel,",
                    },
                    channel.id
                );
                return Err(Usage(why).into());
            }
        }
        let mut all = self.assumed_public()?;
        let before = all.len();
        all.extend(names.into_iter().map(ToOwned::to_owned));
        if all.len() == before {
            return Ok(());
        }
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["channel"])?;
        for channel in all {
            writer.write_record([channel])?;
        }
        let bytes = writer.into_inner().map_err(|error| error.into_error())?;
        Ok(write_atomically(&self.home.references().join(PUBLIC), &bytes)?)
    }

    /// The folders that the operator says are listed channels. `known` has the channels of the master and of the batches
    /// that are merged into it.
    pub(crate) fn aliases<'c>(
        &self,
        known: impl IntoIterator<Item = &'c Channel>,
    ) -> Result<Vec<(ChannelId, ChannelId)>> {
        let path = self.home.references().join(ALIASES);
        let rows = read(&path, ["alias", "channel"])?;
        let mut listed: BTreeMap<&str, BTreeSet<&ChannelId>> = BTreeMap::new();
        if !rows.is_empty() {
            for channel in known.into_iter().filter(|channel| channel.is_private.is_some()) {
                listed.entry(channel.name.as_str()).or_default().insert(&channel.id);
            }
        }
        let alias = |[alias, channel]: [String; 2]| {
            let (alias, channel) = (bare(&alias), bare(&channel));
            let is_folder_id = alias.starts_with('X') && alias.len() == 11;
            let alias = if is_folder_id { ChannelId::from(alias) } else { ChannelId::of_folder(alias) };
            let channel = match listed.get(channel).map(|ids| ids.iter().collect::<Vec<_>>()).as_deref() {
                Some([only]) => (**only).clone(),
                Some([_, _, ..]) => {
                    let why =
                        format!("{}: several channels are called {channel:?}: name its id", path.display());
                    return Err(Usage(why).into());
                }
                _ => ChannelId::from(channel),
            };
            Ok((alias, channel))
        };
        rows.into_iter().map(alias).collect()
    }

    /// The conversations of the master that no list names, and that the operator does not call public.
    pub(crate) fn withheld(&self) -> Result<Vec<Channel>> {
        let assumed = self.assumed_public()?;
        let is_assumed =
            |channel: &Channel| assumed.contains(channel.id.as_str()) || assumed.contains(&channel.name);
        let is_withheld = |channel: &Channel| {
            channel.is_private.is_none() && !(channel.kind == "channel" && is_assumed(channel))
        };
        Ok(self.master_channels()?.into_iter().filter(is_withheld).collect())
    }

    fn master_channels(&self) -> Result<Vec<Channel>> {
        channels(&self.home.master_csv())
    }
}

/// The rows of a folder's table of channels; none where there is no such table.
pub(crate) fn channels(tables: &Path) -> Result<Vec<Channel>> {
    match TableReader::open(&Folder(tables.into()), &Channel::SCHEMA)? {
        Some(table) => Ok(table.rows().collect::<Result<_, _>>()?),
        None => Ok(Vec::new()),
    }
}

/// A name as people write it, with or without `#`.
fn bare(name: &str) -> &str {
    let name = name.trim();
    name.strip_prefix('#').unwrap_or(name)
}

/// The named columns of a reference table; no rows where there is no such file.
fn read<const N: usize>(path: &PathBuf, columns: [&str; N]) -> Result<Vec<[String; N]>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = fs::read(path).map_err(|error| slack_model::Error::io("read", path, error))?;
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(&text[..]);
    let header = reader.headers()?.clone();
    let mut places = [0; N];
    for (place, column) in places.iter_mut().zip(columns) {
        *place = header.iter().position(|name| name == column).ok_or_else(|| {
            Usage(format!("{}: expected the columns {}", path.display(), columns.join(", ")))
        })?;
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record?;
        let row = places.map(|place| record.get(place).unwrap_or_default().to_owned());
        if row.iter().all(|field| !field.is_empty()) {
            rows.push(row);
        }
    }
    Ok(rows)
}

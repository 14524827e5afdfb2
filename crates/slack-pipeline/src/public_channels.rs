//! Which conversations are public, as the operator says in the data home's `references/`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use slack_model::atomic::{remove_file, write_atomically};
use slack_model::rows::{Channel, User};
use slack_model::{ChannelId, Folder, Table, TableReader, composed_name, reclassify};

use crate::error::{Error, Result};
use crate::listener::Event;
use crate::network_files::{has_network, remove_others};
use crate::pipeline::{Pipeline, Subject};

/// The conversations that the operator knows to be public: a column `channel`, of ids or names.
const PUBLIC: &str = "public_channels.csv";

/// Conversations whose class changed, as lists and the operator have it now.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct VisibilityChange {
    /// The folder of the tables.
    pub path: PathBuf,
    /// Conversations that are withheld from now on.
    pub withheld: Vec<ChannelId>,
    /// Conversations that are visible from now on.
    pub public: Vec<ChannelId>,
    /// The names of those that are withheld.
    #[serde(skip)]
    pub withheld_names: Vec<String>,
    /// The names of those that are visible.
    #[serde(skip)]
    pub public_names: Vec<String>,
}

/// What was removed of an earlier version's results, to be made again.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct HomeUpgrade {
    /// Whose results.
    pub subject: String,
    /// The files.
    pub removed: Vec<&'static str>,
}

/// The conversations that are withheld since no list names them.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct WithheldChannels {
    /// The conversations.
    pub channels: Vec<WithheldChannel>,
    /// How many there are.
    pub count: usize,
}

/// A conversation that no list names.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct WithheldChannel {
    /// Its id.
    pub id: ChannelId,
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
}

impl Pipeline<'_> {
    /// The ids of the conversations that the operator says are public, of those in the master and in other tables.
    ///
    /// A name opens nothing where a list has a private channel of that name, or a person is called so: the folder may be
    /// that channel's, or hold direct messages.
    pub(crate) fn assumed_public(&self, tables: &[PathBuf]) -> Result<BTreeSet<String>> {
        let called = self.called_public()?;
        if called.is_empty() {
            return Ok(BTreeSet::new());
        }
        let all = self.channels_of(tables)?;
        let mut closed = self.people_of(tables)?;
        let private = all.iter().filter(|channel| channel.is_private == Some(true));
        closed.extend(private.map(|channel| composed_name(&channel.name)));
        let is_assumed = |channel: &&Channel| {
            let name = composed_name(&channel.name);
            called.contains(channel.id.as_str()) || called.contains(&name) && !closed.contains(&name)
        };
        Ok(all.iter().filter(is_assumed).map(|channel| channel.id.to_string()).collect())
    }

    /// What the operator calls public, as far as no conversation of the data home is called so.
    fn unknown_public(&self, tables: &[PathBuf]) -> Result<Vec<String>> {
        let mut called = self.called_public()?;
        for channel in self.channels_of(tables)? {
            called.remove(channel.id.as_str());
            called.remove(&composed_name(&channel.name));
        }
        Ok(called.into_iter().collect())
    }

    /// The ids and names in the operator's list.
    fn called_public(&self) -> Result<BTreeSet<String>> {
        let rows = read(&self.home().references().join(PUBLIC), ["channel"])?;
        Ok(rows.into_iter().map(|[channel]| composed_name(bare(&channel))).collect())
    }

    /// The names of all people.
    fn people_of(&self, tables: &[PathBuf]) -> Result<BTreeSet<String>> {
        let mut names = BTreeSet::new();
        for tables in tables.iter().chain([&self.home().master_csv()]) {
            let table = TableReader::open(&Folder(tables.clone()), &User::SCHEMA)?;
            for user in table.into_iter().flat_map(TableReader::rows::<User>) {
                let user = user?;
                let called = [user.name, user.display_name, user.real_name];
                names.extend(called.iter().filter(|name| !name.is_empty()).map(|name| composed_name(name)));
            }
        }
        Ok(names)
    }

    /// Removes what no conversation of the data home is called from what is public: it would open a later one unseen.
    ///
    /// # Errors
    ///
    /// Where a table or the list cannot be read or written.
    pub fn forget_unknown_public(&self, tables: &[PathBuf]) -> Result<Vec<String>> {
        let unknown = self.unknown_public(tables)?;
        if !unknown.is_empty() {
            let mut called = self.called_public()?;
            called.retain(|name| !unknown.contains(name));
            self.write_public(&called)?;
        }
        Ok(unknown)
    }

    fn channels_of(&self, tables: &[PathBuf]) -> Result<Vec<Channel>> {
        let mut all = self.master_channels()?;
        for tables in tables {
            all.extend(channels(tables)?);
        }
        Ok(all)
    }

    /// Adds conversations to those that are public.
    ///
    /// # Errors
    ///
    /// [`Error::NotPublic`] where a list names one as private: that is not for the operator to say, but for Slack.
    pub fn assume_public(&self, names: &[String]) -> Result<()> {
        if names.is_empty() {
            return Ok(());
        }
        let names: BTreeSet<String> = names.iter().map(|name| composed_name(bare(name))).collect();
        for channel in self.master_channels()? {
            let is_named =
                names.contains(channel.id.as_str()) || names.contains(&composed_name(&channel.name));
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
                return Err(Error::NotPublic { why });
            }
        }
        let people = self.people_of(&[])?;
        if let Some(name) = names.iter().find(|name| people.contains(*name)) {
            let why = format!(
                "{name:?} is the name of a person: such a folder may hold direct messages; give the channel's id"
            );
            return Err(Error::NotPublic { why });
        }
        let mut all = self.called_public()?;
        let before = all.len();
        all.extend(names);
        if all.len() == before {
            return Ok(());
        }
        self.write_public(&all)
    }

    fn write_public(&self, called: &BTreeSet<String>) -> Result<()> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["channel"])?;
        for channel in called {
            writer.write_record([channel])?;
        }
        let bytes = writer.into_inner().map_err(|error| error.into_error())?;
        Ok(write_atomically(&self.home().references().join(PUBLIC), &bytes)?)
    }

    /// Gives the conversations of a batch or master the class that lists and the operator give them now. Versions before
    /// data homes had a format took what no list names for public; the user is told what is withheld since. Returns whether
    /// anything is.
    pub(crate) fn classify(&self, tables: &Path) -> Result<bool> {
        let changed = reclassify(tables, &self.assumed_public(&[tables.to_path_buf()])?)?;
        if changed.is_empty() {
            return Ok(false);
        }
        let changed: Vec<Channel> =
            channels(tables)?.into_iter().filter(|channel| changed.contains(&channel.id)).collect();
        let (public, withheld): (Vec<_>, Vec<_>) =
            changed.iter().partition(|channel| channel.class == "public");
        let names = |channels: &[&Channel]| channels.iter().map(|channel| channel.name.clone()).collect();
        let ids = |channels: &[&Channel]| channels.iter().map(|channel| channel.id.clone()).collect();
        let change = VisibilityChange {
            path: tables.into(),
            withheld: ids(&withheld),
            public: ids(&public),
            withheld_names: names(&withheld),
            public_names: names(&public),
        };
        self.tell(&Event::Visibility(&change))?;
        Ok(!withheld.is_empty())
    }

    /// Brings a data home of a version before formats up to today's rule: what an earlier version drew of conversations that
    /// are withheld now is removed, to be made again.
    pub(crate) fn upgrade(&self) -> Result<()> {
        let batches = self.home().batches()?;
        let mut homes: Vec<_> = batches
            .iter()
            .map(|batch| (batch.csv(), batch.metrics(), Subject::Batch(batch.clone())))
            .collect();
        homes.push((self.home().master_csv(), self.home().metrics(), Subject::Master));
        for (tables, metrics, subject) in homes {
            if !self.classify(&tables)? {
                continue;
            }
            let mut removed = if has_network(&metrics) { remove_others(&metrics, &[])? } else { Vec::new() };
            let report = self.report_path(&subject);
            if report.is_file() {
                remove_file(&report)?;
                removed.push("report.html");
            }
            if !removed.is_empty() {
                self.tell(&Event::Upgrade(&HomeUpgrade { subject: subject.name(), removed }))?;
            }
        }
        Ok(())
    }

    /// The conversations of the master that no list names, and that the operator does not call public.
    ///
    /// # Errors
    ///
    /// Where the master cannot be read.
    pub fn withheld(&self) -> Result<WithheldChannels> {
        let assumed = self.assumed_public(&[])?;
        let is_withheld = |channel: &Channel| {
            channel.is_private.is_none()
                && !(channel.kind == "channel" && assumed.contains(channel.id.as_str()))
        };
        let withheld = self.master_channels()?.into_iter().filter(is_withheld);
        let channels: Vec<_> = withheld
            .map(|channel| WithheldChannel { id: channel.id, name: channel.name, kind: channel.kind })
            .collect();
        Ok(WithheldChannels { count: channels.len(), channels })
    }

    /// Tells which conversations are withheld since no list names them; nothing where there are none.
    ///
    /// # Errors
    ///
    /// Where the master cannot be read.
    pub fn tell_withheld(&self) -> Result<()> {
        let withheld = self.withheld()?;
        if withheld.count > 0 { self.tell(&Event::Withheld(&withheld)) } else { Ok(()) }
    }

    fn master_channels(&self) -> Result<Vec<Channel>> {
        channels(&self.home().master_csv())
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
        *place = header
            .iter()
            .position(|name| name == column)
            .ok_or_else(|| Error::Columns { path: path.clone(), columns: columns.join(", ") })?;
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

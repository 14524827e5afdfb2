use std::collections::BTreeMap;
use std::path::Path;

use crate::atomic::write_atomically;
use crate::error::{Error, Result};
use crate::ids::ChannelId;
use crate::ts::Ts;

/// What a batch says about itself: keys and values, kept in `metadata/metadata.csv`.
///
/// The keys of the contract are batch, tool_version, source, team_id, team_name, started_at, finished_at,
/// status, `window.<channel>` for each channel whose history was walked completely, and `files.<channel>` for each
/// whose list of files was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    values: BTreeMap<String, String>,
}

/// How the keys about channels begin.
const WINDOW: &str = "window.";
const FILES: &str = "files.";

impl Metadata {
    /// The file's name in the metadata folder.
    pub const FILE: &str = "metadata.csv";

    /// The key of when a batch's raw pages were removed; it has none where they are there.
    pub const PRUNED_AT: &str = "pruned_at";

    /// The key of when an export was taken, where the operator says so (RFC 3339).
    pub const TAKEN_AT: &str = "taken_at";

    /// The key of the second until which an export's lists are known to hold, where its batch is named after an earlier one:
    /// what is private must not show in the name.
    pub const LISTS_UNTIL: &str = "lists_until";

    /// Reads the file in a metadata folder; empty where there is none.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(Self::FILE);
        let mut values = BTreeMap::new();
        if path.exists() {
            let failed = |error| Error::csv(&path.display().to_string(), error);
            let mut reader = csv::Reader::from_path(&path).map_err(failed)?;
            for record in reader.deserialize::<(String, String)>() {
                let (key, value) = record.map_err(failed)?;
                values.insert(key, value);
            }
        }
        Ok(Self { values })
    }

    /// Writes the file in a metadata folder.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join(Self::FILE);
        let failed = |error| Error::csv(&path.display().to_string(), error);
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["key", "value"]).map_err(failed)?;
        for record in &self.values {
            writer.serialize(record).map_err(failed)?;
        }
        let bytes = writer.into_inner().map_err(|error| failed(error.into_error().into()))?;
        write_atomically(&path, &bytes)
    }

    /// The value of a key, empty where there is none.
    pub fn get(&self, key: &str) -> &str {
        self.values.get(key).map(String::as_str).unwrap_or_default()
    }

    /// Sets a key's value.
    pub fn set(&mut self, key: &str, value: impl Into<String>) {
        self.values.insert(key.into(), value.into());
    }

    /// Notes that a channel's history was walked completely between two timestamps.
    pub fn set_window(&mut self, channel: &ChannelId, oldest: Ts, latest: Ts) {
        self.set(&format!("{WINDOW}{channel}"), format!("{oldest} {latest}"));
    }

    /// Between which timestamps a channel's history was walked completely.
    pub fn window(&self, channel: &ChannelId) -> Option<(Ts, Ts)> {
        let (oldest, latest) = self.get(&format!("{WINDOW}{channel}")).split_once(' ')?;
        Some((oldest.parse().ok()?, latest.parse().ok()?))
    }

    /// Notes that a channel's list of files was read completely between two timestamps, by this batch or by earlier
    /// ones that it went on from.
    pub fn set_files_listed(&mut self, channel: &ChannelId, oldest: Ts, latest: Ts) {
        self.set(&format!("{FILES}{channel}"), format!("{oldest} {latest}"));
    }

    /// The channels whose lists of files were read completely, and between which timestamps.
    pub fn files_listed(&self) -> impl Iterator<Item = (ChannelId, (Ts, Ts))> {
        let listed = self.values.range(FILES.to_owned()..).take_while(|(key, _)| key.starts_with(FILES));
        listed.filter_map(|(key, span)| {
            let (oldest, latest) = span.split_once(' ')?;
            Some((key[FILES.len()..].into(), (oldest.parse().ok()?, latest.parse().ok()?)))
        })
    }

    /// Takes back what was noted of channels: a capture that goes on finds out again how far it comes.
    pub fn forget_channels(&mut self) {
        self.values.retain(|key, _| !key.starts_with(WINDOW) && !key.starts_with(FILES));
    }

    /// The keys and values, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(Metadata::read(folder.path()).expect("none yet"), Metadata::default());
        let mut metadata = Metadata::default();
        metadata.set("team_name", "Quotes \" and, commas\n");
        let channel = ChannelId::from("C1");
        let (oldest, latest) = (Ts::parse(b"0000000000.000000"), Ts::parse(b"1600000000.000100"));
        let (Some(oldest), Some(latest)) = (oldest, latest) else { panic!("no timestamps") };
        metadata.set_window(&channel, oldest, latest);
        metadata.write(folder.path()).expect("written");
        let again = Metadata::read(folder.path()).expect("read");
        assert_eq!(again, metadata);
        assert_eq!(again.window(&channel), Some((oldest, latest)));
        assert_eq!(again.window(&ChannelId::from("C2")), None);
        metadata.set_files_listed(&channel, oldest, latest);
        assert_eq!(metadata.files_listed().collect::<Vec<_>>(), [(channel.clone(), (oldest, latest))]);
        metadata.forget_channels();
        assert_eq!((metadata.window(&channel), metadata.files_listed().count()), (None, 0));
    }
}

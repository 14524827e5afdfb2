//! What an export says of itself before it is a batch: how old it is, and of which workspace.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::contents::Contents;
use super::lists::Lists;
use super::options::TransformOptions;
use super::pages::PageReader;
use super::spill::SpillFolder;
use crate::batch::{BatchFolder, Metadata};
use crate::error::Result;
use crate::ids::{ChannelId, TeamId, UserId};
use crate::ts::Ts;
use crate::wire::each_message_stamp;

/// What an export says of its age and its workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExportSurvey {
    /// Messages that have a timestamp.
    pub messages: u64,
    /// The newest message of a channel that the export itself lists as public: the only one whose time may be told.
    pub newest_public: Option<Ts>,
    /// The newest message of any conversation. It must not be told: it may be a private one.
    pub newest: Option<Ts>,
    /// The ids of the channels that its lists name, direct messages not among them.
    pub channels: BTreeSet<ChannelId>,
    /// The ids of the users whom its list names.
    pub users: BTreeSet<UserId>,
    /// How many messages say that their author belongs to which workspace.
    pub teams: BTreeMap<TeamId, u64>,
}

impl ExportSurvey {
    /// The workspace that most messages are of; `None` where none says.
    pub fn team(&self) -> Option<&TeamId> {
        self.teams.iter().max_by_key(|(team, messages)| (**messages, *team)).map(|(team, _)| team)
    }
}

/// Reads an export's lists and the timestamps of its messages. Those after `latest` are odd ones, and tell no age.
///
/// # Errors
///
/// Where the folder holds no export, or a file beside it cannot be written. Files that cannot be read are passed over.
pub fn survey_export(batch: &BatchFolder, latest: Ts) -> Result<ExportSurvey> {
    let spill = SpillFolder::new(batch.root().join(".survey.spill"))?;
    let contents = Contents::of(batch)?;
    let mut reader = PageReader::new(batch);
    let shares = TransformOptions::default().shares();
    let mut lists = Lists::read(&contents, &Metadata::default(), &mut reader, &spill, &shares)?;
    let users = lists.users().keys().cloned().collect();
    let mut survey = ExportSurvey { channels: listed_channels(&lists), users, ..ExportSurvey::default() };
    for (id, conversation) in lists.conversations(&contents) {
        let is_public = lists.channels().get(&id).is_some_and(|channel| channel.class == "public");
        for page in conversation.pages(batch.root())?.into_iter().map(|(_, page)| page) {
            survey.add(batch, page, is_public, latest);
        }
    }
    Ok(survey)
}

/// The ids of the channels that an export's lists name, direct messages not among them. Neither its messages nor its users
/// are read.
///
/// # Errors
///
/// Where the folder holds no export, or a file beside it cannot be written. Lists that cannot be read are passed over.
pub fn export_channels(batch: &BatchFolder) -> Result<BTreeSet<ChannelId>> {
    let spill = SpillFolder::new(batch.root().join(".survey.spill"))?;
    let contents = Contents { channels: Contents::of(batch)?.channels, ..Contents::default() };
    let mut reader = PageReader::new(batch);
    let shares = TransformOptions::default().shares();
    let lists = Lists::read(&contents, &Metadata::default(), &mut reader, &spill, &shares)?;
    Ok(listed_channels(&lists))
}

fn listed_channels(lists: &Lists<'_>) -> BTreeSet<ChannelId> {
    let listed = lists.channels().values().filter(|channel| !matches!(channel.kind.as_str(), "im" | "mpim"));
    listed.map(|channel| channel.id.clone()).collect()
}

impl ExportSurvey {
    fn add(&mut self, batch: &BatchFolder, page: PathBuf, is_public: bool, latest: Ts) {
        let Ok(bytes) = std::fs::read(batch.root().join(page)) else { return };
        each_message_stamp(&bytes, &mut |stamp| {
            self.messages += 1;
            if stamp.ts <= latest {
                self.newest = self.newest.max(Some(stamp.ts));
                if is_public {
                    self.newest_public = self.newest_public.max(Some(stamp.ts));
                }
            }
            if let Some(team) = stamp.team {
                *self.teams.entry(team).or_default() += 1;
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ts::BatchId;

    #[test]
    fn lists_alone_tell_the_same_channels() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |path: &str, text: &str| {
            let path = folder.path().join("export").join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, text).expect("written");
        };
        write("channels.json", r#"[{"id":"C8A","name":"quay"},{"id":"C8B","name":"mole"}]"#);
        write("groups.json", r#"[{"id":"G8A","name":"hold"},{"id":"#);
        write("mpims.json", r#"[{"id":"G8M","name":"mpdm-a--b-1","members":["U8A","U8B"]}]"#);
        write("dms.json", r#"[{"id":"D8A","members":["U8A","U8B"]}]"#);
        write("users.json", r#"[{"id":"U8A","name":"ada"}]"#);
        write("quay/2024-02-03.json", r#"[{"type":"message","user":"U8A","ts":"1700000000.000100"}]"#);
        write("stray/2024-02-03.json", r#"[{"type":"message","user":"U8A","ts":"1700000000.000200"}]"#);
        let batch = BatchFolder::new(
            folder.path().into(),
            BatchId::at(crate::ts::Time::from_seconds(1_700_000_000).expect("a time")),
        );
        let channels = export_channels(&batch).expect("read");
        assert_eq!(channels, ["C8A", "C8B", "G8A"].map(ChannelId::from).into());
        let latest = "1800000000.000000".parse().expect("a timestamp");
        assert_eq!(channels, survey_export(&batch, latest).expect("read").channels);
        assert!(!folder.path().join(".survey.spill").exists());
    }
}

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
use crate::ids::{ChannelId, TeamId};
use crate::ts::Ts;
use crate::wire::message_stamps;

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
    let listed = lists.channels().values().filter(|channel| !matches!(channel.kind.as_str(), "im" | "mpim"));
    let mut survey = ExportSurvey {
        channels: listed.map(|channel| channel.id.clone()).collect(),
        ..ExportSurvey::default()
    };
    for (id, conversation) in lists.conversations(&contents) {
        let is_public = lists.channels().get(&id).is_some_and(|channel| channel.class == "public");
        for page in conversation.pages(batch.root())?.into_iter().map(|(_, page)| page) {
            survey.add(batch, page, is_public, latest);
        }
    }
    Ok(survey)
}

impl ExportSurvey {
    fn add(&mut self, batch: &BatchFolder, page: PathBuf, is_public: bool, latest: Ts) {
        let Ok(bytes) = std::fs::read(batch.root().join(page)) else { return };
        for stamp in message_stamps(&bytes) {
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
        }
    }
}

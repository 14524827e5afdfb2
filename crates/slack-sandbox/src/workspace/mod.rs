//! What a sandbox serves.

mod channel;
mod export;
mod file;
pub(crate) mod generate;
mod message;
mod play;
mod write;

use std::path::Path;

use serde_json::value::RawValue;
use slack_model::{BotId, FileId, TeamId, Time, UserId, UsergroupId};

pub use self::channel::{Channel, ChannelKind};
pub use self::file::{File, file_bytes};
pub use self::generate::CommunityOptions;
pub(crate) use self::generate::generate;
pub use self::message::Message;
pub use self::play::{Changes, Joined, PlayOptions, Reacted, Spot};
use crate::Result;

/// The address that stands for the sandbox's own in the file links of a made-up workspace.
pub(crate) const OWN_ADDRESS: &str = "http://sandbox.invalid";

/// A workspace: who and what is in it, each record as the JSON text that is served.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Workspace {
    /// The workspace itself.
    pub team: Team,
    /// The user that the token belongs to.
    pub owner: UserId,
    /// All users, in the order in which they are listed.
    pub users: Vec<User>,
    /// All conversations, by id.
    pub channels: Vec<Channel>,
    /// The files that `files.list` lists, newest first.
    pub files: Vec<File>,
    /// The user groups.
    pub usergroups: Vec<Usergroup>,
    /// The bots that `bots.info` knows.
    pub bots: Vec<Bot>,
    /// The custom emoji: an object of names and addresses.
    pub emoji: Box<RawValue>,
    /// The profile fields: the object that `team.profile.get` answers.
    pub profile: Box<RawValue>,
    /// The workspace's clock: nothing in it is newer.
    pub clock: Time,
    /// Whether this crate made the workspace up: its files are then hosted by the sandbox.
    pub made_up: bool,
}

/// What `team.info` says.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// Its name.
    pub name: String,
    /// Its sub-domain.
    pub domain: String,
    /// The record.
    pub json: Box<RawValue>,
}

/// A user.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct User {
    /// The user's id.
    pub id: UserId,
    /// The handle.
    pub name: String,
    /// The record.
    pub json: Box<RawValue>,
}

/// A user group with its members.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Usergroup {
    /// Its id.
    pub id: UsergroupId,
    /// Its members.
    pub users: Vec<UserId>,
    /// The record, without the members.
    pub json: Box<RawValue>,
}

/// A bot.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Bot {
    /// Its id; its user has another.
    pub id: BotId,
    /// The record.
    pub json: Box<RawValue>,
}

impl Workspace {
    /// Makes a community up: the same one for the same options, to the byte.
    pub fn generate(options: &CommunityOptions) -> Self {
        generate(options)
    }

    /// Reads an official export's folder. Its records are served as they stand in it, byte for byte.
    ///
    /// # Errors
    ///
    /// Where the folder is no export, or a list or a day file in it is no JSON.
    pub fn from_export(folder: &Path) -> Result<Self> {
        export::read(folder)
    }

    /// Writes what the token's user may see as an official export: lists and day files, but no files.
    ///
    /// # Errors
    ///
    /// Where a file cannot be written.
    pub fn write_export(&self, folder: &Path) -> Result<()> {
        write::write(self, folder)
    }

    /// The conversation of an id, where the token's user may see it: public ones, and those it is in. In an
    /// export everything may be seen.
    pub fn channel(&self, id: &str) -> Option<&Channel> {
        let at = self.channels.binary_search_by(|channel| channel.id.as_str().cmp(id)).ok()?;
        Some(&self.channels[at]).filter(|channel| self.sees(channel))
    }

    /// The conversations that the token's user may see, by id.
    pub fn visible_channels(&self) -> impl Iterator<Item = &Channel> {
        self.channels.iter().filter(|channel| self.sees(channel))
    }

    /// The listed files that are shared in a conversation that the token's user may see, newest first.
    pub fn visible_files(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| {
            file.places.is_empty() || file.places.iter().any(|place| self.channel(place.0.as_str()).is_some())
        })
    }

    /// The listed file of an id.
    pub fn file(&self, id: &FileId) -> Option<&File> {
        self.visible_files().find(|file| &file.id == id)
    }

    fn sees(&self, channel: &Channel) -> bool {
        !self.made_up || channel.kind == ChannelKind::Public || channel.members.contains(&self.owner)
    }
}

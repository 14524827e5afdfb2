use std::path::{Path, PathBuf};

use slack_model::BatchId;

use crate::sources::official_export::limits::LimitMet;
use crate::sources::web_api::options::ChannelType;

/// What can stop a capture. What was captured before it is kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be used.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The batch could not be written.
    #[error(transparent)]
    Model(#[from] slack_model::Error),
    /// The file is not a zip, or nothing in it could be read.
    #[error("cannot read {} as a zip: {why}", path.display())]
    Zip {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// An export goes beyond a limit.
    #[error("cannot import {}: {met}", path.display())]
    Limit {
        /// The folder or zip.
        path: PathBuf,
        /// The limit.
        met: LimitMet,
    },
    /// The export is one of a whole organisation.
    #[error(
        "cannot import {}: it is an export of an Enterprise Grid organisation, with a folder for each workspace in teams/; such an export cannot be read whole yet",
        path.display()
    )]
    Grid {
        /// The folder or zip.
        path: PathBuf,
    },
    /// The export is in a form that only people can read.
    #[error("cannot import {}: it is an export as text; an export as JSON is needed", path.display())]
    TextExport {
        /// The folder or zip.
        path: PathBuf,
    },
    /// There is nothing of a Slack export at the path.
    #[error("{} is no Slack export: neither users.json nor channels.json nor a day file is in it", path.display())]
    NoExport {
        /// The folder or zip.
        path: PathBuf,
    },
    /// A folder or zip holds more than one export.
    #[error("{} holds several exports; import them one by one: {}, {}, ...", path.display(), first.display(), second.display())]
    SeveralExports {
        /// The folder or zip.
        path: PathBuf,
        /// One of them.
        first: PathBuf,
        /// Another.
        second: PathBuf,
    },
    /// The export is of another workspace than what the data home holds, as far as anything tells.
    #[error("{}", other_workspace(export, home))]
    OtherWorkspace {
        /// The export's workspace, empty where only its channels are others.
        export: String,
        /// The data home's, likewise.
        home: String,
    },
    /// There is no second left for another batch.
    #[error(
        "batch {batch} exists, and so does every batch after it; set when this export was taken (--taken-at)"
    )]
    BatchExists {
        /// The batch.
        batch: BatchId,
    },
    /// Slack will not answer this token at all.
    #[error("Slack refuses the token: {code}{}", reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default())]
    Refused {
        /// Slack's error code.
        code: String,
        /// What Slack says beside it.
        reason: Option<String>,
        /// What to do.
        advice: &'static str,
    },
    /// The token is of another workspace than what the data home holds.
    #[error(
        "the token is of workspace {token}, the data home of {home}; give each workspace a data home of its own"
    )]
    OtherTeam {
        /// The token's workspace.
        token: String,
        /// The data home's, or one of them.
        home: String,
    },
    /// No conversation that Slack lists has a name, or an id, that was given. Nothing was captured.
    #[error("no conversation is called {called:?}{}", of_type.map(|_| " among those of the types asked for").unwrap_or_default())]
    NoChannel {
        /// The name or id.
        called: String,
        /// The type of the conversation that it does name, where that type was not asked for.
        of_type: Option<ChannelType>,
        /// Names like it.
        near: Vec<String>,
    },
    /// The token is one for all workspaces of an organisation, and none of them was named. Nothing was captured.
    #[error("the token is org-wide, and no workspace is named; it reads {}", team_names(teams))]
    NoTeam {
        /// The ids and names of the workspaces, as far as Slack lists them.
        teams: Vec<(String, String)>,
    },
    /// The token does not read the workspace that was named. Nothing was captured.
    #[error("the token does not read workspace {team:?}; it reads {}", team_names(teams))]
    OtherTokenTeam {
        /// The workspace that was named.
        team: String,
        /// The ids and names of those that it reads.
        teams: Vec<(String, String)>,
    },
    /// A batch whose capture ended, or that no capture from the API made, cannot be gone on with.
    #[error("batch {batch} is no capture from the API that was broken off: there is nothing to go on with")]
    Finished {
        /// The batch.
        batch: BatchId,
    },
    /// The API could not be reached, however often it was tried, or something else answers at its address.
    #[error("the API cannot be used: auth.test says {reason}")]
    Unreachable {
        /// What went wrong the last time.
        reason: String,
    },
    /// The address of the API cannot be used.
    #[error("{url:?} cannot be the API's address: {reason}")]
    Address {
        /// The address.
        url: String,
        /// Why not.
        reason: &'static str,
    },
    /// The token cannot be one: it holds what no HTTP header may hold.
    #[error("the token holds characters that no token has")]
    OddToken,
    /// No connection could be prepared.
    #[error("the network cannot be used")]
    Network(#[source] std::io::Error),
}

impl Error {
    /// Whether a capture was refused before it began, since what was asked for is not there. It leaves no batch behind.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::NoChannel { .. } | Self::NoTeam { .. } | Self::OtherTokenTeam { .. })
    }

    pub(crate) fn io(action: &'static str, path: &Path, source: std::io::Error) -> Self {
        Self::Io { action, path: path.into(), source }
    }
}

/// Workspaces by id and name, in a line.
pub(crate) fn team_names(teams: &[(String, String)]) -> String {
    let name =
        |(id, name): &(String, String)| if name.is_empty() { id.clone() } else { format!("{id} ({name})") };
    let names: Vec<_> = teams.iter().map(name).collect();
    if names.is_empty() { "no workspace that it lists".into() } else { names.join(", ") }
}

/// The crate's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

fn other_workspace(export: &str, home: &str) -> String {
    if export.is_empty() || home.is_empty() {
        return "nothing shows that the export is of the data home's workspace: its channels are others, and its messages name \
                no workspace that is known"
            .into();
    }
    format!("the export is of workspace {export}, the data home of {home}")
}

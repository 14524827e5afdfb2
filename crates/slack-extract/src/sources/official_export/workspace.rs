//! Whether an export is of the workspace that a data home holds.

use std::collections::BTreeSet;
use std::path::Path;

use slack_model::batch::{BatchFolder, DataHome, Metadata};
use slack_model::rows::{Batch, Channel, User};
use slack_model::{ChannelId, ExportSurvey, Folder, Table, TableReader, UserId, export_channels};

use crate::error::{Error, Result};

/// What a data home tells of its workspace.
#[derive(Debug, Default)]
struct Baseline {
    teams: BTreeSet<String>,
    channels: BTreeSet<ChannelId>,
    users: BTreeSet<UserId>,
}

/// The workspace of an export, as far as anything tells; empty where nothing does.
///
/// The ids of channels tell it, then what messages say of their authors. Users do not tell that it is the same one, since a
/// list may hold mostly guests from elsewhere; but two lists that share nobody are hardly of one workspace. `is_same` is the operator's word that it is the data home's workspace.
///
/// # Errors
///
/// [`Error::OtherWorkspace`] where the export is of another one, or nothing tells that it is not.
pub(super) fn workspace(home: &DataHome, survey: &ExportSurvey, is_same: bool) -> Result<String> {
    let known = Baseline::of(home)?;
    let own = survey.team().map(|team| team.to_string());
    let named = own.clone().filter(|team| known.teams.contains(team));
    let shares_channel = survey.channels.iter().any(|channel| known.channels.contains(channel));
    if is_same || shares_channel || named.is_some() {
        // A later check goes by this alone.
        return Ok(named.or_else(|| known.teams.first().cloned()).or(own).unwrap_or_default());
    }
    let is_other_team = own.is_some() && !known.teams.is_empty();
    let has_other_channels = !survey.channels.is_empty() && !known.channels.is_empty();
    let has_other_users =
        !survey.users.is_empty() && !known.users.is_empty() && survey.users.is_disjoint(&known.users);
    if is_other_team || has_other_channels || has_other_users {
        let home = known.teams.into_iter().collect::<Vec<_>>().join(", ");
        return Err(Error::OtherWorkspace { export: own.unwrap_or_default(), home });
    }
    Ok(own.unwrap_or_default())
}

impl Baseline {
    fn of(home: &DataHome) -> Result<Self> {
        let mut known = Self::default();
        let merged = known.add_tables(&home.master_csv())?;
        for batch in home.batches()?.into_iter().filter(|batch| !merged.contains(&batch.id().to_string())) {
            known.add_batch(&batch)?;
        }
        Ok(known)
    }

    /// Adds what a batch tells that is in no master yet.
    fn add_batch(&mut self, batch: &BatchFolder) -> Result<()> {
        let metadata = Metadata::read(&batch.metadata())?;
        self.teams.extend(Some(metadata.get("team_id").to_owned()).filter(|team| !team.is_empty()));
        if batch.is_transformed() {
            self.add_tables(&batch.csv())?;
        } else if batch.export().is_dir() {
            self.channels.extend(export_channels(batch)?);
        }
        Ok(())
    }

    /// Adds what tables tell, and returns the batches that they hold.
    fn add_tables(&mut self, tables: &Path) -> Result<BTreeSet<String>> {
        let tables = Folder(tables.into());
        let mut batches = BTreeSet::new();
        if let Some(table) = TableReader::open(&tables, &Batch::SCHEMA)? {
            for batch in table.rows::<Batch>() {
                let batch = batch?;
                batches.insert(batch.batch.to_string());
                self.teams.extend(batch.team_id.map(|team| team.to_string()));
            }
        }
        if let Some(table) = TableReader::open(&tables, &Channel::SCHEMA)? {
            for channel in table.rows::<Channel>() {
                let channel = channel?;
                let is_listed = channel.is_private.is_some();
                if is_listed && matches!(channel.kind.as_str(), "channel" | "group") {
                    self.channels.insert(channel.id);
                }
            }
        }
        if let Some(table) = TableReader::open(&tables, &User::SCHEMA)? {
            for user in table.rows::<User>() {
                let user = user?;
                if user.known {
                    self.users.insert(user.id);
                }
            }
        }
        Ok(batches)
    }
}

//! What is for others: public channels, as if no other conversation existed. Private channels and direct messages are in the
//! tables of a master, and in whatever was measured of all of them.

#![allow(dead_code, reason = "no example needs all of it")]

use std::path::{Path, PathBuf};

use slack_metrics::{MetricOptions, measure};
use slack_model::{Folder, Shown, Withheld, leave_out};

/// The tables of a master's visible conversations.
pub(crate) struct Visible {
    /// The tables.
    pub(crate) tables: Folder,
    /// What is not in them.
    pub(crate) withheld: Withheld,
    /// Where they are, for as long as they are needed; none where nothing is withheld, as the master's own do then.
    folder: Option<tempfile::TempDir>,
}

/// What is visible of a master. `Shown` says what else may be, beside public channels.
pub(crate) fn visible(master: &Path) -> Result<Visible, slack_model::Error> {
    let all = Folder(master.into());
    let channels = Shown::default().left_out(&all)?;
    if channels.is_empty() {
        return Ok(Visible { tables: all, withheld: Withheld::default(), folder: None });
    }
    let folder = tempfile::tempdir().map_err(|error| slack_model::Error::io("make", master, error))?;
    let tables = Folder(folder.path().join("csv"));
    leave_out(&all, &channels, &tables)?;
    let withheld = Withheld::of(&all, &tables, &channels)?;
    Ok(Visible { tables, withheld, folder: Some(folder) })
}

impl Visible {
    /// Metric tables of what is visible. Those of the whole will do where nothing is withheld; otherwise every number of
    /// theirs tells of the rest, so the visible tables are measured by themselves.
    pub(crate) fn metrics(
        &self,
        of_all: PathBuf,
        only: &[&str],
    ) -> Result<Folder, Box<dyn std::error::Error>> {
        let Some(folder) = &self.folder else { return Ok(Folder(of_all)) };
        let metrics = Folder(folder.path().join("metrics"));
        let mut options = MetricOptions::default();
        options.only = only.iter().map(|table| (*table).to_owned()).collect();
        measure(&self.tables, &metrics, &options, &())?;
        Ok(metrics)
    }
}

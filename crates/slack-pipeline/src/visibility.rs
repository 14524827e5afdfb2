//! What of the tables others get to see: public channels, and the rest where it is asked for.
//!
//! What is left when conversations are left out is measured by itself, which takes as long as measuring all. It stays
//! in `.shown` beside the tables, with a [`Fingerprint`] of what it was made from, and is used again while that is the same.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use slack_metrics::MetricOptions;
use slack_model::{ChannelId, DerivedFolder, Folder, Shown, Withheld, leave_out};

use crate::error::Result;
use crate::fingerprint::Fingerprint;
use crate::measurement::Measurement;
use crate::pipeline::{Pipeline, Subject};
use crate::public_channels::channels as channels_of;

/// The folders of what is visible of a subject.
#[derive(Debug)]
#[non_exhaustive]
pub struct VisibleTables {
    /// Where the tables are.
    pub tables: PathBuf,
    /// Where the metrics are; `None` where there are none.
    pub metrics: Option<PathBuf>,
    /// How many conversations are withheld.
    pub left_out: usize,
    /// Those conversations.
    channels: HashSet<ChannelId>,
}

impl VisibleTables {
    /// What is visible of the subject that these are the tables of.
    pub(crate) fn subject(&self, of: &Subject) -> Subject {
        match self.left_out {
            0 => of.clone(),
            _ => Subject::Visible { tables: self.tables.clone(), of: of.name() },
        }
    }

    /// What a store must not hold that others read; `all` are the tables of the whole.
    ///
    /// # Errors
    ///
    /// Where a table of users cannot be read.
    pub fn withheld(&self, all: &Path) -> Result<Withheld> {
        Ok(Withheld::of(&Folder(all.into()), &Folder(self.tables.clone()), &self.channels)?)
    }
}

/// The folder of tables without what is not shown, in the data home or a batch. It holds a folder for each choice of
/// conversations, so that those who ask for different ones do not take turns in measuring.
const FOLDER: &str = ".shown";

impl Pipeline<'_> {
    /// The conversations of a subject that are withheld. A batch may be of a time at which a channel was public that is
    /// not any more: what the master knows holds for it too.
    fn left_out(&self, subject: &Subject, shown: Shown, tables: &Folder) -> Result<HashSet<ChannelId>> {
        let mut channels = shown.left_out(tables)?;
        if matches!(subject, Subject::Batch(_)) {
            let all: BTreeSet<ChannelId> =
                channels_of(&tables.0)?.into_iter().map(|channel| channel.id).collect();
            let of_master = shown.left_out(&Folder(self.home().master_csv()))?;
            channels.extend(of_master.into_iter().filter(|channel| all.contains(channel)));
        }
        Ok(channels)
    }

    /// A subject's tables and metrics, as if the conversations that are not shown did not exist.
    ///
    /// Where there are such, the rest is measured by itself: counts of people and days would tell of them otherwise. It
    /// is measured once, until the subject's tables change. Needs the lock of the data home.
    ///
    /// # Errors
    ///
    /// Where the subject has no tables, or what is visible cannot be measured.
    pub fn visible(&self, subject: &Subject, shown: Shown) -> Result<VisibleTables> {
        let tables = self.tables(subject)?;
        let metrics = Some(self.results(subject)).filter(|metrics| metrics.is_dir());
        let source = Folder(tables.clone());
        let channels = self.left_out(subject, shown, &source)?;
        let kept = match subject {
            Subject::Batch(batch) => batch.root().join(FOLDER),
            _ => self.home().root().join(FOLDER),
        };
        let closed: BTreeSet<_> = self.left_out(subject, Shown::default(), &source)?.into_iter().collect();
        if channels.is_empty() && closed.is_empty() {
            remove(&kept)?;
            return Ok(VisibleTables { tables, metrics, left_out: 0, channels });
        }
        // Days begin when they do in the tables of the whole, and the same messages count.
        let mut options = MetricOptions::default();
        Measurement::read(&self.results(subject))?.choose(&mut options);
        // The same whatever is asked for: each choice has a folder of its own, and all bear one stamp.
        let how = format!("metrics: {}\noptions: {options:?}\nclosed: {closed:?}\n", metrics.is_some());
        self.zones()?;
        let from = || Fingerprint::of(&how, &tables, &self.zones_file());
        let stamp = from()?;
        remove_stale(&kept, &stamp)?;
        if channels.is_empty() {
            return Ok(VisibleTables { tables, metrics, left_out: 0, channels });
        }
        let made = kept.join(name(shown));
        let without = VisibleTables {
            tables: made.join("csv"),
            metrics: metrics.map(|_| made.join("metrics")),
            left_out: channels.len(),
            channels,
        };
        if stamp.is_on(&made)? {
            return Ok(without);
        }
        remove(&made)?;
        make_like(&kept, &tables)?;
        leave_out(&source, &without.channels, &DerivedFolder(without.tables.clone()))?;
        if let Some(metrics) = &without.metrics {
            self.measure_visible(&without.subject(subject), &options, metrics)?;
        }
        // Somebody may have changed a table by hand meanwhile: then this is used once.
        if from()? == stamp {
            stamp.put_on(&made)?;
        }
        Ok(without)
    }
}

/// The folder of a choice of conversations.
fn name(shown: Shown) -> &'static str {
    match (shown.private, shown.direct_messages) {
        (false, false) => "public",
        (true, false) => "public_and_private",
        (false, true) => "public_and_direct",
        (true, true) => "all",
    }
}

/// Removes what was made from other tables than those there are now, or only by half.
fn remove_stale(kept: &Path, stamp: &Fingerprint) -> Result<()> {
    let entries = match fs::read_dir(kept) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(|error| slack_model::Error::io("list", kept, error))?,
    };
    for entry in entries {
        let path = entry.map_err(|error| slack_model::Error::io("list", kept, error))?.path();
        if !path.is_dir() {
            fs::remove_file(&path).map_err(|error| slack_model::Error::io("remove", &path, error))?;
        } else if !stamp.is_on(&path)? {
            remove(&path)?;
        }
    }
    Ok(())
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(slack_model::Error::io("remove", folder, error).into())
        }
        _ => Ok(()),
    }
}

/// Makes a folder that only those may look into who may look into another one.
fn make_like(folder: &Path, other: &Path) -> Result<()> {
    let failed = |error| slack_model::Error::io("make", folder, error);
    fs::create_dir_all(folder).map_err(failed)?;
    let permissions = fs::metadata(other).map_err(failed)?.permissions();
    // On other systems a folder has its parent's rights.
    if cfg!(unix) {
        fs::set_permissions(folder, permissions).map_err(failed)?;
    }
    Ok(())
}

//! What of the master others get to see: public channels, and the rest where it is asked for.

use std::fs;
use std::path::{Path, PathBuf};

use slack_metrics::MetricOptions;
use slack_model::{DerivedFolder, Folder, Shown, leave_out};

use crate::exit::Result;
use crate::graphing::Graphing;
use crate::measured::Measured;
use crate::pipeline::{Pipeline, Subject};

/// The folders of what is shown. What was made for it is removed in the end.
pub(crate) struct ShownTables {
    pub(crate) tables: PathBuf,
    /// Where the metrics are; `None` where there are none.
    pub(crate) metrics: Option<PathBuf>,
    /// How many conversations are left out.
    pub(crate) left_out: usize,
    made: Option<PathBuf>,
}

impl Drop for ShownTables {
    fn drop(&mut self) {
        if let Some(made) = &self.made {
            // What cannot be removed is removed before the next time.
            let _ = fs::remove_dir_all(made);
        }
    }
}

/// The folder, in the data home, of tables without what is not shown.
const FOLDER: &str = ".shown";

impl Pipeline<'_> {
    /// The master's tables and metrics, as if the conversations that are not shown did not exist.
    ///
    /// Where there are such, the rest is measured by itself: counts of people and days would tell of them otherwise.
    pub(crate) fn shown(&self, shown: Shown) -> Result<ShownTables> {
        let tables = self.tables(&Subject::Master)?;
        let metrics = Some(self.home.metrics()).filter(|metrics| metrics.is_dir());
        let source = Folder(tables.clone());
        let channels = shown.left_out(&source)?;
        if channels.is_empty() {
            return Ok(ShownTables { tables, metrics, left_out: 0, made: None });
        }
        let made = self.home.root().join(FOLDER);
        remove(&made)?;
        let without = ShownTables {
            tables: made.join("csv"),
            metrics: metrics.map(|_| made.join("metrics")),
            left_out: channels.len(),
            made: Some(made),
        };
        leave_out(&source, &channels, &DerivedFolder(without.tables.clone()))?;
        if let Some(metrics) = &without.metrics {
            let subject = Subject::Shown(without.tables.clone());
            // Of the graph, its tables are wanted, and no files.
            let graphing = Graphing { formats: Vec::new(), ..Graphing::default() };
            // Days begin when they do in the tables of the whole.
            let mut options = MetricOptions::default();
            options.timezone = Measured::read(&self.home.metrics())?.timezone();
            self.metrics_and_graph(&subject, options, &graphing, metrics)?;
        }
        Ok(without)
    }
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(slack_model::Error::io("remove", folder, error).into())
        }
        _ => Ok(()),
    }
}

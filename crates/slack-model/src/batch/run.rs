use std::path::Path;

use crate::atomic::write_atomically;
use crate::error::{Error, Result};
use crate::table::{ByteRecord, Float, Table};
use crate::ts::Time;

crate::table! {
    /// A stage of the last run that worked for a batch, in `metadata/run.csv`. Rows stand in the order in which they
    /// ended. The stages of the master stand with the newest batch of the run.
    pub struct RunStage in "run" by (started_at, stage) {
        /// The stage: `extract`, `import`, `transform`, `merge`, `metrics`, `graph`, ...; `run` for all of them.
        open stage: String,
        /// When it began.
        open started_at: Option<Time>,
        /// How long it took.
        open seconds: Float,
        /// What it did, as words `key=value` with a space between them: `posts=123 users=4`.
        content detail: String,
    }
}

impl RunStage {
    /// Writes the stages of a run into a metadata folder, in place of an earlier run's.
    pub fn write(stages: &[Self], folder: &Path) -> Result<()> {
        let failed = |error| Error::csv(Self::SCHEMA.name, error);
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(Self::SCHEMA.columns.iter().map(|column| column.name)).map_err(failed)?;
        let (mut record, mut scratch) = (ByteRecord::new(), Vec::new());
        for stage in stages {
            record.clear();
            stage.encode(&mut record, &mut scratch);
            writer.write_byte_record(&record).map_err(failed)?;
        }
        let bytes = writer.into_inner().map_err(|error| failed(error.into_error().into()))?;
        write_atomically(&folder.join(Self::SCHEMA.file_name()), &bytes)
    }

    /// A word of the detail, by its key.
    pub fn value(&self, key: &str) -> Option<&str> {
        let words = self.detail.split(' ').filter_map(|word| word.split_once('='));
        words.into_iter().find_map(|(name, value)| (name == key).then_some(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::RowLog;

    #[test]
    fn the_stages_of_a_run_are_read_as_they_were_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let stage = |name: &str, seconds| RunStage {
            stage: name.into(),
            started_at: Time::from_seconds(1_600_000_000),
            seconds: Float(seconds),
            detail: "posts=123 users=4".into(),
        };
        // Stages may begin in one second, and take none.
        let stages = [stage("transform", 0.25), stage("merge", 0.0), stage("graph", 3.5)];
        RunStage::write(&[stage("import", 1.0)], folder.path()).expect("written");
        RunStage::write(&stages, folder.path()).expect("written");
        let read: Vec<RunStage> = RowLog::readable(folder.path()).expect("read").collect();
        assert_eq!(read, stages);
        assert_eq!((read[0].value("users"), read[0].value("post")), (Some("4"), None));
    }
}

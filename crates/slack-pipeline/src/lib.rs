//! The stages of Slack analytics put together: a data home, from capture to report.
//!
//! [`Pipeline`] has a method for each stage. Each returns a summary, which `serde` writes as `--json` prints it; a
//! [`Listener`] hears of progress and of each stage's end, and can cancel. Nothing is printed.
//!
//! ```
//! use slack_extract::OfficialExport;
//! use slack_pipeline::{Pipeline, RunOptions};
//! # let folder = tempfile::tempdir()?;
//! # let export = folder.path().join("export");
//! # std::fs::create_dir_all(export.join("general"))?;
//! # for (file, text) in [
//! #     ("users.json", r#"[{"id":"U1","name":"ann"}]"#),
//! #     ("channels.json", r#"[{"id":"C1","name":"general","is_general":true,"members":["U1"],"creator":"U1","created":1}]"#),
//! #     ("general/2020-09-13.json", r#"[{"type":"message","ts":"1600000000.000100","user":"U1","text":"hello"}]"#),
//! # ] {
//! #     std::fs::write(export.join(file), text)?;
//! # }
//! let pipeline = Pipeline::open(folder.path().join("data"), &())?;
//! let run = pipeline.run(&mut OfficialExport::new(&export), &RunOptions::default())?;
//! assert_eq!(run.gaps, 0);
//! assert!(pipeline.home().root().join("report.html").is_file());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod aliases;
mod error;
mod figures;
mod fingerprint;
mod health;
mod highlights;
mod listener;
mod measurement;
mod network_files;
mod pipeline;
mod pseudonyms;
mod public_channels;
mod run_log;
mod scratch;
pub mod settings;
mod stages;
mod status;
mod table_io;
mod visibility;

pub use self::aliases::JoinedAlias;
pub use self::error::{Error, Result};
pub use self::figures::grouped;
pub use self::health::check_home;
pub use self::highlights::Highlights;
pub use self::listener::{Event, Listener};
pub use self::measurement::Measurement;
pub use self::network_files::Format;
pub use self::pipeline::{Pipeline, Subject};
pub use self::public_channels::{HomeUpgrade, VisibilityChange, WithheldChannel, WithheldChannels};
pub use self::run_log::{RunLog, RunStatus};
pub use self::stages::{
    CaptureSummary, GapCount, GapSummary, KeptPages, MergeSummary, MetricsSummary, NetworkOptions,
    NetworkSummary, ProcessOptions, PruneSummary, PrunedBatch, ReportRequest, ReportSummary, ReportTables,
    RetentionPolicy, RunOptions, RunSummary, TableChange, TransformSummary,
};
pub use self::status::{BatchStatus, LastRun, MasterStatus, StageStatus, Status};
pub use self::visibility::VisibleTables;

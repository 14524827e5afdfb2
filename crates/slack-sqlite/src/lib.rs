//! Slack analytics' tables and metrics in an SQLite file: the database of slack-pg without a server.
//!
//! * [`open`] opens a file for loading, and makes it where it is not there.
//! * [`load`] makes the tables, or brings older ones up to date, and puts the data in, all in one transaction: tables
//!   of the contract are merged in, rows of theirs are never deleted; metric tables become what the files say.
//!   `sql/migrations` is the schema's text; `.schema` in SQLite's shell shows it, comments on each column included.
//!
//! ```
//! use slack_model::MemoryTables;
//! use slack_sqlite::{LoadOptions, load, open};
//!
//! let folder = tempfile::tempdir()?;
//! let file = folder.path().join("slack.db");
//! let master = MemoryTables::default();
//! master.insert("user_data", "id,name,known\nU1,ann,true\n");
//! let summary = load(&mut open(&file)?, &master, None, &LoadOptions::default(), &())?;
//! assert_eq!((summary.tables[0].table, summary.tables[0].written), ("user_data", 1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bulk;
mod catalog;
mod convert;
mod error;
mod file;
mod job;
mod load;
mod memory;
mod merge;
mod migrate;
mod prepare;
mod statements;
mod unsorted;

pub use self::error::{Error, Result};
pub use self::file::open;
pub use self::load::{LoadOptions, LoadSummary, METRIC_TABLES, TableLoad, load};
pub use self::migrate::Migration;

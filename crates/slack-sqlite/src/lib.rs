//! Slack analytics' tables and metrics in an SQLite file: the database of slack-pg without a server.
//!
//! * [`open`] opens a file for loading, and makes it where it is not there.
//! * [`load`] makes the tables, or brings older ones up to date, and puts the data in, all in one transaction: tables
//!   of the contract are merged in, rows of theirs are never deleted; metric tables become what the files say.
//!   `sql/migrations` is the schema's text; `.schema` in SQLite's shell shows it, comments on each column included.
//! * [`index_texts`] makes an index of words, which loads keep up to date.
//! * [`Reader`] asks a file, and cannot change it.
//!
//! ```
//! use slack_model::MemoryTables;
//! use slack_sqlite::{Reader, ValueRef, load, open};
//! use slack_store::Input;
//!
//! let folder = tempfile::tempdir()?;
//! let file = folder.path().join("slack.db");
//! let master = MemoryTables::default();
//! master.insert("user_data", "id,name,known\nU1,ann,true\n");
//! let summary = load(&mut open(&file)?, &Input::new(&master, None), &())?;
//! assert_eq!((summary.tables[0].table, summary.tables[0].written), ("user_data", 1));
//!
//! let reader = Reader::open(&file)?;
//! let mut query = reader.query("SELECT name FROM user_data WHERE id = ?1")?;
//! assert_eq!(query.columns(), ["name"]);
//! let mut rows = query.rows(["U1"])?;
//! let row = rows.next()?.expect("a row");
//! assert_eq!(row.values().collect::<Result<Vec<_>, _>>()?, [ValueRef::Text(b"ann")]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bulk;
mod catalog;
mod complete;
mod convert;
mod error;
mod file;
mod job;
mod limits;
mod load;
mod memory;
mod merge;
mod migrate;
mod prepare;
mod query;
mod search;
mod statements;
mod unsorted;
mod withdraw;

pub use self::error::{Error, Result};
pub use self::file::open;
pub use self::limits::QueryLimits;
pub use self::load::{Database, load};
pub use self::migrate::Migration;
pub use self::query::{Query, QueryRow, QueryRows, Reader};
pub use self::search::index_texts;
pub use rusqlite::types::ValueRef;

//! Slack analytics' tables and metrics in PostgreSQL.
//!
//! * [`connect`] opens a connection, by TLS where the server has it, and says what is wrong where it cannot, never
//!   showing the password; [`connect_with`] takes options beside the URL.
//! * [`migrate`] makes the schema, or brings an older one up to date; `sql/migrations` is its text.
//! * [`load`] does both in one transaction with the data: tables of the contract are merged in, rows of theirs
//!   are never deleted; metric tables become what the files say.
//!
//! ```no_run
//! use slack_model::Folder;
//! use slack_pg::{LoadOptions, connect, load};
//!
//! let mut client = connect("postgres://ann@localhost/slack")?;
//! let (master, metrics) = (Folder("data/master/csv".into()), Folder("data/metrics".into()));
//! let summary = load(&mut client, &master, Some(&metrics), &LoadOptions::default(), &())?;
//! for table in &summary.tables {
//!     println!("{}: {} rows, {} of them new or changed", table.table, table.rows, table.written);
//! }
//! # Ok::<(), slack_pg::Error>(())
//! ```

mod bulk;
mod catalog;
mod connect;
mod encode;
mod error;
mod identifier;
mod load;
mod memory;
mod merge;
mod migrate;
mod prepare;
mod stage;

pub use self::connect::{ConnectOptions, Connected, Note, RootCertificates, SslMode, connect, connect_with};
pub use self::error::{Error, Result, TlsProblem};
pub use self::load::{LoadOptions, LoadSummary, METRIC_TABLES, TableLoad, load};
pub use self::migrate::{Migration, migrate};

//! Slack analytics' tables and metrics in PostgreSQL.
//!
//! * [`connect`] opens a connection, and says what is wrong where it cannot, never showing the password.
//! * [`migrate`] makes the schema, or brings an older one up to date; `sql/migrations` is its text.
//! * [`load`] does both in one transaction with the data: tables of the contract are merged in, rows of theirs
//!   are never deleted; metric tables become what the files say.
//! * [`materialize`] lets the database measure what it holds: views of the metric tables, from `sql/metrics`.
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

mod catalog;
mod connect;
mod error;
mod identifier;
mod load;
mod materialize;
mod merge;
mod migrate;
mod shape;
mod stage;
mod views;
mod zones;

pub use self::connect::connect;
pub use self::error::{Error, Result};
pub use self::load::{LoadOptions, LoadSummary, METRIC_TABLES, TableLoad, load};
pub use self::materialize::{
    MaterializeSummary, Materialized, MaterializedView, drop_materialized, materialize,
};
pub use self::migrate::{Migration, migrate};

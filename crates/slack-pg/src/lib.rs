//! Slack analytics' tables and metrics in PostgreSQL.
//!
//! * [`connect`] opens a connection, by TLS where the server has it, and says what is wrong where it cannot, never
//!   showing the password; [`connect_with`] takes options beside the URL.
//! * [`migrate`] makes the schema, or brings an older one up to date; `sql/migrations` is its text. [`plan`] says what
//!   it would do.
//! * [`load`] does both in one transaction with the data: tables of the contract are merged in, rows of theirs
//!   are never deleted; metric tables become what the files say.
//! * [`grant_read`] lets a role read everything but private texts and e-mail addresses, which the views withhold
//!   from it too.
//! * [`index_texts`] makes messages searchable by words.
//! * [`materialize`] lets the database measure what it holds: views of the metric tables, from `sql/metrics`.
//!
//! ```no_run
//! use slack_model::Folder;
//! use slack_pg::{LoadOptions, connect, load};
//! use slack_store::Input;
//!
//! let mut client = connect("postgres://ann@localhost/slack")?;
//! let (master, metrics) = (Folder("data/master/csv".into()), Folder("data/metrics".into()));
//! let input = Input::new(&master, Some(&metrics));
//! let summary = load(&mut client, &input, &LoadOptions::default(), &())?;
//! for table in &summary.tables {
//!     println!("{}: {} rows, {} of them new or changed", table.table, table.rows, table.written);
//! }
//! # Ok::<(), slack_pg::Error>(())
//! ```

mod bulk;
mod catalog;
mod complete;
mod connect;
mod encode;
mod error;
mod grant;
mod guard;
mod history;
mod identifier;
mod load;
mod materialize;
mod memory;
mod merge;
mod migrate;
mod prepare;
mod search;
mod shape;
mod stage;
mod tls_problem;
mod views;
mod withdraw;
mod zones;

pub use self::connect::{
    ConnectOptions, Connected, Destination, Note, RootCertificates, SslMode, connect, connect_with,
    destination,
};
pub use self::error::{Error, Result};
pub use self::grant::grant_read;
pub use self::load::{Database, LoadOptions, in_transaction, load};
pub use self::materialize::{
    MaterializeSummary, Materialized, MaterializedView, drop_materialized, has_materialized, materialize,
};
pub use self::migrate::{Migration, migrate, plan};
pub use self::search::{TextIndex, has_text_index, index_texts};
pub use self::tls_problem::TlsProblem;
pub use postgres::{Client, GenericClient, Transaction};

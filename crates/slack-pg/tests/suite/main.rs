//! What slack-pg promises at its border, tried on a PostgreSQL server of the tests' own.

#![allow(clippy::field_reassign_with_default, reason = "options read as they do outside of these tests")]

#[path = "../private_postgres/mod.rs"]
mod private_postgres;

mod certificates;
mod connecting;
mod encryption;
mod loading;
mod loads;
mod master;
mod materialize;
mod migrating;
mod more;
mod odd;
mod passwords;
mod reading;
mod schema;
mod searching;
mod values;
mod views;

//! What slack-pg promises at its border, tried on a PostgreSQL server of the tests' own.

#[path = "../private_postgres/mod.rs"]
mod private_postgres;

mod connecting;
mod loading;
mod master;
mod materialize;
mod schema;
mod values;

//! What slack-pg promises at its border, tried on a PostgreSQL server of the tests' own.

#[path = "../private_postgres/mod.rs"]
mod private_postgres;

mod certificates;
mod connecting;
mod encryption;
mod loading;
mod master;
mod passwords;
mod schema;
mod values;

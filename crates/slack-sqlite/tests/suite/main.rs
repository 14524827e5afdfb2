//! What slack-sqlite promises at its border, tried on files of the tests' own.

mod files;
mod loading;
mod master;
mod querying;
mod random;
mod schema;
mod searching;
mod values;
mod views;

//! What slack-sqlite promises at its border, tried on files of the tests' own.

#![allow(clippy::field_reassign_with_default, reason = "options read as they do outside of these tests")]

mod files;
mod loading;
mod loads;
mod master;
mod querying;
mod random;
mod schema;
mod searching;
mod values;
mod views;

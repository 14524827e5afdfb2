//! End-to-end tests: the binaries, on real exports and over real HTTP, against answers that this project did
//! not write.
//!
//! Tests on published exports run where `../shared/data` is, and say so where it is not. Tests in Python run
//! where `SLACK_TEST_PYTHON` names a Python with the libraries of `tests/requirements.txt`; `tests/run` makes
//! one.

#![allow(clippy::print_stderr, reason = "what is not tested is said")]

mod bad_input;
mod bytes;
mod command_line;
mod config;
mod connections;
mod doctor;
mod examples;
mod exports;
mod fault_kinds;
mod files;
mod foreign;
mod graph;
mod graph_files;
#[cfg(unix)]
mod guarded;
mod home_format;
mod init;
mod json_shape;
mod killed_load;
mod killed_merge;
mod layering;
mod leave;
mod load_errors;
mod lost_rows;
mod manifest;
#[cfg(unix)]
mod many_batches;
mod memory;
mod metrics;
mod odd_servers;
mod operations;
mod passed_on;
mod postgres;
mod prune;
mod refresh;
mod report;
mod resume;
#[cfg(unix)]
mod schedule;
mod secrets;
mod serve;
mod shown;
mod small_class;
mod sql;
mod sql_metrics;
mod sqlite;
mod support;
mod tables;
mod two_ways;
mod unlisted_folders;
mod verify;
mod withdrawn;
mod written;

#[path = "../../crates/slack-extract/tests/server/mod.rs"]
mod server;

#[path = "../../crates/slack-pg/tests/private_postgres/mod.rs"]
mod private_postgres;
